//! Wake-on-LAN, on a wire of the test's own: two ends of a virtual cable, the program at the one, a packet socket at the
//! other.

use airlock_tests::agent::Agent;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::namespace::in_namespace;
use airlock_tests::program::Airlock;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, socket};
use std::collections::BTreeSet;
use std::os::fd::AsRawFd;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

/// Both ends up, one with an address; and one interface more, without an address.
fn world(test: &str, body: impl FnOnce()) {
    in_namespace(&format!("wake::{test}"), &["10.0.0.1"], || {
        for words in [
            "link add wire type veth peer name other",
            "link set other address 02:00:00:00:00:22",
            "link set wire address 02:00:00:00:00:11",
            "addr add 10.7.0.1/24 dev wire",
            "link set other up",
            "link set wire up",
        ] {
            let done = Command::new("ip").args(words.split(' ')).output().unwrap();
            assert!(done.status.success(), "ip {words}: {}", String::from_utf8_lossy(&done.stderr));
        }
        body();
    });
}

/// Everything on every interface, read as it comes: what goes over the loopback interface would fill it.
struct Wire(Arc<Mutex<Vec<Vec<u8>>>>);

impl Wire {
    fn new() -> Self {
        let socket =
            socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll).unwrap();
        let frames = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&frames);
        // It ends with the test's process.
        spawn(move || {
            let mut buffer = vec![0; 128 << 10];
            while let Ok(length) = recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                // Nothing that is meant here is longer.
                if length <= 200 {
                    heard.lock().unwrap().push(buffer[..length].to_vec());
                }
            }
        });
        Self(frames)
    }

    /// The frames since the last time.
    fn heard(&self) -> Vec<Vec<u8>> {
        sleep(Duration::from_millis(500));
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Of magic frames: to whom, and from which interface.
fn magic(frames: &[Vec<u8>]) -> BTreeSet<(Vec<u8>, Vec<u8>)> {
    let is_magic = |frame: &&Vec<u8>| {
        frame.len() == 116
            && frame[12..14] == [0x08, 0x42]
            && frame[14..20] == [0xff; 6]
            && frame[20..].chunks(6).all(|part| part == &frame[..6])
    };
    frames.iter().filter(is_magic).map(|frame| (frame[..6].to_vec(), frame[6..12].to_vec())).collect()
}

/// UDP broadcasts to port 9 that wake this machine: to which addresses.
fn broadcasts(frames: &[Vec<u8>], mac: [u8; 6]) -> BTreeSet<[u8; 4]> {
    let is_one = |frame: &&Vec<u8>| {
        frame.len() == 14 + 20 + 8 + 102
            && frame[12..14] == [0x08, 0x00]
            && frame[23] == 17
            && frame[36..38] == [0, 9]
            && frame[42..48] == [0xff; 6]
            && frame[48..].chunks(6).all(|part| part == mac)
    };
    frames.iter().filter(is_one).map(|frame| frame[30..34].try_into().unwrap()).collect()
}

const MAC: &str = "02:00:00:00:00:99";
const SIX: [u8; 6] = [2, 0, 0, 0, 0, 0x99];

#[test]
fn ne_11_twin_a_machine_is_woken_by_hand() {
    world("ne_11_twin_a_machine_is_woken_by_hand", || {
        let (wire, airlock) = (Wire::new(), Airlock::new());
        let woken = airlock.json(&["wakeonlan", MAC, "--json"]);
        assert_eq!(woken["machines"][0]["mac"], MAC);
        assert!(woken["machines"][0]["sent"].as_str().unwrap().contains("an Ethernet frame on wire"), "{woken}");
        let heard = wire.heard();
        // The end with an address, and not the one without.
        assert_eq!(magic(&heard), BTreeSet::from([(SIX.to_vec(), vec![2, 0, 0, 0, 0, 0x11])]));
        assert!(broadcasts(&heard, SIX).is_empty());
        // Each way for itself.
        let output = airlock.done(&["wakeonlan", "020000000099", "--methods=udp"]);
        assert!(output.stdout.contains("a UDP broadcast to"), "{}", output.stdout);
        let heard = wire.heard();
        assert!(magic(&heard).is_empty());
        assert!(broadcasts(&heard, SIX).contains(&[10, 7, 0, 255]), "{heard:?}");
        for (words, code) in [(&["wakeonlan", "nonsense"][..], 2), (&["wakeonlan", MAC, "--methods=arp"], 2)] {
            assert_eq!(airlock.run(words).status.code(), Some(code));
        }
    });
}

#[test]
fn ne_11_twin_without_a_frame_there_is_a_broadcast() {
    world("ne_11_twin_without_a_frame_there_is_a_broadcast", || {
        let (wire, airlock) = (Wire::new(), Airlock::new());
        // A shell without the right to raw sockets.
        let program = airlock.command(&["wakeonlan", MAC, "--json"]);
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-net_raw", "--inh-caps=-net_raw", "--"]);
        command.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("a UDP broadcast to") && said.contains("CAP_NET_RAW"), "{said}");
        let heard = wire.heard();
        assert!(magic(&heard).is_empty() && !broadcasts(&heard, SIX).is_empty(), "{said}");
    });
}

/// A server that wants these machines woken, of which the owner grants some.
fn run(macs: &[String], grant: &str) -> (Agent, String) {
    let server = FakeGlpi::http();
    let params: String = macs.iter().map(|mac| format!("<PARAM MAC=\"{mac}\"/>")).collect();
    let reply = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE><OPTION><NAME>WAKEONLAN</NAME>{params}</OPTION></REPLY>"
    );
    server.next(Play::Reply(Reply::xml(&reply)));
    let agent = Agent::of(&server);
    let tasks = "server = \"hq\"\ntask = \"wakeonlan\"";
    let grant =
        if grant.is_empty() { String::new() } else { format!("[[grant]]\n{tasks}\nverb = \"wol.send\"\n{grant}") };
    agent.policy(&format!("policy_version = 1\n[server.hq]\norigin = \"{}\"\n{grant}", server.url("")));
    let output = agent.run(&["run", "--json"]);
    (agent, format!("{}{}", output.stdout, output.stderr))
}

fn many(count: u32) -> Vec<String> {
    (0..count).map(|number| format!("02:00:00:00:{:02x}:{:02x}", number / 256, number % 256)).collect()
}

#[test]
fn ne_11_a_flood_of_wakes_ends_with_the_grant() {
    world("ne_11_a_flood_of_wakes_ends_with_the_grant", || {
        let wire = Wire::new();
        let (agent, said) = run(&many(5_000), "per_hour = 7");
        assert_eq!(magic(&wire.heard()).len(), 7, "{said}");
        assert!(said.contains("7 of 5000 were woken"), "{said}");
        let audit = std::fs::read_to_string(agent.airlock.vardir().join("log/audit.jsonl")).unwrap();
        assert!(audit.contains("\"code\":\"RATE\"") || audit.contains("\"code\":\"QUOTA\""), "{audit}");
        // One machine that is named, and not its neighbour; and nobody where nothing is granted.
        let (_, said) = run(&many(3), "macs = [\"02:00:00:00:00:01\"]");
        assert_eq!(
            magic(&wire.heard()),
            BTreeSet::from([(vec![2, 0, 0, 0, 0, 1], vec![2, 0, 0, 0, 0, 0x11])]),
            "{said}"
        );
        let (_, said) = run(&many(3), "");
        assert!(magic(&wire.heard()).is_empty(), "{said}");
        // Everybody, and groups, are nobody that can be woken.
        let (_, said) = run(&["ff:ff:ff:ff:ff:ff".to_owned(), "01:00:5e:00:00:01".to_owned()], "per_hour = 7");
        assert!(magic(&wire.heard()).is_empty(), "{said}");
    });
}

#[test]
fn ne_11_twin_a_server_wakes_what_it_is_granted_again_and_again() {
    world("ne_11_twin_a_server_wakes_what_it_is_granted_again_and_again", || {
        let wire = Wire::new();
        for _ in 0..2 {
            let (_, said) = run(&many(2), "per_hour = 7");
            assert_eq!(magic(&wire.heard()).len(), 2, "{said}");
            assert!(said.contains("2 machines woken"), "{said}");
        }
    });
}

#[test]
fn ne_11_from_inventory_is_for_what_an_inventory_has_seen_and_nobody_else() {
    world("ne_11_from_inventory_is_for_what_an_inventory_has_seen_and_nobody_else", || {
        let wire = Wire::new();
        let server = FakeGlpi::http();
        let agent = Agent::of(&server);
        // An interface of this machine, as its inventory has it.
        let inventory = agent.json(&["inventory", "--json"]);
        let macs = inventory["content"]["networks"].as_array().unwrap().iter().filter_map(|row| row["mac"].as_str());
        let is_one = |mac: &&str| *mac != "00:00:00:00:00:00" && u8::from_str_radix(&mac[..2], 16).unwrap() & 1 == 0;
        let seen = macs.filter(|mac| mac.len() == 17).find(is_one).expect("an interface with a hardware address");
        let bytes: Vec<u8> = seen.split(':').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        let unseen = "02:00:00:00:00:99";
        let grant = |task: &str, verb: &str, rest: &str| {
            format!("[[grant]]\nserver = \"hq\"\ntask = \"{task}\"\nverb = \"{verb}\"\n{rest}\n")
        };
        agent.policy(&format!(
            "policy_version = 1\n[server.hq]\norigin = \"{}\"\n{}{}{}",
            server.url(""),
            grant("inventory", "inventory.read", "categories = [\"network\"]"),
            grant("inventory", "report.send", ""),
            grant("wakeonlan", "wol.send", "from_inventory = true"),
        ));
        let explained = |mac: &str| {
            let words = ["policy", "explain", "--server", "hq", "--task", "wakeonlan", "--verb", "wol.send"];
            let output = agent.run(&[&words[..], &[&format!("mac={mac}")]].concat());
            format!("{}{}", output.stdout, output.stderr)
        };
        let before = explained(seen);
        assert!(before.contains("NO_GRANT") && before.contains(&format!("no inventory has seen {seen}")), "{before}");
        agent.run(&["run", "--json"]);
        assert_eq!(server.inventories().len(), 1);
        let reply = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE>\
             <OPTION><NAME>WAKEONLAN</NAME><PARAM MAC=\"{seen}\"/><PARAM MAC=\"{unseen}\"/></OPTION></REPLY>"
        );
        wire.heard();
        server.next(Play::Reply(Reply::xml(&reply)));
        let output = agent.run(&["run", "--json"]);
        let woken: Vec<Vec<u8>> = magic(&wire.heard()).into_iter().map(|(whom, _)| whom).collect();
        assert_eq!(woken, [bytes], "{}{}", output.stdout, output.stderr);
        assert!(!explained(seen).contains("NO_GRANT"), "{}", explained(seen));
        let refused = explained(unseen);
        assert!(
            refused.contains(&format!("no inventory has seen {unseen}")) && refused.contains("or name it (macs)"),
            "{refused}"
        );
    });
}
