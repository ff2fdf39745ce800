//! Packages of Slackware, from the record that is kept of each (Slackware's pkgtools). It was last written when the package
//! was installed.

use super::days::Days;
use crate::output::slackware;
use crate::{Roots, Scan};
use std::io::Read;
use std::os::unix::fs::MetadataExt;

/// Where the records are, and where they were before Slackware 15.
const RECORDS: [&str; 2] = ["/var/lib/pkgtools/packages", "/var/log/packages"];

/// The sizes and the description come first; the list of files behind them can be long.
const HEAD: u64 = 4 << 10;

pub(super) fn collect(scan: &Scan<'_>) {
    // The old place is a link to the new one.
    let Some(&folder) = RECORDS.iter().find(|folder| scan.roots().exists(folder)) else { return };
    let mut days = Days::new();
    let mut broken = 0_u32;
    for name in scan.names(folder) {
        if scan.expired() {
            scan.missing("packages of Slackware: out of time");
            break;
        }
        let path = format!("{folder}/{name}");
        let record = head(scan.roots(), &path);
        let Some(mut package) = slackware::package(&name, &record) else {
            broken += 1;
            continue;
        };
        let written = scan.roots().metadata(&path).ok().map(|file| file.mtime());
        package.installed = written.and_then(|secs| days.of(scan, secs)).unwrap_or_default().into();
        scan.row(package.row());
    }
    if broken > 0 {
        scan.missing(format_args!("{folder}: {broken} names are no packages'"));
    }
}

/// What a record begins with; all of it where the machine is being recorded.
fn head(roots: &Roots, path: &str) -> String {
    if roots.recorder().is_some() {
        return roots.text(path).unwrap_or_default();
    }
    let mut bytes = Vec::new();
    let Ok(file) = roots.open(path) else { return String::new() };
    match file.take(HEAD).read_to_end(&mut bytes) {
        Ok(_) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn every_record_is_a_package() {
        for folder in RECORDS {
            let machine = TestMachine::of(&[
                (format!("{folder}/lab-1.2-noarch-1").as_str(), "UNCOMPRESSED PACKAGE SIZE: 1K\n"),
                (format!("{folder}/odd").as_str(), ""),
            ]);
            let (rows, missing) = machine.collect(collect);
            assert_eq!(rows.len(), 1);
            assert_eq!((rows[0].text("name"), rows[0].integer("filesize")), (Some("lab"), Some(1024)));
            assert!(rows[0].text("install_date").is_some());
            assert_eq!(missing, [format!("{folder}: 1 names are no packages'")]);
        }
    }
}
