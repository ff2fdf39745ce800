//! What a component asks for, in words.

use crate::error::LoadError;
use crate::load::{Digest, imports};
use crate::world::World;

/// What can be said of a component without running it.
#[derive(Debug, Clone)]
pub struct Inspection {
    pub size: usize,
    pub digest: Digest,
    pub imports: Vec<Import>,
    /// The narrowest kind of task that has all of the imports.
    pub world: Option<World>,
}

/// One import.
#[derive(Debug, Clone)]
pub struct Import {
    pub name: String,
    /// What it lets the component do.
    pub meaning: &'static str,
    /// True when it is a right: something that the policy decides on.
    pub is_right: bool,
}

/// Reads what a component imports. Nothing of it is compiled or run.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, LoadError> {
    let names = imports(bytes)?;
    let world = World::ALL.iter().copied().find(|world| names.iter().all(|name| world.has(name)));
    let imports = names.into_iter().map(explained).collect();
    Ok(Inspection { size: bytes.len(), digest: Digest::of(bytes), imports, world })
}

fn explained(name: String) -> Import {
    let interface = name.split_once('@').map_or(name.as_str(), |(interface, _version)| interface);
    let (meaning, is_right) = match interface {
        "airlock:types/types" => ("the shapes of rows and errors; no right", false),
        "airlock:task/run" => ("the run itself: its log, its progress, its report, the time, chance", false),
        "airlock:task/status" => ("what the server of a job is told while the job goes on; no right", false),
        "airlock:facts/facts" => ("facts about this machine, section by section (inventory.read)", true),
        "airlock:files/files" => (
            "files in the folders that the policy names (files.stat, .find, .read, .hash, .write, .mkdir, .delete)",
            true,
        ),
        "airlock:net/http" => ("HTTP to the origins that the policy names (http.fetch)", true),
        "airlock:net/probe" => ("what is at an address, by ICMP, ARP, NetBIOS, DNS (net.probe)", true),
        "airlock:process/process" => ("commands that the policy spells out (exec.template)", true),
        "airlock:snmp/snmp" => ("devices in the network, by SNMP (snmp.read)", true),
        "airlock:snmp/sysobject" => ("the database of sysObjectIDs on this machine; no right", false),
        wasi if wasi.starts_with("wasi:") => ("WASI, which no task gets: a component with it is refused", true),
        _ => ("unknown here: a component with it is refused", true),
    };
    Import { meaning, is_right, name }
}
