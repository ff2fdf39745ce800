//! Components from an OCI registry (OCI distribution specification 1.1): a manifest by tag or digest, and what it names
//! as blobs, each held to its size and its digest. Only reading, and only what everybody may read: no credentials are
//! kept, so none can be sent. Whose a component is, is none of this: its own signed manifest says so.

mod reference;

use crate::download::{Answer, DownloadError, Downloads};
use reference::{Reference, is_digest};
use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The manifest of one component has a few hundred bytes.
const LARGEST_MANIFEST: u64 = 256 << 10;
const LARGEST_TOKEN: u64 = 64 << 10;
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// What a blob is, by its media type.
pub const CONFIG: &str = "application/vnd.wasm.config.v0+json";
pub const COMPONENT: &str = "application/wasm";
pub const TASK_MANIFEST: &str = "application/vnd.airlock.manifest.v1+toml";
pub const SIGNATURES: &str = "application/vnd.airlock.signatures.v1+minisig";
pub const REQUEST: &str = "application/vnd.airlock.policy-request.v1+toml";

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    #[error("{0}: a component in a registry is named oci://REGISTRY/NAME:TAG or oci://REGISTRY/NAME@sha256:DIGEST")]
    Reference(String),
    #[error(transparent)]
    Download(#[from] DownloadError),
    #[error("{registry}: {why}")]
    Registry { registry: String, why: String },
    #[error("{what} is not what its digest says")]
    Digest { what: String },
}

/// One component in a registry.
pub struct Image {
    downloads: Downloads,
    reference: Reference,
    token: Option<HeaderValue>,
    manifest: Option<ImageManifest>,
}

/// What is read of an image manifest (OCI image specification 1.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImageManifest {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
}

#[derive(Deserialize)]
struct Token {
    #[serde(alias = "access_token")]
    token: String,
}

impl Image {
    /// `text` is what comes after `oci://`. The registry is always named: there is no default one.
    pub fn new(text: &str, downloads: Downloads) -> Result<Self, RegistryError> {
        let bad = || RegistryError::Reference(text.chars().take(300).collect());
        let reference = Reference::parse(text).ok_or_else(bad)?;
        Ok(Self { downloads, reference, token: None, manifest: None })
    }

    /// The blob of that media type; none when the component has none, more than one is an error.
    pub async fn blob(&mut self, media_type: &str, most: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        let manifest = match self.manifest.take() {
            Some(manifest) => manifest,
            None => self.read_manifest().await?,
        };
        let found: Vec<Descriptor> =
            manifest.layers.iter().filter(|layer| layer.media_type == media_type).cloned().collect();
        self.manifest = Some(manifest);
        match found.as_slice() {
            [] => Ok(None),
            [one] => self.read_blob(one, most).await.map(Some),
            some => Err(self.wrong(format!("{} parts are {media_type}; one is expected", some.len()))),
        }
    }

    async fn read_manifest(&mut self) -> Result<ImageManifest, RegistryError> {
        let path = format!("manifests/{}", self.reference.version());
        let body = self.get(&path, Some(MANIFEST), LARGEST_MANIFEST).await?;
        if let Some(digest) = &self.reference.digest {
            held_to(digest, &body, "the manifest in the registry")?;
        }
        let manifest: ImageManifest = serde_json::from_slice(&body)
            .map_err(|error| self.wrong(format!("its manifest makes no sense: {error}")))?;
        if manifest.config.media_type != CONFIG {
            let found: String = manifest.config.media_type.chars().take(100).collect();
            return Err(self.wrong(format!("{found:?} is no component; its config would be {CONFIG}")));
        }
        Ok(manifest)
    }

    async fn read_blob(&mut self, blob: &Descriptor, most: u64) -> Result<Vec<u8>, RegistryError> {
        let what = format!("the part {}", blob.media_type);
        let size = blob.size;
        if size > most {
            return Err(self.wrong(format!("{what} has {size} bytes; at most {most} are expected")));
        }
        // Checked before it becomes a part of an address.
        if !is_digest(&blob.digest) {
            return Err(RegistryError::Digest { what });
        }
        let body = self.get(&format!("blobs/{}", blob.digest), None, size).await?;
        held_to(&blob.digest, &body, &what)?;
        Ok(body)
    }

    async fn get(&mut self, path: &str, accept: Option<&'static str>, most: u64) -> Result<Vec<u8>, RegistryError> {
        let scheme = if self.downloads.is_loopback() { "http" } else { "https" };
        let url = format!("{scheme}://{}/v2/{}/{path}", self.reference.registry, self.reference.name);
        let mut answer = self.ask(&url, accept, most).await?;
        if answer.status == 401 && self.token.is_none() {
            self.token = Some(self.anonymous(&answer).await?);
            answer = self.ask(&url, accept, most).await?;
        }
        match answer.status {
            200 => Ok(answer.body),
            404 => Err(self.wrong(format!("there is no {}", self.reference))),
            status => Err(self.wrong(format!("the answer is {status}"))),
        }
    }

    async fn ask(&self, url: &str, accept: Option<&'static str>, most: u64) -> Result<Answer, RegistryError> {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        if let Some(token) = &self.token {
            headers.insert(AUTHORIZATION, token.clone());
        }
        Ok(self.downloads.get(url, headers, most).await?)
    }

    /// The token that a registry gives to everybody.
    async fn anonymous(&self, answer: &Answer) -> Result<HeaderValue, RegistryError> {
        let challenge = answer.headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let no_way = || self.wrong("it wants credentials; only what everybody may read is read".to_owned());
        let parameters = challenge.strip_prefix("Bearer ").ok_or_else(no_way)?;
        let value = |name: &str| {
            let (_, rest) = parameters.split_once(&format!("{name}=\""))?;
            rest.split_once('"').map(|(value, _)| value)
        };
        let mut url = value("realm").and_then(|realm| Url::parse(realm).ok()).ok_or_else(no_way)?;
        for name in ["service", "scope"] {
            if let Some(value) = value(name) {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        let body = self.downloads.file(url.as_str(), LARGEST_TOKEN).await?;
        let token: Token = serde_json::from_slice(&body).map_err(|_| no_way())?;
        let mut header = HeaderValue::from_str(&format!("Bearer {}", token.token)).map_err(|_| no_way())?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn wrong(&self, why: String) -> RegistryError {
        RegistryError::Registry { registry: self.reference.registry.clone(), why }
    }
}

fn held_to(digest: &str, bytes: &[u8], what: &str) -> Result<(), RegistryError> {
    let real: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    match digest.strip_prefix("sha256:") == Some(real.as_str()) {
        true => Ok(()),
        false => Err(RegistryError::Digest { what: what.to_owned() }),
    }
}
