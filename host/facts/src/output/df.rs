//! What `df -P -k` prints, with and without a column for the kind of file system.
//!
//! Where nothing fits there is no data, and neither where less than a megabyte does: those are the kernel's own. A full file
//! system is a row like any other.
//!
//! Source: POSIX.1-2017, df, and the option `-T` of GNU and BSD.

use airlock_model::Row;

/// More file systems than any machine has mounted.
const MOST: usize = 65_536;

/// One file system; sizes in kilobytes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FileSystem {
    pub volume: String,
    pub kind: Option<String>,
    pub total: u64,
    pub free: u64,
    pub point: String,
}

/// The file systems that hold data.
pub fn file_systems(text: &str) -> Vec<FileSystem> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("Filesystem"));
    let Some(heading) = lines.next() else { return Vec::new() };
    let has_kinds = heading.split_whitespace().nth(1) == Some("Type");
    lines.filter_map(|line| file_system(line, has_kinds)).filter(|one| one.total >= 1024).take(MOST).collect()
}

fn file_system(line: &str, has_kinds: bool) -> Option<FileSystem> {
    // The numbers stand together, followed by a percentage: names before and after them may have blanks.
    let words: Vec<&str> = line.split_whitespace().take(256).collect();
    let percent = words.iter().rposition(|word| word.ends_with('%') && word.len() > 1)?;
    let at = |back: usize| words.get(percent.checked_sub(back)?).copied();
    let (total, free) = (at(3)?.parse().ok()?, at(1)?.parse::<i64>().ok()?);
    let first = percent.checked_sub(3)?;
    let (names, kind) = match (has_kinds, words.get(..first)?) {
        (true, [names @ .., kind]) => (names, Some((*kind).to_owned())),
        (true, []) => return None,
        (false, names) => (names, None),
    };
    let point = words.get(percent.checked_add(1)?..)?.join(" ");
    let is_whole = !names.is_empty() && !point.is_empty();
    is_whole.then(|| FileSystem { volume: names.join(" "), kind, total, free: u64::try_from(free).unwrap_or(0), point })
}

impl FileSystem {
    /// A row of the section `drives`.
    pub fn row(&self) -> Row {
        let mut row = Row::new();
        row.set("volumn", self.volume.as_str())
            .set("type", self.point.as_str())
            .maybe("filesystem", self.kind.as_deref())
            .set("total", self.total / 1024)
            .set("free", self.free / 1024);
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_kinds() {
        let found = file_systems(
            "Filesystem    Type 1024-blocks      Used Available Capacity Mounted on\n\
            /dev/sda5     ext4    12396968   5081936   6685288      44% /\n\
            /dev/loop1 squashfs 65536 65536 0 100% /snap/a thing\ntmpfs tmpfs 0 0 0 - /x\n",
        );
        assert_eq!((found[0].kind.as_deref(), found[0].row().integer("total")), (Some("ext4"), Some(12_106)));
        assert_eq!((found[1].point.as_str(), found[1].free), ("/snap/a thing", 0));
        assert_eq!(found.len(), 2);
        let found = file_systems(
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
            /dev/wd0a 15475632 11034480 -36 105% /\nkernfs 1 1 0 100% /kern\n/proc - - - - /proc\nmap auto_home 2048 0 0 100% /home\n",
        );
        assert_eq!((found[0].volume.as_str(), found[0].kind.as_deref(), found[0].free), ("/dev/wd0a", None, 0));
        assert_eq!((found[1].volume.as_str(), found.len()), ("map auto_home", 2));
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", "df: /x: no\n", "Filesystem Type\n%\n1 2 3 4%\n", "Filesystem\na 1 2 3 4%\n5%"] {
            assert!(file_systems(text).is_empty(), "{text}");
        }
    }
}
