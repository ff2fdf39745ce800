//! Healthy devices among many that are not: those that answer without end, with giants, backwards, for others, slowly, and a
//! hundred times.

use airlock_tests::fakesnmp::{FakeSnmp, SWITCH};
use airlock_tests::program::Airlock;
use airlock_tests::snmp_device::{Asked, OCTETS, SnmpDevice, bind, tlv};
use std::fs;
use std::time::{Duration, Instant};

const HEALTHY: usize = 50;
const HOSTILE: usize = 200;
const PORTS: u32 = 24;

/// A switch with some ports.
fn healthy(address: &str) -> FakeSnmp {
    let mut objects: Vec<(String, String)> =
        SWITCH.iter().map(|(oid, value)| ((*oid).into(), (*value).into())).collect();
    for port in 1..=PORTS {
        for (column, value) in
            [(1, port.to_string()), (2, format!("port {port}")), (3, "6".into()), (5, "1000000000".into())]
        {
            objects.push((format!("1.3.6.1.2.1.2.2.1.{column}.{port}"), value));
        }
    }
    let objects: Vec<(&str, &str)> = objects.iter().map(|(oid, value)| (oid.as_str(), value.as_str())).collect();
    FakeSnmp::start(address, &["public"], &objects)
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

/// How long it took until the last of the healthy devices was written down.
fn inventory(airlock: &Airlock, hosts: &[String], port: u16) -> (Duration, usize) {
    let folder = tempfile::tempdir().unwrap();
    let (port, save) = (port.to_string(), folder.path().to_str().unwrap());
    let mut words = vec!["netinventory", "--port", &port, "--timeout", "1", "--deadline", "20", "--save", save];
    for host in hosts {
        words.extend(["--host", host]);
    }
    let began = Instant::now();
    let mut child = airlock.command(&words).stdout(std::process::Stdio::null()).spawn().unwrap();
    let is_whole = |number: usize| {
        let file = folder.path().join(format!("netinventory/{}.xml", healthy_address(number)));
        fs::read_to_string(file).is_ok_and(|xml| xml.contains(&format!("<IFDESCR>port {PORTS}</IFDESCR>")))
    };
    let (mut done, deadline) = ((0, Duration::ZERO), began + Duration::from_secs(90));
    let mut left: Vec<usize> = (0..HEALTHY).collect();
    while !left.is_empty() && Instant::now() < deadline {
        left.retain(|number| !is_whole(*number));
        done = (HEALTHY - left.len(), began.elapsed());
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait().unwrap();
    (done.1, done.0)
}

fn healthy_address(number: usize) -> String {
    format!("127.0.9.{}", 1 + number * 5)
}

#[test]
fn healthy_devices_are_read_whole_among_hostile_ones() {
    let airlock = Airlock::new();
    let first = healthy(&format!("{}:0", healthy_address(0)));
    let port = first.address.port();
    let others: Vec<FakeSnmp> = (1..HEALTHY).map(|n| healthy(&format!("{}:{port}", healthy_address(n)))).collect();
    let places: Vec<String> = (0..HOSTILE).map(|n| format!("127.0.9.{}", 2 + n + n / 4)).collect();
    let crowd: Vec<SnmpDevice> = places.iter().enumerate().map(|(n, at)| hostile(n, &format!("{at}:{port}"))).collect();
    let mut healthy: Vec<String> = (0..HEALTHY).map(healthy_address).collect();
    let alone = inventory(&airlock, &healthy, port);
    assert_eq!(alone.1, HEALTHY, "alone");
    healthy.extend(places);
    // In the order of their addresses: one that is well, four that are not.
    healthy.sort_by_key(|address| address.rsplit('.').next().and_then(|last| last.parse::<u8>().ok()));
    let among = inventory(&airlock, &healthy, port);
    assert_eq!(among.1, HEALTHY, "among {} hostile ones, after {:?}", crowd.len(), among.0);
    eprintln!(
        "{HEALTHY} healthy devices: {:.2} s alone, {:.2} s among {HOSTILE} hostile ones ({:.1} times)",
        alone.0.as_secs_f64(),
        among.0.as_secs_f64(),
        among.0.as_secs_f64() / alone.0.as_secs_f64()
    );
    drop(others);
}
