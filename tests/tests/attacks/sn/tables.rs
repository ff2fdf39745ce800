//! SN-01 to SN-03: tables without an end, and values without measure.

use super::{COLUMN, rows, settings, snmp, text, walk};
use airlock_gate::calls::Syntax;
use airlock_native::snmp::SnmpSettings;
use airlock_tests::snmp_device::{OCTETS, Objects, SnmpDevice, bind, tlv};
use std::time::{Duration, Instant};

#[test]
fn sn_01_a_walk_that_stands_still_ends() {
    // As it was asked; as it was asked from the fourth row on; to and fro; the root itself.
    let still = SnmpDevice::start(|asked| vec![asked.answer(&[bind(&asked.names[0], &text("x"))])]);
    let objects = rows(3);
    let then_still = SnmpDevice::start(move |asked| match asked.names[0].last() {
        Some(3) => vec![asked.answer(&[bind(&asked.names[0], &text("x"))])],
        _ => vec![asked.answer(&objects.binds(asked, 3))],
    });
    let to_and_fro = SnmpDevice::start(|asked| {
        let row = |row| bind(&[&COLUMN[..], &[row]].concat(), &text("x"));
        vec![asked.answer(&[row(1), row(2), row(1), row(2), row(3)])]
    });
    for (device, kept) in [(still, 0), (then_still, 3), (to_and_fro, 2)] {
        let table = walk(&snmp(settings()), &device, 100_000).unwrap();
        assert_eq!(table.binds.len(), kept);
        let cut = table.cut.unwrap();
        assert!(cut.contains(&format!("ended after {kept} rows: the device did not go forward")), "{cut}");
        assert!(device.asked().len() < 5, "{}", device.asked().len());
    }
}

#[test]
fn sn_01_twin_an_ordinary_walk_is_whole() {
    let objects = rows(300);
    let device = SnmpDevice::start(move |asked| vec![objects.honest(asked)]);
    let table = walk(&snmp(settings()), &device, 100_000).unwrap();
    assert_eq!((table.binds.len(), table.cut), (300, None));
    // Asked for by the dozen, not one by one.
    assert!(device.asked().len() < 10, "{}", device.asked().len());
}

/// Rows without end, each behind the one before.
fn endless(value: Vec<u8>) -> SnmpDevice {
    SnmpDevice::start(move |asked| {
        let last = asked.names[0].get(COLUMN.len()).copied().unwrap_or(0);
        let count = u32::try_from(asked.repetitions).unwrap().min(60_000 / u32::try_from(value.len()).unwrap());
        let row = |row| bind(&[&COLUMN[..], &[row]].concat(), &value);
        vec![asked.answer(&(last + 1..=last + count.max(1)).map(row).collect::<Vec<_>>())]
    })
}

#[test]
fn sn_02_a_table_without_end_ends_at_every_bound() {
    let device = endless(text("eth"));
    let ended = |settings: SnmpSettings, max| {
        let started = Instant::now();
        let table = walk(&snmp(settings), &device, max).unwrap();
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        (table.binds.len(), table.cut.unwrap())
    };
    let (rows, why) = ended(settings(), 1_000);
    assert!(rows == 1_000 && why.contains("no more than 1000 were asked for"), "{rows} {why}");
    let (rows, why) = ended(SnmpSettings { walk_bytes: 10_000, ..settings() }, 200_000);
    assert!((400..1_000).contains(&rows) && why.contains("more than 10000 bytes"), "{rows} {why}");
    let (rows, why) = ended(SnmpSettings { device_bytes: 20_000, ..settings() }, 200_000);
    assert!((200..1_500).contains(&rows) && why.contains("sent more than 20000 bytes in all"), "{rows} {why}");
    let (rows, why) = ended(SnmpSettings { walk_time: Duration::from_millis(200), ..settings() }, 200_000);
    assert!(rows > 10 && why.contains("took longer than 0.2 s"), "{rows} {why}");
    let (rows, why) = ended(SnmpSettings { device_time: Duration::from_millis(200), ..settings() }, 200_000);
    assert!(rows > 10 && why.contains("longer than 0.2 s in all"), "{rows} {why}");
}

#[test]
fn sn_02_twin_a_long_table_is_whole() {
    let objects = rows(5_000);
    let device = SnmpDevice::start(move |asked| vec![objects.honest(asked)]);
    let table = walk(&snmp(settings()), &device, 5_000).unwrap();
    assert_eq!((table.binds.len(), table.cut), (5_000, None));
}

#[test]
fn sn_03_giant_values_are_cut_and_counted() {
    let device = endless(tlv(OCTETS, &[b'A'; 50_000]));
    let device_bytes = 2_000_000;
    let table = walk(&snmp(SnmpSettings { device_bytes, ..settings() }), &device, 100_000).unwrap();
    let lengths = table.binds.iter().map(|bind| match &bind.value {
        Syntax::Octets(bytes) => bytes.len(),
        other => panic!("{other:?}"),
    });
    let longest = lengths.max().unwrap();
    assert!(longest <= 16_384 && table.binds.len() < 60, "{longest} {}", table.binds.len());
    let cut = table.cut.unwrap();
    assert!(cut.contains("sent more than 2000000 bytes in all"), "{cut}");
    assert!(cut.contains("a value was longer than 16384 bytes and is cut"), "{cut}");
}

#[test]
fn sn_03_twin_a_long_value_is_whole() {
    let long = vec![b'A'; 16_384];
    let objects = Objects::default().column(&COLUMN, 2, &tlv(OCTETS, &long));
    let device = SnmpDevice::start(move |asked| vec![asked.answer(&objects.binds(asked, 3))]);
    let table = walk(&snmp(settings()), &device, 100).unwrap();
    assert_eq!(table.cut, None);
    assert!(table.binds.len() == 2 && table.binds.iter().all(|bind| bind.value == Syntax::Octets(long.clone())));
}

/// What devices do without meaning harm: the tables are whole all the same, or it is said that they are not.
#[test]
fn sn_02_twin_devices_with_limits_of_their_own_are_read_whole() {
    let whole = |device: &SnmpDevice| {
        let table = walk(&snmp(settings()), device, 1_000).unwrap();
        assert_eq!((table.binds.len(), table.cut), (150, None));
    };
    // It answers with a few values at a time.
    let objects = rows(150);
    whole(&SnmpDevice::start(move |asked| vec![asked.answer(&objects.binds(asked, 7))]));
    // It says that what is asked for is too big.
    let objects = rows(150);
    whole(&SnmpDevice::start(move |asked| match asked.repetitions {
        ..=5 => vec![objects.honest(asked)],
        _ => vec![asked.status(1, 0, &[])],
    }));
    // It is silent to large questions; to GETBULK altogether; it says that it does not know it.
    let objects = rows(150);
    whole(&SnmpDevice::start(move |asked| if asked.repetitions > 20 { vec![] } else { vec![objects.honest(asked)] }));
    let objects = rows(150);
    let no_bulk = SnmpDevice::start(move |asked| if asked.kind == 0xa5 { vec![] } else { vec![objects.honest(asked)] });
    whole(&no_bulk);
    let objects = rows(150);
    whole(&SnmpDevice::start(move |asked| match asked.kind {
        0xa5 => vec![asked.status(5, 1, &[])],
        _ => vec![objects.honest(asked)],
    }));
    // It answers a GETBULK with nothing.
    let objects = rows(150);
    whole(&SnmpDevice::start(move |asked| match asked.kind {
        0xa5 => vec![asked.answer(&[])],
        _ => vec![objects.honest(asked)],
    }));
    // The network loses an answer now and then.
    let objects = rows(150);
    let mut number = 0;
    whole(&SnmpDevice::start(move |asked| {
        number += 1;
        if number % 4 == 2 { vec![] } else { vec![asked.answer(&objects.binds(asked, 20))] }
    }));
}

#[test]
fn sn_02_twin_a_value_of_an_unknown_kind_is_said_and_does_not_end_the_table() {
    let mut objects = rows(20);
    objects.0.insert([&COLUMN[..], &[5]].concat(), vec![0x45, 0]);
    objects.0.insert([&COLUMN[..], &[6]].concat(), vec![0x40, 0]);
    let device = SnmpDevice::start(move |asked| vec![objects.honest(asked)]);
    let table = walk(&snmp(settings()), &device, 1_000).unwrap();
    assert_eq!(table.binds.len(), 18);
    assert_eq!(table.cut.as_deref(), Some("2 values could not be read, the first of them 1.3.6.1.2.1.2.2.1.2.5"));
}
