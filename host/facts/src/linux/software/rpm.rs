//! RPM packages. The database is one of three formats of the tool's own, so the tool is asked (rpm(8), QUERY OPTIONS).
//!
//! Refuses to guess: a machine with a database and without the tool says so.

use crate::Scan;
use crate::output::package_query::{self, Format};

/// Where distributions keep the database, and the file of each of its formats (sqlite, ndb, Berkeley DB).
const FOLDERS: [&str; 2] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];
const FILES: [&str; 3] = ["rpmdb.sqlite", "Packages.db", "Packages"];

/// What is asked of every package. No name, version or summary has the separators: they are the control characters that
/// ASCII has for this.
const FORMAT: &str = "%{NAME}\x1f%{VERSION}-%{RELEASE}\x1f%{ARCH}\x1f%{LONGSIZE}\x1f%{INSTALLTIME}\x1f%{GROUP}\x1f\
                      %{VENDOR}\x1f%{SUMMARY}\x1e";

/// Below that size even for ten thousand packages with long summaries.
const LIMIT: usize = 32 << 20;

pub(super) fn collect(scan: &Scan<'_>) {
    let has_database = |folder: &&str| FILES.iter().any(|file| scan.roots().exists(format!("{folder}/{file}")));
    let Some(&folder) = FOLDERS.iter().find(|folder| has_database(folder)) else { return };
    // Where a distribution has configured another folder for its users, this one is still the system's.
    let arguments = ["--dbpath", folder, "-qa", "--queryformat", FORMAT];
    match scan.run("rpm", &arguments, LIMIT) {
        Ok(output) => {
            if output.code != 0 {
                let why = output.first_complaint();
                scan.missing(format_args!("packages of rpm: rpm ended with {}: {why}", output.code));
            }
            rows(scan, &output.text());
        }
        Err(error) => scan.missing(format_args!("packages of rpm: {error}")),
    }
}

fn rows(scan: &Scan<'_>, text: &str) {
    let (rows, broken) = package_query::packages(text, &Format::rpm(FORMAT), scan.machine);
    for row in rows {
        scan.row(row);
    }
    if broken > 0 {
        scan.missing(format_args!("packages of rpm: {broken} records of its answer are not whole"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use airlock_model::Row;

    fn read(text: &str) -> (Vec<Row>, Vec<String>) {
        TestMachine::new().collect(|scan| rows(scan, text))
    }

    #[test]
    fn the_answer_becomes_rows() {
        let text = "bash\x1f5.2.26-3.fc40\x1fx86_64\x1f8462938\x1f1713132000\x1fUnspecified\x1fFedora Project\x1f\
                    The GNU Bourne Again shell\x1e\
                    gpg-pubkey\x1fa15b79cc-63d04c2c\x1f(none)\x1f0\x1f1713132000\x1fPublic Keys\x1f(none)\x1fkey\x1e\
                    big\x1f1-1\x1f(none)\x1f6000000000\x1f(none)\x1f(none)\x1f(none)\x1f(none)\x1e";
        let (rows, missing) = read(text);
        assert!(missing.is_empty(), "{missing:?}");
        let bash = Row::new()
            .with("name", "bash")
            .with("version", "5.2.26-3.fc40")
            .with("arch", "x86_64")
            .with("filesize", 8_462_938_i64)
            .with("from", "rpm")
            .with("system_category", "Unspecified")
            .with("publisher", "Fedora Project")
            .with("comments", "The GNU Bourne Again shell")
            .with("install_date", "2024-04-14");
        let big = Row::new()
            .with("name", "big")
            .with("version", "1-1")
            .with("filesize", 6_000_000_000_i64)
            .with("from", "rpm");
        assert_eq!(rows, [bash, big]);
    }

    #[test]
    fn a_cut_answer_is_said() {
        let (rows, missing) = read("a\x1f1-1\x1fnoarch\x1f-7\x1f99999999999999999999\x1fg\x1fv\x1fs\x1eb\x1f2-2\x1fno");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get("filesize"), None);
        assert_eq!(rows[0].get("install_date"), None);
        assert_eq!(missing, ["packages of rpm: 1 records of its answer are not whole"]);
    }

    #[test]
    fn a_captured_database_is_said_to_be_unread() {
        let (rows, missing) = TestMachine::of(&[("var/lib/rpm/rpmdb.sqlite", "")]).collect(collect);
        assert!(rows.is_empty());
        assert_eq!(missing, ["packages of rpm: rpm: no such tool in the system's folders"]);
    }
}
