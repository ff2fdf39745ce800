//! Disks behind a MegaRAID controller, from `mfiutil show drives` (mfiutil(8)).

use crate::units::{Base, megabytes};
use airlock_model::Row;

const MOST: usize = 4096;

/// Lines such as ` 0 (  558G) ONLINE <LAB ST600 AB64 serial=3SL1> SAS E1:S0`.
pub fn rows(text: &str) -> Vec<Row> {
    text.lines().filter_map(row).take(MOST).collect()
}

fn row(line: &str) -> Option<Row> {
    let (head, rest) = line.split_once('<')?;
    let (inquiry, rest) = rest.split_once('>')?;
    let (inquiry, serial) =
        inquiry.split_once(" serial=").map_or((inquiry, None), |(text, serial)| (text, Some(serial)));
    // The last word of what the disk says of itself is its firmware.
    let (name, firmware) = inquiry.trim().rsplit_once(' ')?;
    let size = head
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .and_then(|(size, _)| megabytes(size, Base::Binary)?.whole());
    let mut row = Row::new().with("name", name.trim()).with("firmware", firmware).with("type", "disk");
    row.maybe("serial", serial.map(str::trim)).maybe("disksize", size);
    row.maybe("description", rest.split_ascii_whitespace().next());
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_disk() {
        let rows = rows(
            "mfi0 Physical Drives:\n 0 (  558G) ONLINE <LAB ST600 AB64 serial=3SL1> SAS E1:S0\n 1 (\u{e9}) <x> <\n",
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text("name"), Some("LAB ST600"));
        assert_eq!(rows[0].integer("disksize"), Some(571_392));
        assert_eq!(rows[0].text("serial"), Some("3SL1"));
        assert_eq!(rows[0].text("description"), Some("SAS"));
    }
}
