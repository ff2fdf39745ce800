//! What `snmpwalk -On` prints, as objects: a line each, `.1.3.6.1.2.1.1.5.0 = STRING: "switch"`.

use crate::calls::Syntax;
use std::collections::BTreeMap;

pub(super) fn parse(text: &str) -> Result<BTreeMap<Vec<u32>, Syntax>, String> {
    let mut objects = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (oid, value) = object(line.trim()).ok_or_else(|| {
            format!("line {} of the walk, {line:?}, is not like .1.3.6.1.2.1.1.5.0 = STRING: \"name\"", index + 1)
        })?;
        objects.insert(oid, value);
    }
    Ok(objects)
}

fn object(line: &str) -> Option<(Vec<u32>, Syntax)> {
    let (name, said) = line.split_once('=')?;
    let said = said.trim();
    let oid = oid(name.trim())?;
    if said == "\"\"" {
        return Some((oid, Syntax::Octets(vec![])));
    }
    if said == "NULL" {
        return Some((oid, Syntax::Null));
    }
    let (kind, text) = said.split_once(':')?;
    Some((oid, value(kind.trim(), text.trim())?))
}

/// A value by the word that stands before it.
pub(super) fn value(kind: &str, text: &str) -> Option<Syntax> {
    Some(match kind {
        "STRING" => {
            let bare = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
            Syntax::Octets(bare.replace("\\\"", "\"").into_bytes())
        }
        "Hex-STRING" => {
            let bytes = text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).ok());
            Syntax::Octets(bytes.collect::<Option<_>>()?)
        }
        "INTEGER" => Syntax::Integer(number(text)?),
        "OID" => Syntax::Oid(dotted(&oid(text)?)),
        "IpAddress" => Syntax::IpAddress(text.parse::<std::net::Ipv4Addr>().ok()?.octets()),
        "Counter32" => Syntax::Counter32(number(text)?),
        "Gauge32" => Syntax::Gauge32(number(text)?),
        "Timeticks" => Syntax::TimeTicks(number(text)?),
        "Counter64" => Syntax::Counter64(number(text)?),
        _ => return None,
    })
}

/// `7`, `up(1)`, `(8640000) 1 day, 0:00:00.00`.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let inner = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
    inner.unwrap_or_else(|| text.split_whitespace().next().unwrap_or(text)).parse().ok()
}

pub(super) fn oid(text: &str) -> Option<Vec<u32>> {
    let text = text.strip_prefix('.').unwrap_or(text);
    text.split('.').map(|part| part.parse().ok()).collect()
}

pub(super) fn dotted(oid: &[u32]) -> String {
    oid.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
