//! Which environment variables the inner cargo does not get.
//!
//! Cargo hands its build scripts what it was told for the host build; passed on, these would break or change the guests.
//! Sources: the Cargo book, "Environment Variables Cargo reads" and "… sets for build scripts". What stays, stays on
//! purpose: `RUSTC` and `RUSTUP_TOOLCHAIN` (same toolchain), `RUSTC_WRAPPER` (a compiler cache), `CARGO_HOME` and
//! `CARGO_NET_*`, and `CARGO_MAKEFLAGS`, so that inner and outer cargo share one pool of jobs.

/// Variables for the host build alone. `RUSTC_WORKSPACE_WRAPPER` is how clippy takes the compiler's place; the wrapper
/// and the build folder also have spellings of their own as configuration values.
const REMOVED: &[&str] = &[
    "RUSTFLAGS",
    "RUSTDOCFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_LINKER",
    "TARGET",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_INCREMENTAL",
];

/// `CARGO_TARGET_DIR`, `CARGO_TARGET_<TRIPLE>_LINKER`, …, and overrides of profiles, which would make another component
/// than the workspace's manifest describes.
const REMOVED_BEGINNINGS: &[&str] = &["CARGO_TARGET_", "CARGO_PROFILE_", "CARGO_UNSTABLE_"];

pub(crate) fn is_removed(name: &str) -> bool {
    REMOVED.contains(&name) || REMOVED_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::is_removed;

    #[test]
    fn what_was_meant_for_the_host_is_removed() {
        for name in ["RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER"] {
            assert!(is_removed(name), "{name}");
        }
    }

    #[test]
    fn the_toolchain_the_cache_and_the_job_pool_stay() {
        for name in ["RUSTC", "RUSTC_WRAPPER", "RUSTUP_TOOLCHAIN", "CARGO_HOME", "CARGO_MAKEFLAGS", "PATH"] {
            assert!(!is_removed(name), "{name}");
        }
    }
}
