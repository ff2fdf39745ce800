//! What servers of the XML dialect read in `HARDWARE` and find nowhere else: OCS Inventory NG takes the system's name, the
//! processors and the addresses from there, and no inventory without `CHECKSUM`. GLPI reads the sections themselves and
//! drops these.
//!
//! All of it is repeated from sections of the same report: what was withheld there is not here either.

use super::More;
use airlock_model::{Report, Value};
use std::net::Ipv4Addr;

/// Which sections changed since the last report, a bit each: all 17, as every report in XML is a whole one.
const CHECKSUM: u32 = (1 << 17) - 1;

/// Their elements, but `ETIME`.
const REPEATED: [&str; 9] =
    ["CHECKSUM", "IPADDR", "OSCOMMENTS", "OSNAME", "OSVERSION", "PROCESSORN", "PROCESSORS", "PROCESSORT", "USERID"];

/// Whether an element of `HARDWARE` says what another section says.
pub(crate) fn is_repeated(name: &str) -> bool {
    REPEATED.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// By the names of the elements.
pub(super) fn more(report: &Report) -> More {
    let text = |section: &str, field: &str| {
        let value = report.rows(section).first()?.get(field)?;
        Some(value.to_text()).filter(|text| !text.is_empty())
    };
    let processors = report.rows("cpus").len();
    let values = [
        Some(CHECKSUM.to_string()),
        addresses(report),
        text("operatingsystem", "service_pack"),
        text("operatingsystem", "full_name"),
        text("operatingsystem", "kernel_version").or_else(|| text("operatingsystem", "version")),
        (processors > 0).then(|| processors.to_string()),
        text("cpus", "speed"),
        text("cpus", "name"),
        last_user(report),
    ];
    let mut more: More = REPEATED.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect();
    more.extend(etime(report));
    more.sort_by_key(|(name, _)| *name);
    more
}

/// How many seconds the inventory took.
pub(super) fn etime(report: &Report) -> Option<(&'static str, String)> {
    Some(("ETIME", report.rows("versionprovider").first()?.get("etime")?.to_text()))
}

/// IPv4, but the machine itself, each once.
fn addresses(report: &Report) -> Option<String> {
    let mut known: Vec<Ipv4Addr> = Vec::new();
    for row in report.rows("networks") {
        let Some(Value::Text(text)) = row.get("ipaddress") else { continue };
        let Ok(address) = text.parse::<Ipv4Addr>() else { continue };
        if !address.is_loopback() && !known.contains(&address) {
            known.push(address);
        }
    }
    let words: Vec<String> = known.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| words.join("/"))
}

fn last_user(report: &Report) -> Option<String> {
    Some(report.rows("users").last()?.get("login")?.to_text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_model::{Row, schema};

    fn report(sections: &[(&str, &[(&str, Value)])]) -> Report {
        let mut report = Report::default();
        for (name, fields) in sections {
            let row: Row = fields.iter().map(|(field, value)| ((*field).to_owned().into(), value.clone())).collect();
            report.emit(schema::section(name).unwrap(), vec![row]);
        }
        report
    }

    #[test]
    fn the_system_the_processors_and_the_addresses_are_repeated() {
        let report = report(&[
            ("operatingsystem", &[("full_name", "Debian GNU/Linux 12".into()), ("kernel_version", "6.1".into())]),
            ("cpus", &[("name", "EPYC".into()), ("speed", Value::Integer(2400))]),
            ("cpus", &[("name", "EPYC".into())]),
            ("networks", &[("description", "lo".into()), ("ipaddress", "127.0.0.1".into())]),
            ("networks", &[("description", "a".into()), ("ipaddress", "192.0.2.7".into())]),
            ("networks", &[("description", "b".into()), ("ipaddress", "198.51.100.9".into())]),
            ("networks", &[("description", "b".into()), ("ipaddress", "192.0.2.7".into())]),
            ("users", &[("login", "ada".into())]),
        ]);
        let expected = [
            ("CHECKSUM", "131071"),
            ("IPADDR", "192.0.2.7/198.51.100.9"),
            ("OSNAME", "Debian GNU/Linux 12"),
            ("OSVERSION", "6.1"),
            ("PROCESSORN", "2"),
            ("PROCESSORS", "2400"),
            ("PROCESSORT", "EPYC"),
            ("USERID", "ada"),
        ];
        assert_eq!(more(&report), expected.map(|(name, text)| (name, text.to_owned())));
    }

    #[test]
    fn what_the_report_does_not_have_is_not_there() {
        assert_eq!(more(&Report::default()), [("CHECKSUM", "131071".to_owned())]);
    }
}
