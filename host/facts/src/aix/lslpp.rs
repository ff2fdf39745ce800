//! Software, from `lslpp -c -l` (lslpp): fields between colons, a line a fileset; the words of the states depend on the
//! language, which is why they are not looked at.
//!
//! The filesets `devices.*` are left out: drivers that the system brings for whatever may once be plugged in.

use airlock_model::Row;

const MOST: usize = 200_000;

pub fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        // A description has no way to write a colon: what follows one is not of it.
        let mut fields = line.split(':');
        let (folder, name, version) = (fields.next()?, fields.next()?, fields.next()?);
        let description = fields.nth(3)?;
        let mut row = Row::new().with("name", name).with("version", version).with("folder", folder);
        row.set("comments", description.trim());
        Some(row).filter(|_| !name.is_empty() && !name.starts_with("devices."))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(row).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_fileset() {
        let rows = rows(
            "#Fileset:Level:PTF Id:State:Type:Description:EFIX Locked\n/usr/lib/objrepos:lab.rte:1.2.3.4::COMMITTED:F:Lab Runtime :\n/etc/objrepos:lab.old:1.0.0.0::COMMITTED:I:Old \n/etc/objrepos:devices.lab.rte:1.0::COMMITTED:I:Driver\na:b\n",
        );
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text("comments"), Some("Lab Runtime"));
        assert_eq!(rows[0].text("folder"), Some("/usr/lib/objrepos"));
        assert_eq!(rows[1].text("comments"), Some("Old"));
    }
}
