//! What `asmcmd lsdg` prints about Oracle's disk groups: a table whose columns differ from release to release, so that they
//! are found by the heading.
//!
//! Of a mirrored group the tool gives the raw size; what fits is a half or a third of it, after the room that is kept for
//! the mirroring again of a failed disk.
//!
//! Source: Oracle ASM Administrator's Guide, "lsdg".

use airlock_model::Row;

/// More groups than an instance can have (511).
const MOST: usize = 1024;

/// A disk group; sizes in MB.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct DiskGroup {
    pub name: String,
    /// `MOUNTED`, `DISMOUNTED` …
    pub state: String,
    /// The redundancy: `EXTERN`, `NORMAL`, `HIGH` …
    pub kind: String,
    pub total: Option<u64>,
    pub free: Option<u64>,
}

/// The disk groups.
pub fn disk_groups(text: &str) -> Vec<DiskGroup> {
    let mut lines = text.lines().skip_while(|line| !line.trim_start().starts_with("State"));
    let Some(heading) = lines.next() else { return Vec::new() };
    let columns: Vec<&str> = heading.split_whitespace().take(32).collect();
    lines.filter_map(|line| disk_group(&columns, line)).take(MOST).collect()
}

fn disk_group(columns: &[&str], line: &str) -> Option<DiskGroup> {
    let words: Vec<&str> = line.split_whitespace().take(columns.len()).collect();
    let get = |name: &str| words.get(columns.iter().position(|column| *column == name)?).copied();
    let number = |name: &str| get(name)?.parse::<u64>().ok();
    let kind = get("Type")?.to_owned();
    let copies = match kind.as_str() {
        "NORMAL" => 2,
        "HIGH" => 3,
        _ => 1,
    };
    let kept = if copies == 1 { 0 } else { number("Req_mir_free_MB").unwrap_or(0) };
    Some(DiskGroup {
        name: get("Name")?.trim_end_matches('/').to_owned(),
        state: get("State")?.to_owned(),
        total: number("Total_MB").map(|total| total.saturating_sub(kept) / copies),
        free: number("Usable_file_MB").or_else(|| number("Free_MB").map(|free| free / copies)),
        kind,
    })
}

impl DiskGroup {
    /// A row of the section `drives`; none for a group that is not mounted.
    pub fn row(&self) -> Option<Row> {
        let mut row = Row::new();
        row.set("label", self.name.as_str())
            .set("volumn", "diskgroup")
            .maybe("total", self.total)
            .maybe("free", self.free);
        (self.state == "MOUNTED").then_some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "State    Type    Rebal  Sector  Block  AU  Total_MB  Free_MB  Req_mir_free_MB  Usable_file_MB  Offline_disks  Voting_files  Name\n\
        MOUNTED  EXTERN  N  512 4096 1048576 1000 400 100 400 0 N DATA/\n\
        MOUNTED  NORMAL  N  512 4096 1048576 1000 400 100 150 0 N FAST/\n\
        DISMOUNTED HIGH  N  512 4096 1048576 0 0 0 0 0 N OLD/\n";

    #[test]
    fn what_fits_depends_on_the_mirroring() {
        let groups = disk_groups(TABLE);
        assert_eq!((groups[0].total, groups[0].free), (Some(1000), Some(400)));
        assert_eq!((groups[1].total, groups[1].free), (Some(450), Some(150)));
        assert_eq!(groups[1].row().unwrap().text("label"), Some("FAST"));
        assert_eq!(groups[2].row(), None);
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", "State", "State Type Name\nx", "ASMCMD-08103: failed to connect\n"] {
            assert!(disk_groups(text).is_empty(), "{text}");
        }
    }
}
