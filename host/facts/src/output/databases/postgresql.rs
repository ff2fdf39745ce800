//! PostgreSQL: the answers of `psql -X -A -t` with tabs between the values, one row a line.

use super::{Database, MOST, Server, moment};

/// The port where none is said.
pub const PORT: u64 = 5432;

/// Version, port, folder and start of the server.
pub const SERVER: &str = "SELECT current_setting('server_version'), current_setting('port'), \
    current_setting('data_directory'), pg_postmaster_start_time()";

/// Every database with its size, when its folder was made, and when something in it was last made or removed.
pub const DATABASES: &str = "SELECT datname, pg_database_size(oid), \
    (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification, \
    (pg_stat_file('base/' || oid, true)).modification FROM pg_database ORDER BY datname";

/// The answer to [`SERVER`].
pub fn server(text: &str) -> Option<Server> {
    let mut values = text.lines().next()?.split('\t');
    // `16.4 (Debian 16.4-1.pgdg120+1)`
    let version =
        values.next()?.split_whitespace().next().filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut server = Server::new("postgresql", "PostgreSQL", "PostgreSQL", version);
    server.port = Some(values.next().and_then(|port| port.parse().ok()).unwrap_or(PORT));
    server.path = values.next().filter(|path| path.starts_with('/')).map(str::to_owned);
    server.started = values.next().and_then(moment);
    Some(server)
}

/// The answer to [`DATABASES`].
pub fn databases(text: &str) -> Vec<Database> {
    let database = |line: &str| {
        let mut values = line.split('\t');
        let name = values.next().filter(|name| !name.is_empty())?.to_owned();
        let size = values.next()?.trim().parse().ok();
        let created = values.next().and_then(moment);
        let updated = values.next().and_then(moment);
        Some(Database { name, size, created, updated, active: true })
    };
    text.lines().filter_map(database).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_and_its_databases() {
        let server =
            server("16.4 (Debian 16.4-1)\t5433\t/var/lib/postgresql/16/main\t2024-05-06 07:08:09.1+02\n").unwrap();
        assert_eq!(
            (server.version.as_str(), server.port, server.started.as_deref()),
            ("16.4", Some(5433), Some("2024-05-06 07:08:09"))
        );
        let found = databases("a b\t7654321\t2024-01-02 03:04:05+01\t\nno size\n");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].size, found[0].updated.is_none()), ("a b", Some(7_654_321), true));
    }

    #[test]
    fn garbage() {
        assert_eq!(server(""), None);
        assert_eq!(server("FATAL: no\n"), None);
        assert_eq!(databases("\t\t\n"), []);
    }
}
