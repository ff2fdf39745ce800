//! Components from outside are compiled by a process with limits of its own (`airlock compile-component`).

use airlock_tests::HOSTILE;
use airlock_tests::program::{Airlock, program};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// What comes out of the compiling process, whether it succeeded, and what it said.
fn compile(component: &[u8], cpu_seconds: &str, memory: &str) -> (Vec<u8>, bool, String) {
    let mut child = Command::new(program())
        .args(["compile-component", cpu_seconds, memory])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let component = component.to_vec();
    // One that ends early does not read to the end.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&component)));
    let mut code = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut code).unwrap();
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    writing.join().unwrap();
    (code, child.wait().unwrap().success(), words)
}

#[test]
fn a_component_is_compiled_within_limits() {
    let (code, is_done, words) = compile(HOSTILE, "100", &(1_u64 << 30).to_string());
    assert!(is_done && code.len() > HOSTILE.len() / 2, "{words}");
}

#[test]
fn too_little_memory_ends_the_process_and_no_code_comes_out() {
    let (code, is_done, _) = compile(HOSTILE, "100", "4000000");
    assert!(!is_done && code.is_empty());
}

#[test]
fn what_is_no_component_is_said() {
    let (code, is_done, words) = compile(&HOSTILE[..HOSTILE.len() / 2], "100", &(1_u64 << 30).to_string());
    assert!(!is_done && code.is_empty() && words.contains("cannot be compiled"), "{words}");
}

#[test]
fn a_file_is_run_with_code_of_that_process() {
    let airlock = Airlock::new();
    let file = airlock.vardir().join("stranger.wasm");
    std::fs::write(&file, HOSTILE).unwrap();
    let output = airlock.run(&["task", "run", file.to_str().unwrap(), "--target", "spin 10"]);
    assert!(output.status.success(), "{output:?}");
}
