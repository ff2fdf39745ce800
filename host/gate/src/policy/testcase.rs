//! `[[test]]`: a call that the author of a policy names, and what has to come of it.

use super::decision::Expected;
use super::problem::{E_KEY, E_VALUE};
use super::read::{Cursor, Table, number, shown, text, texts, wrong_type};
use crate::{Ask, Asker, Location, Verb};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A test that stands in a policy.
#[derive(Debug, Clone)]
pub struct TestCase {
    pub at: Location,
    pub asker: Asker,
    pub ask: Ask,
    pub expect: Expected,
    /// When it is asked. A test that does not say looks at no windows and at no rule that holds for a time.
    pub when: Option<Timestamp>,
}

pub(super) fn read(cx: &mut Cursor, table: Table<'_, '_>) -> Option<TestCase> {
    let at = cx.at(&table.span);
    let call = match table.has("call") {
        true => table.table(cx, "call"),
        false => {
            table.value("call");
            table.missing(cx, "call");
            None
        }
    };
    let expect = table.needs_text(cx, "expect");
    let when = table.text(cx, "at").and_then(|text| {
        let moment = text.value.parse::<Timestamp>().ok();
        if moment.is_none() {
            cx.error(E_VALUE, &text.span, "at is a moment with its offset, such as \"2026-12-18T20:00:00Z\"");
        }
        moment
    });
    table.text(cx, "name");
    table.finish(cx);
    let (asker, ask) = read_call(cx, call?)?;
    let expect = expect?;
    match Expected::parse(&expect.value) {
        Ok(expect) => Some(TestCase { at, asker, ask, expect, when }),
        Err(hint) => {
            let message = format!("expect: {} is no decision", shown(&expect.value));
            cx.hinted(E_VALUE, &expect.span, message, Some(hint));
            None
        }
    }
}

/// What a call may say, one name for one value and one for several.
const KEYS: &[&str] = &[
    "server",
    "task",
    "digest",
    "signed_by",
    "verb",
    "category",
    "categories",
    "section",
    "sections",
    "path",
    "key",
    "class",
    "property",
    "properties",
    "address",
    "addresses",
    "port",
    "host",
    "method",
    "credential",
    "oid",
    "oids",
    "mac",
    "origin",
    "template",
    "args",
    "publisher",
    "name",
    "version",
    "into",
    "bytes",
    "results",
];

fn read_call(cx: &mut Cursor, call: Table<'_, '_>) -> Option<(Asker, Ask)> {
    let mut asker = Asker::default();
    let mut ask = Ask::default();
    let mut fine = true;
    for (key, value) in call.entries() {
        let Some(name) = KEYS.iter().find(|known| **known == key.value) else {
            cx.unknown(
                E_KEY,
                &key.span,
                format!("a call has no {}", shown(&key.value)),
                &key.value,
                KEYS.iter().copied(),
            );
            fine = false;
            continue;
        };
        let one = |cx: &mut Cursor| text(cx, value, name).map(|text| text.value);
        let many = |cx: &mut Cursor| texts(cx, value, name).unwrap_or_default();
        let all = |cx: &mut Cursor| many(cx).into_iter().map(|text| text.value);
        match *name {
            "server" => asker.server = one(cx).filter(|server| server != super::rule::OWNER),
            "task" => asker.task = one(cx)?,
            "digest" => asker.digest = one(cx),
            "signed_by" => asker.publisher = one(cx),
            "verb" => {
                let verb = text(cx, value, name)?;
                ask.verb = super::rule::verb(cx, &verb);
                fine &= ask.verb.is_some();
            }
            "category" | "categories" => {
                ask.categories = all(cx).map(|c| if c == "operatingsystem" { "os".to_owned() } else { c }).collect();
            }
            "section" | "sections" => ask.sections = all(cx).collect(),
            "path" => ask.path = one(cx),
            "key" => ask.key = one(cx),
            "class" => ask.class = one(cx),
            "property" | "properties" => ask.properties = all(cx).collect(),
            "address" | "addresses" => {
                for text in many(cx) {
                    let (plain, _zone) = text.value.split_once('%').unwrap_or((&text.value, ""));
                    match plain.parse::<IpAddr>() {
                        Ok(address) => ask.addresses.push(address),
                        Err(_) => {
                            cx.error(E_VALUE, &text.span, format!("{} is no address", shown(&text.value)));
                            fine = false;
                        }
                    }
                }
            }
            "port" => ask.port = number(cx, value, name, 65_535).and_then(|port| u16::try_from(port).ok()),
            "host" => ask.host = one(cx),
            "method" => ask.method = one(cx),
            "credential" => ask.credential = one(cx),
            "oid" | "oids" => ask.oids = all(cx).collect(),
            "mac" => ask.mac = one(cx).map(|mac| mac.to_ascii_lowercase()),
            "origin" => ask.origin = one(cx),
            "template" => ask.template = one(cx),
            "args" => ask.args = Some(read_args(cx, value)?),
            "publisher" => ask.publisher = one(cx),
            "name" => ask.name = one(cx),
            "version" => ask.version = one(cx),
            "into" => ask.into = one(cx),
            "bytes" => ask.bytes = number(cx, value, name, u64::MAX),
            "results" => ask.results = number(cx, value, name, u64::MAX),
            _ => {}
        }
    }
    for needed in ["task", "verb"] {
        if !call.has(needed) {
            call.missing(cx, needed);
            fine = false;
        }
    }
    if ask.template.is_some() && ask.args.is_none() {
        ask.args = Some(BTreeMap::new());
    }
    if ask.verb == Some(Verb::SnmpRead) {
        // SNMP's own port (RFC 3417), where a call in words says none.
        ask.port = ask.port.or(Some(161));
    }
    fine.then_some((asker, ask))
}

fn read_args(cx: &mut Cursor, value: &super::read::Value<'_>) -> Option<BTreeMap<String, String>> {
    let table = super::read::table(cx, value, "args")?;
    let mut args = BTreeMap::new();
    for (name, value) in table.entries() {
        let written = match value.get_ref() {
            toml::de::DeValue::String(text) => text.to_string(),
            toml::de::DeValue::Integer(number) => number.to_string(),
            _ => {
                wrong_type(cx, value, &name.value, "a text or a whole number");
                continue;
            }
        };
        args.insert(name.value, written);
    }
    Some(args)
}

/// Reads `KEY=VALUE` as it stands on a command line: the same keys as in a test, lists with commas.
pub fn call_of(words: &[(String, String)]) -> Result<(Asker, Ask), String> {
    let mut lines = String::from("[call]\n");
    let mut args = String::new();
    for (key, value) in words {
        if let Some(arg) = key.strip_prefix("args.") {
            args += &format!("{} = {}\n", quoted(arg), quoted(value));
            continue;
        }
        let Some(key) = KEYS.iter().find(|known| *known == key) else {
            let hint = crate::near::hint(key, KEYS.iter().copied());
            return Err(format!("a call has no {}{hint}", shown(key)));
        };
        let lists = ["categories", "sections", "properties", "addresses"];
        if lists.contains(key) {
            let values: Vec<String> = value.split(',').map(quoted).collect();
            lines += &format!("{key} = [{}]\n", values.join(", "));
        } else if ["port", "bytes", "results"].contains(key) {
            let number: u64 = value.parse().map_err(|_| format!("{key} is a whole number, not {}", shown(value)))?;
            lines += &format!("{key} = {number}\n");
        } else {
            lines += &format!("{key} = {}\n", quoted(value));
        }
    }
    let text = if args.is_empty() { lines } else { format!("{lines}[call.args]\n{args}") };
    let parsed = toml::de::DeTable::parse(&text).map_err(|error| error.message().to_owned())?;
    let mut cx = Cursor::new("the call", &text);
    let table = Table::new(parsed.get_ref(), 0..text.len(), "the call");
    let call = table.table(&mut cx, "call").and_then(|call| read_call(&mut cx, call));
    match (call, cx.problems.into_iter().next()) {
        (Some(call), None) => Ok(call),
        (_, Some(problem)) => {
            let hint = problem.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            Err(problem.message + &hint)
        }
        (None, None) => Err("the call makes no sense".to_owned()),
    }
}

/// A text as TOML writes it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\U{:08X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
