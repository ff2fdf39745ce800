//! Builds task components from build scripts: cargo for wasm32, then componentisation, in one process.
//!
//! No tool has to be installed but the toolchain's own WebAssembly target. What an outer cargo was told for the host
//! build (flags, target, lint driver) does not reach the guests: a component is the same under `build`, `clippy` and
//! `test`. Nothing from WASI is linked: a guest that imports it does not become a component.

#[cfg(feature = "components")]
mod component;
#[cfg(feature = "components")]
mod environment;
mod target;

#[cfg(feature = "components")]
pub use component::{Guest, build};
pub use target::{WASM_TARGET, ensure_wasm_target};

use std::path::Path;

/// Tells the outer cargo which files or folders (looked through to the bottom) make the build script run again.
///
/// Name everything that the guest is made of: its sources and manifest, the SDK's, the WIT files, the workspace's
/// `Cargo.toml` and `Cargo.lock`.
pub fn watch<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) {
    for path in paths {
        println!("cargo::rerun-if-changed={}", path.as_ref().display());
    }
}
