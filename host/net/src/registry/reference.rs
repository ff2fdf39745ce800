//! Where a component is in a registry: `REGISTRY/NAME:TAG` or `REGISTRY/NAME@sha256:DIGEST`, in the grammar of the OCI
//! distribution specification 1.1 ("Pulling manifests"). All of it becomes part of an address, so nothing else is let through.

use std::fmt;

const LONGEST_NAME: usize = 255;
const LONGEST_TAG: usize = 128;

/// A registry, a name in it, and which one of that name: a tag, or a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) registry: String,
    pub(super) name: String,
    /// What stands behind the colon.
    tag: Option<String>,
    /// `sha256:` and 64 digits.
    pub(super) digest: Option<String>,
}

impl Reference {
    /// None for what is not of that form. The registry is always named: there is no default one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (registry, rest) = text.split_once('/')?;
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (rest, None),
        };
        let (name, tag) = match rest.split_once(':') {
            Some((name, tag)) => (name, Some(tag)),
            None => (rest, None),
        };
        let is_named = registry.contains(['.', ':']) || registry == "localhost";
        let is_good = is_named
            && is_registry(registry)
            && name.len() <= LONGEST_NAME
            && name.split('/').all(is_component)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest)
            && (tag.is_some() || digest.is_some());
        is_good.then(|| Self {
            registry: registry.to_owned(),
            name: name.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// What the manifest is asked for by: the digest if there is one.
    pub(super) fn version(&self) -> &str {
        self.digest.as_deref().or(self.tag.as_deref()).unwrap_or_default()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.name)?;
        self.tag.iter().try_for_each(|tag| write!(f, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(f, "@{digest}"))
    }
}

/// A host, and perhaps a port.
fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !label.is_empty() && label.bytes().all(plain) && !label.starts_with('-') && !label.ends_with('-')
    };
    let digits = |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    host.len() <= LONGEST_NAME && host.split('.').all(label) && port.is_none_or(digits)
}

/// Small letters and digits; between them a dot, one or two underscores, or hyphens.
fn is_component(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = text.bytes().next().is_some_and(is_word) && text.bytes().next_back().is_some_and(is_word);
    let between = |gap: &str| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|b| b == b'-');
    ends && text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()).all(between)
}

fn is_tag(text: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= LONGEST_TAG
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'-'))
}

/// SHA-256 alone is understood.
pub(super) fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or_default();
    hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_a_registry_a_name_and_a_version() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let both = format!("registry.test/acme/check:1@{digest}");
        for good in ["registry.test/acme/check:1.0.0", "localhost:5000/a__b/c--d.e:latest", &both] {
            assert_eq!(Reference::parse(good).unwrap().to_string(), good);
        }
        let reference = Reference::parse(&both).unwrap();
        assert_eq!((reference.registry.as_str(), reference.name.as_str()), ("registry.test", "acme/check"));
        assert_eq!(reference.version(), digest);
        let long = format!("r.test/{}:1", "a".repeat(256));
        for bad in [
            "",
            "check",
            "acme/check:1",
            "/x:1",
            "registry.test/:1",
            "registry.test/A:1",
            "registry.test/a b:1",
            "registry.test/a",
            "registry.test/a//b:1",
            "registry.test/../b:1",
            "registry.test/a___b:1",
            "registry.test/a.-b:1",
            "registry.test/a:.1",
            "registry.test/a:1/2",
            "registry.test/a@md5:00",
            "registry.test/a:1@sha256:00",
            "user@registry.test/a:1",
            "registry.test:port/a:1",
            "registry.test:99999/a:1",
            "-r.test/a:1",
            "r..test/a:1",
            &long,
        ] {
            assert_eq!(Reference::parse(bad), None, "{bad}");
        }
    }
}
