//! Scans that are cut short: by a kill, by Ctrl-C, by the machine's end. What is done is done once, whoever asked for it.

use airlock_tests::agent::Agent;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::namespace::in_namespace;
use airlock_tests::program::{Airlock, run};
use airlock_tests::snmp_device::{OCTETS, Objects, SnmpDevice, tlv};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DEVICES: usize = 40;
/// At a time; those whose time is over may be as many again.
const AT_ONCE: usize = 2;
const CREDENTIAL: &str = "version:2c,community:public";

fn address(number: usize) -> String {
    format!("10.1.2.{number}")
}

/// A network of slow devices, at addresses that are no interface's.
fn world(test: &str, body: impl FnOnce(&[SnmpDevice])) {
    in_namespace(&format!("resumed_scans::{test}"), &["10.0.0.1"], || {
        let route = ["route", "add", "local", "10.1.0.0/16", "dev", "lo"];
        assert!(Command::new("ip").args(route).status().unwrap().success());
        let objects = |number: usize| {
            let text = |text: &str| tlv(OCTETS, text.as_bytes());
            let system = |last: u32| [1, 3, 6, 1, 2, 1, 1, last, 0];
            let named = Objects::default().with(&system(1), &text("Example switch, version 7.4"));
            named.with(&system(5), &text(&format!("switch-{number}")))
        };
        let devices: Vec<SnmpDevice> = (1..=DEVICES)
            .map(|number| {
                let objects = objects(number);
                SnmpDevice::on(&format!("{}:161", address(number)), move |asked| {
                    std::thread::sleep(Duration::from_millis(30));
                    vec![objects.honest(asked)]
                })
            })
            .collect();
        body(&devices);
    });
}

/// How often each device was asked.
fn asked(devices: &[SnmpDevice]) -> Vec<usize> {
    devices.iter().map(|device| device.asked().len()).collect()
}

/// How many were asked before and after.
fn asked_twice(devices: &[SnmpDevice], before: &[usize]) -> usize {
    asked(devices).iter().zip(before).filter(|(now, before)| **before > 0 && now > before).count()
}

fn wait(child: &mut Child, said: &Path, mut is_enough: impl FnMut() -> bool) {
    let said = || std::fs::read_to_string(said).unwrap_or_default();
    let began = Instant::now();
    while !is_enough() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be stopped: {}", said());
        assert!(began.elapsed() < Duration::from_secs(180), "it does not go on");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_servers_job_that_was_killed_goes_on_where_it_was() {
    world("a_servers_job_that_was_killed_goes_on_where_it_was", |devices| {
        let server = FakeGlpi::http();
        let job = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE>\
             <OPTION><NAME>NETDISCOVERY</NAME><PARAM PID=\"187\" THREADS_DISCOVERY=\"{AT_ONCE}\" TIMEOUT=\"1\"/>\
             <RANGEIP ID=\"1\" IPSTART=\"10.1.2.1\" IPEND=\"10.1.2.{DEVICES}\" ENTITY=\"3\"/>\
             <AUTHENTICATION><ID>1</ID><VERSION>2c</VERSION><COMMUNITY>public</COMMUNITY></AUTHENTICATION></OPTION></REPLY>"
        );
        // To whoever makes contact; messages are answered as usual.
        let hand_out = || server.next(Play::Reply(Reply::xml(&job)));
        hand_out();
        let agent = Agent::of(&server);
        let grant = "[[grant]]\nserver = [\"hq\"]\ntask = [\"netdiscovery\"]\n";
        agent.policy(&format!(
            "policy_version = 1\n[server.hq]\norigin = \"{}\"\n{grant}verb = \"report.send\"\n\
             {grant}verb = \"snmp.read\"\ncidr = [\"10.1.2.0/24\"]\nallow_server_credentials = true\n",
            server.url("")
        ));
        let texts = || -> Vec<String> {
            let texts = server.requests().into_iter().map(|request| request.text());
            texts.filter(|text| text.contains("<PROCESSNUMBER>187<")).collect()
        };
        let count = |what: &str| texts().into_iter().filter(|text| text.contains(what)).collect::<BTreeSet<_>>().len();
        let log = agent.confdir.path().join("said");
        let file = || File::create(&log).unwrap();
        let mut child = agent.command(&["run"]).stdout(Stdio::null()).stderr(file()).spawn().unwrap();
        wait(&mut child, &log, || count("<DEVICE>") >= 8);
        child.kill().unwrap();
        child.wait().unwrap();
        let before = asked(devices);
        assert!(before.contains(&0), "it was in the middle: {before:?}");
        assert_eq!((count("<START>1<"), count("<END>1<")), (1, 0));

        hand_out();
        let output = agent.run(&["run", "--json"]);
        assert!(output.stdout.contains("devices at 40 addresses"), "{output:?}");
        let twice = asked_twice(devices, &before);
        assert!(twice <= 2 * AT_ONCE, "{twice} were asked twice: {before:?} {:?}", asked(devices));
        // Each once: what was on its way when the kill came may have come again, the very same bytes.
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for text in texts().into_iter().collect::<BTreeSet<_>>() {
            if let Some((_, rest)) = text.split_once("<IP>") {
                *times.entry(rest.split('<').next().unwrap().to_owned()).or_default() += 1;
            }
        }
        assert_eq!(times.len(), DEVICES, "{times:?}");
        assert!(times.values().filter(|times| **times > 1).count() <= 1, "{times:?}");
        assert_eq!((count("<START>1<"), count("<NBIP>40<"), count("<EXIT>1<")), (1, 1, 0), "{output:?}");
        assert_eq!(texts().iter().filter(|text| text.contains("<END>1<")).count(), 2);

        // It came to its end, and does not run again.
        let before = asked(devices);
        hand_out();
        let output = agent.run(&["run", "--json"]);
        assert!(output.stdout.contains("REPLAYED") && asked(devices) == before, "{output:?}");
    });
}

/// The words of a scan.
fn scan<'a>(form: &'a [&'a str]) -> Vec<&'a str> {
    let range = ["netdiscovery", "--range", "10.1.2.1-10.1.2.40", "--credentials", CREDENTIAL, "--threads", "2"];
    [range.as_slice(), form].concat()
}

fn start(airlock: &Airlock, words: &[&str], said: &Path) -> Child {
    let file = File::create(said).unwrap();
    airlock.command(words).stdin(Stdio::null()).stdout(file).stderr(Stdio::null()).spawn().unwrap()
}

fn addresses(lines: &str) -> Vec<String> {
    let of = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?["address"].as_str().map(str::to_owned);
    lines.lines().filter_map(of).collect()
}

#[test]
fn the_owners_scan_that_was_killed_goes_on_with_resume() {
    world("the_owners_scan_that_was_killed_goes_on_with_resume", |devices| {
        let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
        let said = folder.path().join("said");
        let read = || std::fs::read_to_string(&said).unwrap();
        let mut child = start(&airlock, &scan(&["--json"]), &said);
        wait(&mut child, &said, || addresses(&read()).len() >= 8);
        child.kill().unwrap();
        child.wait().unwrap();
        let (first, before) = (addresses(&read()), asked(devices));
        let output = airlock.done(&scan(&["--json", "--resume"]));
        let second = addresses(&output.stdout);
        let all: BTreeSet<&String> = first.iter().chain(&second).collect();
        assert_eq!(all.len(), DEVICES, "{first:?} {second:?}");
        assert!(first.len() + second.len() <= DEVICES + 1, "{first:?} {second:?}");
        assert!(asked_twice(devices, &before) <= 2 * AT_ONCE, "{before:?} {:?}", asked(devices));
        // There is nothing left of it, and without the word nothing is left out.
        let output = airlock.done(&scan(&["--json", "--resume"]));
        assert!(output.stderr.contains("no such scan was cut short"), "{}", output.stderr);
        assert_eq!(addresses(&output.stdout).len(), DEVICES);
    });
}

#[test]
fn a_signal_ends_a_scan_with_what_is_there() {
    world("a_signal_ends_a_scan_with_what_is_there", |devices| {
        let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
        let said = folder.path().join("said");
        for signal in ["-INT", "-TERM"] {
            let mut child = start(&airlock, &scan(&["--xml", "--control"]), &said);
            wait(&mut child, &said, || std::fs::read_to_string(&said).unwrap().matches("<DEVICE>").count() >= 8);
            assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
            assert_eq!(child.wait().unwrap().code(), Some(1), "{signal}");
            let first = std::fs::read_to_string(&said).unwrap();
            assert!(first.contains("<EXIT>1</EXIT>") && !first.contains("<END>"), "{signal}: {first}");
            let before = asked(devices);
            let output = run(airlock.command(&scan(&["--xml", "--control", "--resume"])));
            assert!(output.status.success() && !output.stdout.contains("<START>"), "{signal}: {output:?}");
            assert_eq!(output.stdout.matches("<END>").count(), 2, "{signal}: {output:?}");
            let count = |text: &str| text.matches("<DEVICE>").count();
            assert_eq!(count(&first) + count(&output.stdout), DEVICES, "{signal}");
            assert!(asked(devices).iter().zip(&before).filter(|(now, before)| now > before).count() < DEVICES - 7);
        }
    });
}

/// An inventory comes at the end: a device is done with that, and not when it was found.
#[test]
fn a_device_that_was_found_and_not_inventoried_is_not_done() {
    world("a_device_that_was_found_and_not_inventoried_is_not_done", |devices| {
        let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
        let said = folder.path().join("said");
        let save = folder.path().to_str().unwrap();
        let words = ["--xml", "--inventory", "--save", save, "--resume"];
        let first = scan(&words[..4]);
        let mut child = start(&airlock, &first, &said);
        let asked_some = || asked(devices).iter().filter(|times| **times > 0).count() >= 10;
        wait(&mut child, &said, asked_some);
        child.kill().unwrap();
        child.wait().unwrap();
        airlock.done(&scan(&words));
        // Every device that answers has its inventory, those that were found before the kill too.
        for number in 1..=DEVICES {
            let path = folder.path().join(format!("netinventory/{}.xml", address(number)));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{number}: {error}"));
            assert!(text.contains(&format!("<NAME>switch-{number}</NAME>")), "{text}");
        }
    });
}

/// Nothing can be kept: a scan goes on without, and only who wants to go on where another was is told.
#[test]
fn a_scan_needs_no_folder() {
    world("a_scan_needs_no_folder", |_| {
        let (airlock, folder) = (Airlock::new(), tempfile::tempdir().unwrap());
        let file = folder.path().join("no-folder");
        std::fs::write(&file, "").unwrap();
        let scan = |more: &[&str]| {
            let mut command = Command::new(airlock.command(&[]).get_program());
            command.arg("--vardir").arg(&file).args(scan(&["--json", "--timeout", "1"])).args(more);
            run(command)
        };
        let output = scan(&[]);
        assert_eq!((output.status.code(), addresses(&output.stdout).len()), (Some(0), DEVICES), "{output:?}");
        let output = scan(&["--resume"]);
        assert!(output.status.code() == Some(1) && output.stderr.contains("--resume"), "{output:?}");
    });
}
