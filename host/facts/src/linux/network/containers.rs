//! Containers in macvlan networks: they use this machine's cards under addresses of their own. The kernel shows their
//! interfaces in the containers' name spaces only, so the engine is asked.

use crate::Scan;
use crate::output::docker_network;

/// An engine, and where something of it is on machines that use it.
const ENGINES: [(&str, &[&str]); 2] =
    [("docker", &["/run/docker.sock", "/var/run/docker.sock"]), ("podman", &["/etc/containers/networks"])];

pub(super) fn collect(scan: &Scan<'_>) {
    for (engine, signs) in ENGINES {
        // A folder of definitions is there without any.
        let roots = scan.roots();
        let says = |sign: &str| roots.names(sign).map_or_else(|_| roots.exists(sign), |names| !names.is_empty());
        if !signs.iter().any(|sign| says(sign)) || !scan.has_tool(engine) {
            continue;
        }
        let list = scan.output(engine, &["network", "ls", "--quiet", "--filter", "driver=macvlan"]).unwrap_or_default();
        let names = docker_network::names(&list);
        if names.is_empty() {
            continue;
        }
        let inspect: Vec<&str> = ["network", "inspect"].into_iter().chain(names).collect();
        let json = scan.output(engine, &inspect).unwrap_or_default();
        for row in docker_network::macvlan_interfaces(&json) {
            scan.row(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn only_an_engine_that_is_there_is_asked() {
        let mut machine = TestMachine::of(&[("run/docker.sock", "")]);
        machine.command(&["docker", "network", "ls", "--quiet", "--filter", "driver=macvlan"], "0a1b\n");
        let json =
            r#"[{"Name":"n","Driver":"macvlan","Containers":{"f":{"Name":"c","MacAddress":"02:00:00:00:00:01"}}}]"#;
        machine.command(&["docker", "network", "inspect", "0a1b"], json);
        let rows = machine.rows(collect);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text("description"), rows[0].text("mac")), (Some("n@c"), Some("02:00:00:00:00:01")));
        assert!(TestMachine::new().rows(collect).is_empty());
    }
}
