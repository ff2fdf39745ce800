use super::*;
use crate::fixture::Walk;
use crate::{Bind, Entry, Syntax};

/// A small switch that nobody makes.
const SWITCH: &str = r#"
.1.3.6.1.2.1.1.1.0 = STRING: "Invented Ethernet Switch,  V1
second line"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.9.9999.1
.1.3.6.1.2.1.1.3.0 = Timeticks: (8640000) 1 day, 0:00:00.00
.1.3.6.1.2.1.1.4.0 = STRING: "Me <me@example.org>"
.1.3.6.1.2.1.1.5.0 = STRING: "lab   switch"
.1.3.6.1.2.1.1.6.0 = STRING: "shelf 7"
.1.3.6.1.2.1.4.20.1.1.10.0.0.9 = IpAddress: 10.0.0.9
.1.3.6.1.2.1.4.20.1.1.10.0.0.10 = IpAddress: 10.0.0.10
.1.3.6.1.2.1.4.20.1.2.10.0.0.9 = INTEGER: 1
.1.3.6.1.2.1.4.20.1.2.10.0.0.10 = INTEGER: 1
.1.3.6.1.2.1.17.1.1.0 = Hex-STRING: 02 00 00 00 00 01
.1.3.6.1.2.1.47.1.1.1.1.10.1 = ""
.1.3.6.1.2.1.47.1.1.1.1.10.1001 = STRING: "V1.2.3"
.1.3.6.1.2.1.47.1.1.1.1.11.1001 = STRING: "SN0001"
.1.3.6.1.2.1.47.1.1.1.1.13.1001 = STRING: "INV-24"
"#;

#[test]
fn a_switch_is_identified_in_three_requests() {
    let walk = Walk::parse(SWITCH).with_sysobject(|_| {
        Some(Entry { vendor: Some("Acme".to_owned()), kind: Some("NETWORKING".to_owned()), ..Entry::default() })
    });
    let row = discover(&walk, "10.0.0.9").unwrap();
    let expected = Row::new()
        .with("snmphostname", "lab switch")
        .with("description", "Invented Ethernet Switch,  V1\nsecond line")
        .with("type", "NETWORKING")
        .with("manufacturer", "Acme")
        .with("model", "INV-24")
        .with("serial", "SN0001")
        .with("firmware", "V1.2.3")
        .with("mac", "02:00:00:00:00:01")
        .with("location", "shelf 7")
        .with("uptime", "1 day, 0:00:00.00")
        .with("ips", airlock_model::Value::Texts(vec!["10.0.0.10".to_owned(), "10.0.0.9".to_owned()]));
    assert_eq!(row, expected);
    assert!(walk.calls() <= 3, "{} requests", walk.calls());
}

#[test]
fn a_device_that_says_nothing_costs_few_requests() {
    let walk = Walk::default();
    assert!(discover(&walk, "10.0.0.9").unwrap().is_empty());
    assert!(walk.calls() <= 4, "{} requests", walk.calls());
}

/// Says the same to every question, and has rows everywhere.
struct Liar {
    id: String,
    value: Syntax,
}

impl Agent for Liar {
    fn get(&self, oids: &[&str]) -> Result<Vec<Option<Syntax>>, Gone> {
        let value = |oid: &&str| match *oid {
            names::OBJECT_ID => Some(Syntax::Oid(self.id.clone())),
            _ => Some(self.value.clone()),
        };
        // One answer fewer than there were names.
        Ok(oids.iter().skip(1).map(value).collect())
    }

    fn walk(&self, roots: &[&str]) -> Result<Vec<Vec<Bind>>, Gone> {
        let ends =
            ["", ".", ".0", ".1", ".4294967295", ".4294967296", ".1.2.3.4.5.6", ".7.0.0.0.0.0.0", ".x", ".1.300.2"];
        let bind = |oid: String| Bind { oid, value: self.value.clone() };
        let rows = |root: &&str| {
            let strange = ["1.3", "", "x"].map(|oid| bind(oid.to_owned()));
            ends.iter().map(|end| bind(format!("{root}{end}"))).chain(strange).collect()
        };
        Ok(roots.iter().map(rows).collect())
    }

    fn sysobject(&self, _: &str) -> Option<Entry> {
        Some(Entry::default())
    }

    fn in_vlan(&self, _: u32) -> Option<Box<dyn Agent + '_>> {
        None
    }
}

#[test]
fn whatever_a_device_says_is_survived() {
    let octets = |bytes: &[u8]| Syntax::Octets(bytes.to_vec());
    let values = [
        Syntax::Null,
        Syntax::Integer(i64::MIN),
        Syntax::Integer(i64::MAX),
        Syntax::Counter64(u64::MAX),
        Syntax::Gauge32(u32::MAX),
        Syntax::TimeTicks(u32::MAX),
        Syntax::IpAddress([0; 4]),
        Syntax::Oid(String::new()),
        Syntax::Oid("x.1..3".to_owned()),
        octets(b""),
        octets(b"\0\0\0\0\0\0"),
        octets(&[0x80, 0, 0x1f, 0x88, 0x80]),
        octets(&[0xff; 300]),
        octets("MFG:;MDL:é\u{202e};;:;".as_bytes()),
        octets(b"0x"),
        octets(b"(((((1)"),
        octets("é".repeat(300).as_bytes()),
        octets(b"Siemens,,,,,6GK"),
        octets("2024é131".as_bytes()),
        Syntax::Opaque(vec![0x9f; 9]),
        Syntax::NoSuchObject,
        Syntax::EndOfMibView,
    ];
    for id in vendors::examples().chain(["", ".", "1.3.6.1.4.1.", "1.3.6.1.4.1.99999999999"].map(str::to_owned)) {
        for value in &values {
            let liar = Liar { id: id.clone(), value: value.clone() };
            crate::inventory::inventory(&liar, "x", None, None).unwrap();
            if id.is_empty() {
                discover(&liar, "10.0.0.9").unwrap();
                crate::inventory::inventory(&liar, "", Some("NETWORKING"), None).unwrap();
                crate::inventory::inventory(&liar, "", Some("PRINTER"), Some("1")).unwrap();
            }
        }
    }
}
