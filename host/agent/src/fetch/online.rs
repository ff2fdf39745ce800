//! A component from an address (`https://…/check.wasm`, with its other files beside it) or from a registry (`oci://…`).
//! The manifest comes first; the component is fetched only when its signatures hold, and never more of it than they say.

use super::{COMPONENT, MANIFEST, REQUEST, SIGNATURES, Signed, Source, limit};
use crate::exit::Usage;
use airlock_gate::policy::never_reached;
use airlock_net::download::Downloads;
use airlock_net::registry::{self, Image};
use airlock_trust::TrustError;
use anyhow::Context;
use std::net::IpAddr;
use tokio::runtime::Runtime;

/// Private networks are where mirrors are; the machine itself, its neighbours on the link and the rest of the floor are
/// never contacted on the word of a name.
fn fence(address: IpAddr) -> Option<&'static str> {
    never_reached(address).map(|code| code.meaning())
}

fn runtime() -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

pub(super) struct Online {
    downloads: Downloads,
    runtime: Runtime,
    /// The address of all of its files, without their endings.
    stem: String,
}

impl Online {
    pub(super) fn open(url: &str, loopback: bool) -> anyhow::Result<Self> {
        let stem = [MANIFEST, COMPONENT].iter().find_map(|ending| url.strip_suffix(ending));
        let stem = stem.ok_or_else(|| {
            Usage(format!("{url}: the address of a component ends in {COMPONENT}, of its manifest in {MANIFEST}"))
        })?;
        Ok(Self { downloads: Downloads::new(fence, loopback), runtime: runtime()?, stem: stem.to_owned() })
    }

    fn if_there(&self, ending: &str, most: u64) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(self.runtime.block_on(self.downloads.file_if_there(&format!("{}{ending}", self.stem), most))?)
    }
}

impl Source for Online {
    fn signed(&mut self) -> anyhow::Result<Signed> {
        let missing = || format!("{}{MANIFEST} is not there", self.stem);
        let manifest = self.if_there(MANIFEST, limit(MANIFEST))?.ok_or(TrustError::Unsigned).with_context(missing)?;
        let signatures = self.if_there(&format!("{MANIFEST}{SIGNATURES}"), limit(SIGNATURES))?.unwrap_or_default();
        Ok(Signed { manifest, signatures })
    }

    fn component(&mut self, size: u64) -> anyhow::Result<Vec<u8>> {
        Ok(self.runtime.block_on(self.downloads.file(&format!("{}{COMPONENT}", self.stem), size))?)
    }

    fn request(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        self.if_there(REQUEST, limit(REQUEST))
    }
}

pub(super) struct InRegistry {
    image: Image,
    runtime: Runtime,
}

impl InRegistry {
    pub(super) fn open(name: &str, loopback: bool) -> anyhow::Result<Self> {
        Ok(Self { image: Image::new(name, Downloads::new(fence, loopback))?, runtime: runtime()? })
    }

    fn blob(&mut self, media_type: &str, most: u64) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(self.runtime.block_on(self.image.blob(media_type, most))?)
    }
}

impl Source for InRegistry {
    fn signed(&mut self) -> anyhow::Result<Signed> {
        let manifest = self.blob(registry::TASK_MANIFEST, limit(MANIFEST))?.ok_or(TrustError::Unsigned)?;
        let signatures = self.blob(registry::SIGNATURES, limit(SIGNATURES))?.unwrap_or_default();
        Ok(Signed { manifest, signatures })
    }

    fn component(&mut self, size: u64) -> anyhow::Result<Vec<u8>> {
        self.blob(registry::COMPONENT, size)?.context("the registry has no component under that name")
    }

    fn request(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        self.blob(registry::REQUEST, limit(REQUEST))
    }
}
