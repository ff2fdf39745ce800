//! ZFS pools, from `zpool list -Hp -o name,size,free,guid` (zpool(1M)): fields between tabs, sizes in bytes.

use airlock_model::Row;

const MOST: usize = 16_384;

/// The section `volume_groups`.
pub fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let mut fields = line.split('\t').map(str::trim);
        let name = fields.next().filter(|name| !name.is_empty())?;
        let megabytes = |field: Option<&str>| Some(field?.parse::<u64>().ok()? >> 20);
        let size = megabytes(fields.next())?;
        let mut row = Row::new().with("vg_name", name).with("size", size);
        row.maybe("free", megabytes(fields.next())).maybe("vg_uuid", fields.next().filter(|guid| *guid != "-"));
        Some(row)
    };
    text.lines().filter_map(row).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_have_sizes() {
        let rows = rows("rpool\t1073741824\t536870912\t1234567890\nbad pool\t1.5G\n\t1\t2\n");
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].integer("size"), rows[0].integer("free")), (Some(1024), Some(512)));
        assert_eq!(rows[0].text("vg_uuid"), Some("1234567890"));
    }
}
