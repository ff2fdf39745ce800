//! SQL Server on Linux, which lets nobody in without credentials: that it runs is said, and no more.

use crate::Scan;
use crate::linux::virtual_machines::processes::command_lines;
use crate::output::databases::Server;

pub(super) fn servers(scan: &Scan<'_>) -> Vec<Server> {
    if scan.roots().exists("/var/opt/mssql") {
        let server = |program: &str| program.ends_with("/sqlservr");
        if !command_lines(scan, server).is_empty() {
            scan.missing("SQL Server: it runs, and can only be asked with credentials");
        }
    }
    Vec::new()
}
