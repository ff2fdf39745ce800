//! What a publisher says of a component, and signs: a short document in TOML. Strict: a key that is not known here may
//! mean something that matters, so it is an error and not passed over.

use crate::error::TrustError;
use crate::name::Name;
use jiff::{SignedDuration, Timestamp};
use semver::Version;
use serde::Deserialize;
use std::fmt::Write;

/// The form of manifest that this program reads and writes.
pub const FORMAT: u32 = 1;
/// No manifest is larger.
pub const LARGEST_MANIFEST: usize = 64 << 10;
/// No component that would be accepted is larger.
pub const LARGEST_COMPONENT: u64 = 64 << 20;

const MOST_IMPORTS: usize = 64;
const LONGEST_IMPORT: usize = 128;
/// An expiry further away than this protects nobody.
const LONGEST_PERIOD: SignedDuration = SignedDuration::from_hours(5 * 366 * 24);

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub name: Name,
    pub version: Version,
    /// Goes up with every release; never back.
    pub counter: u64,
    pub issued: Timestamp,
    pub expires: Timestamp,
    /// Bytes of the component.
    pub size: u64,
    /// Of the component, in hex.
    pub sha256: String,
    /// The kinds of task that it is made for.
    pub worlds: Vec<String>,
    /// The interfaces that it imports, with their versions; all of them.
    pub imports: Vec<String>,
    pub minimum_agent: Version,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    format: u32,
    name: Name,
    version: String,
    counter: u64,
    issued: toml::value::Datetime,
    expires: toml::value::Datetime,
    size: u64,
    sha256: String,
    worlds: Vec<String>,
    imports: Vec<String>,
    minimum_agent: String,
}

impl Manifest {
    /// Reads a manifest.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        if bytes.len() > LARGEST_MANIFEST {
            return bad(format!("{} bytes; at most {LARGEST_MANIFEST} are read", bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| TrustError::Manifest("it is not UTF-8".to_owned()))?;
        let raw: Raw = toml::from_str(text).map_err(|e| TrustError::Manifest(e.to_string().trim_end().to_owned()))?;
        if raw.format != FORMAT {
            return bad(format!("format {}; this program reads format {FORMAT}", raw.format));
        }
        let manifest = Self {
            name: raw.name,
            version: version("version", &raw.version)?,
            counter: raw.counter,
            issued: moment("issued", &raw.issued)?,
            expires: moment("expires", &raw.expires)?,
            size: raw.size,
            sha256: raw.sha256,
            worlds: raw.worlds,
            imports: raw.imports,
            minimum_agent: version("minimum_agent", &raw.minimum_agent)?,
        };
        manifest.check()?;
        Ok(manifest)
    }

    /// The document, as it is signed.
    pub fn to_toml(&self) -> Result<String, TrustError> {
        self.check()?;
        let list = |words: &[String]| {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("[{}]", quoted.join(", "))
        };
        let mut text = format!("format = {FORMAT}\nname = \"{}\"\nversion = \"{}\"\n", self.name, self.version);
        let _ = write!(text, "counter = {}\nissued = {}\nexpires = {}\n", self.counter, self.issued, self.expires);
        let _ = write!(text, "size = {}\nsha256 = \"{}\"\n", self.size, self.sha256);
        let _ = write!(text, "worlds = {}\nimports = {}\n", list(&self.worlds), list(&self.imports));
        let _ = writeln!(text, "minimum_agent = \"{}\"", self.minimum_agent);
        Ok(text)
    }

    /// How long it was meant to be fresh.
    pub fn period(&self) -> SignedDuration {
        self.expires.duration_since(self.issued)
    }

    fn check(&self) -> Result<(), TrustError> {
        check_digest(&self.sha256)?;
        if self.size == 0 || self.size > LARGEST_COMPONENT {
            return bad(format!("a component of {} bytes; between 1 and {LARGEST_COMPONENT} are accepted", self.size));
        }
        check_period(self.issued, self.expires)?;
        if self.worlds.is_empty() {
            return bad("worlds names no kind of task".to_owned());
        }
        if self.imports.len() > MOST_IMPORTS || self.worlds.len() > MOST_IMPORTS {
            return bad(format!("more than {MOST_IMPORTS} imports or worlds"));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'/' | b'@' | b'.' | b'-' | b'_' | b'+');
        for word in self.imports.iter().chain(&self.worlds) {
            if word.is_empty() || word.len() > LONGEST_IMPORT || !word.bytes().all(plain) {
                return bad(format!("{word:?} is no name of an interface or a world"));
            }
        }
        Ok(())
    }
}

pub(crate) fn check_digest(sha256: &str) -> Result<(), TrustError> {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    match sha256.len() == 64 && sha256.bytes().all(is_hex) {
        true => Ok(()),
        false => bad("sha256 is 64 hex digits in lower case".to_owned()),
    }
}

pub(crate) fn check_period(issued: Timestamp, expires: Timestamp) -> Result<(), TrustError> {
    if expires <= issued {
        return bad("it expires before it is issued".to_owned());
    }
    if expires.duration_since(issued) > LONGEST_PERIOD {
        return bad("it expires more than five years after it is issued".to_owned());
    }
    Ok(())
}

pub(crate) fn bad<T>(why: String) -> Result<T, TrustError> {
    Err(TrustError::Manifest(why))
}

/// Versions are those of semver.org. What comes after a `+` has no order, so it is not accepted.
pub(crate) fn version(what: &str, text: &str) -> Result<Version, TrustError> {
    match Version::parse(text) {
        Ok(version) if version.build.is_empty() => Ok(version),
        Ok(_) => bad(format!("{what} {text:?}: without a part after +, which has no order")),
        Err(error) => bad(format!("{what} {text:?}: {error} (a version is written 1.2.3)")),
    }
}

pub(crate) fn moment(what: &str, date: &toml::value::Datetime) -> Result<Timestamp, TrustError> {
    let text = date.to_string();
    text.parse().map_err(|_| {
        TrustError::Manifest(format!(
            "{what} = {text}: a moment has a date, a time and a zone, like 2027-01-31T12:00:00Z"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "format = 1\nname = \"acme-check\"\nversion = \"1.3.0\"\ncounter = 7\n\
        issued = 2026-11-22T12:00:00Z\nexpires = 2027-02-20T14:00:00+02:00\nsize = 5\n\
        sha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n\
        worlds = [\"inventory\"]\nimports = [\"airlock:facts/facts@0.1.0\"]\nminimum_agent = \"0.1.0\"\n";

    #[test]
    fn what_is_written_is_read_again() {
        let manifest = Manifest::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(manifest.expires, "2027-02-20T12:00:00Z".parse().unwrap());
        assert_eq!(Manifest::parse(manifest.to_toml().unwrap().as_bytes()).unwrap(), manifest);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (old, new, says) in [
            ("format = 1", "format = 2", "format"),
            ("counter = 7", "counter = -7", "counter"),
            ("counter = 7\n", "", "counter"),
            ("counter = 7", "counter = 7\ngrant = []", "grant"),
            ("counter = 7", "counter = 7\ncounter = 8", "counter"),
            ("acme-check", "../x", "name"),
            ("acme-check", "Acme", "name"),
            ("1.3.0", "1.3", "1.2.3"),
            ("1.3.0", "1.3.0+b", "+"),
            ("2026-11-22T12:00:00Z", "2026-11-22", "zone"),
            ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00", "zone"),
            ("2026-11-22T12:00:00Z", "2027-11-22T12:00:00Z", "before"),
            ("2027-02-20", "2037-02-20", "five years"),
            ("size = 5", "size = 0", "bytes"),
            ("size = 5", "size = 9999999999", "bytes"),
            ("aaaa\"", "aaa\"", "hex"),
            ("aaaa\"", "aaaA\"", "hex"),
            ("[\"inventory\"]", "[]", "worlds"),
            ("facts@", "facts\\u001b@", "interface"),
        ] {
            let text = GOOD.replace(old, new);
            assert_ne!(text, GOOD);
            let error = Manifest::parse(text.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(says), "{new}: {error}");
            assert_eq!(error.code(), "BAD_MANIFEST");
        }
        assert!(Manifest::parse(&[b'#'; LARGEST_MANIFEST + 1]).is_err());
        assert!(Manifest::parse(b"\xff\xfe").is_err());
    }
}
