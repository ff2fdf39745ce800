//! Db2, by its own list of installations and the homes of its instances' owners. What an instance holds is asked with the
//! rights of its owner only; those are not used here.

use crate::Scan;
use crate::linux::accounts::accounts;
use crate::linux::virtual_machines::processes::command_lines;
use crate::output::databases::{Server, db2};

pub(super) fn servers(scan: &Scan<'_>) -> Vec<Server> {
    if !scan.roots().exists("/opt/ibm/db2") && !scan.roots().exists("/var/db2") || !scan.has_tool("db2ls") {
        return Vec::new();
    }
    let Some((_, version)) = scan.output("db2ls", &["-c"]).and_then(|text| db2::installation(&text)) else {
        return Vec::new();
    };
    let passwd = scan.text("/etc/passwd").unwrap_or_default();
    let owners = accounts(&passwd).filter(|account| scan.roots().exists(format!("{}/sqllib/db2profile", account.home)));
    let runs = !command_lines(scan, |program| program.starts_with("db2sysc")).is_empty();
    let mut servers = Vec::new();
    for owner in owners {
        let mut server = db2::server(owner.login, &version, "");
        server.path = Some(format!("{}/sqllib", owner.home));
        server.active = runs;
        scan.missing(format_args!("databases of the Db2 instance {}: only its owner may ask for them", owner.login));
        servers.push(server);
    }
    servers
}
