//! The logical volume manager, from `lspv NAME`, `lslv NAME` and `lsvg NAME`: labels and values in two columns.
//!
//! A group that is not varied on shows question marks, which are no values.

use airlock_model::Row;

/// What `lspv` says of a disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhysicalVolume {
    pub uuid: Option<String>,
    pub group: Option<String>,
    pub group_uuid: Option<String>,
    /// Size of a partition in MB.
    pub partition: Option<u64>,
    pub partitions: Option<u64>,
    pub free_partitions: Option<u64>,
}

/// What `lslv` says of a logical volume.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogicalVolume {
    pub uuid: Option<String>,
    pub group: Option<String>,
    pub kind: Option<String>,
    pub partition: Option<u64>,
    /// Logical partitions; a mirrored volume has more physical ones.
    pub partitions: Option<u64>,
}

/// What `lsvg` says of a volume group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumeGroup {
    pub uuid: Option<String>,
    pub partition: Option<u64>,
    pub partitions: Option<u64>,
    pub free_partitions: Option<u64>,
    pub logical_volumes: Option<u64>,
    pub open_logical_volumes: Option<u64>,
    pub physical_volumes: Option<u64>,
}

pub fn physical_volume(text: &str) -> PhysicalVolume {
    PhysicalVolume {
        uuid: value(text, "PV IDENTIFIER").map(str::to_owned),
        group: value(text, "VOLUME GROUP").map(str::to_owned),
        group_uuid: value(text, "VG IDENTIFIER").map(str::to_owned),
        partition: number(text, "PP SIZE"),
        partitions: number(text, "TOTAL PPs"),
        free_partitions: number(text, "FREE PPs"),
    }
}

pub fn logical_volume(text: &str) -> LogicalVolume {
    LogicalVolume {
        uuid: value(text, "LV IDENTIFIER").map(str::to_owned),
        group: value(text, "VOLUME GROUP").map(str::to_owned),
        kind: value(text, "TYPE").map(str::to_owned),
        partition: number(text, "PP SIZE"),
        partitions: number(text, "LPs"),
    }
}

pub fn volume_group(text: &str) -> VolumeGroup {
    VolumeGroup {
        uuid: value(text, "VG IDENTIFIER").map(str::to_owned),
        partition: number(text, "PP SIZE"),
        partitions: number(text, "TOTAL PPs"),
        free_partitions: number(text, "FREE PPs"),
        logical_volumes: number(text, "LVs"),
        open_logical_volumes: number(text, "OPEN LVs"),
        physical_volumes: number(text, "TOTAL PVs"),
    }
}

impl PhysicalVolume {
    /// Size in MB.
    pub fn size(&self) -> Option<u64> {
        self.partition?.checked_mul(self.partitions?)
    }

    /// The row of the section `physical_volumes`.
    pub fn row(&self, name: &str) -> Row {
        let mut row = Row::new().with("device", format!("/dev/{name}")).with("format", "AIX PV");
        row.maybe("attr", self.group.as_deref().map(|group| format!("VG {group}")));
        row.maybe("pv_uuid", self.uuid.as_deref()).maybe("vg_uuid", self.group_uuid.as_deref());
        row.maybe("pe_size", self.partition).maybe("pv_pe_count", self.partitions).maybe("size", self.size());
        row.maybe("free", self.partition.zip(self.free_partitions).and_then(|(size, count)| size.checked_mul(count)));
        row
    }
}

impl LogicalVolume {
    /// The row of the section `logical_volumes`.
    pub fn row(&self, name: &str) -> Row {
        let mut row = Row::new().with("lv_name", name);
        row.maybe("lv_uuid", self.uuid.as_deref()).maybe("vg_name", self.group.as_deref());
        row.maybe("attr", self.kind.as_deref().map(|kind| format!("Type {kind}"))).maybe("seg_count", self.partitions);
        row.maybe("size", self.partition.zip(self.partitions).and_then(|(size, count)| size.checked_mul(count)));
        row
    }
}

impl VolumeGroup {
    /// The row of the section `volume_groups`.
    pub fn row(&self, name: &str) -> Row {
        let megabytes =
            |count: Option<u64>| self.partition.zip(count).and_then(|(size, count)| size.checked_mul(count));
        let mut row = Row::new().with("vg_name", name);
        row.maybe("vg_uuid", self.uuid.as_deref());
        row.maybe("vg_extent_size", self.partition.map(|size| size.to_string()));
        row.maybe("size", megabytes(self.partitions)).maybe("free", megabytes(self.free_partitions));
        row.maybe("lv_count", self.logical_volumes).maybe("pv_count", self.physical_volumes);
        row
    }
}

/// The first word behind a label. A label begins its line or stands behind blanks; identifiers may have no colon.
fn value<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().take(64).find_map(|line| {
        let at = line.find(label)?;
        let (before, rest) = line.split_at_checked(at)?;
        let identifier = label.ends_with("IDENTIFIER");
        let begins = before.is_empty() || before.ends_with("  ") || (identifier && before.ends_with(' '));
        let rest = rest.strip_prefix(label)?;
        let rest = match rest.strip_prefix(':') {
            Some(rest) => rest,
            None if identifier => rest,
            None => return None,
        };
        rest.split_ascii_whitespace().next().filter(|word| begins && !word.starts_with("??"))
    })
}

fn number(text: &str, label: &str) -> Option<u64> {
    value(text, label)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_partitions() {
        let volume = physical_volume(
            "PHYSICAL VOLUME:    hdisk9                   VOLUME GROUP:     labvg\nPV IDENTIFIER:      00c1 VG IDENTIFIER     00c2\nPP SIZE:            64 megabyte(s)           LOGICAL VOLUMES:  17\nTOTAL PPs:          10 (640 megabytes)    VG DESCRIPTORS:   2\nFREE PPs:           3 (192 megabytes)    HOT SPARE:        no\n",
        );
        let row = volume.row("hdisk9");
        assert_eq!(row.text("device"), Some("/dev/hdisk9"));
        assert_eq!(row.text("vg_uuid"), Some("00c2"));
        assert_eq!((row.integer("size"), row.integer("free")), (Some(640), Some(192)));
    }

    #[test]
    fn a_volume_counts_logical_partitions() {
        let volume = logical_volume(
            "LOGICAL VOLUME:     lv0                 VOLUME GROUP:   labvg\nLV IDENTIFIER:      00c3.1 PERMISSION:     read/write\nTYPE:               jfs2                   WRITE VERIFY:   off\nMAX LPs:            512                    PP SIZE:        32 megabyte(s)\nLPs:                4                      PPs:            8\n",
        );
        let row = volume.row("lv0");
        assert_eq!((row.integer("size"), row.integer("seg_count")), (Some(128), Some(4)));
        assert_eq!(row.text("attr"), Some("Type jfs2"));
        assert_eq!(row.text("lv_uuid"), Some("00c3.1"));
    }

    #[test]
    fn a_group_counts_in_megabytes_and_question_marks_are_nothing() {
        let group = volume_group(
            "VOLUME GROUP:       labvg                   VG IDENTIFIER:  00c4\nVG STATE:           active                   PP SIZE:        32 megabyte(s)\nVG PERMISSION:      read/write               TOTAL PPs:      10 (320 megabytes)\nMAX LVs:            256                      FREE PPs:       2 (64 megabytes)\nLVs:                9                       USED PPs:       8\nOPEN LVs:           7                       QUORUM:         2\nTOTAL PVs:          2\n",
        );
        let row = group.row("labvg");
        assert_eq!((row.integer("size"), row.integer("free"), row.integer("lv_count")), (Some(320), Some(64), Some(9)));
        assert_eq!(group.open_logical_volumes, Some(7));
        assert_eq!(physical_volume("PP SIZE:   ???????   X:\nTOTAL PPs: é\nVG IDENTIFIER").size(), None);
    }
}
