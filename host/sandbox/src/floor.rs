//! The oldest wasmtime that components are run with. Older ones have known ways out of the sandbox or ways to stop the
//! host, so a program that was built with one runs nothing.

use crate::error::LoadError;

/// The version that this program was built with.
pub const ENGINE_VERSION: &str = env!("AIRLOCK_WASMTIME");

/// The oldest that is accepted: raised with every advisory that concerns us.
pub const OLDEST_ENGINE: (u64, u64, u64) = (48, 0, 8);

pub(crate) fn check(version: &str) -> Result<(), LoadError> {
    let (major, minor, patch) = OLDEST_ENGINE;
    match numbers(version) {
        Some(built) if built >= OLDEST_ENGINE => Ok(()),
        _ => Err(LoadError::Engine(format!(
            "built with wasmtime {version}; {major}.{minor}.{patch} or newer is needed to run components safely"
        ))),
    }
}

/// A version that is still being made has no promises.
fn numbers(version: &str) -> Option<(u64, u64, u64)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let numbers = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_below_the_floor_is_refused() {
        for good in [ENGINE_VERSION, "48.0.8", "48.0.10", "48.1.0", "49.0.0", "100.0.0"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "48.0.7", "47.9.9", "5.0.0", "48", "48.0", "48.0.8-rc.1", "48.0.8.1", "x"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
