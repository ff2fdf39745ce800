//! Healthy devices among many that are not: those that answer without end, with giants, backwards, for others, slowly, and a
//! hundred times.

use airlock_tests::program::Airlock;
use airlock_tests::snmp_device::{Asked, OCTETS, OID, Objects, SnmpDevice, bind, integer, name, tlv};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const HEALTHY: usize = 50;
const HOSTILE: usize = 200;
const PORTS: u32 = 24;

/// What a switch takes for an answer: it has more to do, and may be far away. Longer than what else this machine does takes
/// from one moment to the next, so that what is compared is not that.
const THINKS: Duration = Duration::from_millis(50);

/// A switch with some ports.
fn healthy(address: &str) -> SnmpDevice {
    let text = |text: &str| tlv(OCTETS, text.as_bytes());
    let system = |number: u32| [1, 3, 6, 1, 2, 1, 1, number, 0];
    let mut objects = Objects::default()
        .with(&system(1), &text("Invented Switch, version 7"))
        .with(&system(2), &tlv(OID, &name(&[1, 3, 6, 1, 4, 1, 9, 1, 99999])))
        .with(&system(5), &text("switch-a"));
    for port in 1..=PORTS {
        let column = |number: u32| [1, 3, 6, 1, 2, 1, 2, 2, 1, number, port];
        objects = objects
            .with(&column(1), &integer(port.into()))
            .with(&column(2), &text(&format!("port {port}")))
            .with(&column(3), &integer(6))
            .with(&column(5), &integer(1_000_000_000));
    }
    SnmpDevice::on(address, move |asked| {
        std::thread::sleep(THINKS);
        vec![asked.answer(&objects.binds(asked, 120))]
    })
}

/// What a name is followed by, for ever.
fn next(asked: &Asked, value: &[u8], most: usize) -> Vec<Vec<u8>> {
    let mut binds = Vec::new();
    let mut names = asked.names.clone();
    for _ in 0..asked.repetitions.clamp(1, most) {
        for name in &mut names {
            if asked.kind != 0xa0 {
                let is_row = name.len() > 11;
                match name.last_mut() {
                    Some(last) if is_row && *last < u32::MAX => *last += 1,
                    _ => name.push(1),
                }
            }
            binds.push(bind(name, value));
        }
    }
    binds
}

fn hostile(kind: usize, address: &str) -> SnmpDevice {
    let small = tlv(OCTETS, b"eth");
    match kind % 6 {
        // Without end.
        0 => SnmpDevice::on(address, move |asked| vec![asked.answer(&next(asked, &small, 40))]),
        // Giants.
        1 => {
            let giant = tlv(OCTETS, &[b'A'; 20_000]);
            SnmpDevice::on(address, move |asked| vec![asked.answer(&next(asked, &giant, 1)[..1])])
        }
        // Backwards.
        2 => SnmpDevice::on(address, move |asked| {
            let mut binds = next(asked, &small, 20);
            binds.reverse();
            vec![asked.answer(&binds)]
        }),
        // For others: numbers that nobody asked with, again and again.
        3 => SnmpDevice::on(address, move |asked| {
            let other = |by| Asked { id: asked.id.wrapping_add(by), ..asked.clone() };
            (1..20).map(|by| other(by).answer(&next(asked, &small, 5))).collect()
        }),
        // Slowly.
        4 => SnmpDevice::on(address, move |asked| {
            std::thread::sleep(Duration::from_millis(700));
            vec![asked.answer(&next(asked, &small, 2))]
        }),
        // A storm.
        _ => SnmpDevice::on(address, move |asked| {
            let mut storm: Vec<Vec<u8>> = (0..100).map(|stat| asked.report(b"engine", stat % 6)).collect();
            storm.push(asked.answer(&next(asked, &small, 10)));
            storm
        }),
    }
}

/// What it took until the last of the healthy devices was written down.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Took {
    wall: Duration,
    /// Of the program alone.
    processor: Duration,
}

fn inventory(airlock: &Airlock, hosts: &[String], port: u16) -> Took {
    let folder = tempfile::tempdir().unwrap();
    let (port, save) = (port.to_string(), folder.path().to_str().unwrap());
    // Patient: what is not answered because this machine stood still for a moment is asked again.
    let mut words = vec!["netinventory", "--port", &port, "--timeout", "2", "--retries", "2", "--deadline", "60"];
    words.extend(["--save", save]);
    for host in hosts {
        words.extend(["--host", host]);
    }
    let began = Instant::now();
    let (quiet, quieter) = (Stdio::null(), Stdio::null());
    let mut child = airlock.command(&words).stdout(quiet).stderr(quieter).spawn().unwrap();
    let is_whole = |number: usize| {
        let file = folder.path().join(format!("netinventory/{}.xml", healthy_address(number)));
        fs::read_to_string(file).is_ok_and(|xml| xml.contains(&format!("<IFDESCR>port {PORTS}</IFDESCR>")))
    };
    let mut left: Vec<usize> = (0..HEALTHY).filter(|number| hosts.contains(&healthy_address(*number))).collect();
    while !left.is_empty() {
        left.retain(|number| !is_whole(*number));
        let ended = child.try_wait().unwrap();
        assert!(left.is_empty() || ended.is_none(), "{ended:?}, and {left:?} are not there");
        assert!(began.elapsed() < Duration::from_secs(60), "{left:?} are not there");
        std::thread::sleep(Duration::from_millis(2));
    }
    let took = Took { wall: began.elapsed(), processor: processor(&child) };
    // What becomes of the others is the matter of other tests.
    let _ = child.kill();
    child.wait().unwrap();
    took
}

/// The processor time that a process has had.
fn processor(child: &Child) -> Duration {
    let threads = fs::read_dir(format!("/proc/{}/task", child.id())).unwrap().flatten();
    let times = threads.filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok());
    Duration::from_nanos(times.filter_map(|line| line.split(' ').next()?.parse::<u64>().ok()).sum())
}

fn healthy_address(number: usize) -> String {
    format!("127.0.9.{}", 1 + number * 5)
}

/// The hostile ones, behind whatever else this machine has to do: they are elsewhere in truth, and have processors of their
/// own.
fn crowd(port: u16) -> Vec<(String, SnmpDevice)> {
    let made = std::thread::spawn(move || {
        let thread = nix::unistd::gettid().to_string();
        let after_others = Command::new("renice").args(["-n", "19", "-p", &thread]).stdout(Stdio::null()).status();
        if !after_others.is_ok_and(|status| status.success()) {
            eprintln!("no renice (util-linux): the hostile devices take the time of this machine from the program");
        }
        let places = (0..HOSTILE).map(|n| format!("127.0.9.{}", 2 + n + n / 4));
        places.enumerate().map(|(n, at)| (at.clone(), hostile(n, &format!("{at}:{port}")))).collect()
    });
    made.join().unwrap()
}

/// Rounds: what else the machine does makes a round longer and never shorter, so the shortest counts, and no further round is
/// needed once it is short enough.
const ROUNDS: usize = 12;
const TIMES: u32 = 2;

#[test]
fn healthy_devices_are_read_whole_among_hostile_ones_in_twice_their_time_alone() {
    let airlock = Airlock::new();
    let first = healthy(&format!("{}:0", healthy_address(0)));
    let port = first.address.port();
    let others: Vec<SnmpDevice> = (1..HEALTHY).map(|n| healthy(&format!("{}:{port}", healthy_address(n)))).collect();
    let crowd = crowd(port);
    let healthy: Vec<String> = (0..HEALTHY).map(healthy_address).collect();
    let mut all: Vec<String> = healthy.iter().cloned().chain(crowd.iter().map(|(at, _)| at.clone())).collect();
    // In the order of their addresses: one that is well, four that are not.
    all.sort_by_key(|address| address.rsplit('.').next().and_then(|last| last.parse::<u8>().ok()));
    // The first run of all compiles the task.
    inventory(&airlock, &healthy[..1], port);
    let (mut alone, mut among) = (Vec::new(), Vec::new());
    let least = |all: &[Took]| all.iter().map(|took| took.wall).min().unwrap();
    for round in 1..=ROUNDS {
        alone.push(inventory(&airlock, &healthy, port));
        among.push(inventory(&airlock, &all, port));
        eprintln!("{HEALTHY} alone: {:?}; among {HOSTILE} hostile ones: {:?}", alone[round - 1], among[round - 1]);
        if round > 2 && least(&among) <= TIMES * least(&alone) {
            break;
        }
    }
    let (alone, among) = (least(&alone), least(&among));
    assert!(among <= TIMES * alone, "{among:?} among {HOSTILE} hostile ones, {alone:?} alone");
    drop(others);
}
