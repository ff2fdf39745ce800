//! `pacman -Qi`: what is known of each installed package (pacman(8)). Blocks of `Name : value`, one blank line between.
//!
//! The dates in it are local ones, written for people in the C locale; one that is not is left out.

use crate::output::package::{Package, bytes};
use crate::output::pairs;
use crate::units::spelled;
use airlock_model::Row;

/// The packages of the text, in its order.
pub fn packages(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut package = Package::default();
    let mut lines = text.lines();
    loop {
        let line = lines.next();
        let blank = line.is_none_or(|line| line.trim().is_empty());
        if blank {
            let package = std::mem::take(&mut package);
            if !package.name.is_empty() {
                rows.push(package.row());
            }
        }
        let Some(line) = line else { return rows };
        if let Some((name, value)) = pairs::pair(line)
            && value != "None"
        {
            match name {
                "Name" => package.name = value.into(),
                "Version" => package.version = without_epoch(value).into(),
                "Architecture" => package.arch = value,
                "Description" => package.comments = value.into(),
                "Groups" => package.category = joined(value.split_whitespace()).into(),
                "Installed Size" => package.bytes = bytes(value),
                "Install Date" => package.installed = date(value).into(),
                _ => {}
            }
        }
    }
}

/// `1.2-3` of `2:1.2-3`: the epoch orders versions and is no part of them.
pub(crate) fn without_epoch(version: &str) -> &str {
    match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => version,
    }
}

pub(crate) fn joined<'a>(groups: impl Iterator<Item = &'a str>) -> String {
    groups.collect::<Vec<_>>().join(",")
}

/// The day of a local time.
fn date(text: &str) -> String {
    spelled(text).and_then(|time| time.get(..10).map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_rows() {
        let text = "\
Name            : tool
Version         : 2:1.4-1
Description     : Does things: many of them
Architecture    : x86_64
Groups          : base  lab
Depends On      : glibc
                  Name : no field
Installed Size  : 2.50 MiB
Install Date    : Sun 03 Mar 2024 09:10:11 PM CET

Name            : plain
Version         : 1-1
Groups          : None
Installed Size  : many
Install Date    : yesterday
";
        let tool = Row::new()
            .with("name", "tool")
            .with("version", "1.4-1")
            .with("arch", "x86_64")
            .with("filesize", 5_i64 << 19)
            .with("system_category", "base,lab")
            .with("comments", "Does things: many of them")
            .with("install_date", "2024-03-03");
        let plain = Row::new().with("name", "plain").with("version", "1-1");
        assert_eq!(packages(text), [tool, plain]);
    }

    #[test]
    fn what_is_no_block_gives_nothing() {
        assert!(packages("").is_empty());
        assert!(packages("error: no database\n\n:\n : \nName\n").is_empty());
        assert_eq!(date("Wed Sep 12 10:55:23 2018"), "2018-09-12");
        assert_eq!(date("Wed Sep 99 10:55:23 2018"), "");
        assert_eq!(without_epoch("a:1"), "a:1");
    }
}
