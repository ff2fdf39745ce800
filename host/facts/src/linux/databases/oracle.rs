//! Oracle Database, by its files: instances from `oratab`, versions from the inventory of their homes, and what runs from
//! its processes. What an instance holds is asked with credentials only; those are not used here.

use crate::Scan;
use crate::linux::virtual_machines::processes::command_lines;
use crate::output::databases::Server;
use crate::output::databases::oracle::{self, PORT};

const TABLES: [&str; 2] = ["/etc/oratab", "/var/opt/oracle/oratab"];

pub(super) fn servers(scan: &Scan<'_>) -> Vec<Server> {
    let Some(text) = TABLES.into_iter().find_map(|table| scan.text(table)) else { return Vec::new() };
    let running = command_lines(scan, |program| program.starts_with("ora_pmon_") || program.starts_with("db_pmon_"));
    let runs =
        |sid: &str| running.iter().filter_map(|words| words.first()?.split_once("_pmon_")).any(|(_, name)| name == sid);
    let mut servers = Vec::new();
    for (sid, home) in oracle::oratab(&text) {
        let inventory = scan.text(format!("{home}/inventory/ContentsXML/comps.xml"));
        let Some(version) = inventory.and_then(|xml| oracle::version(&xml)) else {
            scan.missing(format_args!("Oracle instance {sid}: its home does not say its version"));
            continue;
        };
        let mut server = Server::new("oracle", "Oracle", &sid, &version);
        server.port = Some(PORT);
        server.path = Some(home);
        server.active = runs(&sid);
        if server.active {
            scan.missing(format_args!(
                "databases of the Oracle instance {sid}: they can only be asked for with credentials"
            ));
        }
        servers.push(server);
    }
    servers
}
