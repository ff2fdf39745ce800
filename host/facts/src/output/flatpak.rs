//! `flatpak list --columns=application,branch,installation,name` and `flatpak info` (flatpak-list(1), flatpak-info(1)).
//!
//! The list names what is installed; what is known of each is in its own block of `Name: value` lines, right-aligned.

use crate::output::package::{Package, bytes};
use crate::output::pairs;
use airlock_model::Row;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed<'a> {
    pub id: &'a str,
    pub branch: &'a str,
    /// `system`, `user`, or the name of another installation.
    pub installation: &'a str,
    /// The name for people.
    pub name: &'a str,
}

/// What is installed, in the order of the list. A line without a name or a branch is none of it.
pub fn list(text: &str) -> Vec<Installed<'_>> {
    text.lines().filter_map(installed).collect()
}

fn installed(line: &str) -> Option<Installed<'_>> {
    let mut fields = line.split('\t').map(str::trim);
    let id = fields.next().filter(|id| !id.is_empty())?;
    let branch = fields.next()?;
    let installation = fields.next()?;
    let name = fields.next().filter(|name| !name.is_empty()).unwrap_or(id);
    Some(Installed { id, branch, installation, name })
}

/// One of them with what `flatpak info` says of it.
pub fn package(installed: &Installed<'_>, info: &str) -> Row {
    let said = |name| pairs::value(info, name).unwrap_or_default();
    let version = Some(said("Version")).filter(|version| !version.is_empty()).unwrap_or(installed.branch);
    // `2022-02-21 22:51:49 +0000`
    let date = said("Date").split(' ').next().unwrap_or_default();
    let package = Package {
        name: installed.name.into(),
        version: version.into(),
        arch: said("Arch"),
        bytes: bytes(said("Installed")),
        from: "flatpak",
        category: installed.installation.into(),
        publisher: said("Origin").into(),
        comments: comment(installed.id).into(),
        installed: if is_date(date) { date.into() } else { "".into() },
        ..Package::default()
    };
    package.row()
}

/// The identifier is what an application is called by; its name is for people.
pub(crate) fn comment(id: &str) -> String {
    format!("AppID: {id}")
}

fn is_date(text: &str) -> bool {
    let digits = |b: Option<&[u8]>| b.is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    let b = text.as_bytes();
    b.len() == 10
        && b.get(4) == Some(&b'-')
        && b.get(7) == Some(&b'-')
        && digits(b.get(..4))
        && digits(b.get(5..7))
        && digits(b.get(8..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_and_its_block_are_a_row() {
        let list = list("org.example.Draw\tstable\tuser\tDraw\norg.example.Base\t23\tsystem\t\nno list\n");
        assert_eq!(list.len(), 2);
        let info = "\nDraw - Pictures\n\n          ID: org.example.Draw\n        Arch: aarch64\n     Version: 3.2\n\
                    \n      Origin: lab\n   Installed: 2.0 MB\n        Date: 2024-01-31 23:10:00 +0000\n";
        let draw = Row::new()
            .with("name", "Draw")
            .with("version", "3.2")
            .with("arch", "aarch64")
            .with("filesize", 2_i64 << 20)
            .with("from", "flatpak")
            .with("system_category", "user")
            .with("publisher", "lab")
            .with("comments", "AppID: org.example.Draw")
            .with("install_date", "2024-01-31");
        assert_eq!(package(&list[0], info), draw);
        let base = package(&list[1], "garbage\n:::\nDate: 2024-1-1");
        assert_eq!(base.text("name"), Some("org.example.Base"));
        assert_eq!(base.text("version"), Some("23"));
        assert_eq!(base.get("install_date"), None);
    }
}
