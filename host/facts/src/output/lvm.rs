//! What lvs, pvs and vgs print: tables with the columns that are asked for here, in this order, without a heading, sizes in
//! units of 10⁶ bytes.
//!
//! A column that may be empty comes last, for blanks separate them: the group of a physical volume that is in none.
//!
//! Sources: lvs(8), pvs(8), vgs(8), lvmreport(7).

use crate::units::Number;
use airlock_model::Row;

/// The arguments of lvs.
pub const LVS: [&str; 7] =
    ["-a", "--noheading", "--nosuffix", "--units", "M", "-o", "lv_name,vg_uuid,lv_attr,lv_size,lv_uuid,seg_count"];

/// The arguments of pvs.
pub const PVS: [&str; 6] = [
    "--noheading",
    "--nosuffix",
    "--units",
    "M",
    "-o",
    "pv_name,pv_fmt,pv_attr,pv_size,pv_free,pv_uuid,pv_pe_count,vg_uuid",
];

/// The arguments of vgs.
pub const VGS: [&str; 6] = [
    "--noheading",
    "--nosuffix",
    "--units",
    "M",
    "-o",
    "vg_name,pv_count,lv_count,vg_attr,vg_size,vg_free,vg_uuid,vg_extent_size",
];

/// More volumes than any machine has.
const MOST: usize = 16_384;

/// Rows of `logical_volumes`.
pub fn logical_volumes(text: &str) -> Vec<Row> {
    table(text, |[name, group, attributes, size, uuid, segments, ..]| {
        let mut row = Row::new();
        row.set("lv_name", name)
            .set("vg_uuid", group)
            .set("attr", attributes)
            .maybe("size", whole(size))
            .set("lv_uuid", uuid)
            .maybe("seg_count", whole(segments));
        (!uuid.is_empty()).then_some(row)
    })
}

/// Rows of `physical_volumes`.
pub fn physical_volumes(text: &str) -> Vec<Row> {
    table(text, |[device, format, attributes, size, free, uuid, extents, group]| {
        let count = whole(extents);
        let extent = count.and_then(|count| Number::parse(size.trim_start_matches('<'))?.over(count)?.whole());
        let mut row = Row::new();
        row.set("device", device)
            .set("format", format)
            .set("attr", attributes)
            .maybe("size", whole(size))
            .maybe("free", whole(free))
            .set("pv_uuid", uuid)
            .maybe("pv_pe_count", count)
            .maybe("pe_size", extent)
            .set("vg_uuid", group);
        (!uuid.is_empty()).then_some(row)
    })
}

/// Rows of `volume_groups`.
pub fn volume_groups(text: &str) -> Vec<Row> {
    table(text, |[name, physical, logical, attributes, size, free, uuid, extent]| {
        let mut row = Row::new();
        row.set("vg_name", name)
            .maybe("pv_count", whole(physical))
            .maybe("lv_count", whole(logical))
            .set("attr", attributes)
            .maybe("size", whole(size))
            .maybe("free", whole(free))
            .set("vg_uuid", uuid)
            .set("vg_extent_size", extent);
        (!uuid.is_empty()).then_some(row)
    })
}

fn table(text: &str, row: impl Fn([&str; 8]) -> Option<Row>) -> Vec<Row> {
    let rows = text.lines().filter_map(|line| {
        let mut columns = [""; 8];
        for (column, word) in columns.iter_mut().zip(line.split_whitespace()) {
            *column = word;
        }
        row(columns)
    });
    rows.take(MOST).collect()
}

fn whole(text: &str) -> Option<u64> {
    // A size that was rounded up has a sign before it.
    Number::parse(text.trim_start_matches('<'))?.whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_of_all_kinds() {
        let logical =
            logical_volumes("  root       VG-1 -wi-ao ---- \n  home       VG-1 -wi-ao----  5901.39 LV-1    2\n");
        let [home] = logical.as_slice() else { panic!("{logical:?}") };
        assert_eq!((home.text("lv_name"), home.text("lv_uuid")), (Some("home"), Some("LV-1")));
        assert_eq!((home.integer("size"), home.integer("seg_count")), (Some(5901), Some(2)));

        let physical = physical_volumes(
            "  /dev/sda2  lvm2 a--  311452.24 0 PV-1  9282 VG-1\n  /dev/sdb   lvm2 ---  100.50 100.50 PV-2 0\n",
        );
        let [used, spare] = physical.as_slice() else { panic!("{physical:?}") };
        assert_eq!((used.integer("pe_size"), used.integer("free")), (Some(33), Some(0)));
        assert_eq!((used.text("vg_uuid"), used.text("device")), (Some("VG-1"), Some("/dev/sda2")));
        assert_eq!((spare.get("vg_uuid"), spare.get("pe_size"), spare.integer("size")), (None, None, Some(100)));

        let groups = volume_groups("  vg1    2   1 wz--n- 364174.64     4.19 VG-2 4.19\n");
        assert_eq!((groups[0].integer("pv_count"), groups[0].text("vg_extent_size")), (Some(2), Some("4.19")));
        assert_eq!(groups[0].integer("size"), Some(364_174));
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", "\n\n", "  No volume groups found\n", "a b c"] {
            assert!(logical_volumes(text).is_empty() && physical_volumes(text).is_empty(), "{text}");
            assert!(volume_groups(text).is_empty());
        }
        assert_eq!(physical_volumes("d f a 1e9 -1 u x").len(), 1);
    }
}
