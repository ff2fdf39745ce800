//! Interfaces and the firewall.

use super::{class, key};
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::windows::firewall::{self as profiles, Profile};
use airlock_facts::windows::network::{self, Interface, Pci};
use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

pub(super) fn tools(question: &Question) -> Answer {
    match question.kind.as_str() {
        "get interfaces" => {
            let interfaces = interfaces(question)?;
            Ok(interfaces.iter().flat_map(rows).collect())
        }
        other => bail!("{other}: nothing of ours"),
    }
}

fn interfaces(question: &Question) -> anyhow::Result<Vec<Interface>> {
    let configurations = class(question, "Win32_NetworkAdapterConfiguration")?;
    let mut adapters = class(question, "MSFT_NetAdapter")?;
    if adapters.is_empty() {
        adapters = class(question, "Win32_NetworkAdapter")?;
    }
    Ok(network::interfaces(&configurations, &adapters))
}

fn rows(interface: &Interface) -> Vec<Value> {
    let mut rows = names::rows(network::rows(std::slice::from_ref(interface)));
    for row in rows.as_array_mut().into_iter().flatten() {
        names::put(row, "STATUS", if interface.up { "Up" } else { "Down" });
        names::put(row, "VIRTUALDEV", u8::from(!interface.hardware));
        names::put(row, "GUID", interface.guid.clone());
        names::put(row, "MACADDR", interface.mac.clone());
        names::put(row, "MAC", Value::Null);
        names::put(row, "PCIID", interface.pci().map(|pci| joined(&pci)));
        names::put(row, "DNSDomain", interface.domain.clone());
        names::put(row, "dns", interface.dns.first().cloned());
    }
    rows.as_array().cloned().unwrap_or_default()
}

/// The card's number before its vendor.
fn joined(pci: &Pci) -> String {
    let subsystem = pci.subsystem.iter().map(|(device, vendor)| format!(":{device}:{vendor}"));
    format!("{}:{}{}", pci.vendor, pci.device, subsystem.collect::<String>())
}

pub(super) fn media(question: &Question) -> Answer {
    let inputs = question.inputs.iter().find(|input| input.role.starts_with("registry:"));
    let key = match inputs.and_then(|input| input.role.strip_prefix("registry:")) {
        Some(name) => key(question, name)?,
        None => None,
    };
    Ok(json!(network::media_type(&question.param_text("0")?, key.as_ref())))
}

pub(super) fn firewall(question: &Question) -> Answer {
    let mut list = Vec::new();
    for profile in Profile::ALL {
        list.push((profile, key(question, profile.name())?.context("no key of a profile")?));
    }
    let Some(networks) = key(question, "NetworkList")? else {
        let named = list.iter().map(|(profile, key)| {
            let name = profile.name().trim_end_matches("Profile").to_lowercase();
            (name, names::row(profiles::row(*profile, key)))
        });
        return Ok(Value::Object(named.collect::<Map<_, _>>()));
    };
    let registered = key(question, "DNSRegisteredAdapters")?;
    Ok(names::rows(profiles::rows(&list, &interfaces(question)?, &networks, registered.as_ref())))
}
