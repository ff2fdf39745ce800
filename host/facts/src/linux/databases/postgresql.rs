//! PostgreSQL, over the socket of each cluster: `psql` as the user `postgres`, whom a server lets in by who it is
//! (authentication `peer`).

use super::{is_root, output_as};
use crate::Scan;
use crate::output::databases::Server;
use crate::output::databases::postgresql::{self, DATABASES, SERVER};

const FOLDER: &str = "/run/postgresql";
const USER: &str = "postgres";
/// Clusters of one machine.
const MOST: usize = 64;

pub(super) fn servers(scan: &Scan<'_>) -> Vec<Server> {
    let names = scan.roots().names(FOLDER).unwrap_or_default();
    let mut ports: Vec<u16> =
        names.iter().filter_map(|name| name.strip_prefix(".s.PGSQL.")?.parse().ok()).take(MOST).collect();
    ports.sort_unstable();
    if ports.is_empty() {
        return Vec::new();
    }
    if !is_root(scan) {
        scan.missing("PostgreSQL: its server runs, and only root may ask it as the user postgres");
        return Vec::new();
    }
    if !scan.has_tool("psql") {
        scan.missing("PostgreSQL: its server runs, and psql is not in the system's folders");
        return Vec::new();
    }
    ports.into_iter().filter_map(|port| server(scan, port)).collect()
}

fn server(scan: &Scan<'_>, port: u16) -> Option<Server> {
    let port = port.to_string();
    let words = [
        // Nothing of root's own is read, and no password is asked for.
        "psql", "-X", "-w", "-A", "-t", "-F", "\t", "-h", FOLDER, "-p", &port, "-d", USER, "-c", SERVER, "-c", DATABASES,
    ];
    let text = output_as(scan, USER, &words)?;
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let Some(mut server) = postgresql::server(first) else {
        scan.missing(format_args!("PostgreSQL at port {port}: the answer of psql is not understood"));
        return None;
    };
    server.databases = postgresql::databases(rest);
    Some(server)
}
