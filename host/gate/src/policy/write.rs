//! Calls and rules, written: as a person reads them in one line, and as a policy has them.

use super::args::ArgKey;
use super::rule::OWNER;
use super::testcase::quoted;
use crate::{Ask, Asker, Verb};
use airlock_model::schema;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Arguments of a grant, as they are written behind the `=`: lists of values, or one value.
pub(super) type Values = Vec<(ArgKey, BTreeSet<String>)>;

/// `snmp.read 10.2.0.14 credential=core`
pub fn call_line(ask: &Ask) -> String {
    let mut words = vec![ask.verb.map_or("run", Verb::name).to_owned()];
    words.extend(ask.addresses.iter().map(ToString::to_string));
    words.extend(ask.sections.iter().cloned());
    let named = [
        ("", &ask.path),
        ("", &ask.key),
        ("", &ask.class),
        ("", &ask.origin),
        ("", &ask.host),
        ("", &ask.template),
        ("", &ask.mac),
        ("name=", &ask.name),
        ("version=", &ask.version),
        ("publisher=", &ask.publisher),
        ("into=", &ask.into),
        ("method=", &ask.method),
        ("credential=", &ask.credential),
    ];
    words.extend(named.iter().filter_map(|(key, value)| value.as_ref().map(|value| format!("{key}{}", plain(value)))));
    words.extend(ask.oids.iter().map(|oid| format!("oid={}", plain(oid))));
    words.extend(ask.categories.iter().map(|category| format!("category={}", plain(category))));
    words.extend(ask.args.iter().flatten().map(|(name, value)| format!("{}={}", plain(name), plain(value))));
    words.extend(ask.port.filter(|port| *port != 161 || ask.verb != Some(Verb::SnmpRead)).map(|p| format!("port={p}")));
    words.extend(ask.bytes.map(|bytes| format!("bytes={bytes}")));
    words.join(" ")
}

/// What came from outside stays in its line, whatever is in it.
fn plain(text: &str) -> String {
    let odd = text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii() || c == '"');
    if odd { format!("{}", text.escape_debug()) } else { text.to_owned() }
}

/// `server=hq  task=netinventory@3f9c…`
pub fn asker_line(asker: &Asker) -> String {
    let server = asker.server.as_deref().unwrap_or(OWNER);
    let digest = asker.digest.as_deref().and_then(|digest| digest.get(..4)).map(|four| format!("@{four}…"));
    let publisher = asker.publisher.as_ref().map(|name| format!("  publisher={}", plain(name)));
    let task = plain(&asker.task);
    format!("server={server}  task={task}{}{}", digest.unwrap_or_default(), publisher.unwrap_or_default())
}

/// The arguments with which a grant covers a call and as little else as the language can say. None when the call does
/// not say what a grant has to.
pub(super) fn values_of(ask: &Ask) -> Option<Values> {
    let verb = ask.verb?;
    let one = |value: &Option<String>| value.iter().map(|value| quoted(value)).collect::<BTreeSet<_>>();
    let mut values: Values = vec![];
    for key in ArgKey::of(verb) {
        let set: BTreeSet<String> = match key {
            ArgKey::Categories => categories_of(ask)?.iter().map(|category| quoted(category)).collect(),
            ArgKey::Paths => one(&ask.path),
            ArgKey::Keys => one(&ask.key),
            ArgKey::Classes => one(&ask.class),
            ArgKey::Properties => ask.properties.iter().map(|property| quoted(property)).collect(),
            ArgKey::Cidr => ask.addresses.iter().map(|address| quoted(&net_of(*address))).collect(),
            ArgKey::Hosts => one(&ask.host),
            ArgKey::Methods => one(&ask.method),
            ArgKey::Ports => ask.port.iter().map(ToString::to_string).collect(),
            ArgKey::Credentials => one(&ask.credential),
            ArgKey::Oids => ask.oids.iter().map(|oid| quoted(oid)).collect(),
            ArgKey::Macs => one(&ask.mac),
            ArgKey::Origins => one(&ask.origin),
            ArgKey::Templates => one(&ask.template),
            ArgKey::Publishers => one(&ask.publisher),
            ArgKey::Names => one(&ask.name),
            ArgKey::Into => one(&ask.into),
            ArgKey::MaxBytes => ask.bytes.iter().map(ToString::to_string).collect(),
            ArgKey::MaxResults => ask.results.iter().map(ToString::to_string).collect(),
            ArgKey::MinVersion | ArgKey::FromInventory | ArgKey::BytesPerSecond => BTreeSet::new(),
        };
        if !set.is_empty() {
            values.push((*key, set));
        } else if ArgKey::needed(verb).contains(key) {
            return None;
        }
    }
    Some(values)
}

/// The categories that a call asks for, by its sections too; none when there is no such section.
pub(super) fn categories_of(ask: &Ask) -> Option<BTreeSet<String>> {
    let mut categories: BTreeSet<String> = ask.categories.iter().cloned().collect();
    for name in &ask.sections {
        let section = schema::section(name)?;
        // A section may be of no category of its own: then one of its fields' makes it seen.
        let category = section.fields.iter().map(|field| field.category).find(|category| *category == section.category);
        let any = || section.fields.first().map(|field| field.category);
        categories.insert(category.or_else(any)?.to_owned());
    }
    (!categories.is_empty()).then_some(categories)
}

/// `10.2.0.14/32`
pub(super) fn net_of(address: IpAddr) -> String {
    let address = address.to_canonical();
    format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 })
}

/// `cidr = ["10.2.0.14/32"]`
pub(super) fn argument(key: ArgKey, values: &BTreeSet<String>) -> String {
    let all: Vec<&str> = values.iter().map(String::as_str).collect();
    match key {
        ArgKey::MaxBytes | ArgKey::MaxResults | ArgKey::Into => {
            let numbers = values.iter().filter_map(|value| value.parse::<u64>().ok());
            let most = numbers.max().map(|most| most.to_string());
            format!("{} = {}", key.name(), most.as_deref().or(all.first().copied()).unwrap_or_default())
        }
        _ => format!("{} = [{}]", key.name(), all.join(", ")),
    }
}

/// A whole grant.
pub(super) fn grant(server: Option<&str>, tasks: &[String], verb: Verb, values: &Values) -> String {
    let tasks: Vec<String> = tasks.iter().map(|task| quoted(task)).collect();
    let mut lines = vec![
        "[[grant]]".to_owned(),
        format!("server = [{}]", quoted(server.unwrap_or(OWNER))),
        format!("task = [{}]", tasks.join(", ")),
        format!("verb = {}", quoted(verb.name())),
    ];
    lines.extend(values.iter().map(|(key, values)| argument(*key, values)));
    lines.join("\n") + "\n"
}
