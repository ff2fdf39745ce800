//! Builds the first-party components, and adds the wasm target to the toolchain when it is missing.

use airlock_guest_builder::{Guest, build, watch};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// Name, kind of task, one line for people.
const TASKS: &[(&str, &str, &str)] = &[
    ("inventory", "inventory", "what this machine is: hardware, system, software, users"),
    ("deploy", "deploy", "software and files for this machine, as a server's job says"),
    ("collect", "collect", "files, values of the registry and of WMI that a server asks for"),
    ("wakeonlan", "wake-on-lan", "wakes machines up by their hardware addresses"),
    ("netdiscovery", "net-discovery", "who is at an address, and what kind of device it is"),
    ("netinventory", "net-inventory", "what a network device is, what its ports are connected to, what it is made of"),
];

/// The task whose component is kept as it is.
const PLAIN: &str = "inventory";

fn main() -> ExitCode {
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts, and did not")?);
    let shared = ["Cargo.toml", "Cargo.lock", "wit", "host/model", "guest-tasks/mib", "guest-tasks/sdk"];
    watch(shared.map(|path| root.join(path)));
    let mut table = String::from("pub static TASKS: &[Builtin] = &[\n");
    for (name, world, summary) in TASKS {
        let folder = root.join("guest-tasks").join(name);
        watch([&folder]);
        let guest = Guest::new(&format!("airlock-{name}"), &folder.join("Cargo.toml"));
        let component = build(&guest, &out).map_err(|error| format!("{error:#}"))?;
        let (size, kept) = kept(name, &component)?;
        table.push_str(&format!(
            "    Builtin {{ name: {name:?}, world: {world:?}, summary: {summary:?}, size: {size}, kept: {kept} }},\n"
        ));
    }
    table.push_str("];\n");
    fs::write(out.join("tasks.rs"), table).map_err(|error| format!("{}: {error}", out.display()))
}

/// Bytes of the component, and how the program keeps it.
fn kept(name: &str, component: &Path) -> Result<(usize, String), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", component.display());
    let bytes = fs::read(component).map_err(failed)?;
    if name == PLAIN {
        return Ok((bytes.len(), format!("Kept::Plain(include_bytes!({component:?}))")));
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&bytes).map_err(failed)?;
    let path = component.with_extension("z");
    fs::write(&path, packed.finish().map_err(failed)?).map_err(failed)?;
    Ok((bytes.len(), format!("Kept::Deflated(include_bytes!({path:?}))")))
}
