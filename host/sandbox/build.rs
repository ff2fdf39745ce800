//! Which wasmtime this is built with, from the lock file: the program refuses to run components with one that is known to
//! be broken.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a build script reads files, and stops with a message"
)]

use std::fs;
use std::path::Path;

fn main() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let text = fs::read_to_string(&lock).expect("the workspace has a Cargo.lock");
    let versions: Vec<&str> = text
        .split("[[package]]")
        .filter(|package| package.lines().any(|line| line == "name = \"wasmtime\""))
        .filter_map(|package| package.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')))
        .collect();
    let [version] = versions.as_slice() else { panic!("one wasmtime in Cargo.lock, not {versions:?}") };
    println!("cargo::rustc-env=AIRLOCK_WASMTIME={version}");
}
