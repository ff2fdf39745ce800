//! MongoDB: what its shell prints for one small script, a JSON object.

use super::{Database, MOST, Server};
use serde_json::Value;

/// The port where none is said.
pub const PORT: u64 = 27017;

/// Runs in `mongosh` and in the older `mongo`. Numbers of 64 bits are objects there, hence `Number`.
pub const SCRIPT: &str = "print(JSON.stringify({version: db.version(), \
    started: Date.now() - Number(db.serverStatus().uptimeMillis), \
    databases: db.adminCommand({listDatabases: 1}).databases.map(function (d) { return {name: d.name, \
    sizeOnDisk: Number(d.sizeOnDisk), ok: db.getSiblingDB(d.name).runCommand({ping: 1}).ok}; })}))";

/// The answer to [`SCRIPT`], with the second at which the server started, since 1970.
pub fn server(text: &str) -> Option<(Server, Option<i64>)> {
    // A shell may greet first.
    let json = text.get(text.find('{')?..)?;
    let answer: Value = serde_json::Deserializer::from_str(json).into_iter().next()?.ok()?;
    let version = answer.get("version")?.as_str().filter(|version| !version.is_empty())?;
    let mut server = Server::new("mongodb", "MongoDB", "MongoDB", version);
    server.port = Some(PORT);
    let databases = answer.get("databases").and_then(Value::as_array);
    for database in databases.into_iter().flatten().take(MOST) {
        let Some(name) = database.get("name").and_then(Value::as_str) else { continue };
        let active = database.get("ok").and_then(Value::as_f64) == Some(1.0);
        let size = database.get("sizeOnDisk").and_then(|size| size.as_u64().or_else(|| whole(size.as_f64()?)));
        server.databases.push(Database { name: name.to_owned(), size, active, ..Database::default() });
    }
    let started = answer.get("started").and_then(|millis| millis.as_u64().or_else(|| whole(millis.as_f64()?)));
    Some((server, started.and_then(|millis| i64::try_from(millis / 1000).ok())))
}

/// A shell may write a large number as `1e+21`; beyond what a double holds exactly it is none.
fn whole(number: f64) -> Option<u64> {
    format!("{:.0}", number.trunc()).parse().ok().filter(|whole| *whole < 1 << 53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server() {
        let text = "Current session\n{\"version\":\"7.0.1\",\"started\":1700000000123,\"databases\":[{\"name\":\"a\",\"sizeOnDisk\":4096,\"ok\":1},{\"name\":\"b\",\"sizeOnDisk\":8.0},{}]}\n";
        let (server, started) = server(text).unwrap();
        assert_eq!((server.version.as_str(), started), ("7.0.1", Some(1_700_000_000)));
        assert_eq!(server.databases.len(), 2);
        assert_eq!((server.databases[0].size, server.databases[0].active), (Some(4096), true));
        assert_eq!((server.databases[1].size, server.databases[1].active), (Some(8), false));
    }

    #[test]
    fn garbage() {
        assert_eq!(server("MongoNetworkError: connect ECONNREFUSED"), None);
        assert_eq!(server("{\"version\":\"\"}"), None);
        assert_eq!(server("{\"version\":"), None);
    }
}
