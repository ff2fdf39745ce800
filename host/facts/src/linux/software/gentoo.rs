//! Packages of Gentoo, from Portage's record of what is installed: a folder a package, `/var/db/pkg/CATEGORY/NAME-VERSION`,
//! with a small file for each thing known of it (portage(5), `/var/db/pkg`).

use super::days::Days;
use crate::Scan;
use crate::output::gentoo::split;
use crate::output::package::Package;

const DATABASE: &str = "/var/db/pkg";

pub(super) fn collect(scan: &Scan<'_>) {
    let mut days = Days::new();
    let mut broken = 0_u32;
    for category in scan.names(DATABASE) {
        for entry in scan.names(format!("{DATABASE}/{category}")) {
            // While it is being merged a package's folder has a name of its own.
            if entry.starts_with("-MERGING-") {
                continue;
            }
            if scan.expired() {
                scan.missing("packages of Portage: out of time");
                return;
            }
            let Some((name, version)) = split(&entry) else {
                broken += 1;
                continue;
            };
            let said = |file: &str| scan.roots().text(format!("{DATABASE}/{category}/{entry}/{file}")).ok();
            let built = said("BUILD_TIME").and_then(|secs| secs.trim().parse().ok());
            let package = Package {
                name: format!("{category}/{name}").into(),
                version: version.into(),
                bytes: said("SIZE").and_then(|size| size.trim().parse().ok()),
                comments: said("DESCRIPTION").map(|text| text.trim().to_owned()).unwrap_or_default().into(),
                installed: built.and_then(|secs| days.of(scan, secs)).unwrap_or_default().into(),
                ..Package::default()
            };
            scan.row(package.row());
        }
    }
    if broken > 0 {
        scan.missing(format_args!("packages of Portage: {broken} that make no sense"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use airlock_model::Row;

    #[test]
    fn every_folder_is_a_package() {
        let machine = TestMachine::of(&[
            ("var/db/pkg/app-lab/tool-set-1.2-r1/SIZE", "2048\n"),
            ("var/db/pkg/app-lab/tool-set-1.2-r1/DESCRIPTION", "Measures things\n"),
            ("var/db/pkg/app-lab/tool-set-1.2-r1/BUILD_TIME", "1700000000\n"),
        ]);
        machine.folder("var/db/pkg/sys-lab/-MERGING-other-1");
        machine.folder("var/db/pkg/sys-lab/odd");
        let tool = Row::new()
            .with("name", "app-lab/tool-set")
            .with("version", "1.2-r1")
            .with("filesize", 2048_i64)
            .with("comments", "Measures things")
            .with("install_date", "2023-11-14");
        let (rows, missing) = machine.collect(collect);
        assert_eq!(rows, [tool]);
        assert_eq!(missing, ["packages of Portage: 1 that make no sense"]);
    }
}
