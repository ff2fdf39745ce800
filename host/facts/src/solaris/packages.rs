//! Software, from `pkg info` (the image packaging system, pkg(1)) and `pkginfo -l` (System V packages, pkginfo(1)): both
//! write `Name: value` lines, with the names to the right, and an empty line between packages.

use crate::units::{Number, spelled};
use airlock_model::Row;

const MOST: usize = 100_000;

/// The packages of either tool.
pub fn rows(text: &str) -> Vec<Row> {
    packages(text)
        .filter_map(|package| if package.has("PKGINST") { package.system_v() } else { package.image() })
        .collect()
}

/// When a package was installed, of the output for this package alone: `YYYY-MM-DD hh:mm:ss`.
pub fn install_date(text: &str) -> Option<String> {
    let package = packages(text).next()?;
    spelled(package.get("Last Install Time").or_else(|| package.get("INSTDATE"))?)
}

struct Package<'a>(Vec<(&'a str, &'a str)>);

fn packages(text: &str) -> impl Iterator<Item = Package<'_>> {
    let mut lines = text.lines();
    let paragraphs = std::iter::from_fn(move || {
        let first = lines.by_ref().find(|line| !line.trim().is_empty())?;
        let rest = lines.by_ref().take_while(|line| !line.trim().is_empty());
        let fields = std::iter::once(first).chain(rest).filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim(), value.trim()))
        });
        Some(Package(fields.take(256).collect()))
    });
    paragraphs.take(MOST)
}

impl Package<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == name)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| *value)
    }

    fn day(&self, name: &str) -> Option<String> {
        Some(spelled(self.get(name)?)?.split(' ').next()?.to_owned())
    }

    /// A package without a size of its own has only dependencies.
    fn image(&self) -> Option<Row> {
        let mut row = Row::new().with("name", self.get("Name")?);
        row.maybe("version", self.get("Version")).maybe("publisher", self.get("Publisher"));
        row.maybe("comments", self.get("Summary"))
            .maybe("filesize", self.get("Size").and_then(bytes).filter(|size| *size > 0));
        row.maybe("install_date", self.day("Last Install Time"));
        Some(row)
    }

    fn system_v(&self) -> Option<Row> {
        let mut row = Row::new().with("name", self.get("PKGINST")?);
        row.maybe("version", self.get("VERSION")).maybe("publisher", self.get("VENDOR"));
        row.maybe("comments", self.get("DESC").or_else(|| self.get("NAME")));
        row.maybe("install_date", self.day("INSTDATE"));
        Some(row)
    }
}

/// `1.63 MB`, in powers of 1024.
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = Number::leading(text)?;
    let scale = match unit {
        "B" => 0,
        "kB" => 10,
        "MB" => 20,
        "GB" => 30,
        "TB" => 40,
        _ => return None,
    };
    number.times(1 << scale)?.whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tools_are_read() {
        let rows = rows(
            "          Name: lab/one\n       Summary: The first\n   Description: Of many: words\n                in lines\n     Publisher: lab\n       Version: 1.2 (Lab 3)\nLast Install Time: Sun Oct 31 20:36:45 2021\n          Size: 1.50 MB\n\n\n   PKGINST:  LABtwo\n      NAME:  The second\n   VERSION:  11.11,REV=1\n    VENDOR:  Lab\n  INSTDATE:  Nov 30 2018 12:44\n",
        );
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text("version"), Some("1.2 (Lab 3)"));
        assert_eq!(rows[0].integer("filesize"), Some(1_572_864));
        assert_eq!(rows[0].text("install_date"), Some("2021-10-31"));
        assert_eq!(rows[1].text("name"), Some("LABtwo"));
        assert_eq!(rows[1].text("comments"), Some("The second"));
        assert_eq!(rows[1].text("install_date"), Some("2018-11-30"));
    }

    #[test]
    fn a_date_of_one_package_has_its_time() {
        assert_eq!(
            install_date("PKGINST: LABroot\nINSTDATE: Nov 30 2018 12:44\n").as_deref(),
            Some("2018-11-30 12:44:00")
        );
        assert_eq!(install_date("\n\n"), None);
        assert!(rows(":\n\nName:\n\n   : x\n").is_empty());
    }
}
