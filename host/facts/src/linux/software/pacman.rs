//! Packages of Arch Linux and its kin, from pacman's local database: a folder a package, in which the file `desc` has
//! `%NAME%` lines with the values below them (libalpm's local database).

use super::days::Days;
use crate::Scan;
use crate::output::package::Package;
use crate::output::pacman::{joined, without_epoch};

const DATABASE: &str = "/var/lib/pacman/local";

pub(super) fn collect(scan: &Scan<'_>) {
    let mut days = Days::new();
    let mut broken = 0_u32;
    for name in scan.names(DATABASE) {
        // The folder also holds its format's number.
        if name == "ALPM_DB_VERSION" {
            continue;
        }
        if scan.expired() {
            scan.missing("packages of pacman: out of time");
            break;
        }
        let Ok(text) = scan.roots().text(format!("{DATABASE}/{name}/desc")) else {
            broken += 1;
            continue;
        };
        let (mut package, installed) = described(&text);
        if package.name.is_empty() || package.version.is_empty() {
            broken += 1;
            continue;
        }
        if let Some(secs) = installed {
            package.installed = days.of(scan, secs).unwrap_or_default().into();
        }
        scan.row(package.row());
    }
    if broken > 0 {
        scan.missing(format_args!("packages of pacman: {broken} that make no sense"));
    }
}

/// A package, and the second since 1970 at which it was installed.
fn described(text: &str) -> (Package<'_>, Option<i64>) {
    let mut package = Package::default();
    let mut installed = None;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(field) = line.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')) else { continue };
        if field == "GROUPS" {
            let groups = std::iter::from_fn(|| lines.next_if(|line| !line.is_empty()));
            package.category = joined(groups).into();
            continue;
        }
        let Some(value) = lines.next_if(|line| !line.is_empty()) else { continue };
        match field {
            "NAME" => package.name = value.into(),
            "VERSION" => package.version = without_epoch(value).into(),
            "DESC" => package.comments = value.into(),
            "ARCH" => package.arch = value,
            "SIZE" => package.bytes = value.parse().ok(),
            "INSTALLDATE" => installed = value.parse().ok(),
            _ => {}
        }
    }
    (package, installed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use airlock_model::Row;

    #[test]
    fn every_folder_is_a_package() {
        let desc = "%NAME%\nlab\n\n%VERSION%\n1:2.0-3\n\n%DESC%\nMeasures things\n\n%ARCH%\nx86_64\n\n%INSTALLDATE%\n\
                    1700000000\n\n%SIZE%\n4096\n\n%GROUPS%\nbase\nlab\n\n%VALIDATION%\npgp\n";
        let machine = TestMachine::of(&[
            ("var/lib/pacman/local/lab-1:2.0-3/desc", desc),
            ("var/lib/pacman/local/ALPM_DB_VERSION", "9\n"),
            ("var/lib/pacman/local/empty-1-1/desc", "%NAME%\n\n%VERSION%"),
        ]);
        machine.folder("var/lib/pacman/local/none-1-1");
        let lab = Row::new()
            .with("name", "lab")
            .with("version", "2.0-3")
            .with("arch", "x86_64")
            .with("filesize", 4096_i64)
            .with("system_category", "base,lab")
            .with("comments", "Measures things")
            .with("install_date", "2023-11-14");
        let (rows, missing) = machine.collect(collect);
        assert_eq!(rows, [lab]);
        assert_eq!(missing, ["packages of pacman: 2 that make no sense"]);
    }
}
