//! Who publishes the distribution, and so the packages that come from it.

use crate::Roots;

/// As the Linux Standard Base's `lsb_release -i` has it.
pub(super) fn distributor(roots: &Roots) -> Option<String> {
    if let Ok(text) = roots.text("/etc/lsb-release")
        && let Some(id) = assigned(&text, "DISTRIB_ID")
    {
        return Some(id);
    }
    let text = roots.text("/etc/os-release").or_else(|_| roots.text("/usr/lib/os-release")).ok()?;
    let id = assigned(&text, "ID")?;
    let mut letters = id.chars();
    let first = letters.next()?.to_uppercase();
    Some(first.chain(letters).collect())
}

/// The value of a shell-like assignment (os-release(5)), quotes taken off.
fn assigned(text: &str, name: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='))?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}
