//! The text of system_profiler(8): entries in entries, told by how far a line is indented.
//!
//! A line is `name: value`, or `name:` above the entries that belong to it. Lines without a colon continue a value that
//! has line breaks; they are passed over.

/// Entries that are kept of one text.
const ENTRIES: usize = 200_000;
/// The tool nests some eight levels; deeper lines are siblings.
const DEPTH: usize = 24;

/// A line of the text, and what stands under it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// Absent for a heading, and for a name whose value is empty.
    pub value: Option<String>,
    pub entries: Vec<Entry>,
}

impl Entry {
    /// The whole text: its entries are the data types.
    pub fn parse(text: &str) -> Self {
        let mut open: Vec<(usize, Entry)> = Vec::new();
        let mut root = Entry::default();
        for line in text.lines().filter_map(line).take(ENTRIES) {
            let (indent, entry) = line;
            // What stands deeper than a value belongs to the heading above it.
            while open.len() >= DEPTH || open.last().is_some_and(|(at, above)| *at >= indent || above.value.is_some()) {
                close(&mut open, &mut root);
            }
            open.push((indent, entry));
        }
        while !open.is_empty() {
            close(&mut open, &mut root);
        }
        root
    }

    /// The first entry of that name, upper or lower case alike: the tool's words changed in this between versions.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The value of the first entry of that name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.value.as_deref()
    }

    /// The value of the first entry whose name begins so.
    pub fn text_like(&self, beginning: &str) -> Option<&str> {
        self.entries.iter().find(|entry| entry.name.starts_with(beginning))?.value.as_deref()
    }
}

fn close(open: &mut Vec<(usize, Entry)>, root: &mut Entry) {
    let Some((_, entry)) = open.pop() else { return };
    open.last_mut().map_or(root, |(_, above)| above).entries.push(entry);
}

/// How far a line is indented, and what it says.
fn line(line: &str) -> Option<(usize, Entry)> {
    let text = line.trim_start_matches(' ');
    let indent = line.len() - text.len();
    let text = text.trim_end();
    let (name, value) = match text.strip_suffix(':') {
        // Names of programs may have colons in them; those of properties have none, but their values may end with one.
        Some(name) if indent <= 4 || !name.contains(": ") => (name, None),
        _ => text.split_once(": ").map(|(name, value)| (name, Some(value.trim().to_owned())))?,
    };
    Some((indent, Entry { name: name.to_owned(), value, entries: Vec::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_in_entries() {
        let text = "Power:\n\n    Battery:\n\n      Model:\n          Serial Number: X: 1\n          Lot: \n      Voltage: 3\n\
                    \n    Odd:\n      Info: 1.0,\nmore of it\n      End: here:\nMemory:\n\n      Memory: 2 GB\n";
        let root = Entry::parse(text);
        assert_eq!(root.entries.len(), 2);
        let battery = root.get("Power").unwrap().get("Battery").unwrap();
        assert_eq!(battery.get("Model").unwrap().text("serial number"), Some("X: 1"));
        assert_eq!(battery.get("Model").unwrap().get("Lot").unwrap().value, None);
        assert_eq!(battery.text_like("Volt"), Some("3"));
        let odd = root.get("Power").unwrap().get("Odd").unwrap();
        assert_eq!((odd.text("Info"), odd.text("End")), (Some("1.0,"), Some("here:")));
        assert_eq!(root.get("Memory").unwrap().text("Memory"), Some("2 GB"));
    }

    #[test]
    fn garbage_is_bounded() {
        assert_eq!(Entry::parse("no colon at all\n\u{0}"), Entry::default());
        let stairs: String = (0..1000).map(|step| format!("{}a{step}:\n", " ".repeat(step))).collect();
        let mut entry = &Entry::parse(&stairs);
        let mut depth = 0;
        while let Some(next) = entry.entries.last() {
            entry = next;
            depth += 1;
        }
        assert!(depth <= DEPTH, "{depth}");
    }
}
