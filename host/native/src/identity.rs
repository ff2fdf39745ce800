//! The name under which servers know this agent: made once, then kept.

use crate::{Folders, MachineClock, read_document, write_document};
use airlock_facts::Machine;
use airlock_gate::ports::Clock;
use std::sync::Arc;

/// Of a host's name; Linux itself has no longer ones (HOST_NAME_MAX, sethostname(2)).
const LONGEST_HOST: usize = 64;

/// The device's id, `HOST-YYYY-MM-DD-hh-mm-ss`: the one that is kept in `folders`, else a new one, which is kept there.
/// A machine that is not this one (`folders` is none) has a new one each time.
pub fn device_id(folders: Option<&Folders>, machine: &Arc<Machine>) -> String {
    let path = folders.and_then(|folders| folders.state().ok()).map(|folder| folder.join("deviceid"));
    let kept = path.as_ref().and_then(|path| read_document(path, 1024).ok());
    if let Some(id) = kept.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|id| is_id(id.trim())) {
        return id.trim().to_owned();
    }
    let id = new_id(machine);
    if let Some(error) = path.and_then(|path| write_document(&path, format!("{id}\n").as_bytes()).err()) {
        tracing::debug!("the device's id is not kept: {error}");
    }
    id
}

fn new_id(machine: &Arc<Machine>) -> String {
    // A machine's own files may call it anything: what cannot be in an id is left out.
    let plain = |c: &char| !c.is_control() && !c.is_whitespace();
    let host: String = machine.host_name().unwrap_or_default().chars().filter(plain).take(LONGEST_HOST).collect();
    let host = if host.is_empty() { "device-by-airlock" } else { host.as_str() };
    let now = MachineClock(Arc::clone(machine)).now().local;
    let stamp: String = now.chars().map(|c| if c.is_ascii_digit() { c } else { '-' }).collect();
    format!("{host}-{stamp}")
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 255 && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}
