//! Messages that are damaged in every way: what they are taken for does not matter, as long as it ends, and soon.

use super::ber::{self, SEQUENCE};
use super::pdu::{Kind, Question};
use super::secret::{AuthProtocol, PrivProtocol, Security};
use super::usm::{Heard, Masters, Usm};
use super::{MachineSnmp, SnmpSettings, community::Community, oid, values_of};
use proptest::prelude::*;
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

const ENGINE: [u8; 9] = [0x80, 0, 0, 9, 1, 1, 2, 3, 4];

fn masters() -> Arc<Masters> {
    // A mebibyte is hashed for it, once.
    static MASTERS: OnceLock<Arc<Masters>> = OnceLock::new();
    let word = || Zeroizing::new("some-password".to_owned());
    let (auth, privacy) = (AuthProtocol::Sha1, PrivProtocol::Aes128);
    let security = Security::AuthPriv { auth, password: word(), privacy, privacy_password: word(), extension: None };
    Arc::clone(MASTERS.get_or_init(|| Arc::new(Masters::new(&security))))
}

fn put_answer(out: &mut Vec<u8>, tag: u8, id: i32, name: &str) {
    ber::put_nested(out, tag, |out| {
        ber::put_integer(out, id.into());
        ber::put_integer(out, 0);
        ber::put_integer(out, 0);
        ber::put_nested(out, SEQUENCE, |out| {
            for value in [&[4, 1, b'x'][..], &[0x41, 1, 7], &[0x40, 4, 1, 2, 3, 4], &[6, 2, 0x2b, 6]] {
                ber::put_nested(out, SEQUENCE, |out| {
                    ber::put(out, ber::OID, &oid::encode(&oid::parse(name).unwrap()));
                    out.extend_from_slice(value);
                });
            }
        });
    });
}

/// An honest answer with a community.
fn answer() -> Vec<u8> {
    let mut out = vec![];
    ber::put_nested(&mut out, SEQUENCE, |out| {
        ber::put_integer(out, 1);
        ber::put(out, ber::OCTETS, b"public");
        put_answer(out, 0xa2, 7, "1.3.6.1.2.1.1.5.0");
    });
    out
}

/// A report of a device that says who it is.
fn report(id: i32) -> Vec<u8> {
    let mut out = vec![];
    ber::put_nested(&mut out, SEQUENCE, |out| {
        ber::put_integer(out, 3);
        ber::put_nested(out, SEQUENCE, |out| {
            ber::put_integer(out, id.into());
            // As large as the number can be (RFC 3412, 6.3), and larger than a datagram.
            ber::put_integer(out, i64::from(i32::MAX));
            ber::put(out, ber::OCTETS, &[0]);
            ber::put_integer(out, 3);
        });
        ber::put_nested(out, ber::OCTETS, |out| {
            ber::put_nested(out, SEQUENCE, |out| {
                ber::put(out, ber::OCTETS, &ENGINE);
                ber::put_integer(out, 7);
                ber::put_integer(out, 1000);
                for _ in 0..3 {
                    ber::put(out, ber::OCTETS, &[]);
                }
            });
        });
        ber::put_nested(out, SEQUENCE, |out| {
            ber::put(out, ber::OCTETS, &ENGINE);
            ber::put(out, ber::OCTETS, &[]);
            put_answer(out, 0xa8, id, "1.3.6.1.6.3.15.1.1.4.0");
        });
    });
    out
}

fn question<'a>(names: &'a [&'a [u8]]) -> Question<'a> {
    Question { kind: Kind::Get, id: 7, names, vlan: None }
}

#[test]
fn honest_messages_are_read() {
    assert_eq!(values_of(&answer()).unwrap().len(), 4);
    assert_eq!(values_of(&report(7)).unwrap().len(), 4);
    let community = Community { version: 1, word: Zeroizing::new("public".to_owned()) };
    assert!(community.read(&answer(), &question(&[])).unwrap().is_some());
    let mut usm = Usm::new("reader", masters(), 1);
    assert_eq!(usm.read_discovery(&report(7), 7), Ok(Some(())));
    assert!(usm.knows_engine());
    let heard = usm.read(&report(7), &question(&[]), &mut |_| ()).unwrap();
    assert!(matches!(heard, Some(Heard::Stranger)));
}

#[test]
fn an_answer_that_nobody_signed_is_none() {
    let mut usm = Usm::new("reader", masters(), 1);
    usm.read_discovery(&report(7), 7).unwrap();
    // As a report, but for being an answer.
    let mut forged = report(7);
    let at = forged.iter().rposition(|byte| *byte == 0xa8).unwrap();
    forged[at] = 0xa2;
    assert!(usm.read(&forged, &question(&[]), &mut |_| ()).unwrap().is_none());
}

proptest! {
    #[test]
    fn damaged_messages_end(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        noise in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let community = Community { version: 1, word: Zeroizing::new("public".to_owned()) };
        for honest in [answer(), report(7)] {
            let mut damaged = honest.clone();
            for (at, byte) in &damage {
                let at = at.index(damaged.len());
                damaged[at] = *byte;
            }
            let short = damaged[..cut.index(damaged.len())].to_vec();
            for message in [damaged, short, noise.clone()] {
                drop(values_of(&message));
                let _ = community.read(&message, &question(&[])).map(|pdu| pdu.map(|pdu| pdu.binds().count()));
                let mut usm = Usm::new("reader", masters(), 1);
                usm.read_discovery(&report(7), 7).unwrap();
                drop(usm.read(&message, &question(&[]), &mut |pdu| pdu.binds().count()));
                let _ = usm.read_discovery(&message, 7);
            }
        }
    }

    #[test]
    fn every_question_is_a_message(names in proptest::collection::vec(proptest::collection::vec(any::<u32>(), 0..126), 0..64)) {
        let names: Vec<Vec<u8>> = names.into_iter().map(|rest| oid::encode(&[vec![1, 3], rest].concat())).collect();
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let mut usm = Usm::new("reader", masters(), 1);
        usm.read_discovery(&report(7), 7).unwrap();
        let mut out = vec![];
        for vlan in [None, Some(10)] {
            let asked = Question { kind: Kind::GetBulk(9), id: 7, names: &names, vlan };
            prop_assert_eq!(usm.write(&mut out, &asked), Some(()));
            let mut reader = ber::Reader::new(&out);
            prop_assert!(reader.sequence().is_ok() && reader.is_empty());
        }
    }
}

/// Hundreds of devices are asked at the same time.
#[test]
fn waiting_takes_little_memory() {
    use airlock_gate::calls::{SnmpGet, SnmpOpen, SnmpWalk, Transport};
    use airlock_gate::ports::Snmp as _;
    let snmp = MachineSnmp::new(
        Arc::new(std::collections::BTreeMap::<String, super::SnmpSecret>::new()),
        SnmpSettings::default(),
    );
    let (address, credential) = ([192, 0, 2, 1].into(), "core".to_owned());
    let peer = airlock_gate::calls::Peer { address, port: 161, transport: Transport::Udp, vlan: None, credential };
    let (oids, roots) = (vec!["1.3.6.1.2.1.1.1.0".to_owned()], vec!["1.3.6.1.2.1.2".to_owned()]);
    let (open, get, walk) =
        (SnmpOpen { peer: peer.clone() }, SnmpGet { peer: peer.clone(), oids }, SnmpWalk { peer, roots, max: 100 });
    let sizes = [size_of_val(&*snmp.open(&open)), size_of_val(&*snmp.get(&get)), size_of_val(&*snmp.walk(&walk))];
    assert!(sizes.iter().all(|size| *size < 8192), "{sizes:?}");
}
