//! Alpine packages, from apk's own record of what is installed. It notes no date.

use super::distributor::distributor;
use crate::Scan;
use crate::output::alpine;

/// Where the record is, and where it was before apk 3.
const RECORDS: [&str; 2] = ["/usr/lib/apk/db/installed", "/lib/apk/db/installed"];

pub(super) fn collect(scan: &Scan<'_>) {
    let Some(text) = RECORDS.iter().find_map(|path| scan.text(path)) else { return };
    let publisher = distributor(scan.roots()).unwrap_or_default();
    let mut broken = 0_u32;
    for mut package in alpine::packages(&text) {
        if package.name.is_empty() && package.version.is_empty() {
            continue;
        }
        if package.name.is_empty() || package.version.is_empty() {
            broken += 1;
            continue;
        }
        package.publisher = publisher.as_str().into();
        scan.row(package.row());
    }
    if broken > 0 {
        scan.missing(format_args!("packages of apk: {broken} without name or version"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn the_record_is_read_wherever_it_is() {
        for path in RECORDS {
            let text = "P:lab\nV:1.2-r0\nA:noarch\nI:10\n\nP:broken\n\n";
            let machine = TestMachine::of(&[(path, text), ("etc/os-release", "ID=alpine\n")]);
            let (rows, missing) = machine.collect(collect);
            assert_eq!(rows.len(), 1);
            assert_eq!((rows[0].text("from"), rows[0].text("publisher")), (Some("apk"), Some("Alpine")));
            assert_eq!(missing, ["packages of apk: 1 without name or version"]);
        }
        assert_eq!(TestMachine::new().collect(collect), (vec![], vec![]));
    }
}
