//! MongoDB: `mongosh`, or the `mongo` of old, when the server has noted its process in its folder.

use crate::Scan;
use crate::output::databases::Server;
use crate::output::databases::mongodb::{self, SCRIPT};

const FOLDERS: [&str; 2] = ["/var/lib/mongodb", "/var/lib/mongo"];

pub(super) fn servers(scan: &Scan<'_>) -> Vec<Server> {
    let Some(folder) = FOLDERS.into_iter().find(|folder| runs(scan, folder)) else { return Vec::new() };
    let Some(shell) = ["mongosh", "mongo"].into_iter().find(|tool| scan.has_tool(tool)) else {
        scan.missing("MongoDB: its server runs, and neither mongosh nor mongo is in the system's folders");
        return Vec::new();
    };
    // The shells keep a history in the home of their user: there is none.
    let arguments = ["HOME=/nonexistent", shell, "--quiet", "--norc", "--eval", SCRIPT];
    let Some(text) = scan.output("env", &arguments) else { return Vec::new() };
    let Some((mut server, started)) = mongodb::server(&text) else {
        scan.missing("MongoDB: its shell has no answer without credentials");
        return Vec::new();
    };
    server.path = Some(folder.to_owned());
    server.started = started.and_then(|seconds| scan.machine.local_time(seconds));
    vec![server]
}

/// The file is emptied when the server ends.
fn runs(scan: &Scan<'_>, folder: &str) -> bool {
    let pid: Option<u32> =
        scan.roots().text(format!("{folder}/mongod.lock")).ok().and_then(|text| text.trim().parse().ok());
    pid.is_some_and(|pid| scan.roots().exists(format!("/proc/{pid}/stat")))
}
