//! The kinds of file systems, from `lsfs -c` (lsfs): fields between colons, the first line names them.

use std::collections::BTreeMap;

const MOST: usize = 65_536;

/// Where a file system is mounted, and its kind: `/home`, `jfs2`.
pub fn kinds(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let kinds = lines.filter_map(|line| {
        let mut fields = line.split(':');
        let (place, kind) = (fields.next()?, fields.nth(1)?);
        (!place.is_empty() && !kind.is_empty()).then_some((place, kind))
    });
    kinds.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_kinds() {
        let found = kinds(
            "#MountPoint:Device:Vfs:Nodename:Type\n/:/dev/hd4:jfs2::bootfs\n/proc:/proc:procfs\n/x:/y::\n:a:b\nz\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found.get("/"), Some(&"jfs2"));
    }
}
