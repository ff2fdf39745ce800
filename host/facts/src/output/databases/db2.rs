//! IBM Db2: its installations (`db2ls -c`), instances (`db2ilist`), and what the command line processor prints.

use super::{Database, MOST, Server, moment};
use crate::units::month_first;

/// The port where none is said.
pub const PORT: u64 = 50000;

/// Path and version of the first installation that `db2ls -c` prints: `#PATH:VRMF:…`, then a line each.
pub fn installation(text: &str) -> Option<(String, String)> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut parts = line.split(':').map(str::trim);
        let (path, version) = (parts.next()?, parts.next()?);
        (path.starts_with('/') && !version.is_empty()).then(|| (path.to_owned(), version.to_owned()))
    })
}

/// Instances: a name a line.
pub fn instances(text: &str) -> Vec<String> {
    let plain = |name: &&str| {
        (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_$#@-".contains(&b))
    };
    text.lines().map(str::trim).filter(plain).take(MOST).map(str::to_owned).collect()
}

/// An instance, with what `get snapshot for dbm` says of it, which takes an authority that not everybody has.
pub fn server(name: &str, version: &str, snapshot: &str) -> Server {
    let mut server = Server::new("db2", "IBM", name, version);
    server.port = Some(PORT);
    if !failed(snapshot) {
        server.started = value(snapshot, "Start Database Manager timestamp").and_then(month_first);
        server.active = value(snapshot, "Database manager status").is_none_or(|status| status.starts_with("Active"));
    }
    server
}

/// The databases of `list db directory`. Where connecting failed before, the directory is that of another instance.
pub fn directory(text: &str) -> Vec<String> {
    if failed(text) {
        return Vec::new();
    }
    let names = text.lines().filter_map(|line| entry(line, "Database name"));
    names.filter(|name| !name.is_empty()).take(MOST).map(str::to_owned).collect()
}

/// A database: `call get_dbsize_info(…)`, and the dates that two statements give.
pub fn database(name: &str, sizes: &str, created: &str, updated: &str) -> Database {
    let mut after = sizes.lines().skip_while(|line| !line.trim_end().ends_with(": DATABASESIZE"));
    let size = after.nth(1).and_then(|line| line.split_once(':')?.1.trim().parse().ok());
    let date = |text: &str| text.lines().find_map(moment);
    Database { name: name.to_owned(), size, created: date(created), updated: date(updated), active: !failed(sizes) }
}

/// Whether an answer begins with a message of an error: `SQL0104N`.
fn failed(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let number = first.strip_prefix("SQL").and_then(|rest| rest.strip_suffix('N'));
    number.is_some_and(|number| number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| entry(line, key)).filter(|value| !value.is_empty())
}

fn entry<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (found, value) = line.split_once('=')?;
    (found.trim() == key).then(|| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installations_and_instances() {
        let (path, version) = installation("#PATH:VRMF:FIXPACK\n/opt/db2:11.5.9.0:0 ::Fri\n").unwrap();
        assert_eq!((path.as_str(), version.as_str()), ("/opt/db2", "11.5.9.0"));
        assert_eq!(instances("db2inst1\n; rm\n\n"), ["db2inst1"]);
        assert_eq!(installation(""), None);
    }

    #[test]
    fn answers() {
        let snapshot = "\nDatabase manager status   = Quiesced\nStart Database Manager timestamp               = 09/02/2024 07:00:05.761700\n";
        let found = server("db2inst1", "11.5", snapshot);
        assert_eq!((found.started.as_deref(), found.active), (Some("2024-09-02 07:00:05"), false));
        assert_eq!(directory(" Database alias = A\n Database name                        = SALES\n"), ["SALES"]);
        assert_eq!(directory("SQL1092N  The requested\n Database name = X\n"), Vec::<String>::new());
        let sizes = "  Parameter Name  : DATABASESIZE\n  Parameter Value : 1048576\n";
        let found = database("SALES", sizes, "x\n2024-01-02 03:04:05   \n", "");
        assert_eq!(
            (found.size, found.created.as_deref(), found.updated),
            (Some(1 << 20), Some("2024-01-02 03:04:05"), None)
        );
    }
}
