use super::*;
use airlock_gate::{Code, PathUnder};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

fn sh(script: &str) -> Command {
    command("/bin/sh", &["-c", script])
}

fn command(program: &str, argv: &[&str]) -> Command {
    Command {
        program: program.to_owned(),
        sha256: None,
        argv: argv.iter().map(|word| (*word).to_owned()).collect(),
        run_as: None,
        wall_seconds: 20,
        output_kb: 4,
        ..Command::default()
    }
}

fn done(command: &Command) -> Result<Outcome, CallError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(MachineProcess::new(Arc::new(OwnFiles::default())).run(command))
}

fn text(command: &Command) -> String {
    String::from_utf8(done(command).unwrap().stdout).unwrap()
}

fn is_gone(pid: &str) -> bool {
    (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        !fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    })
}

fn program_with(dir: &Path, name: &str, text: &str, mode: u32) -> String {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn words_arrive_as_they_are_and_nothing_else_does() {
    assert_eq!(text(&command("/bin/echo", &["a b", "$HOME", "*", ";", "`id`", ""])), "a b $HOME * ; `id` \n");
    let mut names: Vec<String> = text(&command("/usr/bin/env", &[])).lines().map(str::to_owned).collect();
    names.sort_unstable();
    assert_eq!(names, ["LC_ALL=C", &format!("PATH={PATH}")]);
    assert_eq!(text(&command("/bin/cat", &[])), "");
    assert_eq!(text(&sh("pwd; echo $0")), "/\n/bin/sh\n");
    let outcome = done(&sh("echo out; echo err >&2; exit 3")).unwrap();
    assert_eq!((outcome.exit_code, outcome.stdout, outcome.stderr), (Some(3), b"out\n".to_vec(), b"err\n".to_vec()));
    assert_eq!(done(&sh("kill -9 $$")).unwrap().exit_code, None);
    // Its three streams are open in it, what it opened itself, and what whoever started this test left open for everybody.
    let fds = text(&command("/bin/ls", &["/proc/self/fd"]));
    let left_open = |fd: &str| {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).map(str::trim).unwrap_or_default();
        i32::from_str_radix(flags, 8).is_ok_and(|flags| flags & OFlag::O_CLOEXEC.bits() == 0)
    };
    let of_its_own: Vec<&str> = fds.lines().filter(|fd| !left_open(fd)).collect();
    assert!(of_its_own.len() <= 1, "{fds}");
}

#[test]
fn the_last_output_is_kept_and_the_rest_taken() {
    let outcome = done(&sh("yes 0123456789 | head -c 3000000; echo end; yes e | head -c 3000000 >&2")).unwrap();
    assert_eq!((outcome.stdout.len(), outcome.stderr.len()), (4096, 4096));
    assert!(outcome.stdout.ends_with(b"end\n"));
}

#[test]
fn a_late_command_is_killed_with_all_that_it_started() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pids");
    let script =
        format!("sleep 60 & echo $! >> {0}; setsid sleep 60 & sleep 0.2; pgrep -P $$ >> {0}; wait", file.display());
    let started = Instant::now();
    let late = Command { wall_seconds: 1, ..sh(&script) };
    assert_eq!(done(&late), Err(CallError::Timeout));
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    let pids = fs::read_to_string(&file).unwrap();
    assert!(pids.lines().next().is_some());
    for pid in pids.lines() {
        assert!(is_gone(pid), "{pid} lives");
    }
}

#[test]
fn what_forks_away_and_keeps_the_output_is_killed_too() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pid");
    // The shell between the two has ended: nobody's child, in a session of its own.
    let script = format!("(setsid sh -c 'echo $$ > {}; exec sleep 60' &) ; sleep 60", file.display());
    let late = Command { wall_seconds: 1, ..sh(&script) };
    assert_eq!(done(&late), Err(CallError::Timeout));
    let pid = fs::read_to_string(&file).unwrap();
    assert!(is_gone(pid.trim()), "{pid} lives");
}

#[test]
fn nobody_who_waits_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pid");
    let command = sh(&format!("echo $$ > {}; sleep 60", file.display()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let process = MachineProcess::new(Arc::new(OwnFiles::default()));
    let waited =
        runtime.block_on(async { tokio::time::timeout(Duration::from_millis(800), process.run(&command)).await });
    assert!(waited.is_err());
    let pid = fs::read_to_string(&file).unwrap();
    assert!(is_gone(pid.trim()));
}

#[test]
fn a_digest_is_held_to() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_with(dir.path(), "tool", "#!/bin/sh\necho \"it ran $1\"\n", 0o755);
    let digest = |path: &str| digest(&mut File::open(path).unwrap()).unwrap();
    let wanted = digest(&program);
    let with = |sha256: &str, program: &str| Command { sha256: Some(sha256.to_owned()), ..command(program, &["well"]) };
    assert_eq!(text(&with(&wanted, &program)), "it ran well\n");
    assert_eq!(text(&with(&wanted.to_uppercase(), &program)), "it ran well\n");
    assert_eq!(text(&Command { argv: vec!["x".into()], ..with(&digest("/bin/echo"), "/bin/echo") }), "x\n");
    program_with(dir.path(), "tool", "#!/bin/sh\necho \"it ran $1\";\n", 0o755);
    assert!(matches!(done(&with(&wanted, &program)), Err(CallError::Failed(why)) if why.contains("digest")));
    assert!(done(&with("", &program)).is_err());
}

#[test]
fn what_others_can_write_is_not_run() {
    let dir = tempfile::tempdir().unwrap();
    for (mode, runs) in [(0o755, true), (0o775, false), (0o757, false), (0o644, false)] {
        let program = program_with(dir.path(), "tool", "#!/bin/sh\n", mode);
        assert_eq!(done(&command(&program, &[])).is_ok(), runs, "{mode:o}");
    }
    for program in ["sh", "./sh", "", "/none/sh", "/", "/dev/null"] {
        assert!(done(&command(program, &[])).is_err(), "{program}");
    }
}

#[test]
fn a_path_among_the_words_leads_where_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let at = |below: &str| dir.path().join(below).to_str().unwrap().to_owned();
    fs::create_dir(at("root")).unwrap();
    fs::write(at("root/file"), "here").unwrap();
    fs::write(at("outside"), "outside").unwrap();
    symlink("../outside", at("root/link")).unwrap();
    let cat = |below: &str, exists: bool| {
        let paths = vec![PathUnder { path: at(below), root: at("root"), exists }];
        done(&Command { paths, ..command("/bin/cat", &[&at(below)]) })
    };
    assert_eq!(cat("root/file", true).unwrap().stdout, b"here");
    assert_eq!(cat("root/link", true), Err(CallError::Refused(Code::Link)));
    assert_eq!(cat("root/link", false), Err(CallError::Refused(Code::Link)));
    assert_eq!(cat("root/link/x", false), Err(CallError::Refused(Code::Link)));
    assert_eq!(cat("root/none", true), Err(CallError::NotFound));
    assert_eq!(cat("root/none", false).unwrap().exit_code, Some(1));
    assert!(cat("outside", true).is_err());
}

#[test]
fn another_user_needs_root() {
    let as_user = |user: &str| done(&Command { run_as: Some(user.to_owned()), ..sh("id -un") });
    assert!(as_user("no-such-user-here").is_err());
    if system::is_root() {
        assert_eq!(as_user("nobody").unwrap().stdout, b"nobody\n");
    } else {
        assert!(as_user("root").is_err());
    }
}
