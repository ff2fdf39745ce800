//! Database servers, from what their own clients print.
//!
//! Each engine has a file with the statements that are asked, and the functions that read the answers. Nothing of the
//! contents of a database is asked for: names, sizes and dates only.

pub mod db2;
pub mod mongodb;
pub mod mssql;
pub mod mysql;
pub mod oracle;
pub mod postgresql;

use airlock_model::Row;

/// More databases than a server has; what is beyond is not read.
pub(crate) const MOST: usize = 20_000;

const MIB: u64 = 1 << 20;

/// One server, or one instance of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `mysql`, `postgresql`, `mongodb`, `mssql`, `oracle` or `db2`.
    pub kind: &'static str,
    pub manufacturer: &'static str,
    pub name: String,
    pub version: String,
    pub port: Option<u64>,
    pub path: Option<String>,
    /// `YYYY-MM-DD hh:mm:ss`
    pub started: Option<String>,
    pub active: bool,
    pub databases: Vec<Database>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Database {
    pub name: String,
    /// In bytes.
    pub size: Option<u64>,
    pub created: Option<String>,
    pub updated: Option<String>,
    pub active: bool,
}

impl Server {
    pub(crate) fn new(kind: &'static str, manufacturer: &'static str, name: &str, version: &str) -> Self {
        Self {
            kind,
            manufacturer,
            name: name.to_owned(),
            version: version.to_owned(),
            port: None,
            path: None,
            started: None,
            active: true,
            databases: Vec::new(),
        }
    }

    pub fn row(&self) -> Row {
        // Every server has some databases of its own: without any, they could not be asked for.
        let sizes = self.databases.iter().filter_map(|database| database.size).fold(0, u64::saturating_add);
        let size = Some(sizes / MIB).filter(|_| !self.databases.is_empty());
        let mut row = Row::new();
        row.set("type", self.kind)
            .set("name", self.name.as_str())
            .set("version", self.version.as_str())
            .set("manufacturer", self.manufacturer)
            .maybe("port", self.port)
            .maybe("path", self.path.as_deref())
            .maybe("size", size)
            .set("is_active", self.active)
            .maybe("last_boot_date", self.started.as_deref());
        row
    }

    /// The rows of its databases, which name it.
    pub fn database_rows(&self) -> impl Iterator<Item = Row> {
        self.databases.iter().map(|database| {
            let mut row = Row::new();
            row.set("name", database.name.as_str())
                .set("of", self.name.as_str())
                .maybe("size", database.size.map(|bytes| bytes / MIB))
                .set("is_active", database.active)
                .maybe("creation_date", database.created.as_deref())
                .maybe("update_date", database.updated.as_deref());
            row
        })
    }
}

/// `YYYY-MM-DD hh:mm:ss` from the same with a fraction, a zone or a `T` in it.
pub fn moment(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, time) = (text.get(..10)?, text.get(11..19)?);
    let shaped = |text: &str, shape: &[u8]| {
        text.bytes().zip(shape).all(|(byte, like)| if *like == b'0' { byte.is_ascii_digit() } else { byte == *like })
    };
    let between = text.get(10..11)?;
    let whole = shaped(date, b"0000-00-00") && shaped(time, b"00:00:00") && matches!(between, " " | "T");
    whole.then(|| format!("{date} {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!(moment(" 2024-05-06T07:08:09.123+02\r\n").as_deref(), Some("2024-05-06 07:08:09"));
        assert_eq!(moment("2024-05-06 07:08:09").as_deref(), Some("2024-05-06 07:08:09"));
        for other in ["", "NULL", "2024-05-06", "2024-05-06 7:08:09", "06/05/2024 07:08:09", "2024-05-0é 07:08:09"] {
            assert_eq!(moment(other), None, "{other}");
        }
    }

    #[test]
    fn a_server_is_as_large_as_its_databases() {
        let mut server = Server::new("mysql", "MariaDB", "MariaDB", "11.4");
        for size in [Some(MIB + MIB / 2), None, Some(MIB / 2)] {
            server.databases.push(Database { name: "x".to_owned(), size, active: true, ..Database::default() });
        }
        assert_eq!(server.row().integer("size"), Some(2));
        assert_eq!(Server::new("db2", "IBM", "a", "1").row().get("size"), None);
        let rows: Vec<Row> = server.database_rows().collect();
        assert_eq!(
            (rows[0].integer("size"), rows[0].text("of"), rows[1].get("size")),
            (Some(1), Some("MariaDB"), None)
        );
    }
}
