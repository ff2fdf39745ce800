//! Where a component comes from: a file, a folder, an address, a registry. A source only brings bytes, within limits;
//! whether they come in is decided in [`crate::admission`], in the same way for all of them.

mod files;
mod online;

use crate::exit::Usage;
use airlock_native::trust_store::LARGEST_REQUEST;
use airlock_trust::{LARGEST_MANIFEST, LARGEST_SIGNATURES};

/// The ending of a manifest's file; its component's is `.wasm`.
pub(crate) const MANIFEST: &str = ".manifest.toml";
pub(crate) const SIGNATURES: &str = ".minisig";
pub(crate) const REQUEST: &str = ".policy.toml";
pub(crate) const COMPONENT: &str = ".wasm";

/// For `--help`.
pub(crate) const SOURCES: &str = "\
A SOURCE is a component with its manifest and its signatures:
  check.wasm             a file, with check.manifest.toml and check.manifest.toml.minisig beside it
  ./acme                 a folder that has one manifest
  https://host/check.wasm            the same files, from a server
  oci://registry/acme/check:1.3.0    the same, as parts of an image in an OCI registry (@sha256:… as well)";

/// How far fetching may go.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Fetching {
    /// Fetch over plain HTTP, from this machine itself and nowhere else: to try a mirror or a registry out
    #[arg(long)]
    loopback: bool,
}

/// A manifest, and the signatures over it.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) manifest: Vec<u8>,
    /// Empty: there are none.
    pub(crate) signatures: Vec<u8>,
}

/// What brings a component.
pub(crate) trait Source {
    /// What comes first, and decides about the rest.
    fn signed(&mut self) -> anyhow::Result<Signed>;

    /// The component: never more than `size` bytes and one, however much there is.
    fn component(&mut self, size: u64) -> anyhow::Result<Vec<u8>>;

    /// What the publisher would like to be allowed; none when nothing of that kind came along.
    fn request(&mut self) -> anyhow::Result<Option<Vec<u8>>>;
}

/// Limits of what comes beside the component.
const LIMITS: [(&str, u64); 3] =
    [(MANIFEST, LARGEST_MANIFEST as u64), (SIGNATURES, LARGEST_SIGNATURES as u64), (REQUEST, LARGEST_REQUEST)];

fn limit(what: &str) -> u64 {
    LIMITS.iter().find(|(name, _)| *name == what).map_or(0, |(_, limit)| *limit)
}

/// The source that a person named.
pub(crate) fn source(text: &str, options: &Fetching) -> anyhow::Result<Box<dyn Source>> {
    match text.split_once("://") {
        None => Ok(Box::new(files::open(text)?)),
        Some(("oci", name)) => Ok(Box::new(online::InRegistry::open(name, options.loopback)?)),
        Some(("https", _)) => Ok(Box::new(online::Online::open(text, options.loopback)?)),
        Some(("http", _)) if options.loopback => Ok(Box::new(online::Online::open(text, true)?)),
        Some((scheme, _)) => {
            let scheme: String = scheme.chars().take(20).collect();
            Err(Usage(format!("{scheme}:// is no source of components; there are files, folders, https:// and oci://"))
                .into())
        }
    }
}
