//! Chance, from the system.

use anyhow::anyhow;

pub(crate) fn bytes() -> anyhow::Result<[u8; 8]> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}

/// Drawn evenly from all numbers.
pub(crate) fn number() -> anyhow::Result<u64> {
    bytes().map(u64::from_be_bytes)
}
