//! WC-09: a command is what the policy spells out, and nothing that a task says becomes more than a word of it.

use airlock_sandbox::{Bound, RunError};
use airlock_tests::policies::grant;
use airlock_tests::rig::Rig;
use airlock_tests::roads::Road;

fn templates() -> String {
    let template = r#"
[template.echo]
program = "/bin/echo"
argv = ["version", "{version}"]
[template.echo.args]
version = { type = "version" }

[template.show]
program = "/bin/echo"
argv = ["{file}"]
[template.show.args]
file = { type = "path-under", root = "BASE/acme", exists = true }

[template.environment]
program = "/usr/bin/env"
argv = []
"#;
    format!("{}{template}", grant("exec.template", "templates = [\"echo\", \"show\", \"environment\"]"))
}

fn roads() -> [Road; 2] {
    let mock = r#"
[[process]]
program = "/bin/echo"
argv = ["version", "1.2.3"]
stdout = "version 1.2.3\n"
[[process]]
program = "/bin/echo"
argv = ["/opt/acme/a.txt"]
stdout = "/opt/acme/a.txt\n"
[[process]]
program = "/usr/bin/env"
stdout = "LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
"#;
    [Road::live(), Road::mock(mock)]
}

#[test]
fn wc_09_a_task_fills_gaps_and_no_more() {
    let rig = Rig::new();
    let decided = roads().map(|road| {
        let mut codes = Vec::new();
        let tries: &[&[&str]] = &[
            &["echo"],
            &["echo", "version", "1", "extra", "2"],
            &["echo", "argv", "x"],
            &["echo", "version", "1", "version", "2"],
            &["echo", "version", "1", "env", "LD_PRELOAD=x"],
            &["echo", "version", "1", "cwd", "/tmp"],
            &["echo", "version", "1", "stdin", "x"],
            &["echo", "version", "1\0 2"],
            &["echo", "version", "1\n2"],
            &["echo", "version", "1 2"],
            &["echo", "version", "-n"],
            &["echo", "version", "--help"],
            &["echo", "version", ""],
            &["echo", "version", "$(id)"],
            &["echo", "version", "1;id"],
            &["echo", "version", "{version}"],
            &["echo", "Version", "1"],
            &["", "version", "1"],
            &["Echo", "version", "1"],
            &["other", "version", "1"],
            &["/bin/sh", "-c", "id"],
            &["show", "file", "BASE/secret/shadow"],
            &["show", "file", "BASE/acme/../secret/shadow"],
            &["show", "file", "BASE/acme/link"],
            &["show", "file", "BASE/acme/out/shadow"],
            &["show", "file", "BASE/acme2/x"],
        ];
        for words in tries {
            let words: Vec<String> = words.iter().map(|word| road.here(word)).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let run = rig.act("exec", &words, road.setup(&templates()));
            assert!(run.ended.is_err(), "{} {words:?}: {:?}", road.name, run.said());
            let refused = run.refused();
            assert_eq!(refused.len(), 1, "{} {words:?}: {:#?}", road.name, run.audit);
            codes.extend(refused);
        }
        road.assert_untouched();
        codes
    });
    assert_eq!(decided[0], decided[1]);
    rig.goes_on();
}

#[test]
fn wc_09_floods_of_arguments_end_at_a_bound() {
    let rig = Rig::new();
    for road in roads() {
        let large = "1".repeat(10 << 20);
        let run = rig.act("exec", &["echo", "version", &large], road.setup(&templates()));
        assert!(
            matches!(run.ended, Err(RunError::Bound(Bound::Message { .. }) | RunError::Failed(_))),
            "{:?}",
            run.ended
        );
        let run = rig.act("arguments 1000", &[], road.setup(&templates()));
        assert!(matches!(run.ended, Err(RunError::Failed(_) | RunError::Denied(_))), "{:?}", run.ended);
        let run = rig.act("arguments 1000000", &[], road.setup(&templates()));
        assert!(matches!(run.ended, Err(RunError::Bound(_))), "{:?}", run.ended);
    }
    rig.goes_on();
}

#[test]
fn wc_09_twin_what_is_spelt_out_runs() {
    let rig = Rig::new();
    for road in roads() {
        let said = |words: &[&str]| {
            let run = rig.act("exec", words, road.setup(&templates()));
            assert_eq!(run.ended, Ok(()), "{} {words:?}", road.name);
            run.said().join(" ")
        };
        assert_eq!(said(&["echo", "version", "1.2.3"]), "Some(0): version 1.2.3\n");
        let file = road.here("BASE/acme/a.txt");
        assert_eq!(said(&["show", "file", &file]), format!("Some(0): {file}\n"));
        let mut variables: Vec<String> = said(&["environment"]).lines().map(str::to_owned).collect();
        variables.sort_unstable();
        assert_eq!(variables.len(), 2, "{variables:?}");
    }
}
