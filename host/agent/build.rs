//! The kit of task authors, as part of the program: the interfaces (`wit/`), the SDK, the model and the builder of
//! components, so that
//! `airlock task new` needs nothing but the program and a Rust toolchain.

#![expect(clippy::disallowed_methods, reason = "a build script reads and writes files")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

/// Folders of the workspace that the kit has, whole.
const FOLDERS: &[&str] = &["wit", "guest-tasks/sdk", "host/model", "tools/guest-builder"];

fn main() -> ExitCode {
    match kit() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the kit of task authors: {error}");
            ExitCode::FAILURE
        }
    }
}

fn kit() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut table = String::from("pub(crate) static KIT: &[(&str, &str)] = &[\n");
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        let mut files = Vec::new();
        files_of(&root.join(folder), &mut files)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(&root).map_err(io::Error::other)?.to_owned();
            let path = fs::canonicalize(&file)?;
            let _ = writeln!(
                table,
                "    ({:?}, include_str!({:?})),",
                name.display().to_string(),
                path.display().to_string()
            );
        }
    }
    table.push_str("];\n");
    // The versions that the kit was tested with.
    let manifest = fs::canonicalize(root.join("Cargo.toml"))?;
    println!("cargo::rerun-if-changed={}", manifest.display());
    let _ = writeln!(table, "pub(crate) static WORKSPACE: &str = include_str!({:?});", manifest.display().to_string());
    let lock = fs::canonicalize(root.join("Cargo.lock"))?;
    println!("cargo::rerun-if-changed={}", lock.display());
    let _ = writeln!(table, "pub(crate) static LOCK: &str = include_str!({:?});", lock.display().to_string());
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(out.join("kit.rs"), table)
}

/// Everything but tests, which need more than the kit has.
fn files_of(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.ends_with("tests") || path.ends_with("target") {
            continue;
        }
        if path.is_dir() {
            files_of(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
