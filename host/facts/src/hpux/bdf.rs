//! File systems, from `bdf` (bdf(1M)). A device with a long name has the rest of its line below it.

use airlock_model::Row;

const MOST: usize = 65_536;

/// A file system; sizes are in units of 1024 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystem {
    pub device: String,
    pub place: String,
    pub total: u64,
    pub used: u64,
    pub free: u64,
}

pub fn file_systems(text: &str) -> Vec<FileSystem> {
    let mut found = Vec::new();
    let mut long = None;
    for line in text.lines().skip(1) {
        let words: Vec<&str> = line.split_ascii_whitespace().take(16).collect();
        let (device, rest) = match (words.as_slice(), line.starts_with(' ')) {
            ([device], false) => {
                long = Some(*device);
                continue;
            }
            (rest, true) => (long.take(), rest),
            ([device, rest @ ..], false) => (Some(*device), rest),
            ([], _) => continue,
        };
        let (Some(device), [total, used, free, _, place @ ..]) = (device, rest) else { continue };
        if let (Ok(total), Ok(used), Ok(free)) = (total.parse(), used.parse(), free.parse())
            && found.len() < MOST
        {
            found.push(FileSystem { device: device.to_owned(), place: place.join(" "), total, used, free });
        }
    }
    found
}

impl FileSystem {
    /// The row of the section `drives`; the kind is what `bdf -t` was asked for.
    pub fn row(&self, kind: &str) -> Row {
        let mut row = Row::new().with("volumn", self.device.as_str()).with("type", self.place.as_str());
        row.set("total", self.total / 1024).set("free", self.free / 1024).set("filesystem", kind);
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_have_two_lines() {
        let found = file_systems(
            "Filesystem          kbytes    used   avail %used Mounted on\n/dev/vg00/lvol3    4096  1024 2048   33% /\nalpha:/a/long/name/of/a/share\n                   8192 1024 7168   12% /net/share\n   1 2 3 4% /orphan\nx y z\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].total, found[0].used, found[0].free), (4096, 1024, 2048));
        assert_eq!(found[1].device, "alpha:/a/long/name/of/a/share");
        assert_eq!(found[1].row("nfs").integer("free"), Some(7));
    }
}
