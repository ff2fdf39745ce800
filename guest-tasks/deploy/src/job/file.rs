//! The files of a job: what they are called, what they are made of, where they are to be had.

use super::Refusal;
use super::read::{list, member, number, object, plain, text, yes};
use crate::machine::File;
use serde_json::Value;

/// Mirrors of one file that are tried.
pub const MOST_MIRRORS: usize = 16;
/// Parts of one file.
const MOST_PARTS: usize = 20_000;
const LONGEST_NAME: usize = 128;

/// A file, its mirrors, and what is done with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    pub file: File,
    /// In the order in which they are tried; no more than [`MOST_MIRRORS`].
    pub mirrors: Vec<String>,
    /// Mirrors beyond that, and what is none (neither http nor https).
    pub left_out: usize,
    pub uncompress: bool,
}

/// Reads an associated file by its digest.
pub fn package(digest: &str, value: &Value) -> Result<Package, Refusal> {
    let file = object(value, "associatedFiles")?;
    for member in ["mirrors", "multiparts", "name", "p2p-retention-duration", "p2p", "uncompress"] {
        if !file.contains_key(member) {
            return Err(Refusal::Missing { member, of: "associatedFiles" });
        }
    }
    let parts = list(file, "multiparts").ok_or(Refusal::NotAList("associatedFiles/multiparts"))?;
    if parts.len() > MOST_PARTS {
        return Err(Refusal::TooMany { what: "associatedFiles/multiparts", most: MOST_PARTS });
    }
    let parts = parts.iter().map(|part| sha512(&plain(part).unwrap_or_else(|| part.to_string())));
    let all: Vec<String> = match member(file, "mirrors") {
        Some(Value::Array(mirrors)) => mirrors.iter().filter_map(plain).collect(),
        Some(_) => return Err(Refusal::NotAList("associatedFiles/mirrors")),
        None => Vec::new(),
    };
    let web = |mirror: &&String| mirror.starts_with("http://") || mirror.starts_with("https://");
    let mirrors: Vec<String> = all.iter().filter(web).take(MOST_MIRRORS).cloned().collect();
    Ok(Package {
        left_out: all.len() - mirrors.len(),
        mirrors,
        uncompress: yes(file, "uncompress"),
        file: File {
            name: name(text(file, "name").unwrap_or_default())?,
            sha512: sha512(digest)?,
            parts: parts.collect::<Result<_, _>>()?,
            retention_minutes: number(file, "p2p-retention-duration").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            shared: yes(file, "p2p"),
        },
    })
}

fn sha512(digest: &str) -> Result<String, Refusal> {
    let fits = digest.len() == 128 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(digest.to_ascii_lowercase()) } else { Err(Refusal::Digest(digest.to_owned())) }
}

fn name(name: String) -> Result<String, Refusal> {
    if is_name(&name) { Ok(name) } else { Err(Refusal::FileName(name)) }
}

/// One plain name: it leads nowhere.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-');
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(plain) && name != "." && name != ".."
}
