//! Builds the hostile guest as the component that a task is.

#![allow(clippy::expect_used, clippy::panic, reason = "a build script stops with a message")]

use airlock_guest_builder::{Guest, build, watch};
use std::path::{Path, PathBuf};

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.join("..");
    let folder = here.join("guests/hostile");
    watch(["Cargo.toml", "Cargo.lock", "wit", "host/model", "guest-tasks/sdk"].map(|path| root.join(path)));
    watch([&folder]);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let guest = Guest::new("airlock-hostile", &folder.join("Cargo.toml"));
    if let Err(error) = build(&guest, &out) {
        panic!("{error:#}");
    }
}
