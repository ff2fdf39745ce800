//! The names of what is in an archive: names of folders and at last of the thing itself. A name that needs interpreting is
//! refused, and nothing is corrected: whoever packed `../x` did not mean `x`. The same for a machine and for a mock of one.

/// What the names of one archive may be.
#[derive(Debug, Clone, Copy)]
pub struct EntryBounds {
    /// Names in one path.
    pub depth: usize,
    /// Bytes of one name, and of one path.
    pub name: usize,
    pub path: usize,
    /// Files and folders, those counted that only appear in names.
    pub entries: u64,
}

impl Default for EntryBounds {
    fn default() -> Self {
        Self { depth: 32, name: 255, path: 1024, entries: 100_000 }
    }
}

/// Reads a name as it stands in an archive; an error says what is wrong with it. No component at all means the folder that
/// is unpacked into.
pub fn entry_components(name: &[u8], bounds: &EntryBounds) -> Result<Vec<String>, String> {
    let refused = |why: &str| Err(why.to_owned());
    if name.is_empty() {
        return refused("an empty name");
    }
    if name.len() > bounds.path {
        return Err(format!("a path of {} bytes; at most {} are taken", name.len(), bounds.path));
    }
    let Ok(text) = std::str::from_utf8(name) else { return refused("a name that is not UTF-8") };
    if text.starts_with('/') {
        return refused("an absolute name");
    }
    if text.contains('\\') {
        return refused("a backslash, which separates folders on some machines and not on others");
    }
    if text.chars().any(char::is_control) {
        return refused("a control character");
    }
    let mut components = Vec::new();
    for part in text.strip_suffix('/').unwrap_or(text).split('/') {
        match part {
            "." => {}
            "" => return refused("an empty component"),
            ".." => return refused("a component .., which leads outside"),
            part if part.len() > bounds.name => return refused("a component that is too long"),
            part => components.push(part.to_owned()),
        }
    }
    if components.first().is_some_and(|first| is_drive(first)) {
        return refused("a drive letter");
    }
    if components.len() > bounds.depth {
        return Err(format!("folders {} deep; at most {} are taken", components.len(), bounds.depth));
    }
    Ok(components)
}

fn is_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}
