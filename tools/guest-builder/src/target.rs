//! Whether the toolchain in use can compile for WebAssembly; if it cannot, rustup is asked to add the target. Without
//! rustup a build ends here, with what to install, and not in a hundred lines about a missing `core`.

use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The target of every guest: no operating system, hence no WASI imports.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that the standard library for the WebAssembly target is there for the toolchain in use.
pub fn ensure_wasm_target() -> Result<()> {
    let folder = target_libdir()?;
    if has_files(&folder) {
        return Ok(());
    }
    let added = add_with_rustup();
    // rustup may look after another toolchain than the one in use, so that its word alone does not count.
    if has_files(&folder) {
        return Ok(());
    }
    let tried = match added {
        Ok(()) => "`rustup target add` succeeded, but for another toolchain than the one in use".to_owned(),
        Err(why) => format!("{why:#}"),
    };
    bail!("{}", words(&folder, &tried))
}

fn target_libdir() -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} does not start", rustc.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        bail!("{} does not know the target {WASM_TARGET}: {said}", rustc.display());
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn has_files(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

fn add_with_rustup() -> Result<()> {
    let mut command = Command::new("rustup");
    command.args(["target", "add", WASM_TARGET]);
    if let Some(toolchain) = std::env::var_os("RUSTUP_TOOLCHAIN") {
        command.arg("--toolchain").arg(toolchain);
    }
    // In a build script, standard output is read by cargo.
    let output = command.stdin(Stdio::null()).output().context("rustup, which could add it, is not there")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        bail!("`rustup target add {WASM_TARGET}` failed: {said}");
    }
    Ok(())
}

fn words(folder: &Path, tried: &str) -> String {
    format!(
        "the tasks are compiled to WebAssembly, and this Rust toolchain has no standard library for {WASM_TARGET} \
         (nothing in {}).\n{tried}\nInstall it with\n\n    rustup target add {WASM_TARGET}\n\nor, where Rust comes from \
         the distribution, its package for that target (Debian: libstd-rust-dev-wasm32, Fedora: \
         rust-std-static-{WASM_TARGET}, Arch: rust-wasm).",
        folder.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_or_empty_folder_is_no_standard_library() {
        assert!(!has_files(Path::new("/nonexistent/rustlib")));
    }

    #[test]
    fn the_refusal_names_the_command() {
        let text = words(Path::new("/lib/x"), "rustup, which could add it, is not there");
        assert!(text.contains("rustup target add wasm32-unknown-unknown"), "{text}");
        assert!(text.contains("/lib/x"), "{text}");
    }
}
