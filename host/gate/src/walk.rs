//! What `snmpwalk -On` prints, as objects: `.1.3.6.1.2.1.1.5.0 = STRING: "switch"`, where a text goes on until its quote is
//! closed and hexadecimal digits go on in the next line. What the device did not have, and where the walk ended, is in the
//! file too. Anything else is a mistake in it: names have to be numbers, as those of other MIBs than SNMPv2-SMI are not known.

use crate::calls::Syntax;
use std::collections::BTreeMap;

/// What is printed in place of numbers without `-On`, where a MIB says nothing more.
const PREFIXES: &[(&str, &str)] = &[
    ("iso", "1"),
    ("SNMPv2-SMI::enterprises", "1.3.6.1.4.1"),
    ("SNMPv2-SMI::mib-2", "1.3.6.1.2.1"),
    ("SNMPv2-SMI::transmission", "1.3.6.1.2.1.10"),
    ("SNMPv2-SMI::zeroDotZero", "0.0"),
];
/// What a device says in place of a value, and what stands behind the last one.
const NO_VALUES: &[&str] = &["No Such Object", "No Such Instance", "No more variables left"];
const END: &str = "End of MIB";

pub fn parse(text: &str) -> Result<BTreeMap<Vec<u32>, Syntax>, String> {
    let mut objects = BTreeMap::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with(END) {
            continue;
        }
        let mut whole = line.to_owned();
        while let Some((_, next)) = lines.next_if(|(_, next)| goes_on(&whole, next)) {
            whole.push('\n');
            whole.push_str(next);
        }
        let line = whole.trim();
        if line.split_once(" = ").is_some_and(|(_, said)| NO_VALUES.iter().any(|none| said.starts_with(none))) {
            continue;
        }
        let (oid, value) = object(line).ok_or_else(|| {
            format!("line {} of the walk, {line:.200?}, is not like .1.3.6.1.2.1.1.5.0 = STRING: \"name\"", index + 1)
        })?;
        objects.insert(oid, value);
    }
    Ok(objects)
}

/// Whether the next line belongs to the value that was begun.
fn goes_on(whole: &str, next: &str) -> bool {
    let Some((_, said)) = whole.split_once(" = ") else { return false };
    match kind(said) {
        Some(("STRING", text)) => match text.strip_prefix('"') {
            Some(open) => !is_closed(open),
            // A text without quotes ends before the next name.
            None => !next.starts_with(END) && next.split_once(" =").is_none_or(|(name, _)| oid(name).is_none()),
        },
        Some(("Hex-STRING", _)) => !next.trim().is_empty() && bytes(next).is_some(),
        _ => false,
    }
}

/// Whether a text behind its first quote ends with one that nothing stands before.
fn is_closed(text: &str) -> bool {
    let Some(inner) = text.trim_end().strip_suffix('"') else { return false };
    (inner.len() - inner.trim_end_matches('\\').len()).is_multiple_of(2)
}

fn object(line: &str) -> Option<(Vec<u32>, Syntax)> {
    let (name, said) = line.split_once('=')?;
    let said = said.trim();
    let oid = oid(name.trim())?;
    if matches!(said, "\"\"" | "") {
        return Some((oid, Syntax::Octets(vec![])));
    }
    if said == "NULL" {
        return Some((oid, Syntax::Null));
    }
    let (kind, text) = kind(said)?;
    Some((oid, value(kind, text)?))
}

/// The word that says what a value is, and the value; what it should have been, by the MIB of whoever printed it, is passed
/// over.
fn kind(said: &str) -> Option<(&str, &str)> {
    let said = match said.strip_prefix("Wrong Type (should be ").and_then(|rest| rest.split_once("): ")) {
        Some((_should, is)) => is,
        None => said,
    };
    let (kind, text) = said.split_once(':')?;
    Some((kind.trim(), text.trim()))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let byte = |digits: &str| u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2);
    text.split_whitespace().map(byte).collect()
}

/// A value by the word that stands before it.
pub(crate) fn value(kind: &str, text: &str) -> Option<Syntax> {
    Some(match kind {
        "STRING" => {
            let bare = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
            Syntax::Octets(plain(bare).into_bytes())
        }
        "Hex-STRING" => Syntax::Octets(bytes(text)?),
        // Digits, and behind them the numbers of the bits that are set.
        "BITS" => {
            let digits: Vec<&str> = text.split_whitespace().take_while(|word| !word.contains('(')).collect();
            Syntax::Octets(digits.iter().map_while(|word| bytes(word)).flatten().collect())
        }
        "INTEGER" => Syntax::Integer(number(text)?),
        "OID" => Syntax::Oid(dotted(&oid(text)?)),
        "IpAddress" => Syntax::IpAddress(text.parse::<std::net::Ipv4Addr>().ok()?.octets()),
        "Network Address" => {
            let bytes: Option<Vec<u8>> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
            Syntax::IpAddress(bytes?.try_into().ok()?)
        }
        "Counter32" => Syntax::Counter32(number(text)?),
        "Gauge32" | "UInteger32" => Syntax::Gauge32(number(text)?),
        "Timeticks" => Syntax::TimeTicks(number(text)?),
        "Counter64" => Syntax::Counter64(number(text)?),
        "Opaque" => Syntax::Opaque(bytes(text).unwrap_or_else(|| text.as_bytes().to_vec())),
        _ => return None,
    })
}

/// `7`, `up(1)`, `(8640000) 1 day, 0:00:00.00`.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let inner = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    inner.unwrap_or_else(|| text.split_whitespace().next().unwrap_or(text)).parse().ok()
}

/// Without the marks before quotes, and before marks themselves.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letters.next_if(|next| letter == '\\' && matches!(next, '"' | '\\'));
        plain.push(escaped.unwrap_or(letter));
    }
    plain
}

/// One object as `snmpwalk -On` prints it, so that [`parse`] reads just that again; none for what a device does not have.
pub fn line(oid: &str, value: &Syntax) -> Option<String> {
    let said = match value {
        Syntax::Null => "NULL".to_owned(),
        Syntax::Integer(number) => format!("INTEGER: {number}"),
        Syntax::Octets(bytes) if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) => {
            let text = String::from_utf8_lossy(bytes).replace('\\', "\\\\").replace('"', "\\\"");
            format!("STRING: \"{text}\"")
        }
        Syntax::Octets(bytes) => format!("Hex-STRING: {}", hex(bytes)),
        Syntax::Oid(oid) => format!("OID: .{oid}"),
        Syntax::IpAddress(octets) => format!("IpAddress: {}", std::net::Ipv4Addr::from(*octets)),
        Syntax::Counter32(number) => format!("Counter32: {number}"),
        Syntax::Gauge32(number) => format!("Gauge32: {number}"),
        Syntax::TimeTicks(ticks) => {
            let (seconds, rest) = (ticks / 100, ticks % 100);
            let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
            format!("Timeticks: ({ticks}) {days} days, {hours}:{minutes:02}:{:02}.{rest:02}", seconds % 60)
        }
        Syntax::Counter64(number) => format!("Counter64: {number}"),
        Syntax::Opaque(bytes) => format!("Opaque: {}", hex(bytes)),
        Syntax::NoSuchObject | Syntax::NoSuchInstance | Syntax::EndOfMibView => return None,
    };
    Some(format!(".{oid} = {said}"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

/// By numbers, or below a name that SNMPv2-SMI gives.
pub(crate) fn oid(text: &str) -> Option<Vec<u32>> {
    let text = text.trim();
    let known = PREFIXES.iter().find_map(|(name, number)| {
        let rest = text.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('.'))?;
        Some(format!("{number}{rest}"))
    });
    let text = known.as_deref().unwrap_or(text);
    let text = text.strip_prefix('.').unwrap_or(text);
    text.split('.').map(|part| part.parse().ok()).collect()
}

pub(crate) fn dotted(oid: &[u32]) -> String {
    oid.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Syntax> {
        prop_oneof![
            Just(Syntax::Null),
            any::<i32>().prop_map(|number| Syntax::Integer(number.into())),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Syntax::Octets),
            "[ -~]{0,40}".prop_map(|text| Syntax::Octets(text.into_bytes())),
            "[a\\\\\" ]{0,8}".prop_map(|text| Syntax::Octets(text.into_bytes())),
            Just(Syntax::Oid("1.3.6.1.4.1.99999.4294967295".to_owned())),
            any::<[u8; 4]>().prop_map(Syntax::IpAddress),
            any::<u32>().prop_map(Syntax::Counter32),
            any::<u32>().prop_map(Syntax::Gauge32),
            any::<u32>().prop_map(Syntax::TimeTicks),
            any::<u64>().prop_map(Syntax::Counter64),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Syntax::Opaque),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(values in prop::collection::vec(any_value(), 0..12)) {
            let objects: BTreeMap<Vec<u32>, Syntax> =
                (1..).zip(values).map(|(at, value)| (vec![1, 3, 6, at], value)).collect();
            let lines: Vec<String> = objects.iter().filter_map(|(oid, value)| line(&dotted(oid), value)).collect();
            prop_assert_eq!(parse(&lines.join("\n")), Ok(objects));
        }

        #[test]
        fn any_text_is_read(text in "[\\PC\n]{0,200}", value in "[A-Za-z0-9-]{0,12}: [\\PC\n]{0,60}") {
            let _ = parse(&text);
            let _ = parse(&format!(".1.3.6 = {value}\n.1.3.7 = STRING: x"));
        }
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let text = r#"
.1.3.6.1.2.1.1.1.0 = STRING: "a \"b\""
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.9
.1.3.6.1.2.1.1.3.0 = Timeticks: (8640000) 1 day, 0:00:00.00
.1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 1B FF
.1.3.6.1.2.1.2.2.1.8.1 = INTEGER: up(1)
.1.3.6.1.2.1.2.2.1.10.1 = Counter32: 7
.1.3.6.1.2.1.4.20.1.1 = IpAddress: 10.0.0.1
.1.3.6.1.2.1.1.4.0 = ""
"#;
        let objects = parse(text).unwrap();
        let value = |oid: &str| objects.get(&super::oid(oid).unwrap()).unwrap().clone();
        assert_eq!(value("1.3.6.1.2.1.1.1.0"), Syntax::Octets(b"a \"b\"".to_vec()));
        assert_eq!(value("1.3.6.1.2.1.1.2.0"), Syntax::Oid("1.3.6.1.4.1.9".to_owned()));
        assert_eq!(value("1.3.6.1.2.1.1.3.0"), Syntax::TimeTicks(8_640_000));
        assert_eq!(value("1.3.6.1.2.1.2.2.1.6.1"), Syntax::Octets(vec![0, 0x1b, 0xff]));
        assert_eq!(value("1.3.6.1.2.1.2.2.1.8.1"), Syntax::Integer(1));
        assert_eq!(value("1.3.6.1.2.1.4.20.1.1"), Syntax::IpAddress([10, 0, 0, 1]));
        assert_eq!(value("1.3.6.1.2.1.1.4.0"), Syntax::Octets(vec![]));
        for wrong in ["x", ".1.3 = WHAT: 7", ".1.x = INTEGER: 7", ".1.3 = INTEGER: many"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_snmpwalk_prints_beside_plain_lines_is_read() {
        let text = "iso.3.6.1.2.1.1.1.0 = STRING: \"Invented OS\nsecond = line\n\nthird \\\"line\\\"\"\n\
                    .1.3.6.1.2.1.1.4.0 = STRING: who\nknows\n\
                    iso.3.6.1.2.1.1.2.0 = OID: SNMPv2-SMI::enterprises.99999.1\n\
                    .1.3.6.1.2.1.1.9.1.2.1 = OID: iso.3.6\n\
                    .1.3.6.1.2.1.2.2.1.5.1 = Wrong Type (should be Gauge32 or Unsigned32): INTEGER: 100\n\
                    .1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 1B \nFF \n\
                    .1.3.6.1.2.1.2.2.1.6.2 = STRING: \"a\\\\\"\n\
                    .1.3.6.1.2.1.9.8.0 = BITS: C0 0 1 \n\
                    .1.3.6.1.2.1.9.9.0 = No Such Object available on this agent at this OID\n\
                    .1.3.6.1.2.1.9.9.1 = No more variables left in this MIB View (It is past the end of the MIB tree)\n\
                    End of MIB\n";
        let objects = parse(text).unwrap();
        let value = |oid: &str| objects.get(&super::oid(oid).unwrap()).cloned();
        let octets = |text: &str| Some(Syntax::Octets(text.as_bytes().to_vec()));
        assert_eq!(value("1.3.6.1.2.1.1.1.0"), octets("Invented OS\nsecond = line\n\nthird \"line\""));
        assert_eq!(value("1.3.6.1.2.1.1.4.0"), octets("who\nknows"));
        assert_eq!(value("1.3.6.1.2.1.1.2.0"), Some(Syntax::Oid("1.3.6.1.4.1.99999.1".to_owned())));
        assert_eq!(value("1.3.6.1.2.1.2.2.1.5.1"), Some(Syntax::Integer(100)));
        assert_eq!(value("1.3.6.1.2.1.2.2.1.6.1"), Some(Syntax::Octets(vec![0, 0x1b, 0xff])));
        assert_eq!(value("1.3.6.1.2.1.2.2.1.6.2"), octets("a\\"));
        assert_eq!(value("1.3.6.1.2.1.9.8.0"), Some(Syntax::Octets(vec![0xc0])));
        assert_eq!(objects.len(), 8);
    }
}
