//! Chance, from the system.

use airlock_protocol::requests::RequestId;
use anyhow::anyhow;

pub(crate) fn bytes() -> anyhow::Result<[u8; 8]> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}

/// By which a server knows a message again, also when it is sent twice.
pub(crate) fn request_id() -> anyhow::Result<String> {
    let [a, b, c, d, ..] = bytes()?;
    Ok(RequestId::new(u32::from_be_bytes([a, b, c, d])).to_string())
}

/// Drawn evenly from all numbers.
pub(crate) fn number() -> anyhow::Result<u64> {
    bytes().map(u64::from_be_bytes)
}
