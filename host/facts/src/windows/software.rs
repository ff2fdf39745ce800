//! Programs: the registry's `…\CurrentVersion\Uninstall`, hot fixes (Win32_QuickFixEngineering) and packages of the store.

mod appx;
mod sql_server;

pub use appx::appx_packages;
pub use sql_server::{Edition, sql_server_edition};

use super::registry::Key;
use super::wmi::{Instance, compact_date};
use crate::units;
use airlock_model::Row;

/// Programs that are read of one key.
const PROGRAMS: usize = 50_000;

/// The publisher that all programs of the system have, whatever the system's language.
const MICROSOFT: &str = "Microsoft Corporation";

/// Rows of the section `softwares` for one `Uninstall` key. What has neither a name nor anything to say is left out:
/// remains of programs, and marks that setup programs leave.
pub fn uninstall(key: &Key, arch: &str, editions: &[Edition]) -> Vec<Row> {
    let programs = key.keys().take(PROGRAMS).filter(|program| program.len() > 1);
    let rows = programs.map(|program| {
        let text = |name: &str| program.raw(name);
        let version = program.text("DisplayVersion");
        let name = program.text("DisplayName").unwrap_or(&program.name);
        let system = program.number("SystemComponent") == Some(1);
        let part = |names: [&str; 2]| names.iter().find_map(|name| program.number(name)).map(|part| part.to_string());
        let mut row = Row::new().with("name", sql_server::with_edition(name, version, editions));
        row.set("from", "registry")
            .set("arch", arch)
            .set("guid", program.name.as_str())
            .set("system_category", if system { "system_component" } else { "application" })
            .maybe("version", version)
            .maybe("version_major", part(["VersionMajor", "MajorVersion"]))
            .maybe("version_minor", part(["VersionMinor", "MinorVersion"]))
            .maybe("publisher", program.text("Publisher"))
            .maybe("comments", text("Comments"))
            .maybe("helplink", text("HelpLink"))
            .maybe("url_info_about", text("URLInfoAbout"))
            .maybe("uninstall_string", text("UninstallString"))
            .maybe("release_type", program.text("ReleaseType"))
            .maybe("install_date", program.text("InstallDate").and_then(install_date))
            .maybe("filesize", program.number("EstimatedSize").map(|kilobytes| kilobytes.saturating_mul(1024)));
        row.maybe("no_remove", program.number("NoRemove").map(|no| no == 1));
        row
    });
    rows.collect()
}

/// `20170502`, or a date of the locale with the month first.
fn install_date(text: &str) -> Option<String> {
    compact_date(text).filter(|_| text.len() == 8).or_else(|| units::month_first(text))
}

/// Rows of the section `softwares` for hot fixes. Old systems list the files of a fix too; those have no number.
pub fn hot_fixes(instances: &[Instance], arch: &str) -> Vec<Row> {
    let rows = instances.iter().filter_map(|fix| {
        let name = fix.text("HotFixID").filter(|name| name.starts_with("KB"))?;
        let description = fix.text("Description");
        let kind = ["Security Update", "Hotfix", "Service Pack", "Update"]
            .into_iter()
            .find(|kind| description.is_some_and(|text| text.starts_with(kind)));
        let mut row = Row::new().with("name", name);
        row.set("from", "WMI")
            .set("arch", arch)
            .maybe("comments", description)
            .maybe("release_type", kind)
            .set(
                "system_category",
                kind.map_or_else(|| "update".to_owned(), |kind| kind.to_lowercase().replace(' ', "_")),
            )
            .maybe("install_date", fix.text("InstalledOn").and_then(units::month_first));
        Some(row)
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn programs_of_the_registry() {
        let key = Key::parse(
            "[H\\Uninstall]\n[H\\Uninstall\\Rest]\n@=\"\"\n[H\\Uninstall\\{1}]\n\"DisplayName\"=\"Thing 1.2\"\n\
             \"DisplayVersion\"=\"1.2\"\n\"UninstallString\"=\"\\\"C:\\\\a b.exe\\\" /x\"\n\"InstallDate\"=\"20200131\"\n\
             \"NoRemove\"=dword:00000001\n[H\\Uninstall\\Bare]\n\"a\"=\"1\"\n\"SystemComponent\"=dword:00000001\n",
        );
        let rows = uninstall(&key.unwrap(), "i586", &[]);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("name"), rows[0].text("system_category")), (Some("Bare"), Some("system_component")));
        assert_eq!((rows[1].text("guid"), rows[1].text("install_date")), (Some("{1}"), Some("2020-01-31")));
        assert_eq!(rows[1].text("uninstall_string"), Some("\"C:\\a b.exe\" /x"));
        assert_eq!(rows[1].get("no_remove"), Some(&true.into()));
    }

    #[test]
    fn hot_fixes_have_numbers() {
        let found = instances(
            "HotFixID=File 1\n\nHotFixID=KB1\nDescription=Security Update\nInstalledOn=1/15/2011\n\nHotFixID=KB2\n",
        );
        let rows = hot_fixes(&found, "x86_64");
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[0].text("install_date"), rows[0].text("system_category")),
            (Some("2011-01-15"), Some("security_update"))
        );
        assert_eq!((rows[1].text("release_type"), rows[1].text("system_category")), (None, Some("update")));
    }
}
