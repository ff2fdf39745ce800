//! Microsoft SQL Server: the answers of `sqlcmd -W -h -1 -s ;`, one row a line, values separated by semicolons, then how
//! many rows there were, in the language of the server.

use super::{Database, MOST, Server, moment};

/// The port where none is said.
pub const PORT: u64 = 1433;

/// A server: its version (`SERVERPROPERTY('productversion')`), its name (`@@SERVICENAME`), what it says of itself
/// (`@@VERSION`) and its start (`sys.dm_os_sys_info`).
pub fn server(version: &str, service: &str, about: &str, started: &str) -> Option<Server> {
    let number = first(version).filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))?;
    // The instance without a name of its own has this one everywhere: the product says more.
    let service = first(service).filter(|name| *name != "MSSQLSERVER");
    let name = service.map(str::to_owned).or_else(|| product(about)).unwrap_or_else(|| "SQL Server".to_owned());
    let mut server = Server::new("mssql", "Microsoft", &name, number);
    server.port = Some(PORT);
    server.started = first(started).and_then(moment);
    Some(server)
}

fn first(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

/// `SQL Server 2022` from `Microsoft SQL Server 2022 (RTM-CU14) … `.
fn product(about: &str) -> Option<String> {
    let name = first(about)?.strip_prefix("Microsoft ")?.split(['(', '-']).next()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// `SELECT name, create_date, state FROM sys.databases`; state 0 is online.
pub fn databases(text: &str) -> Vec<Database> {
    let database = |line: &str| {
        // A name may hold semicolons.
        let mut values = line.trim().rsplitn(3, ';');
        let (state, created, name) = (values.next()?.trim(), values.next()?, values.next()?);
        let active = state.parse::<u32>().ok()? == 0;
        Some(Database { name: name.to_owned(), created: moment(created), active, ..Database::default() })
    };
    text.lines().filter_map(database).take(MOST).collect()
}

/// The size of a database in bytes, from `sp_spaceused`: `name;336.00 MB;57.13 MB`.
pub fn size(text: &str) -> Option<u64> {
    let mut values = first(text)?.rsplit(';');
    values.next()?;
    crate::output::virtual_machine::bytes(values.next()?, 1 << 20)
}

/// When something in a database was last changed.
pub fn updated(text: &str) -> Option<String> {
    first(text).and_then(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server() {
        let about = "Microsoft SQL Server 2022 (RTM) - 16.0\n\tCopyright\n";
        let found =
            server("16.0.1000.6\r\n\r\n(1 rows affected)", "MSSQLSERVER", about, "2024-05-06 07:08:09.123\n").unwrap();
        assert_eq!((found.name.as_str(), found.version.as_str()), ("SQL Server 2022", "16.0.1000.6"));
        assert_eq!(found.started.as_deref(), Some("2024-05-06 07:08:09"));
        assert_eq!(server("16.0", "SALES\n", "", "").unwrap().name, "SALES");
        assert_eq!(server("Sqlcmd: Error", "", "", ""), None);
    }

    #[test]
    fn its_databases() {
        let found = databases("a;b;2003-04-08 09:13:36.390;0\r\noff;2024-01-01 00:00:00;6\n\n(2 rows affected)\n");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].active, found[1].active), ("a;b", true, false));
        assert_eq!(size("a;b;336.50 MB;57.13 MB\n1 KB"), Some(673 << 19));
        assert_eq!((size("x"), updated("")), (None, None));
    }
}
