//! Programs by which others can take over the machine: the number by which each of them calls it, from its settings where
//! they say it, else from its tool.

use crate::Scan;
use crate::output::remote_access as programs;
use airlock_model::Row;

pub(super) fn collect(scan: &Scan<'_>) {
    anydesk(scan);
    meshagent(scan);
    rustdesk(scan);
    supremo(scan);
    tactical(scan);
    teamviewer(scan);
}

fn row(scan: &Scan<'_>, kind: &'static str, id: String, version: Option<String>) {
    let mut row = Row::new();
    row.set("type", kind).set("id", id).maybe("version", version);
    scan.row(row);
}

/// Several editions may be installed side by side, each with a folder of its own.
fn anydesk(scan: &Scan<'_>) {
    for name in scan.names("/etc").iter().filter(|name| name.starts_with("anydesk")) {
        let Some(conf) = scan.text(format!("/etc/{name}/system.conf")) else { continue };
        if let Some(id) = programs::anydesk_conf(&conf) {
            row(scan, "anydesk", id, None);
        }
    }
}

/// Where servers of MeshCentral install their agent, by its own name or by one of the server's.
fn meshagent(scan: &Scan<'_>) {
    for folder in ["/usr/local/mesh_services", "/opt/mesh_services", "/usr/local/mesh", "/opt/mesh"] {
        if !scan.roots().exists(folder) {
            continue;
        }
        let places = scan.names(folder).into_iter().map(|name| format!("{folder}/{name}"));
        for place in places.chain([folder.to_owned()]).take(16) {
            let tool = format!("{place}/meshagent");
            if !scan.roots().exists(&tool) {
                continue;
            }
            if let Some(id) = scan.output(&tool, &["-nodeid"]).and_then(|text| programs::meshagent(&text)) {
                row(scan, "meshcentral", id, None);
            }
        }
    }
}

fn rustdesk(scan: &Scan<'_>) {
    if !["/usr/bin/rustdesk", "/usr/share/rustdesk"].iter().any(|path| scan.roots().exists(path)) {
        return;
    }
    let conf = scan.text("/root/.config/rustdesk/RustDesk.toml");
    let id = conf.and_then(|conf| programs::rustdesk_conf(&conf));
    let ask = || scan.output("rustdesk", &["--get-id"]).and_then(|text| programs::rustdesk(&text));
    if let Some(id) = id.or_else(ask) {
        row(scan, "rustdesk", id, None);
    }
}

fn supremo(scan: &Scan<'_>) {
    if !["/usr/bin/supremo", "/opt/supremo"].iter().any(|path| scan.roots().exists(path)) {
        return;
    }
    if let Some(id) = scan.output("supremo", &["--info"]).and_then(|text| programs::supremo(&text)) {
        row(scan, "supremo", id, None);
    }
}

fn tactical(scan: &Scan<'_>) {
    let Some(settings) = scan.text("/etc/tacticalagent") else { return };
    if let (Some(id), version) = programs::tactical(&settings) {
        row(scan, "tacticalrmm", id, version);
    }
}

fn teamviewer(scan: &Scan<'_>) {
    let installed = ["/opt/teamviewer", "/etc/teamviewer"].iter().any(|path| scan.roots().exists(path));
    if !installed {
        return;
    }
    let conf = ["/etc/teamviewer/global.conf", "/opt/teamviewer/config/global.conf"];
    let id = conf.iter().find_map(|path| programs::teamviewer_conf(&scan.text(path)?));
    let (id, version) = match id {
        Some(id) => (Some(id), None),
        None => programs::teamviewer_info(&scan.output("teamviewer", &["--info"]).unwrap_or_default()),
    };
    if let Some(id) = id {
        row(scan, "teamviewer", id, version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn found(machine: &TestMachine) -> Vec<String> {
        let rows = machine.rows(collect);
        rows.iter().map(|row| row.iter().map(|(_, value)| value.to_text()).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn settings_are_enough() {
        let machine = TestMachine::of(&[
            ("etc/anydesk/system.conf", "ad.anynet.id=111\n"),
            ("etc/anydesk_lab/system.conf", "ad.anynet.id=112\n"),
            ("etc/tacticalagent", r#"{"agentid":"Ab"}"#),
            ("etc/teamviewer/global.conf", "[int32] ClientID = 222\n"),
            ("usr/bin/rustdesk", ""),
            ("root/.config/rustdesk/RustDesk.toml", "id = '333'\n"),
        ]);
        let wanted = ["anydesk 111", "anydesk 112", "rustdesk 333", "tacticalrmm Ab", "teamviewer 222"];
        assert_eq!(found(&machine), wanted);
        assert!(found(&TestMachine::new()).is_empty());
    }

    #[test]
    fn else_the_tools_are_asked() {
        let mut machine = TestMachine::of(&[("usr/local/mesh_services/meshagent/meshagent", "")]);
        machine.folder("opt/teamviewer");
        machine.folder("opt/supremo");
        machine.command(&["/usr/local/mesh_services/meshagent/meshagent", "-nodeid"], "AbCdEfGhIjKlMnOp\n");
        machine.command(&["teamviewer", "--info"], "TeamViewer 15.1 (RPM)\nTeamViewer ID: 222\n");
        machine.command(&["supremo", "--info"], "ID: 44\n");
        assert_eq!(found(&machine), ["meshcentral AbCdEfGhIjKlMnOp", "supremo 44", "teamviewer 222 15.1"]);
    }
}
