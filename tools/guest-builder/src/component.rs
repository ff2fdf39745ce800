//! One guest: compiled to a core module, wrapped as a component.

use crate::environment::is_removed;
use crate::target::{WASM_TARGET, ensure_wasm_target};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wit_component::ComponentEncoder;

/// A package of the workspace whose library is a task.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The package's name; the file that comes out is called `<package>.component.wasm`.
    pub package: String,
    /// Its `Cargo.toml`.
    pub manifest: PathBuf,
    /// The profile of its workspace that it is built with.
    pub profile: String,
}

impl Guest {
    /// A package of a workspace that has the profile `guest`.
    pub fn new(package: &str, manifest: &Path) -> Self {
        Self { package: package.to_owned(), manifest: manifest.to_owned(), profile: "guest".to_owned() }
    }
}

/// Compiles the guest and writes the component to `out_dir`; its path is returned.
pub fn build(guest: &Guest, out_dir: &Path) -> Result<PathBuf> {
    ensure_wasm_target()?;
    let module_path = compile(guest, &out_dir.join("guests"))?;
    let module =
        std::fs::read(&module_path).with_context(|| format!("cargo did not leave {}", module_path.display()))?;
    let component = componentise(&module).with_context(|| {
        format!("the guest {} is no component: does it export a world, and import nothing else?", guest.package)
    })?;
    let path = out_dir.join(format!("{}.component.wasm", guest.package));
    std::fs::write(&path, component).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

fn compile(guest: &Guest, target_dir: &Path) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(&cargo);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_removed) {
            command.env_remove(name);
        }
    }
    command
        .args([
            "rustc",
            "--quiet",
            "--profile",
            &guest.profile,
            "--target",
            WASM_TARGET,
            "--lib",
            "--crate-type",
            "cdylib",
        ])
        .arg("--package")
        .arg(&guest.package)
        .arg("--manifest-path")
        .arg(&guest.manifest)
        .arg("--target-dir")
        .arg(target_dir)
        // A build folder that was set for all builds is locked by the outer cargo until we are done.
        .env("CARGO_BUILD_BUILD_DIR", target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags())
        .stdin(Stdio::null())
        // Cargo reads a build script's standard output; what people should read goes to standard error.
        .stdout(Stdio::null());
    let status = command.status().with_context(|| format!("{} does not start", cargo.display()))?;
    if !status.success() {
        bail!("the guest {} does not compile for {WASM_TARGET} ({status}); cargo's words are above", guest.package);
    }
    let file = format!("{}.wasm", guest.package.replace('-', "_"));
    Ok(target_dir.join(WASM_TARGET).join(&guest.profile).join(file))
}

/// Panic messages name source files; where the registry lies on the building machine must not change the component.
/// Being set, this also keeps a user's own flags (from `config.toml`) away from the guests.
fn rustflags() -> OsString {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let mut flags = OsString::new();
    if let Some(home) = home {
        flags.push("--remap-path-prefix=");
        flags.push(home.join("registry").join("src"));
        flags.push("=");
    }
    flags
}

fn componentise(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default().module(module)?.validate(true).encode()
}

#[cfg(test)]
mod tests {
    use super::componentise;

    /// A core module (magic, version) that imports the function `m.f` and nothing else.
    fn importing(module: &str, function: &str) -> Vec<u8> {
        let mut imports = vec![1];
        for name in [module, function] {
            imports.push(u8::try_from(name.len()).unwrap());
            imports.extend_from_slice(name.as_bytes());
        }
        imports.extend_from_slice(&[0, 0]);
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        // Type section: one type, no parameters, no results.
        bytes.extend_from_slice(&[1, 4, 1, 0x60, 0, 0]);
        bytes.extend_from_slice(&[2, u8::try_from(imports.len()).unwrap()]);
        bytes.extend_from_slice(&imports);
        bytes
    }

    #[test]
    fn what_is_not_wasm_is_refused() {
        assert!(componentise(b"not wasm").is_err());
    }

    #[test]
    fn a_guest_that_imports_wasi_is_refused() {
        let error = componentise(&importing("wasi_snapshot_preview1", "fd_write")).unwrap_err();
        assert!(format!("{error:#}").contains("wasi_snapshot_preview1"), "{error:#}");
    }

    #[test]
    fn a_guest_that_imports_a_stray_symbol_is_refused() {
        assert!(componentise(&importing("env", "gettimeofday")).is_err());
    }
}
