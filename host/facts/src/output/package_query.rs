//! Packages as `rpm --query --queryformat` and `dpkg-query --show --showformat` print them: one record a package, in the
//! order that a format of the caller's names (rpm(8), QUERY OPTIONS; dpkg-query(1)).
//!
//! The format that asks is the format that reads. Refuses records with fewer fields than it names: they are counted.

use crate::Machine;
use crate::output::package::Package;
use airlock_model::Row;

/// Between fields and at the end of records that no name, version or summary is in: what ASCII has for this, and what
/// people write by hand.
const FIELDS: [char; 2] = ['\x1f', '\t'];
const RECORDS: [char; 2] = ['\x1e', '\n'];

/// Public keys that rpm lists among the packages.
const KEY: &str = "gpg-pubkey";

/// A format as a program asks with, and `\t` and `\n` in it as the tools write them.
#[derive(Debug, Clone)]
pub struct Format {
    columns: Vec<Column>,
    from: &'static str,
    records: char,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Version,
    Arch,
    Bytes,
    Kibibytes,
    Installed,
    Category,
    Publisher,
    Summary,
    Status,
    Other,
}

impl Format {
    /// Of rpm: tags such as `%{NAME}`.
    pub fn rpm(format: &str) -> Self {
        Self::new(format, "rpm")
    }

    /// Of dpkg-query: fields such as `${Package}`.
    pub fn dpkg(format: &str) -> Self {
        Self::new(format, "deb")
    }

    fn new(format: &str, from: &'static str) -> Self {
        let format = format.replace("\\t", "\t").replace("\\n", "\n");
        let columns = format.trim_end_matches(RECORDS).split(FIELDS).map(Column::of).collect();
        Self { columns, from, records: if format.contains('\x1e') { '\x1e' } else { '\n' } }
    }
}

impl Column {
    fn of(field: &str) -> Self {
        let Some((_, rest)) = field.split_once('{') else { return Self::Other };
        let (tag, _) = rest.split_once(['}', ':', ';']).unwrap_or((rest, ""));
        match tag.to_ascii_uppercase().as_str() {
            "NAME" | "PACKAGE" | "BINARY:PACKAGE" => Self::Name,
            "VERSION" | "EVR" => Self::Version,
            "ARCH" | "ARCHITECTURE" => Self::Arch,
            "SIZE" | "LONGSIZE" => Self::Bytes,
            "INSTALLED-SIZE" => Self::Kibibytes,
            "INSTALLTIME" => Self::Installed,
            "GROUP" | "SECTION" => Self::Category,
            "VENDOR" => Self::Publisher,
            "SUMMARY" => Self::Summary,
            "STATUS" => Self::Status,
            _ => Self::Other,
        }
    }
}

/// The packages that are wholly installed, and how many records make no sense.
pub fn packages(text: &str, format: &Format, machine: &Machine) -> (Vec<Row>, usize) {
    let mut rows = Vec::new();
    let mut broken = 0;
    for record in text.split(format.records).filter(|record| !record.trim().is_empty()) {
        match package(record, format, machine) {
            Some(Some(row)) => rows.push(row),
            Some(None) => {}
            None => broken += 1,
        }
    }
    (rows, broken)
}

/// None for a record that is not whole, nothing for one of what is no installed package.
fn package(record: &str, format: &Format, machine: &Machine) -> Option<Option<Row>> {
    let mut package = Package { from: format.from, ..Package::default() };
    let mut fields = record.split(FIELDS).map(said);
    for column in &format.columns {
        let value = fields.next()?;
        match column {
            Column::Name => package.name = value.into(),
            Column::Version => package.version = value.into(),
            Column::Arch => package.arch = value,
            Column::Bytes => package.bytes = value.parse().ok(),
            Column::Kibibytes => package.bytes = value.parse::<u64>().ok().and_then(|kib| kib.checked_mul(1024)),
            Column::Installed => {
                let date = value.parse().ok().and_then(|secs| machine.local_date(secs));
                package.installed = date.unwrap_or_default().into();
            }
            Column::Category => package.category = value.into(),
            Column::Publisher => package.publisher = value.into(),
            Column::Summary => package.comments = value.into(),
            // `install ok installed`; not `install ok half-installed`.
            Column::Status if value.rsplit(' ').next() != Some("installed") => return Some(None),
            Column::Status | Column::Other => {}
        }
    }
    if package.name.is_empty() {
        return None;
    }
    Some((package.name != KEY || format.from != "rpm").then(|| package.row()))
}

/// The value, unless the tool says that there is none.
fn said(value: &str) -> &str {
    let value = value.trim();
    if value == "(none)" { "" } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn read(text: &str, format: &Format) -> (Vec<Row>, usize) {
        packages(text, format, &TestMachine::new().machine())
    }

    #[test]
    fn lines_in_the_order_of_the_format() {
        let format =
            Format::dpkg(r"${Package}\t${Architecture}\t${Version}\t${Installed-Size}\t${Section}\t${Status}\n");
        let text = "less\tamd64\t590-2\t310\ttext\tinstall ok installed\n\
                    gone\tall\t1\t\t\tdeinstall ok config-files\n\
                    half\tall\t1\t1\n";
        let less = Row::new()
            .with("name", "less")
            .with("version", "590-2")
            .with("arch", "amd64")
            .with("filesize", 310_i64 * 1024)
            .with("from", "deb")
            .with("system_category", "text");
        assert_eq!(read(text, &format), (vec![less], 1));
    }

    #[test]
    fn a_summary_may_have_any_character_but_the_separators() {
        let format = Format::rpm("%{NAME}\x1f%{VERSION}-%{RELEASE}\x1f%{INSTALLTIME}\x1f%{SUMMARY}\x1e");
        let text = "one\x1f1-2\x1f1700000000\x1ftwo\nlines\x1egpg-pubkey\x1fa-b\x1f1\x1fkey\x1e";
        let one = Row::new()
            .with("name", "one")
            .with("version", "1-2")
            .with("from", "rpm")
            .with("comments", "two\nlines")
            .with("install_date", "2023-11-14");
        assert_eq!(read(text, &format), (vec![one], 0));
    }

    #[test]
    fn no_time_and_no_size_are_no_reason_to_lose_a_package() {
        let format = Format::rpm(r"%{NAME}\t%{SIZE}\t%{INSTALLTIME}\n");
        let (rows, broken) = read("a\t-7\t99999999999999999999\nb\t(none)\t(none)\n\t1\t1\n", &format);
        assert_eq!(rows, ["a", "b"].map(|name| Row::new().with("name", name).with("from", "rpm")));
        assert_eq!(broken, 1);
        assert_eq!(read("", &format), (vec![], 0));
    }
}
