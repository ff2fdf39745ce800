//! MySQL and MariaDB, over the server's socket: `mariadb` or `mysql`, as whoever asks. The server knows by the socket who
//! that is (`unix_socket`, `auth_socket`).

use crate::Scan;
use crate::output::databases::Server;
use crate::output::databases::mysql::{self, DATABASES, SERVER};

/// Where distributions have the socket; none that everybody can write to.
const SOCKETS: [&str; 4] =
    ["/run/mysqld/mysqld.sock", "/run/mysql/mysql.sock", "/run/mariadb/mariadb.sock", "/var/lib/mysql/mysql.sock"];

pub(super) fn servers(scan: &Scan<'_>) -> Vec<Server> {
    let Some(socket) = SOCKETS.into_iter().find(|socket| scan.roots().exists(socket)) else { return Vec::new() };
    let Some(client) = ["mariadb", "mysql"].into_iter().find(|tool| scan.has_tool(tool)) else {
        scan.missing("MySQL: its server runs, and neither mariadb nor mysql is in the system's folders");
        return version(scan).into_iter().collect();
    };
    let socket = format!("--socket={socket}");
    let statements = format!("{SERVER}; {DATABASES}");
    let arguments = ["--batch", "--skip-column-names", "--connect-timeout=5", &socket, "--execute", &statements];
    match scan.output(client, &arguments) {
        Some(text) => read(scan, &text).into_iter().collect(),
        None => version(scan).into_iter().collect(),
    }
}

/// The answer to the first statements has two lines.
fn read(scan: &Scan<'_>, text: &str) -> Option<Server> {
    let end = text.match_indices('\n').nth(1).map_or(text.len(), |(at, _)| at + 1);
    let (first, rest) = text.split_at_checked(end)?;
    let Some((mut server, started)) = mysql::server(first) else {
        scan.missing("MySQL: the answer of its client is not understood");
        return None;
    };
    server.started = started.and_then(|seconds| scan.machine.local_time(seconds));
    server.databases = mysql::databases(rest);
    Some(server)
}

/// The server that lets nobody in at least has a version: `mariadbd  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu`.
fn version(scan: &Scan<'_>) -> Option<Server> {
    let tool = ["mariadbd", "mysqld"].into_iter().find(|tool| scan.has_tool(tool))?;
    let text = scan.output(tool, &["--version"])?;
    let (_, version) = text.split_once("Ver ")?;
    mysql::named(version.split_whitespace().next()?)
}
