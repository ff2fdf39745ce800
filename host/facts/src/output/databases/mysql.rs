//! MySQL and MariaDB: the answers of `mysql --batch --skip-column-names`, one row a line, values separated by tabs.

use super::{Database, MOST, Server, moment};

/// The port where none is said.
pub const PORT: u64 = 3306;

/// Version, port, folder and time of the server; then, as a row of its own, for how long it runs.
pub const SERVER: &str = "SELECT VERSION(), @@port, @@datadir, UNIX_TIMESTAMP(); SHOW GLOBAL STATUS LIKE 'Uptime'";

/// Every database with the size of its tables, when the first of them was made, and when one was last changed. The tables
/// of the information schema are always of this moment: that is no date of theirs.
pub const DATABASES: &str = "SELECT s.schema_name, SUM(t.data_length + t.index_length), \
    MIN(IF(s.schema_name = 'information_schema', NULL, t.create_time)), \
    MAX(IF(s.schema_name = 'information_schema', NULL, t.update_time)) \
    FROM information_schema.schemata s LEFT JOIN information_schema.tables t ON t.table_schema = s.schema_name \
    GROUP BY s.schema_name ORDER BY s.schema_name";

/// The answer to [`SERVER`], with the second at which the server started, since 1970.
pub fn server(text: &str) -> Option<(Server, Option<i64>)> {
    let mut lines = text.lines();
    let mut values = lines.next()?.split('\t');
    let mut server = named(values.next()?)?;
    server.port = values.next().and_then(|port| port.parse().ok()).filter(|port| *port > 0);
    server.path = values.next().filter(|path| path.starts_with('/')).map(|path| path.trim_end_matches('/').to_owned());
    let now: Option<i64> = values.next().and_then(|seconds| seconds.parse().ok());
    let uptime: Option<i64> = lines.find_map(|line| line.strip_prefix("Uptime\t")?.trim().parse().ok());
    let started = now.and_then(|now| now.checked_sub(uptime?));
    Some((server, started))
}

/// A server by its version: `10.11.6-MariaDB-0+deb12u1`, `8.0.39-0ubuntu0.24.04.2`. Also the answer to `SHOW VARIABLES
/// LIKE 'version'`, where the name stands before the value.
pub fn named(version: &str) -> Option<Server> {
    let version = version.trim();
    let version = version.strip_prefix("version\t").unwrap_or(version);
    let number =
        version.split(['-', '+', ' ']).next().filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))?;
    let maker = if version.contains("MariaDB") { "MariaDB" } else { "MySQL" };
    let manufacturer = if maker == "MySQL" { "Oracle" } else { maker };
    let mut server = Server::new("mysql", manufacturer, maker, number);
    server.port = Some(PORT);
    Some(server)
}

/// The answer to [`DATABASES`].
pub fn databases(text: &str) -> Vec<Database> {
    let database = |line: &str| {
        let mut values = line.split('\t');
        let name = unescaped(values.next()?);
        let size = values.next().and_then(|size| size.parse().ok());
        let created = values.next().and_then(moment);
        let updated = values.next().and_then(moment);
        (!name.is_empty()).then_some(Database { name, size, created, updated, active: true })
    };
    text.lines().filter_map(database).take(MOST).collect()
}

/// In batches a tab in a value is written `\t`, and so on.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut letters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('t') => plain.push('\t'),
                Some('n') => plain.push('\n'),
                Some('0') | None => {}
                Some(other) => plain.push(other),
            },
            letter => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server() {
        let (server, started) = server("11.4.2-MariaDB-log\t3307\t/var/lib/mysql/\t1700000100\nUptime\t100\n").unwrap();
        assert_eq!((server.name.as_str(), server.version.as_str(), server.port), ("MariaDB", "11.4.2", Some(3307)));
        assert_eq!((server.path.as_deref(), started), (Some("/var/lib/mysql"), Some(1_700_000_000)));
        let other = named("8.4.0").unwrap();
        assert_eq!((other.name.as_str(), other.manufacturer, other.port), ("MySQL", "Oracle", Some(3306)));
        assert_eq!(named("version\t5.7.44-log\n").unwrap().version, "5.7.44");
        assert_eq!(named("ERROR 2002 (HY000)"), None);
    }

    #[test]
    fn databases_and_their_values() {
        let found = databases("a\\\\b\t2048\t2024-01-02 03:04:05\tNULL\nempty\tNULL\tNULL\tNULL\n\t\n");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].size), ("a\\b", Some(2048)));
        assert_eq!((found[0].created.as_deref(), found[0].updated.as_deref()), (Some("2024-01-02 03:04:05"), None));
        assert_eq!((found[1].name.as_str(), found[1].size), ("empty", None));
    }
}
