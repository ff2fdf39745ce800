//! Builds the first-party components, and adds the wasm target to the toolchain when it is missing.

use airlock_guest_builder::{Guest, build, watch};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Name, kind of task, one line for people.
const TASKS: &[(&str, &str, &str)] =
    &[("inventory", "inventory", "what this machine is: hardware, system, software, users")];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    watch(["Cargo.toml", "Cargo.lock", "wit", "host/model", "guest-tasks/sdk"].map(|path| root.join(path)));
    let mut table = String::from("pub static TASKS: &[Builtin] = &[\n");
    for (name, world, summary) in TASKS {
        let folder = root.join("guest-tasks").join(name);
        watch([&folder]);
        let guest = Guest { package: format!("airlock-{name}"), manifest: folder.join("Cargo.toml") };
        let component = build(&guest, &out).unwrap_or_else(|error| panic!("{error:#}"));
        writeln!(
            table,
            "    Builtin {{ name: {name:?}, world: {world:?}, summary: {summary:?}, component: include_bytes!({component:?}) }},"
        )
        .expect("a String takes all");
    }
    table.push_str("];\n");
    fs::write(out.join("tasks.rs"), table).expect("the build's folder is writable");
}
