//! SN-04 to SN-07: messages that are none, answers of others, and devices that want to be asked on a lower level.

use super::{SYS_NAME, TIMEOUT, name, open, peer, rows, settings, snmp, switch, text};
use airlock_gate::calls::{SnmpOpen, Transport};
use airlock_gate::ports::Snmp;
use airlock_gate::{Audit, CallError, Gate, Limits, Native, NoLog, SnmpTarget, Source};
use airlock_native::snmp::SnmpSettings;
use airlock_tests::namespace::{in_namespace, is_inside};
use airlock_tests::policies::{grant, policy};
use airlock_tests::snmp_device::{INTEGER, OCTETS, OID, SEQUENCE, SnmpDevice, bind, integer, tlv};
use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What stands in the place of an answer.
fn games(honest: &[u8]) -> Vec<Vec<u8>> {
    let nested = (0..10_000).fold(
        vec![],
        |inside: Vec<u8>, _| {
            if inside.len() > 60_000 { inside } else { tlv(SEQUENCE, &inside) }
        },
    );
    let mut games = vec![
        vec![],
        vec![0x30],
        vec![0x30, 0x80, 0, 0],
        vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 1],
        vec![0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        nested,
        vec![0x1f; 1_000],
        vec![0xff; 65_000],
        [honest, &[0]].concat(),
        honest[..honest.len() - 1].to_vec(),
        tlv(0x31, &honest[2..]),
    ];
    // Each byte by itself, and each as far as it goes.
    games.extend((0..honest.len()).map(|at| {
        let mut game = honest.to_vec();
        game[at] ^= 0xff;
        game
    }));
    games.extend((0..honest.len()).map(|length| honest[..length].to_vec()));
    games
}

#[test]
fn sn_04_lengths_that_lie_are_no_answer() {
    let objects = rows(3);
    let device = SnmpDevice::start(move |asked| {
        let honest = objects.honest(asked);
        games(&honest).into_iter().filter(|game| *game != honest).collect()
    });
    let started = Instant::now();
    match name(&snmp(settings()), &device) {
        // One of the games changes nothing but the value, or says that there is none.
        Ok(_) | Err(CallError::Timeout | CallError::Failed(_)) => {}
        other => panic!("{other:?}"),
    }
    assert!(started.elapsed() < TIMEOUT * 3, "{:?}", started.elapsed());
}

#[test]
fn sn_04_what_is_within_an_answer_is_read_with_the_same_care() {
    let long_number = [vec![INTEGER, 0x82, 3, 0xe8], vec![1; 1_000]].concat();
    let wide_name = tlv(SEQUENCE, &[tlv(OID, &[0x2b, 0x9f, 0xff, 0xff, 0xff, 0xff, 0x7f]), text("x")].concat());
    let endless_name = tlv(SEQUENCE, &[tlv(OID, &[0x2b; 4_000]), text("x")].concat());
    for (what, within) in [
        ("number", bind(&SYS_NAME, &long_number)),
        ("wide", wide_name),
        ("endless", endless_name),
        ("address", bind(&SYS_NAME, &[0x40, 3, 1, 2, 3])),
        ("counter", bind(&SYS_NAME, &tlv(0x41, &[1; 5]))),
        ("counter64", bind(&SYS_NAME, &tlv(0x46, &[1; 9]))),
        ("unknown", bind(&SYS_NAME, &tlv(0x4f, &[1; 9]))),
        ("name as a value", bind(&SYS_NAME, &tlv(OID, &[0x80, 0x80]))),
        ("two values", tlv(SEQUENCE, &[tlv(OID, &[0x2b]), integer(1), integer(2)].concat())),
        ("no value", tlv(SEQUENCE, &tlv(OID, &[0x2b]))),
        ("nothing", vec![]),
        ("no sequence", integer(1)),
    ] {
        let answer = within.clone();
        let device = SnmpDevice::start(move |asked| vec![asked.answer(std::slice::from_ref(&answer))]);
        let call = airlock_gate::calls::SnmpGet {
            peer: peer(&device, "printers"),
            oids: vec!["1.3.6.1.2.1.1.5.0".to_owned()],
        };
        let got = super::wait(snmp(settings()).get(&call)).unwrap();
        assert!(got.cut.is_some(), "{what}: {got:?}");
        // A walk ends, and says so.
        let table = super::walk(&snmp(settings()), &device, 100).unwrap();
        assert!(table.cut.is_some() || table.binds.is_empty(), "{what}: {table:?}");
        assert!(device.asked().len() < 20, "{what}: {}", device.asked().len());
    }
}

#[test]
fn sn_04_twin_an_honest_answer_behind_nonsense_is_taken() {
    let objects = rows(3);
    let device = SnmpDevice::start(move |asked| {
        let honest = objects.honest(asked);
        vec![vec![0x30, 0x80], vec![], vec![0xff; 9_000], honest]
    });
    assert_eq!(name(&snmp(settings()), &device), switch());
    assert_eq!(super::walk(&snmp(settings()), &device, 100).unwrap().binds.len(), 3);
}

/// The answer of somebody else: to another question, by another name, with another word.
fn forged(asked: &airlock_tests::snmp_device::Asked) -> Vec<Vec<u8>> {
    let value = [bind(&SYS_NAME, &text("forged"))];
    let with = |change: &dyn Fn(&mut airlock_tests::snmp_device::Asked)| {
        let mut other = asked.clone();
        change(&mut other);
        other.answer(&value)
    };
    vec![
        with(&|other| other.id = (other.id + 1) & 0x7fff_ffff),
        with(&|other| other.id = 1),
        with(&|other| other.community = b"private".to_vec()),
        with(&|other| other.community = vec![]),
        with(&|other| other.version = 0),
        tlv(SEQUENCE, &[integer(1), tlv(OCTETS, b"public"), tlv(0xa7, &[])].concat()),
    ]
}

#[test]
fn sn_05_answers_to_other_questions_are_dropped() {
    let device = SnmpDevice::start(forged);
    assert!(name(&snmp(settings()), &device).is_err());
    assert!(open(&snmp(settings()), &device, "printers").is_err());
    let device = SnmpDevice::start(|asked| forged(asked).into_iter().take(5).collect());
    assert_eq!(name(&snmp(settings()), &device), Err(CallError::Timeout));
}

#[test]
fn sn_05_answers_of_another_machine_are_dropped() {
    let other = UdpSocket::bind("127.0.0.2:0").unwrap();
    let beside = UdpSocket::bind("127.0.0.1:0").unwrap();
    let device = SnmpDevice::start(move |asked| {
        // As right as it can be, but for where it comes from.
        let answer = asked.answer(&[bind(&SYS_NAME, &text("forged"))]);
        for socket in [&other, &beside] {
            socket.send_to(&answer, asked.from.unwrap()).unwrap();
        }
        vec![]
    });
    assert_eq!(name(&snmp(settings()), &device), Err(CallError::Timeout));
}

#[test]
fn sn_05_questions_and_ports_cannot_be_guessed() {
    let objects = rows(1);
    let device = SnmpDevice::start(move |asked| vec![objects.honest(asked)]);
    let snmp = snmp(settings());
    for _ in 0..16 {
        assert_eq!(name(&snmp.afresh(), &device), switch());
    }
    let asked = device.asked();
    let ids: BTreeSet<i64> = asked.iter().map(|asked| asked.id).collect();
    let ports: BTreeSet<u16> = asked.iter().map(|asked| asked.from.unwrap().port()).collect();
    assert!(ids.len() == 16 && ports.len() > 8, "{ids:?} {ports:?}");
    let steps: BTreeSet<i64> = asked.windows(2).map(|pair| pair[1].id - pair[0].id).collect();
    assert!(steps.len() > 10, "{steps:?}");
}

#[test]
fn sn_05_twin_the_right_answer_among_wrong_ones_is_taken() {
    let objects = rows(3);
    let device = SnmpDevice::start(move |asked| {
        let mut answers = forged(asked);
        answers.push(objects.honest(asked));
        answers
    });
    let snmp = snmp(settings());
    assert_eq!(name(&snmp, &device), switch());
    // And one that comes late, for a question before.
    let mut before: Option<Vec<u8>> = None;
    let objects = rows(3);
    let device = SnmpDevice::start(move |asked| {
        let answer = objects.honest(asked);
        before.replace(answer.clone()).into_iter().chain([answer]).collect()
    });
    for _ in 0..3 {
        assert_eq!(name(&snmp, &device), switch());
    }
}

#[test]
fn sn_06_a_storm_of_reports_is_answered_so_many_times() {
    for stat in [1, 2, 3, 4, 5, 6, 7] {
        let mut number = 0_u8;
        let device = SnmpDevice::start(move |asked| {
            number = number.wrapping_add(1);
            // Another engine each time, many times over.
            (0..50).map(|more| asked.report(&[0x80, 0, 0, 9, 1, number, more], stat)).collect()
        });
        let started = Instant::now();
        let error = open(&snmp(settings()), &device, "core").unwrap_err();
        assert!(matches!(error, CallError::Failed(_)), "{stat}: {error:?}");
        assert!(started.elapsed() < TIMEOUT * 4, "{stat}: {:?}", started.elapsed());
        let asked = device.asked();
        assert!((2..=10).contains(&asked.len()), "{stat}: {}", asked.len());
        assert!(asked.iter().all(|asked| asked.version == 3), "{stat}");
    }
}

#[test]
fn sn_06_twin_a_device_that_is_asked_again_without_a_storm_is_found() {
    // A real agent, and one that was started again, are asked in airlock-native's tests of snmpd; here, by another credential.
    let objects = rows(3);
    let device = SnmpDevice::start(move |asked| match asked.version {
        3 => vec![asked.report(&[0x80, 0, 0, 9, 1, 1, 1], 4)],
        _ => vec![objects.honest(asked)],
    });
    let snmp = snmp(settings());
    assert!(open(&snmp, &device, "core").is_err());
    assert_eq!(open(&snmp, &device, "printers"), Ok(()));
    assert_eq!(name(&snmp, &device), switch());
}

const CREDENTIALS: &str = r#"
[credential.core]
kind = "snmpv3"
source = "file:/etc/airlock/core"
use_for = ["10.7.0.0/24"]
[credential.printers]
kind = "snmpv2c"
source = "file:/etc/airlock/printers"
use_for = ["10.7.0.0/24"]
"#;

/// Opens a session through the gate, by the credentials that a grant lists; and what the device was asked.
fn through_the_gate(credentials: &str) -> (Result<String, CallError>, Vec<i64>) {
    let objects = rows(3);
    let device = SnmpDevice::on("10.7.0.2:161", move |asked| match asked.version {
        3 => vec![],
        _ => vec![objects.honest(asked)],
    });
    let policy = policy(
        &(grant("snmp.read", &format!("cidr = [\"10.7.0.0/24\"]\ncredentials = [{credentials}]")) + CREDENTIALS),
    );
    let snmp: Arc<dyn Snmp> = Arc::new(snmp(SnmpSettings { timeout: Duration::from_millis(200), ..settings() }));
    let report = Arc::new(airlock_tests::ports::Keeper::default());
    let native = Native { snmp, ..Native::none(report) };
    let audit = Audit::new(Box::new(NoLog), "run-1".to_owned(), "hostile@test".to_owned(), Some("hq".to_owned()));
    let gate = Gate::new(Arc::new(policy), Limits::default(), audit, Source::Live(native));
    let (address, transport) = (device.address.ip(), Transport::Udp);
    let found = super::wait(gate.snmp_session(SnmpTarget { address, port: 161, transport }));
    (found.map(|peer| peer.credential), device.asked().iter().map(|asked| asked.version).collect())
}

#[test]
fn sn_07_silence_to_the_strong_does_not_bring_out_the_weak() {
    let tried =
        in_namespace("sn::forged::sn_07_silence_to_the_strong_does_not_bring_out_the_weak", &["10.7.0.2"], || {
            let (found, versions) = through_the_gate("\"core\"");
            assert_eq!(found, Err(CallError::Timeout));
            assert!(!versions.is_empty() && versions.iter().all(|version| *version == 3), "{versions:?}");
        });
    if is_inside() || tried {
        return;
    }
    // Without a network of its own: the same client, without the gate.
    let device = SnmpDevice::start(|asked| if asked.version == 3 { vec![] } else { vec![asked.answer(&[])] });
    let snmp = snmp(settings());
    assert_eq!(super::wait(snmp.open(&SnmpOpen { peer: peer(&device, "core") })), Err(CallError::Timeout));
    assert!(device.asked().iter().all(|asked| asked.version == 3));
}

#[test]
fn sn_07_twin_the_weak_is_tried_where_the_owner_lists_it() {
    in_namespace("sn::forged::sn_07_twin_the_weak_is_tried_where_the_owner_lists_it", &["10.7.0.2"], || {
        let (found, versions) = through_the_gate("\"core\", \"printers\"");
        assert_eq!(found, Ok("printers".to_owned()));
        // In the owner's order.
        assert_eq!((versions.first(), versions.last()), (Some(&3), Some(&1)));
        assert_eq!(through_the_gate("\"printers\", \"core\"").1, [1]);
    });
}
