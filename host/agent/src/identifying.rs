//! What tells one machine, its network and its people from others, and the stand-ins that take its place in what is
//! given away: snapshots, recordings.

use airlock_facts::Pseudonyms;
use airlock_gate::calls::Reading;
use airlock_gate::cassette::{Answer, Cassette};
use airlock_model::{Report, Row, Sensitivity, schema};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The stand-ins for what a recording says of machines and people. They follow from `key`, which must not be kept.
pub(crate) fn renaming(cassette: &Cassette, key: &[u8]) -> Pseudonyms {
    let mut report = Report::default();
    let mut addresses = BTreeSet::new();
    for exchange in &cassette.exchanges {
        find_addresses(&exchange.call, &mut addresses);
        let Answer::Reply(reply) = &exchange.answer else { continue };
        find_addresses(reply, &mut addresses);
        let section = exchange.call.get("section").and_then(Value::as_str).and_then(schema::section);
        if let (Some(section), Ok(reading)) = (section, Reading::deserialize(reply)) {
            report.emit(section, reading.rows);
        }
    }
    let names = identifying(&report);
    let names = names.iter().map(String::as_str).filter(|name| name.parse::<IpAddr>().is_err());
    let stand_ins =
        (1_u32..).zip(&addresses).map(|(number, address)| (address.to_string(), stand_in(*address, number)));
    Pseudonyms::of(names, key).and(stand_ins)
}

/// An address that is nobody's: for benchmarks (RFC 2544), for documentation (RFC 3849).
fn stand_in(address: IpAddr, number: u32) -> String {
    match address {
        IpAddr::V4(_) => Ipv4Addr::from_bits(Ipv4Addr::new(198, 18, 0, 0).to_bits() | (number & 0x1_ffff)).to_string(),
        IpAddr::V6(_) => {
            let documentation = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0).to_bits();
            Ipv6Addr::from_bits(documentation | u128::from(number)).to_string()
        }
    }
}

/// Addresses of this machine's network: not those that are the same everywhere.
fn find_addresses(value: &Value, found: &mut BTreeSet<IpAddr>) {
    match value {
        Value::String(text) => {
            let text = text.split(['/', '%']).next().unwrap_or_default();
            let known = text.parse::<IpAddr>().ok();
            found.extend(
                known.filter(|ip| !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast() && !is_mask(*ip)),
            );
        }
        Value::Array(list) => list.iter().for_each(|value| find_addresses(value, found)),
        Value::Object(object) => object.values().for_each(|value| find_addresses(value, found)),
        _ => {}
    }
}

fn is_mask(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.to_bits().leading_ones() >= 8 && v4.to_bits().count_zeros() == v4.to_bits().trailing_zeros())
}

/// Random for this snapshot, and nowhere kept: the standard library's own keys, which come from the system.
pub(crate) fn key() -> Vec<u8> {
    (0_u8..4).flat_map(|part| RandomState::new().hash_one(part).to_le_bytes()).collect()
}

/// Fields that name one machine, one part of it or one network, whatever their section.
const IDENTIFIERS: &[&str] = &[
    "serial",
    "serialnumber",
    "altserial",
    "ssn",
    "msn",
    "biosserial",
    "enclosureserial",
    "assettag",
    "uuid",
    "mac",
    "wwn",
    "lv_uuid",
    "vg_uuid",
    "pv_uuid",
    "hostid",
    "ssh_key",
    "fqdn",
    "dns_domain",
    "workgroup",
    "wifi_ssid",
    "wifi_bssid",
    "imei",
    "iccid",
    "phone_number",
    "subscriber_id",
    "productid",
    "winprodid",
    "winprodkey",
    "key",
];

/// Accounts below this number are the system's own and the same everywhere (login.defs(5), UID_MIN).
const FIRST_PERSON: i64 = 1000;

/// The texts of a report that tell this machine and its people from others.
pub(crate) fn identifying(report: &Report) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let mut system = BTreeSet::from(["root".to_owned()]);
    for (section, rows) in report.sections() {
        for row in rows {
            let person = !matches!(section.name, "local_users" | "local_groups") || is_person(row);
            for (name, value) in row.iter() {
                let Some(field) = section.field(name) else { continue };
                let personal = field.sensitivity == Sensitivity::Personal && PEOPLE.contains(&name);
                let named = IDENTIFIERS.contains(&name) || (section.name == "hardware" && name == "name");
                if !person && personal {
                    system.insert(value.to_text());
                } else if (named && section.name != "envs") || personal {
                    texts.insert(value.to_text());
                }
            }
        }
    }
    texts.retain(|text| !system.contains(text));
    texts
}

/// Fields about people that hold their names.
const PEOPLE: &[&str] =
    &["login", "name", "home", "winowner", "lastloggeduser", "userid", "username", "owner", "contact", "user"];

fn is_person(row: &Row) -> bool {
    let id = row.integer("id").or_else(|| row.text("id")?.parse().ok());
    id.is_some_and(|id| (FIRST_PERSON..65_534).contains(&id))
}
