//! Servers and agents that others wrote, as `cargo xtask servers` sets them up: OCS Inventory NG with its database, and
//! FusionInventory Agent's own proxy, as a server and as a client.

use airlock_tests::agent::{Agent, hq_at, until};
use airlock_tests::program::{Airlock, run};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The folder of `tools/servers/ocs.sh`.
const OCS: &str = "AIRLOCK_TEST_OCS";

fn ocs(name: &str) -> String {
    let folder = std::env::var(OCS).unwrap_or_else(|_| panic!("{OCS} names no folder: cargo xtask servers"));
    let text = fs::read_to_string(Path::new(&folder).join("env")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("no {name} in {folder}/env")).to_owned()
}

/// Rows of the database, as texts; NULL is empty.
fn sql(question: &str) -> Vec<Vec<String>> {
    let words = ocs("OCS_SQL");
    let mut words = words.split(' ');
    let mut child = Command::new(words.next().unwrap())
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the database's client");
    child.stdin.take().unwrap().write_all(question.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{question}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let cell = |cell: &str| if cell == "NULL" { String::new() } else { cell.to_owned() };
    text.lines().map(|line| line.split('\t').map(cell).collect()).collect()
}

/// The values of some elements of every element of a name below `CONTENT`.
fn elements(xml: &str, name: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let (mut rows, mut path) = (Vec::new(), Vec::<String>::new());
    read(xml, |event, text| match event {
        Seen::Start => {
            path.push(text.to_owned());
            if path.len() == 3 && path[1] == "CONTENT" && text == name {
                rows.push(vec![String::new(); fields.len()]);
            }
        }
        Seen::Text => {
            if let [_, content, row, field] = path.as_slice()
                && content == "CONTENT"
                && row == name
                && let (Some(at), Some(row)) = (fields.iter().position(|wanted| wanted == field), rows.last_mut())
            {
                row[at].push_str(text);
            }
        }
        Seen::End => {
            path.pop();
        }
    });
    rows
}

fn elements_of_root(xml: &str, name: &str) -> String {
    let (mut value, mut path) = (String::new(), Vec::<String>::new());
    read(xml, |event, text| match event {
        Seen::Start => path.push(text.to_owned()),
        Seen::Text if path.len() == 2 && path[1] == name => value.push_str(text),
        Seen::Text => {}
        Seen::End => {
            path.pop();
        }
    });
    value
}

enum Seen {
    Start,
    Text,
    End,
}

fn read(xml: &str, mut seen: impl FnMut(Seen, &str)) {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => seen(Seen::Start, start.name().as_ref()),
            Event::Text(text) => seen(Seen::Text, text.trim_matches('\n')),
            Event::GeneralRef(reference) => {
                let number = reference.resolve_char_ref().unwrap().map(String::from);
                let known = quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned);
                seen(Seen::Text, &number.or(known).unwrap());
            }
            Event::End(_) => seen(Seen::End, ""),
            Event::Eof => return,
            _ => {}
        }
    }
}

fn counted(rows: Vec<Vec<String>>) -> BTreeMap<Vec<String>, usize> {
    let mut counted = BTreeMap::new();
    for row in rows {
        *counted.entry(row).or_default() += 1;
    }
    counted
}

/// What the server's tables have is what left this machine.
fn is_in_the_tables(sent: &str) {
    let device = elements_of_root(sent, "DEVICEID");
    let computers = sql(&format!("SELECT id FROM hardware WHERE deviceid = '{device}'"));
    assert_eq!(computers.len(), 1, "one computer of that name");
    let id = &computers[0][0];
    for (element, fields, question) in [
        (
            "SOFTWARES",
            &["NAME", "VERSION", "PUBLISHER"][..],
            "SELECT n.name, v.version, p.publisher FROM software s JOIN software_name n ON s.name_id = n.id \
             JOIN software_version v ON s.version_id = v.id JOIN software_publisher p ON s.publisher_id = p.id \
             WHERE s.hardware_id =",
        ),
        (
            "NETWORKS",
            &["DESCRIPTION", "MACADDR", "IPADDRESS", "IPMASK", "STATUS"],
            "SELECT description, macaddr, ipaddress, ipmask, status FROM networks WHERE hardware_id =",
        ),
        (
            "DRIVES",
            &["VOLUMN", "TYPE", "FILESYSTEM", "TOTAL"],
            "SELECT volumn, type, filesystem, total FROM drives WHERE hardware_id =",
        ),
        (
            "STORAGES",
            &["NAME", "MANUFACTURER", "DISKSIZE", "SERIALNUMBER"],
            "SELECT name, manufacturer, disksize, serialnumber FROM storages WHERE hardware_id =",
        ),
        (
            "HARDWARE",
            &["NAME", "OSNAME", "OSVERSION", "MEMORY", "PROCESSORT", "PROCESSORN"],
            "SELECT name, osname, osversion, memory, processort, processorn FROM hardware WHERE id =",
        ),
        (
            "BIOS",
            &["SMANUFACTURER", "SMODEL", "SSN", "BVERSION"],
            "SELECT smanufacturer, smodel, ssn, bversion FROM bios WHERE hardware_id =",
        ),
    ] {
        let (ours, theirs) = (elements(sent, element, fields), sql(&format!("{question} {id}")));
        assert_eq!(counted(ours), counted(theirs), "{element}");
    }
    assert!(elements(sent, "SOFTWARES", &["NAME"]).len() > 50, "the comparison is of a real machine");
}

#[test]
#[ignore = "needs a server: cargo xtask servers"]
fn ocs_inventory_takes_a_report_and_its_tables_have_what_was_sent() {
    let agent = Agent::new(&hq_at(&ocs("OCS_URL")));
    let told = agent.json(&["run", "--json"]);
    assert_eq!(told[0]["ok"], true, "{told}");
    is_in_the_tables(&agent.run(&["sent", "--last"]).stdout);
    let again = agent.json(&["run", "--json"]);
    assert_eq!(again[0]["ok"], true, "the same computer again: {again}");
    is_in_the_tables(&agent.run(&["sent", "--last"]).stdout);
    assert!(agent.remembered("hq")["wished"].as_u64().unwrap() > 0, "it says when to come again");
}

#[test]
#[ignore = "needs a server: cargo xtask servers"]
fn ocs_inventory_takes_a_file_that_was_made_before() {
    let airlock = Airlock::new();
    let file = airlock.vardir().join("later.xml");
    let made = airlock.command(&["inventory", "--xml", "-o", file.to_str().unwrap()]);
    assert!(run(made).status.success());
    let injected = run(airlock.command(&["inject", "--file", file.to_str().unwrap(), "--url", &ocs("OCS_URL")]));
    assert!(injected.status.success(), "{}{}", injected.stdout, injected.stderr);
    is_in_the_tables(&fs::read_to_string(&file).unwrap());
}

/// A FusionInventory agent of its own, in namespaces in which its settings are the test's.
struct Peer {
    child: Option<Child>,
    folder: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // The whole group: it forks for each request.
            let group = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
            let _ = child.wait();
        }
    }
}

impl Peer {
    fn new(settings: &str, proxy: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["etc", "var", "store"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let theirs = fs::read_dir("/etc/fusioninventory").expect("fusioninventory-agent is installed");
        for entry in theirs.map(Result::unwrap).filter(|entry| entry.path().extension().is_some_and(|e| e == "cfg")) {
            fs::copy(entry.path(), folder.path().join("etc").join(entry.file_name())).unwrap();
        }
        let log = folder.path().join("log");
        let common = format!("logger = File\nlogfile = {}\ndebug = 1\n", log.display());
        fs::write(folder.path().join("etc/agent.cfg"), format!("{common}{settings}")).unwrap();
        let store = folder.path().join("store");
        let proxy = format!("{proxy}local_store = {}\n", store.display());
        fs::write(folder.path().join("etc/proxy-server-plugin.local"), proxy).unwrap();
        Self { child: None, folder }
    }

    fn command(&self, arguments: &str) -> Command {
        let at = self.folder.path().display();
        let script = format!(
            "mount --bind {at}/etc /etc/fusioninventory && mount --bind {at}/var /var/lib/fusioninventory-agent && \
             exec fusioninventory-agent {arguments}"
        );
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", &script]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        command
    }

    fn stored(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder.path().join("store")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
#[ignore = "needs fusioninventory-agent: cargo xtask servers"]
fn fusioninventorys_proxy_takes_reports() {
    let (port, proxy) = (free_port(), free_port());
    let settings = format!(
        "httpd-ip = 127.0.0.1\nhttpd-port = {port}\nlocal = /nonexistent\nno-task = inventory\ndelaytime = 3600\n"
    );
    let mut peer = Peer::new(&settings, &format!("disabled = no\nonly_local_store = yes\nport = {proxy}\n"));
    peer.child = Some(peer.command("--daemon --no-fork").spawn().unwrap());
    assert!(until(|| TcpStream::connect(("127.0.0.1", proxy)).is_ok()), "{}", peer.log());
    let url = format!("http://127.0.0.1:{proxy}/proxy/fusioninventory");
    let agent = Agent::new(&hq_at(&url));
    let told = agent.json(&["run", "--json"]);
    assert_eq!(told[0]["ok"], true, "{told}\n{}", peer.log());
    let stored = peer.stored();
    assert_eq!(stored.len(), 1, "{}", peer.log());
    let (ours, theirs) = (agent.run(&["sent", "--last"]).stdout, fs::read_to_string(&stored[0]).unwrap());
    let softwares = |xml: &str| counted(elements(xml, "SOFTWARES", &["NAME", "VERSION", "ARCH"]));
    assert!(softwares(&ours).len() > 50);
    assert_eq!(softwares(&ours), softwares(&theirs));
    assert_eq!(elements_of_root(&ours, "DEVICEID"), elements_of_root(&theirs, "DEVICEID"));
    // Whoever watches agents by their status reads both alike.
    assert!(get(port, "/status").contains("status: waiting"), "{}", get(port, "/status"));
}

#[test]
#[ignore = "needs fusioninventory-agent: cargo xtask servers"]
fn a_fusioninventory_agent_reports_through_this_one() {
    let port = free_port();
    let agent = Agent::new("");
    let store = agent.confdir.path().join("kept");
    agent.settings(&format!(
        "[listener]\nenabled = true\nport = {port}\ntrust = [\"127.0.0.1\"]\n[listener.proxy]\nonly_store = true\nstore = \"{}\"\n",
        store.display()
    ));
    let mut command = agent.command(&["daemon", "--no-fork"]);
    let daemon = command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
    let peer = Peer::new("no-httpd = 1\n", "disabled = yes\n");
    let _daemon = Peer { child: Some(daemon), folder: tempfile::tempdir().unwrap() };
    assert!(until(|| TcpStream::connect(("127.0.0.1", port)).is_ok()));
    assert!(get(port, "/status").contains("status: waiting"), "{}", get(port, "/status"));
    let url = format!("http://127.0.0.1:{port}/proxy/fusioninventory");
    let status = peer.command(&format!("--force --server {url}")).status().unwrap();
    assert!(status.success(), "{}", peer.log());
    let kept: Vec<PathBuf> = fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(kept.len(), 1, "{}", peer.log());
    let xml = fs::read_to_string(&kept[0]).unwrap();
    assert!(elements(&xml, "SOFTWARES", &["NAME"]).len() > 50 && xml.contains("FusionInventory-Agent"), "{xml:.300}");
}
