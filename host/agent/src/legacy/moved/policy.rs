//! The policy that goes with a migrated configuration: the inventory for each server, what other agents send through a proxy
//! that was on, and nothing else.

use crate::config::Settings;
use crate::legacy::adopt::Danger;
use airlock_gate::policy::{NEIGHBOURS, quoted};
use std::fmt::Write;
use std::path::Path;

/// What servers could make the old agent do, and what it takes here.
const LEFT: &[(&str, &str, &str)] = &[
    (
        "deploy",
        "a server could run any command and write any file as root",
        "[[template]] and signed packages (airlock policy --help)",
    ),
    ("collect", "a server could read any file and any part of the registry", "a grant of files.read with its paths"),
    (
        "netdiscovery",
        "a server could scan any network from here",
        "a grant of net.probe and snmp.read with its networks",
    ),
    ("netinventory", "a server could try its credentials on any device", "a grant of snmp.read with its networks"),
    ("esx", "a server could have any host logged in to, certificates unchecked", "a grant of esx.read with its hosts"),
    ("wakeonlan", "a server could wake any machine", "a grant of wol.send with its addresses"),
    ("remoteinventory", "a server could have any host logged in to", "a grant of remote.read with its hosts"),
];

fn is_off(settings: &Settings, task: &str) -> bool {
    let named = |list: &[String]| list.iter().any(|word| word == task);
    let only = &settings.tasks.only;
    named(&settings.tasks.without) || !(only.is_empty() || named(only) || only.iter().any(|word| word == "..."))
}

/// What the old agent let servers do that no grant is written for.
pub(super) fn left_to_servers(settings: &Settings) -> Vec<Danger> {
    let on = LEFT.iter().filter(|(task, _, _)| !settings.servers.is_empty() && !is_off(settings, task));
    on.map(|(task, why, instead)| Danger {
        what: format!("the task {task}"),
        why: (*why).to_owned(),
        instead: (*instead).to_owned(),
    })
    .collect()
}

pub(super) fn text(from: &Path, settings: &Settings, remarks: &mut Vec<String>) -> String {
    let mut out = format!("# From {}, by `airlock migrate`.\n", quoted(&from.display().to_string()));
    let id = settings.servers.first().map_or("local", |server| server.name.as_str());
    let _ = writeln!(out, "policy_version = 1\nid = {}\nserial = 1\nlayer = \"local\"\nmode = \"enforce\"", quoted(id));
    for server in &settings.servers {
        let end = server.url.split_once("://").map_or(0, |(scheme, _)| scheme.len() + 3);
        let host = server.url.get(end..).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
        let origin = server.url.get(..end + host.len()).unwrap_or_default();
        let _ = writeln!(out, "\n[server.{}]\norigin = {}", server.name, quoted(origin));
        if origin.starts_with("http://") {
            remarks.push(format!("{origin}: by http nobody proves who the server is; nothing that changes the machine can be granted to it"));
        }
        let transport = server.transport.as_ref().unwrap_or(&settings.transport);
        let keys: Vec<String> =
            transport.pins.iter().filter(|pin| pin.starts_with("sha256/")).map(|pin| quoted(pin)).collect();
        let ca = transport.ca.as_ref().filter(|path| !airlock_native::is_folder(path));
        let mut tls = Vec::new();
        tls.extend(ca.map(|path| format!("ca = {}", quoted(&path.display().to_string()))));
        tls.extend((!keys.is_empty()).then(|| format!("pin_spki = [{}]", keys.join(", "))));
        if !tls.is_empty() && origin.starts_with("https://") {
            let _ = writeln!(out, "tls = {{ {} }}", tls.join(", "));
        }
    }
    let names: Vec<String> = settings.servers.iter().map(|server| quoted(&server.name)).collect();
    if !names.is_empty() && !is_off(settings, "inventory") {
        let left_out = &settings.inventory.no_category;
        let all = crate::categories::known();
        let categories: Vec<String> = match left_out.is_empty() {
            true => vec![quoted("*")],
            false => {
                all.iter().filter(|name| !left_out.iter().any(|word| word == *name)).map(|name| quoted(name)).collect()
            }
        };
        let (servers, categories) = (names.join(", "), categories.join(", "));
        let _ = write!(
            out,
            "\n[[grant]]\nname = \"the inventory, as before\"\nserver = [{servers}]\ntask = [\"inventory\"]\n\
             verb = \"inventory.read\"\ncategories = [{categories}]\n\
             \n[[grant]]\nname = \"and its way to the server\"\nserver = [{servers}]\ntask = [\"inventory\"]\nverb = \"report.send\"\n"
        );
    }
    if settings.listener.inventory.is_some() {
        let _ = write!(
            out,
            "\n[[grant]]\nname = \"the inventory for who knows its token, as before\"\nserver = [\"{NEIGHBOURS}\"]\n\
             task = [\"inventory\"]\nverb = \"inventory.read\"\ncategories = [\"*\"]\n\
             \n[[grant]]\nname = \"and its way there\"\nserver = [\"{NEIGHBOURS}\"]\ntask = [\"inventory\"]\nverb = \"report.send\"\n"
        );
    }
    if let (false, Some(proxy)) = (names.is_empty(), &settings.listener.proxy)
        && !proxy.only_store
    {
        let _ = write!(
            out,
            "\n[[grant]]\nname = \"what other agents say, as before\"\nserver = [{}]\ntask = [\"proxy\"]\nverb = \"report.send\"\n",
            names.join(", ")
        );
    }
    let off: Vec<String> = settings.tasks.without.iter().map(|task| quoted(task)).collect();
    if !off.is_empty() {
        let _ = write!(out, "\n[[forbid]]\nname = \"no-task\"\ntask = [{}]\nverb = \"*\"\n", off.join(", "));
    }
    for name in names {
        let _ = write!(
            out,
            "\n[[test]]\ncall = {{ server = {name}, task = \"deploy\", verb = \"exec.template\", template = \"sh\", args = {{ }} }}\n\
             expect = \"deny\"\n"
        );
    }
    out
}
