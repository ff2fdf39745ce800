//! The name under which servers know this agent: made once, then kept.

use crate::kept::read_kept;
use crate::{Folders, FoldersError, MachineClock, write_document, write_new};
use airlock_facts::Machine;
use airlock_gate::ports::Clock;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Of a host's name; Linux itself has no longer ones (HOST_NAME_MAX, sethostname(2)).
const LONGEST_HOST: usize = 64;

/// The device's id, `HOST-YYYY-MM-DD-hh-mm-ss`: the one that is kept in `folders`, else a new one, which is kept there.
/// A machine that is not this one (`folders` is none) has a new one each time.
pub fn device_id(folders: Option<&Folders>, machine: &Arc<Machine>) -> String {
    let path = folders.and_then(|folders| folders.state().ok()).map(|folder| folder.join("deviceid"));
    let kept = path.as_ref().and_then(|path| read_kept(path, 1024).ok().flatten());
    if let Some(id) = kept.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|id| is_id(id.trim())) {
        return id.trim().to_owned();
    }
    let id = new_id(machine);
    if let Some(error) = path.and_then(|path| write_document(&path, format!("{id}\n").as_bytes()).err()) {
        tracing::debug!("the device's id is not kept: {error}");
    }
    id
}

/// The id by which GLPI's own protocol knows this agent: a random UUID (RFC 9562, version 4), made once, then kept.
pub fn agent_id(folders: &Folders) -> Result<String, FoldersError> {
    let path = folders.state()?.join("agentid");
    let at = |error| FoldersError::Io { path: path.clone(), error };
    let kept = |path: &Path| {
        let text = String::from_utf8(read_kept(path, 1024).ok()??).ok()?;
        Some(text.trim().to_owned()).filter(|id| is_uuid(id))
    };
    if let Some(id) = kept(&path) {
        return Ok(id);
    }
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| at(io::Error::other(error.to_string())))?;
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = *version & 0x0f | 0x40;
    *variant = *variant & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| hex.get(part).unwrap_or_default().to_owned());
    let id = parts.join("-");
    match write_new(&path, format!("{id}\n").as_bytes()) {
        // Another process was first: its id counts. One that is no id is written over.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match kept(&path) {
            Some(id) => return Ok(id),
            None => write_document(&path, format!("{id}\n").as_bytes()).map_err(at)?,
        },
        other => other.map_err(at)?,
    }
    Ok(id)
}

/// True for the text of a UUID, whatever its version.
pub fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agents_id_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::new(Some(folder.path())).unwrap();
        let id = agent_id(&folders).unwrap();
        assert!(is_uuid(&id) && id.get(14..15) == Some("4") && id.contains(['8', '9', 'a', 'b']), "{id}");
        assert_eq!(agent_id(&folders).unwrap(), id);
        write_document(&folder.path().join("agentid"), b"../../x").unwrap();
        let other = agent_id(&folders).unwrap();
        assert!(is_uuid(&other) && other != id);
        assert_eq!(agent_id(&folders).unwrap(), other);
    }
}
