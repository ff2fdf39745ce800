//! Database servers that run on this machine, and their databases.
//!
//! An engine is looked for by what its server makes: a socket, a file with its process, an entry in its table. Only then
//! is its own client run, over the local socket and as the user to whom the server lets in without a password. No
//! password is ever given to a client; what it takes one for is said.

mod db2;
mod mongodb;
mod mssql;
mod mysql;
mod oracle;
mod postgresql;

use crate::Scan;
use crate::output::databases::Server;

type Engine = fn(&Scan<'_>) -> Vec<Server>;

const ENGINES: [Engine; 6] =
    [mysql::servers, postgresql::servers, mongodb::servers, mssql::servers, oracle::servers, db2::servers];

/// The section of servers.
pub(super) fn servers(scan: &Scan<'_>) {
    for server in scan.machine.databases(scan) {
        scan.row(server.row());
    }
}

/// The section of databases, each in a server.
pub(super) fn databases(scan: &Scan<'_>) {
    for server in scan.machine.databases(scan) {
        server.database_rows().for_each(|row| scan.row(row));
    }
}

/// Every server. What is missing is said to the collector that asks first.
pub(crate) fn read(scan: &Scan<'_>) -> Vec<Server> {
    let mut servers: Vec<Server> = Vec::new();
    for engine in ENGINES {
        if scan.expired() {
            scan.missing("database servers: out of time");
            break;
        }
        for mut server in engine(scan) {
            // Databases name their server: two of one product must not have one name.
            if servers.iter().any(|one| one.name == server.name) {
                let more = server.port.map(|port| format!("port {port}")).or_else(|| server.path.clone());
                server.name = format!("{} ({})", server.name, more.unwrap_or_else(|| server.version.clone()));
            }
            if servers.iter().all(|one| one.name != server.name) {
                servers.push(server);
            }
        }
    }
    servers
}

/// Runs a client as another user, without a shell; as that user itself if it is the one that asks.
fn output_as(scan: &Scan<'_>, user: &str, words: &[&str]) -> Option<String> {
    if !scan.has_tool("runuser") {
        scan.missing(format_args!("{}: runuser is not in the system's folders", words.first().unwrap_or(&"")));
        return None;
    }
    let arguments: Vec<&str> = ["-u", user, "--"].into_iter().chain(words.iter().copied()).collect();
    scan.output("runuser", &arguments)
}

/// Whether this process may become another user. What is captured was asked by root.
fn is_root(scan: &Scan<'_>) -> bool {
    !scan.roots().is_live() || nix::unistd::geteuid().is_root()
}

#[cfg(test)]
mod tests;
