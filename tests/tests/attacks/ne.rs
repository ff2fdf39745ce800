//! The network: where a server may have this machine ask, with what, how fast. Each attack is a job of a server that has
//! some networks granted; what must not be reached is a socket that hears nothing.

mod remote;

use airlock_tests::agent::Agent;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::fakesnmp::{FakeSnmp, SWITCH};
use airlock_tests::namespace::in_namespace;
use airlock_tests::program::Output;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

const CANARY: &str = "c4n4ry-0123456789abcdef-community";
/// What the owner grants in most tests.
pub(crate) const NETS: &str = "\"10.1.2.0/28\"";

/// Networks that are there without being this machine: packets to them arrive, and no interface has their addresses.
pub(crate) fn world(test: &str, body: impl FnOnce()) {
    let test = if test.contains("::") { test.to_owned() } else { format!("ne::{test}") };
    in_namespace(&test, &["10.0.0.1"], || {
        for net in ["10.1.0.0/16", "10.2.0.0/16", "8.8.0.0/16", "10.9.9.0/24"] {
            let done = Command::new("ip").args(["route", "add", "local", net, "dev", "lo"]).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        body();
    });
}

/// Hears whatever goes to a port of an address that nobody else listens at.
struct Canary(UdpSocket);

impl Canary {
    fn at(port: u16) -> Self {
        let socket = UdpSocket::bind(("0.0.0.0", port)).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self(socket)
    }

    fn heard(&self) -> usize {
        let mut buffer = [0; 2048];
        std::iter::from_fn(|| self.0.recv_from(&mut buffer).ok()).count()
    }
}

/// A server with a job, the agent that does it, and how that went.
pub(crate) struct Done {
    pub(crate) server: FakeGlpi,
    pub(crate) agent: Agent,
    pub(crate) output: Output,
}

impl Done {
    /// What a server says that has these jobs.
    pub(crate) fn play(options: &str) -> Play {
        let reply = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE>{options}</REPLY>"
        );
        Play::Reply(Reply::xml(&reply))
    }

    /// `more` is added to the policy.
    pub(crate) fn of(options: &str, nets: &str, snmp: &str, more: &str) -> Self {
        let server = FakeGlpi::http();
        server.next(Self::play(options));
        let agent = Agent::of(&server);
        let tasks = "server = [\"hq\"]\ntask = [\"netdiscovery\", \"netinventory\"]";
        agent.policy(&format!(
            "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\n[server.hq]\norigin = \"{}\"\n\
             [[grant]]\n{tasks}\nverb = \"report.send\"\n\
             [[grant]]\nname = \"look\"\n{tasks}\nverb = \"net.probe\"\ncidr = [{nets}]\n\
             [[grant]]\nname = \"read\"\n{tasks}\nverb = \"snmp.read\"\ncidr = [{nets}]\n{snmp}\n{more}",
            server.url("")
        ));
        let output = agent.run(&["run", "--json"]);
        Self { server, agent, output }
    }

    /// Under which whatever the server sends as a credential may be used within the networks.
    pub(crate) fn lenient(options: &str, nets: &str) -> Self {
        Self::of(options, nets, "allow_server_credentials = true", "")
    }

    /// The messages that the server got.
    fn messages(&self) -> Vec<String> {
        let texts = self.server.requests().into_iter().map(|request| request.text());
        texts.filter(|text| text.contains("<PROCESSNUMBER>")).collect()
    }

    pub(crate) fn said(&self, what: &str) -> usize {
        self.messages().iter().filter(|text| text.contains(what)).count()
    }

    /// The codes of what was refused, by the audit.
    pub(crate) fn refused(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.agent.airlock.vardir().join("log/audit.jsonl")).unwrap();
        let records = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let code = |record: serde_json::Value| {
            let of = if record["details"].is_object() { &record["details"] } else { &record };
            (of["decision"] == "deny").then(|| of["code"].as_str().unwrap_or_default().to_owned())
        };
        records.filter_map(code).collect()
    }

    pub(crate) fn assert_refused(&self, code: &str) {
        assert!(self.refused().iter().any(|one| one == code), "{code}: {:?}\n{:?}", self.refused(), self.output);
    }
}

pub(crate) fn discovery(ranges: &str, params: &str, credentials: &str) -> String {
    format!("<OPTION><NAME>NETDISCOVERY</NAME><PARAM PID=\"187\" {params}/>{ranges}{credentials}</OPTION>")
}

pub(crate) fn range(first: &str, last: &str) -> String {
    format!("<RANGEIP ID=\"1\" IPSTART=\"{first}\" IPEND=\"{last}\" ENTITY=\"3\"/>")
}

fn query(devices: &str, credentials: &str) -> String {
    format!(
        "<OPTION><NAME>SNMPQUERY</NAME><PARAM PID=\"201\" THREADS_QUERY=\"8\" TIMEOUT=\"1\"/>{devices}{credentials}</OPTION>"
    )
}

fn device(address: &str, more: &str) -> String {
    format!("<DEVICE ID=\"12\" IP=\"{address}\" TYPE=\"NETWORKING\" AUTHSNMP_ID=\"1\" {more}/>")
}

pub(crate) fn community(id: usize, text: &str) -> String {
    format!("<AUTHENTICATION><ID>{id}</ID><VERSION>2c</VERSION><COMMUNITY>{text}</COMMUNITY></AUTHENTICATION>")
}

pub(crate) const FAST: &str = "THREADS_DISCOVERY=\"64\" TIMEOUT=\"1\"";

#[test]
fn ne_01_a_network_that_is_not_granted_is_not_scanned() {
    world("ne_01_a_network_that_is_not_granted_is_not_scanned", || {
        let canary = Canary::at(161);
        let job = discovery(&range("8.8.0.0", "8.8.255.255"), FAST, &community(1, "public"));
        let done = Done::lenient(&job, NETS);
        assert_eq!(canary.heard(), 0);
        assert!(done.output.took < Duration::from_secs(15), "{:?}", done.output);
        let told = done.agent.airlock.events("addresses refused");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&told[0]["server"], &told[0]["task"]), (&"hq".into(), &"netdiscovery".into()));
        assert_eq!((&told[0]["code"], &told[0]["addresses"]), (&"NO_GRANT".into(), &65_536.into()), "{told:?}");
        assert!(done.output.stdout.contains("65536 addresses refused"), "{}", done.output.stdout);
        assert_eq!((done.said("<NBIP>0</NBIP>"), done.said("<END>1</END>")), (1, 2), "{:?}", done.messages());
    });
}

#[test]
fn ne_01_twin_the_network_that_is_granted_is() {
    world("ne_01_twin_the_network_that_is_granted_is", || {
        let switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let job = discovery(&range("10.1.2.1", "10.1.2.14"), FAST, &community(7, "public"));
        let done = Done::lenient(&job, NETS);
        assert!(!switch.heard().is_empty());
        let found = done
            .messages()
            .into_iter()
            .find(|text| text.contains("<IP>10.1.2.5</IP>"))
            .unwrap_or_else(|| panic!("{:?}", done.output));
        for part in
            ["<IP>10.1.2.5</IP>", "<AUTHSNMP>7</AUTHSNMP>", "<ENTITY>3</ENTITY>", "switch-a", "<PROCESSNUMBER>187<"]
        {
            assert!(found.contains(part), "{part}: {found}");
        }
        assert_eq!((done.said("<START>1</START>"), done.said("<NBIP>14</NBIP>"), done.said("<END>1</END>")), (1, 1, 2));
    });
}

#[test]
fn ne_02_ranges_that_are_none_and_ranges_that_are_too_large() {
    world("ne_02_ranges_that_are_none_and_ranges_that_are_too_large", || {
        let switch = FakeSnmp::switch("10.1.2.5:161", "public");
        for (first, last) in [
            ("10.1.2.12", "10.2.0.5"),
            ("10.1.2.14", "10.1.2.1"),
            ("10.1.2.0/-1", "10.1.2.9"),
            ("010.1.2.5", "010.1.2.5"),
            ("0x0a010205", "0x0a010205"),
            ("167838213", "167838213"),
        ] {
            let done = Done::lenient(&discovery(&range(first, last), FAST, &community(1, "public")), NETS);
            assert!(switch.heard().is_empty(), "{first} {last}");
            assert!(done.output.took < Duration::from_secs(15), "{:?}", done.output);
            // What is granted of it, if it is a range at all.
            let found = done.messages().into_iter().filter(|text| text.contains("<DEVICE>"));
            assert!(found.into_iter().all(|text| text.contains("<IP>10.1.2.1")), "{:?}", done.messages());
            assert!(done.said("<END>1</END>") == 2 || done.said("<EXIT>1</EXIT>") == 1, "{:?}", done.messages());
        }
        // All of the internet: what is granted of it.
        let done = Done::lenient(&discovery(&range("0.0.0.0", "255.255.255.255"), FAST, &community(1, "public")), NETS);
        assert!(done.output.took < Duration::from_secs(20), "{:?}", done.output);
        assert_eq!((done.said("switch-a"), done.said("<NBIP>16</NBIP>")), (1, 1), "{:?}", done.output);
        let found = done.messages().into_iter().filter(|text| text.contains("<DEVICE>"));
        assert!(found.into_iter().all(|text| text.contains("<IP>10.1.2.")), "{:?}", done.messages());
        done.assert_refused("UNSPECIFIED");
    });
}

#[test]
fn ne_03_addresses_that_are_nobodys() {
    world("ne_03_addresses_that_are_nobodys", || {
        let canary = Canary::at(161);
        let nets = "\"10.1.0.0/16\", \"224.0.0.0/4\", \"127.0.0.0/8\", \"255.255.255.255/32\", \"0.0.0.0/32\", \"10.0.0.1/32\"";
        for (address, code) in [
            ("255.255.255.255", "BROADCAST"),
            ("10.1.255.255", "BROADCAST"),
            ("224.0.0.251", "MULTICAST"),
            ("127.0.0.1", "LOOPBACK"),
            ("0.0.0.0", "UNSPECIFIED"),
            ("10.0.0.1", "OWN_ADDRESS"),
        ] {
            let done = Done::lenient(&query(&device(address, ""), &community(1, "public")), nets);
            assert_eq!(canary.heard(), 0, "{address}");
            done.assert_refused(code);
            assert_eq!(done.said("<ERROR>"), 1, "{address}: {:?}", done.messages());
        }
    });
}

#[test]
fn ne_03_twin_a_device_is_inventoried() {
    world("ne_03_twin_a_device_is_inventoried", || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let done = Done::lenient(&query(&device("10.1.2.5", ""), &community(1, "public")), "\"10.1.0.0/16\"");
        let found = done
            .messages()
            .into_iter()
            .find(|text| text.contains("<INFO>"))
            .unwrap_or_else(|| panic!("{:?}", done.output));
        for part in
            ["<NAME>switch-a</NAME>", "<ID>12</ID>", "<QUERY>SNMPQUERY</QUERY>", "<PROCESSNUMBER>201<", "port 1"]
        {
            assert!(found.contains(part), "{part}: {found}");
        }
        assert_eq!((done.said("<START>1</START>"), done.said("<END>1</END>")), (1, 2));
    });
}

/// A credential of the owner's, for 10.1.0.0/16, and what grants it there and elsewhere.
fn owners(agent_folder: &std::path::Path) -> String {
    let path = agent_folder.join("core");
    std::fs::write(&path, CANARY).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    format!(
        "[credential.core]\nkind = \"snmpv2c\"\nsource = \"file:{}\"\nuse_for = [\"10.1.0.0/16\"]\n",
        path.display()
    )
}

#[test]
fn ne_04_a_credential_stays_where_it_is_bound_to() {
    world("ne_04_a_credential_stays_where_it_is_bound_to", || {
        let folder = tempfile::tempdir().unwrap();
        let attacker = FakeSnmp::start("10.9.9.9:161", &[], &[]);
        let job = query(&device("10.9.9.9", ""), "<AUTHENTICATION><ID>core</ID></AUTHENTICATION>");
        let nets = "\"10.1.0.0/16\", \"10.9.9.0/24\"";
        let done = Done::of(&job, nets, "credentials = [\"core\"]", &owners(folder.path()));
        assert_eq!(attacker.heard(), [] as [String; 0]);
        assert_eq!(done.said("<ERROR>"), 1, "{:?}", done.messages());
        done.assert_refused("CREDENTIAL_BINDING");
    });
}

#[test]
fn ne_04_twin_it_is_used_where_it_is_bound_to() {
    world("ne_04_twin_it_is_used_where_it_is_bound_to", || {
        let folder = tempfile::tempdir().unwrap();
        let switch = FakeSnmp::switch("10.1.2.5:161", CANARY);
        let job = query(&device("10.1.2.5", ""), "<AUTHENTICATION><ID>core</ID></AUTHENTICATION>");
        let done = Done::of(&job, "\"10.1.0.0/16\"", "credentials = [\"core\"]", &owners(folder.path()));
        assert!(switch.heard().iter().any(|heard| heard == CANARY), "{:?}", done.output);
        assert_eq!(done.said("<NAME>switch-a</NAME>"), 1, "{:?}", done.messages());
    });
}

/// A device that says the community with which it was asked: it would come back in the report.
#[test]
fn ne_05_no_secret_is_in_what_leaves_or_is_kept() {
    world("ne_05_no_secret_is_in_what_leaves_or_is_kept", || {
        let mut objects = SWITCH.to_vec();
        let said = format!("the community is {CANARY}.");
        objects.push(("1.3.6.1.2.1.1.4.0", &said));
        let switch = FakeSnmp::start("10.1.2.5:161", &[CANARY], &objects);
        let done = Done::lenient(&query(&device("10.1.2.5", ""), &community(1, CANARY)), NETS);
        assert!(switch.heard().iter().any(|heard| heard == CANARY), "{:?}", done.output);
        assert_eq!(done.said("<NAME>switch-a</NAME>"), 1, "the twin: the rest of the device is reported");
        assert_eq!(done.said(CANARY), 0, "{:?}", done.messages());
        assert!(!done.output.stdout.contains(CANARY) && !done.output.stderr.contains(CANARY));
        let mut folders = vec![done.agent.airlock.vardir().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    assert!(!bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()), "{}", path.display());
                }
            }
        }
    });
}

#[test]
fn ne_06_credentials_are_not_sprayed() {
    world("ne_06_credentials_are_not_sprayed", || {
        let device_heard = FakeSnmp::start("10.1.2.5:161", &[], &[]);
        let many = |count: usize| (1..=count).map(|id| community(id, &format!("guess-{id}"))).collect::<String>();
        let job = |count: usize| discovery(&range("10.1.2.5", "10.1.2.5"), FAST, &many(count));
        let done = Done::lenient(&job(5000), NETS);
        assert_eq!(device_heard.heard().len(), 0, "{:?}", done.output);
        assert_eq!(done.said("<EXIT>1</EXIT>"), 1, "{:?}", done.messages());
        let done = Done::lenient(&job(100), NETS);
        let mut tried = device_heard.heard();
        tried.sort();
        tried.dedup();
        assert!((1..=12).contains(&tried.len()), "{tried:?} {:?}", done.output);
        // Unless the owner says so, what a server sends is not used at all.
        let before = device_heard.heard().len();
        let done = Done::of(&job(3), NETS, "", "");
        assert_eq!(device_heard.heard().len(), before, "{:?}", done.output);
    });
}

#[test]
fn ne_06_twin_one_credential_of_the_servers_is_used_where_the_owner_lets_it() {
    world("ne_06_twin_one_credential_of_the_servers_is_used_where_the_owner_lets_it", || {
        let switch = FakeSnmp::switch("10.1.2.5:161", "guess-2");
        let credentials = community(1, "guess-1") + &community(2, "guess-2");
        let done = Done::lenient(&discovery(&range("10.1.2.5", "10.1.2.5"), FAST, &credentials), NETS);
        assert!(switch.heard().contains(&"guess-2".to_owned()), "{:?}", done.output);
        assert_eq!(done.said("<AUTHSNMP>2</AUTHSNMP>"), 1, "{:?}", done.messages());
    });
}

#[test]
fn ne_07_a_flood_of_threads_is_as_many_as_are_allowed() {
    world("ne_07_a_flood_of_threads_is_as_many_as_are_allowed", || {
        let server = FakeGlpi::http();
        let job = discovery(
            &range("10.1.0.1", "10.1.3.254"),
            "THREADS_DISCOVERY=\"100000\" TIMEOUT=\"0\"",
            &community(1, "public"),
        );
        let reply = format!("<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE>{job}</REPLY>");
        server.next(Play::Reply(Reply::xml(&reply)));
        let agent = Agent::of(&server);
        agent.policy(&format!(
            "policy_version = 1\n[server.hq]\norigin = \"{}\"\n[[grant]]\nserver = \"*\"\ntask = \"*\"\nverb = \"report.send\"\n\
             [[grant]]\nserver = \"*\"\ntask = \"*\"\nverb = \"snmp.read\"\ncidr = [\"10.1.0.0/16\"]\nallow_server_credentials = true\n",
            server.url("")
        ));
        let mut child = agent.command(&["run"]).stdout(std::process::Stdio::null()).spawn().unwrap();
        let (mut most, mut threads) = (0, 0);
        for _ in 0..200 {
            let count =
                |what: &str| std::fs::read_dir(format!("/proc/{}/{what}", child.id())).map_or(0, Iterator::count);
            most = most.max(count("fd"));
            threads = threads.max(count("task"));
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        child.wait().unwrap();
        assert!(most > 8, "it was at work");
        assert!(most < 64 + 64 && threads < 64, "{most} files, {threads} threads");
    });
}

#[test]
fn ne_07_twin_eight_are_eight() {
    world("ne_07_twin_eight_are_eight", || {
        let switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let params = "THREADS_DISCOVERY=\"8\" TIMEOUT=\"1\"";
        let done = Done::lenient(&discovery(&range("10.1.2.1", "10.1.2.14"), params, &community(1, "public")), NETS);
        assert!(!switch.heard().is_empty() && done.said("switch-a") == 1, "{:?}", done.output);
        assert!(!done.output.stderr.contains("at a time are asked for"), "{}", done.output.stderr);
    });
}

#[test]
fn ne_08_ports_that_are_not_granted_are_not_asked() {
    world("ne_08_ports_that_are_not_granted_are_not_asked", || {
        let (ssh, smb, snmp) = (Canary::at(22), Canary::at(445), Canary::at(161));
        let tcp = TcpListener::bind("10.1.2.5:161").unwrap();
        tcp.set_nonblocking(true).unwrap();
        for port in ["22", "445,3389"] {
            let done =
                Done::lenient(&query(&device("10.1.2.5", &format!("PORT=\"{port}\"")), &community(1, "public")), NETS);
            assert_eq!((ssh.heard(), smb.heard()), (0, 0), "{port}");
            done.assert_refused("NO_GRANT");
        }
        let job = query(&device("10.1.2.5", "PROTOCOL=\"tcp\""), &community(1, "public"));
        let done = Done::lenient(&job, NETS);
        assert!(tcp.accept().is_err(), "nobody came");
        assert_eq!((snmp.heard(), done.said("<ERROR>")), (0, 1), "{:?}", done.messages());
    });
}

#[test]
fn ne_08_twin_the_usual_port_and_one_that_is_granted_are() {
    world("ne_08_twin_the_usual_port_and_one_that_is_granted_are", || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let done = Done::lenient(&query(&device("10.1.2.5", "PORT=\"161\""), &community(1, "public")), NETS);
        assert_eq!(done.said("<NAME>switch-a</NAME>"), 1, "{:?}", done.output);
        let _other = FakeSnmp::switch("10.1.2.6:1161", "public");
        let job = query(&device("10.1.2.6", "PORT=\"1161\""), &community(1, "public"));
        let done = Done::of(&job, NETS, "allow_server_credentials = true\nports = [161, 1161]", "");
        assert_eq!(done.said("<NAME>switch-a</NAME>"), 1, "{:?}", done.output);
    });
}

#[test]
fn ne_12_what_is_no_address_is_given_to_nobody() {
    world("ne_12_what_is_no_address_is_given_to_nobody", || {
        let folder = tempfile::tempdir().unwrap();
        let marker = folder.path().join("pwned");
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let touch = format!("10.1.2.6;touch {}", marker.display());
        let odd = [touch.as_str(), "10.1.2.6;id", "-c 1 10.1.2.6", "$(id)", "10.1.2.6 | id"];
        let devices: String = odd.iter().map(|address| device(address, "")).collect();
        // The twin is in the same job.
        let done = Done::lenient(&query(&(devices + &device("10.1.2.5", "")), &community(1, "public")), NETS);
        assert!(!marker.exists());
        assert_eq!((done.said("<NAME>switch-a</NAME>"), done.said("<DEVICE>")), (1, 1), "{:?}", done.messages());
        let done = Done::lenient(&discovery(&range(&touch, "10.1.2.9"), FAST, &community(1, "public")), NETS);
        assert!(
            !marker.exists() && done.said("<DEVICE>") == 0 && done.said("<EXIT>1</EXIT>") == 1,
            "{:?}",
            done.messages()
        );
    });
}

#[test]
fn ne_02_twin_a_range_over_the_border_of_a_byte_is_scanned() {
    world("ne_02_twin_a_range_over_the_border_of_a_byte_is_scanned", || {
        let _switch = FakeSnmp::switch("10.1.3.2:161", "public");
        let job = discovery(&range("10.1.2.250", "10.1.3.5"), FAST, &community(1, "public"));
        let done = Done::lenient(&job, "\"10.1.2.0/23\"");
        assert_eq!((done.said("<NBIP>12</NBIP>"), done.said("<IP>10.1.3.2</IP>")), (1, 1), "{:?}", done.messages());
        assert_eq!(done.said("switch-a"), 1, "{:?}", done.messages());
    });
}

#[test]
fn ne_05_twin_a_device_that_says_nothing_of_it_is_reported_whole() {
    world("ne_05_twin_a_device_that_says_nothing_of_it_is_reported_whole", || {
        let mut objects = SWITCH.to_vec();
        objects.push(("1.3.6.1.2.1.1.4.0", "ask the porter"));
        let switch = FakeSnmp::start("10.1.2.5:161", &[CANARY], &objects);
        let done = Done::lenient(&query(&device("10.1.2.5", ""), &community(1, CANARY)), NETS);
        assert!(switch.heard().iter().any(|heard| heard == CANARY), "the credential is used");
        assert_eq!((done.said("<NAME>switch-a</NAME>"), done.said("ask the porter")), (1, 1), "{:?}", done.messages());
    });
}

#[test]
fn ne_12_twin_what_is_an_address_is_asked() {
    world("ne_12_twin_what_is_an_address_is_asked", || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let done = Done::lenient(&query(&device("10.1.2.5", ""), &community(1, "public")), NETS);
        assert_eq!(done.said("<NAME>switch-a</NAME>"), 1, "{:?}", done.messages());
    });
}
