//! Commands: those of this machine, and what a mock says that they do.

use super::both::Both;
use airlock_gate::Native;
use airlock_gate::calls::ProcessRun;
use airlock_native::{MachineProcess, OwnFiles};
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

const POLICY: &str = r#"
[[grant]]
server = ["owner"]
task = ["t"]
verb = "exec.template"
templates = ["say", "fail", "wait", "show", "other", "much"]
[template.say]
program = "/bin/echo"
argv = ["version", "{version}"]
args = { version = { type = "version" } }
[template.fail]
program = "/bin/ls"
argv = ["/nowhere-at-all"]
output_kb = 0
[template.wait]
program = "/bin/sleep"
argv = ["{n}"]
wall_seconds = 1
args = { n = { type = "int", min = 0, max = 9 } }
[template.show]
program = "/bin/echo"
argv = ["{file}"]
args = { file = { type = "path-under", root = "ROOT/in", exists = true } }
[template.other]
program = "/bin/echo"
argv = []
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
[template.much]
program = "/usr/bin/head"
argv = ["-c", "3000", "/dev/zero"]
output_kb = 1
[template.ungranted]
program = "/bin/echo"
argv = []
"#;

const MOCK: &str = r#"
mock_version = 1
[files]
"ROOT/in/a" = { text = "" }
"ROOT/in/out" = { link = "../beside" }
"ROOT/beside/a" = { text = "" }
[[process]]
program = "/bin/echo"
argv = ["version", "1.2.3"]
stdout = "version 1.2.3\n"
[[process]]
program = "/bin/ls"
exit_code = 2
[[process]]
program = "/bin/sleep"
argv = ["0"]
[[process]]
program = "/bin/sleep"
argv = ["5"]
delay_seconds = 5
[[process]]
program = "/bin/echo"
argv = ["ROOT/in/a"]
stdout = "ROOT/in/a\n"
[[process]]
program = "/bin/echo"
argv = []
sha256 = "1111111111111111111111111111111111111111111111111111111111111111"
stdout = "\n"
[[process]]
program = "/usr/bin/head"
stdout = "ZEROS"
"#;

#[tokio::test]
async fn commands_are_decided_on_and_answered_alike() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for place in ["in", "beside"] {
        fs::create_dir(root.join(place)).unwrap();
        fs::write(root.join(place).join("a"), "").unwrap();
    }
    symlink("../beside", root.join("in/out")).unwrap();
    let here = |text: &str| text.replace("ROOT", root.to_str().unwrap());
    let zeros = "\\u0000".repeat(3000);
    let real = |none| Native { process: Arc::new(MachineProcess::new(Arc::new(OwnFiles::default()))), ..none };
    let mut both = Both::new(real, &here(MOCK).replace("ZEROS", &zeros), &here(POLICY));
    /// The command, its arguments, and what it is about.
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);
    let cases: &[Case] = &[
        ("say", &[("version", "1.2.3")], "Outcome { exit_code: Some(0)"),
        ("say", &[("version", "1 2")], "denied"),
        ("say", &[("version", "-n")], "denied"),
        ("say", &[], "denied"),
        ("say", &[("version", "1.2.3"), ("more", "1")], "denied"),
        ("say", &[("version", "1.2.3"), ("version", "1.2.3")], "Invalid"),
        ("say", &[("version", "1\0")], "Invalid"),
        ("fail", &[], "Outcome { exit_code: Some(2), stdout: [], stderr: [] }"),
        ("wait", &[("n", "0")], "Outcome { exit_code: Some(0)"),
        ("wait", &[("n", "5")], "Timeout"),
        ("wait", &[("n", "10")], "denied"),
        ("show", &[("file", "ROOT/in/a")], "Outcome { exit_code: Some(0)"),
        ("show", &[("file", "ROOT/in/none")], "NotFound"),
        ("show", &[("file", "ROOT/in/out/a")], "denied"),
        ("show", &[("file", "ROOT/beside/a")], "denied"),
        ("other", &[], "failed"),
        ("much", &[], "Outcome { exit_code: Some(0)"),
        ("ungranted", &[], "denied"),
        ("none", &[], "denied"),
        ("", &[], "denied"),
    ];
    for (template, words, expected) in cases {
        let words = words.iter().map(|(name, value)| ((*name).to_owned(), here(value)));
        let said = both.call(ProcessRun::new((*template).to_owned(), words)).await;
        assert!(said.starts_with(expected), "{template}: {said:.200}");
    }
    assert_eq!(both.seen, cases.len());
}
