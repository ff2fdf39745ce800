//! Parts of packages that go from one machine to the next, with two agents in a network of the test's own: what the first has
//! from its server the second has from the first, and its server is asked for nothing.

use airlock_tests::agent::{hq, until};
use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::Managed;
use airlock_tests::namespace::{elsewhere, in_namespace};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, connect, socket};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::AsRawFd;
use std::process::{Child, Command, Stdio};

/// The address from which this machine asks.
const OWN: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);
/// Another address of it, which nobody grants anything.
const STRANGER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
const FIRST: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 7), 62354);

/// A daemon in the foreground that ends with the test.
struct Foreground(Child);

impl Drop for Foreground {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn done(words: &str) {
    let (program, rest) = words.split_once(' ').unwrap();
    let output = Command::new(program).args(rest.split(' ')).output().unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A second machine's network, beside this one's: a process that holds it, at the other end of a cable.
fn beside() -> Foreground {
    let own = fs::read_link("/proc/self/ns/net").unwrap();
    let other = Foreground(Command::new("unshare").args(["-n", "sleep", "600"]).spawn().unwrap());
    let id = other.0.id();
    assert!(until(|| fs::read_link(format!("/proc/{id}/ns/net")).is_ok_and(|net| net != own)));
    done(&format!("ip link add near type veth peer name far netns {id}"));
    for address in [OWN, STRANGER] {
        done(&format!("ip addr add {address}/24 dev near"));
    }
    done("ip link set near up");
    done(&format!("nsenter -t {id} -n ip addr add {}/24 dev far", FIRST.ip()));
    done(&format!("nsenter -t {id} -n ip link set far up"));
    other
}

fn managed(server: &str, peers: &str) -> Managed {
    elsewhere(server);
    let managed = Managed::at(&format!("{server}:8443"), server, "");
    let grant = |verb: &str, rest: &str| {
        format!("[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"{verb}\"\n{rest}\n")
    };
    managed.grants(&format!(
        "{}{}{peers}",
        grant("pkg.fetch", &format!("origins = [\"https://{server}:8443\"]\nmax_bytes = 1_000_000")),
        grant("files.write", "paths = [\"{folder}/**\"]"),
    ));
    managed
}

/// The same program, on the second machine's network.
fn within(network: &Foreground, program: &Command) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["-t", &network.0.id().to_string(), "-n", "--"]).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

fn peers(verb: &str, cidr: &str) -> String {
    format!("[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"{verb}\"\ncidr = [\"{cidr}\"]\n")
}

fn package(managed: &Managed, uuid: &str, name: &str) -> Package {
    let bytes: Vec<u8> = name.bytes().chain((0..62_500_u32).flat_map(u32::to_le_bytes)).collect();
    let copy = json!({"copy": {"from": name, "to": managed.text(name)}});
    Package::new(uuid).file(name, &bytes).action(copy)
}

/// A round that does this job, to its end.
fn does(managed: &Managed, package: &Package) {
    managed.server.deploys(package);
    let told = managed.round();
    let lines = managed.server.told();
    assert_eq!(
        lines.last().map(String::as_str),
        Some("ok: job successfully completed"),
        "{told} {lines:?}\n{}",
        audit(managed)
    );
}

fn audit(managed: &Managed) -> String {
    managed.agent.run(&["audit", "show", "--json"]).stdout
}

fn fetched(managed: &Managed) -> usize {
    managed.server.asked_to("getFilePart").len()
}

/// The parts in an agent's store.
fn parts(managed: &Managed) -> BTreeSet<String> {
    let folder = fs::read_dir(managed.state().join("deploy/parts")).unwrap();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The first agent's answer to a request for a part: its status and how many bytes it has.
fn ask(from: Ipv4Addr, part: &str) -> (String, usize) {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
    bind(socket.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(from, 0))).unwrap();
    connect(socket.as_raw_fd(), &SockaddrIn::from(FIRST)).unwrap();
    let mut stream = TcpStream::from(socket);
    let path = format!("/deploy/getFile/{}/{}/{part}", &part[..1], &part[..2]);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {FIRST}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]);
    (head.split(' ').nth(1).unwrap().to_owned(), answer.len() - end - 4)
}

#[test]
fn what_one_machine_has_its_neighbour_need_not_fetch() {
    in_namespace("shared_parts::what_one_machine_has_its_neighbour_need_not_fetch", &[], || {
        let other = beside();
        let first = managed("203.0.113.5", &peers("p2p.serve", &format!("{OWN}/32")));
        does(&first, &package(&first, "6b02e835e4c90", "shared.bin").shared());
        does(&first, &package(&first, "6b02e835e4c91", "alone.bin").shared());
        let shared = parts(&first);
        does(&first, &package(&first, "6b02e835e4c92", "private.bin"));
        let private: Vec<String> = parts(&first).difference(&shared).cloned().collect();
        assert_eq!((shared.len(), private.len(), fetched(&first)), (6, 3, 9));
        let listens = format!("{}[listener]\nenabled = true\naddress = \"{}\"\n", hq(&first.server), FIRST.ip());
        first.agent.settings(&listens);
        let mut command = within(&other, &first.agent.command(&["daemon", "--no-fork"]));
        let _daemon = Foreground(command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
        assert!(until(|| TcpStream::connect(FIRST).is_ok()), "the listener is there");

        let second = managed("203.0.113.6", &peers("p2p.fetch", &format!("{}/32", FIRST.ip())));
        does(&second, &package(&second, "6b02e835e4c93", "shared.bin").shared());
        // Nobody but neighbours has this one: the job names no mirror that could be asked.
        does(&second, &package(&second, "6b02e835e4c94", "alone.bin").shared().from_mirror("ftp://nowhere.example/"));
        for name in ["shared.bin", "alone.bin"] {
            assert_eq!(fs::read(second.path(name)).unwrap(), fs::read(first.path(name)).unwrap(), "{name}");
        }
        assert_eq!(fetched(&second), 0, "its server is asked for no part");
        let records = || audit(&first).matches("part served").count();
        assert_eq!(records(), 6, "each part that was served is on record");

        // What is not shared, what is not here, and what is asked for by somebody else look the same.
        let some = shared.iter().next().unwrap();
        let nothing = ask(OWN, &"0".repeat(128));
        assert_eq!(nothing.0, "404");
        assert_eq!(ask(OWN, &private[0]), nothing);
        assert_eq!(ask(STRANGER, some), nothing);
        let (status, bytes) = ask(OWN, some);
        assert_eq!((status.as_str(), bytes > 100), ("200", true));
        assert_eq!(records(), 7);
        // The owner takes it back, or stops everything: from then on nothing is there.
        first.run(&["stop"]);
        assert_eq!(ask(OWN, some), nothing);
        first.run(&["stop", "--resume"]);
        assert_eq!(ask(OWN, some).0, "200");
        first.grants("");
        assert_eq!(ask(OWN, some), nothing);
    });
}
