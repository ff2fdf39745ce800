//! The kit of task authors, as part of the program: the interfaces (`wit/`), the SDK, the model and the builder of
//! components, so that
//! `airlock task new` needs nothing but the program and a Rust toolchain.

#![expect(clippy::disallowed_methods, reason = "a build script reads and writes files")]

use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

/// Folders of the workspace that the kit has, whole.
const FOLDERS: &[&str] = &["wit", "guest-tasks/sdk", "host/model", "tools/guest-builder"];

fn main() -> ExitCode {
    strip();
    pack();
    match kit() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the kit of task authors: {error}");
            ExitCode::FAILURE
        }
    }
}

fn kit() -> io::Result<()> {
    let root = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))?;
    // The versions that the kit was tested with are part of it.
    let mut files = vec![root.join("Cargo.lock"), root.join("Cargo.toml")];
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        files_of(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.strip_prefix(&root).map_err(io::Error::other)?;
        let text = fs::read_to_string(&file)?;
        // A line of name and length, then the text.
        writeln!(packed, "{} {}", name.display(), text.len())?;
        packed.write_all(text.as_bytes())?;
    }
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(out.join("kit.z"), packed.finish()?)
}

/// Symbols are for the packages' makers: cargo leaves them in where a profile treats packages apart, whatever it says of
/// stripping.
fn strip() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    // `cargo xtask order` counts by their names which functions run.
    println!("cargo::rerun-if-env-changed=AIRLOCK_SYMBOLS");
    let wants_symbols = env::var_os("AIRLOCK_SYMBOLS").is_some();
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release") && !wants_symbols {
        println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
    }
}

/// Where the linker is the toolchain's own (LLD) and nobody chose another: functions that came out the same become one, and
/// what the loader has to fill in is written as a map of bits (RELR), where this machine's loader reads that (glibc 2.36):
/// a twentieth of the file, and as much less to read at each start. What runs at a start lies side by side (`order.txt`), so
/// that the rest of the program does not come to memory with it: half of what a daemon took that waits.
fn pack() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_ours = env::var_os("RUSTC_LINKER").is_none() && !flags.contains("link");
    if is("TARGET", "x86_64-unknown-linux-gnu") && is("PROFILE", "release") && is_ours {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        let order = Path::new(env!("CARGO_MANIFEST_DIR")).join("order.txt");
        println!("cargo::rerun-if-changed={}", order.display());
        println!("cargo::rustc-link-arg-bins=-Wl,--symbol-ordering-file={}", order.display());
        // Names hold a digest of compiler and libraries: of others, they name nothing here.
        println!("cargo::rustc-link-arg-bins=-Wl,--no-warn-symbol-ordering");
        if is("HOST", "x86_64-unknown-linux-gnu") && glibc().is_some_and(|version| version >= (2, 36)) {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// `glibc 2.36`
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let (major, minor) = std::str::from_utf8(&said.stdout).ok()?.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
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
