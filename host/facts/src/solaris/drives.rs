//! File systems, from `df -k` (df(1M)) and the kinds that `mount -v` knows of them (mount(1M)).
//!
//! What has no room is no drive: file systems of the kernel say 0. A mount of a single file or of another folder (lofs)
//! shows the room of what it stands on, and is left out.

use airlock_model::Row;
use std::collections::HashMap;

const MOST: usize = 65_536;

/// The kinds of file systems by where they are mounted: `rpool on /rpool type zfs read/write/… on Wed Jan 19 …`.
pub fn kinds(mount: &str) -> HashMap<&str, &str> {
    let kinds = mount.lines().filter_map(|line| {
        let (device, rest) = line.split_once(" type ")?;
        let (_, place) = device.split_once(" on ")?;
        Some((place, rest.split(' ').next()?))
    });
    kinds.take(MOST).collect()
}

pub fn rows(df: &str, mount: &str) -> Vec<Row> {
    let kinds = kinds(mount);
    df.lines().skip(1).filter_map(|line| row(line, &kinds)).take(MOST).collect()
}

fn row(line: &str, kinds: &HashMap<&str, &str>) -> Option<Row> {
    // Names may have blanks: the numbers are found by the share in per cent behind them.
    let (head, place) = line.split_once("% ")?;
    let place = place.trim();
    let mut numbers = head.split_ascii_whitespace().rev().skip(1).map(|word| word.parse::<u64>().ok());
    let (free, used, total) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let device = head.split_ascii_whitespace().next()?;
    let kind = kinds.get(place).copied();
    if kind == Some("lofs") || (total == 0 && used == 0 && free == 0) {
        return None;
    }
    // In a zone df does not know the size of what it was lent.
    let total = if total == 0 { used.saturating_add(free) } else { total };
    let mut row = Row::new().with("volumn", device).with("type", place);
    row.set("total", total / 1024).set("free", free / 1024);
    // What lies in memory and swap is called after the latter.
    row.maybe("filesystem", if device == "swap" { Some("swap") } else { kind });
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_counted_and_other_things_are_not() {
        let mount =
            "/ on / type zfs read/write on Thu\n/dev on /dev type lofs rw on Thu\nswap on /tmp type tmpfs rw on Thu\n";
        let df = "Filesystem            kbytes    used   avail capacity  Mounted on\n/                          0    2048    4096    31%    /\n/dev                    4096    2048    2048    31%    /dev\nproc                       0       0       0     0%    /proc\nswap                    2048    1024    1024     1%    /tmp\n";
        let rows = rows(df, mount);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].integer("total"), rows[0].integer("free")), (Some(6), Some(4)));
        assert_eq!(rows[0].text("filesystem"), Some("zfs"));
        assert_eq!(rows[1].text("filesystem"), Some("swap"));
        assert_eq!(rows[1].text("type"), Some("/tmp"));
    }

    #[test]
    fn lines_that_are_none_are_left_out() {
        assert!(rows("\n% \n1 2% /\nx 1 2 y% /\n", "on type\n type  on \n").is_empty());
    }
}
