//! DE-12, DE-13, DE-19, DE-20: commands that a job may have run, from the task's call to the process and back.

use airlock_gate::Limits;
use airlock_sandbox::{Bounds, RunError};
use airlock_tests::policies::grant;
use airlock_tests::rig::{Rig, Run, Setup};
use airlock_tests::roads::Road;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const INSTALL: &str = r#"
[template.install]
program = "/bin/echo"
argv = ["install", "--", "{package}={version}"]
[template.install.args]
package = { type = "name" }
version = { type = "version" }
"#;

fn granted(templates: &str) -> String {
    let names: Vec<&str> = templates.lines().filter_map(|line| line.strip_prefix("[template.")).collect();
    let names = names.iter().filter_map(|name| name.strip_suffix(']')).filter(|name| !name.contains('.'));
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    format!("{}{templates}", grant("exec.template", &format!("templates = [{}]", names.join(", "))))
}

/// Has the hostile task run a command on a real machine.
fn exec(road: &Road, words: &[&str], templates: &str) -> Run {
    let bounds = Bounds { deadline: Duration::from_secs(60), ..Bounds::default() };
    let setup = Setup { bounds, limits: Limits::default(), ..road.setup(&granted(templates)) };
    Rig::new().act("exec", words, setup)
}

fn is_gone(pid: &str) -> bool {
    let state = |stat: String| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z'));
    (0..50).any(|_| {
        let gone = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).map_or(true, state);
        if !gone {
            std::thread::sleep(Duration::from_millis(20));
        }
        gone
    })
}

#[test]
fn de_12_an_argument_is_one_word_of_its_type_or_the_command_does_not_run() {
    let mock = "[[process]]\nprogram = \"/bin/echo\"\nstdout = \"it ran\\n\"\n";
    let rig = Rig::new();
    let decided = [Road::live(), Road::mock(mock)].map(|road| {
        let values = [
            "--root=/x",
            "-o DPkg::Pre-Invoke::=sh",
            "-oDPkg::Pre-Invoke::=sh",
            "$(id)",
            ";id",
            "a;id",
            "a\nb",
            "a b",
            "`id`",
            "a|id",
            "",
        ];
        let mut codes = Vec::new();
        for value in values {
            for words in
                [["install", "package", value, "version", "1"], ["install", "package", "acme", "version", value]]
            {
                let run = rig.act("exec", &words, road.setup(&granted(INSTALL)));
                assert!(run.ended.is_err(), "{} {value:?}", road.name);
                assert!(run.said().is_empty(), "{} {value:?}: {:?}", road.name, run.said());
                assert_eq!(run.refused().len(), 1, "{} {value:?}", road.name);
                codes.extend(run.refused());
            }
        }
        road.assert_untouched();
        codes
    });
    assert!(decided[0].iter().all(|code| code == "ARG_TYPE" || code == "BAD_NAME"), "{:?}", decided[0]);
    assert_eq!(decided[0], decided[1]);
    rig.goes_on();
}

#[test]
fn de_12_twin_a_package_and_its_version_are_accepted() {
    let road = Road::live();
    let run = exec(&road, &["install", "package", "acme-agent", "version", "1.2-1"], INSTALL);
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.said().join(" "), "Some(0): install -- acme-agent=1.2-1\n");
}

const ENVIRONMENT: &str = "[template.environment]\nprogram = \"/usr/bin/env\"\nargv = []\n";

#[test]
fn de_13_a_job_sets_no_variable_and_none_is_inherited() {
    let road = Road::live();
    let mock = Road::mock("[[process]]\nprogram = \"/usr/bin/env\"\nstdout = \"it ran\\n\"\n");
    for name in
        ["LD_PRELOAD", "PATH", "IFS", "BASH_ENV", "PERL5OPT", "PYTHONPATH", "GIT_SSH", "NODE_OPTIONS", "envs", "env"]
    {
        for road in [&road, &mock] {
            let run = exec(road, &["environment", name, "/tmp/x.so"], ENVIRONMENT);
            assert!(run.ended.is_err() && run.said().is_empty(), "{} {name}", road.name);
            assert_eq!(run.refused(), ["ARG_TYPE"], "{} {name}", road.name);
        }
    }
    assert_eq!(exec(&mock, &["environment"], ENVIRONMENT).said().join(" "), "Some(0): it ran\n");
    // This process has variables of its own, and the command sees none of them.
    assert!(std::env::vars().count() > 2);
    let run = exec(&road, &["environment"], ENVIRONMENT);
    let said = run.said().join("\n");
    let mut lines: Vec<&str> = said.trim_start_matches("Some(0): ").lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
}

#[test]
fn de_13_twin_a_command_finds_what_it_calls_by_the_hosts_path() {
    let road = Road::live();
    let template =
        "[template.script]\nprogram = \"/bin/sh\"\nargv = [\"-c\", \"sort --version >/dev/null && echo found\"]\n";
    let run = exec(&road, &["script"], template);
    assert_eq!(run.said().join(" "), "Some(0): found\n");
}

#[test]
fn de_19_a_command_that_never_ends_is_killed_with_all_that_forked_away() {
    let road = Road::live();
    let pids = Path::new(&road.base).join("acme/pids");
    let script = format!(
        "echo $$ >> {0}; sleep 60 & echo $! >> {0}; (setsid sh -c 'echo $$ >> {0}; exec sleep 60' &); sleep 60",
        pids.display()
    );
    let template = format!("[template.spin]\nprogram = \"/bin/sh\"\nargv = [\"-c\", \"{script}\"]\nwall_seconds = 1\n");
    let started = Instant::now();
    let run = exec(&road, &["spin"], &template);
    assert!(matches!(&run.ended, Err(RunError::Failed(_))), "{:?}", run.ended);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let pids = fs::read_to_string(pids).unwrap();
    assert_eq!(pids.lines().count(), 3, "{pids}");
    for pid in pids.lines() {
        assert!(is_gone(pid), "{pid} lives");
    }
    Rig::new().goes_on();
}

#[test]
fn de_19_and_20_a_mocks_commands_end_at_the_same_bounds() {
    let process = |more: &str| format!("[[process]]\nprogram = \"/bin/tool\"\n{more}\n");
    let template = "[template.tool]\nprogram = \"/bin/tool\"\nargv = []\nwall_seconds = 60\noutput_kb = 4\n";
    let late = exec(&Road::mock(&process("delay_seconds = 3600")), &["tool"], template);
    let live = "[template.tool]\nprogram = \"/bin/sleep\"\nargv = [\"60\"]\nwall_seconds = 1\noutput_kb = 4\n";
    let real = exec(&Road::live(), &["tool"], live);
    assert!(matches!(&late.ended, Err(RunError::Failed(_))), "{:?}", late.ended);
    assert_eq!((format!("{:?}", late.ended), late.refused()), (format!("{:?}", real.ended), real.refused()));
    // The twin below its limit, with the last of its output and no more.
    let output = format!("delay_seconds = 30\nstdout = \"{}end\\n\"", "y\\n".repeat(100_000));
    let run = exec(&Road::mock(&process(&output)), &["tool"], template);
    assert_eq!(run.ended, Ok(()));
    let said = run.said().join(" ");
    assert!(said.ends_with("end\n") && said.len() < 5000, "{}", said.len());
}

#[test]
fn de_19_twin_a_command_that_takes_its_time_below_its_limit_ends_well() {
    let road = Road::live();
    let template = "[template.slow]\nprogram = \"/bin/sleep\"\nargv = [\"3\"]\nwall_seconds = 60\n";
    assert_eq!(exec(&road, &["slow"], template).ended, Ok(()));
}

/// Kilobytes that this process has at most had.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn de_20_a_flood_of_output_ends_at_the_limit_and_takes_no_memory() {
    let road = Road::live();
    let template = "[template.yes]\nprogram = \"/usr/bin/yes\"\nargv = []\nwall_seconds = 2\noutput_kb = 64\n";
    // What the sandbox needs itself.
    Rig::new().goes_on();
    let before = peak_memory();
    let run = exec(&road, &["yes"], template);
    assert!(run.ended.is_err(), "{:?}", run.ended);
    let grown = peak_memory() - before;
    assert!(grown < 64 << 10, "{grown} kB");
    // And when it ends by itself, its last part is what is kept.
    let template = "[template.much]\nprogram = \"/bin/sh\"\nargv = [\"-c\", \"yes | head -c 50000000; echo end\"]\noutput_kb = 4\n";
    let run = exec(&road, &["much"], template);
    assert_eq!(run.ended, Ok(()));
    let said = run.said().join(" ");
    assert!(said.ends_with("end\n") && said.len() < 5000, "{}", said.len());
}

#[test]
fn de_20_twin_ordinary_output_arrives_whole() {
    let road = Road::live();
    let template = "[template.numbers]\nprogram = \"/usr/bin/seq\"\nargv = [\"1\", \"1000\"]\noutput_kb = 64\n";
    let said = exec(&road, &["numbers"], template).said().join(" ");
    assert_eq!(said.lines().count(), 1000);
}
