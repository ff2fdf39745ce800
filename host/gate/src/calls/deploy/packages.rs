//! Archives and signed packages that are in the job's folder.

use super::file::one_name;
use super::place::{At, Place};
use crate::approvals::Approvable;
use crate::call::HostCall;
use crate::{Ask, CallError, Effect, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// Unpacks an archive of the job's folder into a folder of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployUnpack {
    pub archive: String,
    pub into: String,
}

/// What came out of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpacked {
    pub files: u32,
    pub bytes: u64,
}

/// What a package is, by its verified signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployPackage {
    /// The file in the job's folder.
    pub file: String,
}

/// A package whose signature holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedPackage {
    pub name: String,
    pub version: String,
    /// Whose it is: the publisher of the policy whose keys signed it, none when no publisher's did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The keys whose signatures were verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

/// Installs a package of the job's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployInstall {
    /// The file in the job's folder.
    pub file: String,
    pub package: SignedPackage,
    /// Below which folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<String>,
    /// What the file is, where it is one that came with the job and nothing was put in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha512: Option<String>,
}

/// The installation of a file, by its digest: what stands for it in a list that was made before the file was here.
pub(crate) fn of_file(file: &str, sha512: &str, into: Option<&str>) -> Ask {
    Ask {
        path: Some(Place::Work(file.to_owned()).name()),
        sha512: Some(sha512.to_owned()),
        into: into.map(str::to_owned),
        ..Ask::new(Verb::PkgInstall)
    }
}

/// A place in the job's own folder, and nowhere else.
fn in_work(text: &str) -> Result<Place, CallError> {
    match At::parse(text)? {
        At::Work(path) => Ok(Place::Work(path.to_owned())),
        At::Machine(path) => {
            Err(CallError::Invalid(format!("{path:.200?} is not in the job's folder (work:…), where archives are")))
        }
    }
}

impl HostCall for DeployUnpack {
    type Reply = Unpacked;
    const NAME: &'static str = "deploy.unpack";
    const WEIGHED: bool = true;
    const CAN_WAIT: bool = true;
    /// `max_bytes` is of what is fetched; what comes out of it has bounds of its own, and counts as what is written.
    const BOUND_BY_GRANT: bool = false;

    /// As putting a file together: of the packages that a grant lets in.
    fn ask(&self) -> Result<Ask, CallError> {
        let archive = in_work(&self.archive)?;
        in_work(&self.into)?;
        Ok(Ask { name: Some(archive.name()), ..Ask::new(Verb::PkgFetch) })
    }

    fn approvable(&self, ask: &Ask) -> Option<Approvable> {
        Some(Approvable::of(&Ask { into: Some(self.into.clone()), ..ask.clone() }))
    }

    fn effect(&self, _ask: &Ask) -> Effect {
        Effect::Read
    }

    fn outcome(reply: &Unpacked) -> String {
        format!("{} files, {} bytes", reply.files, reply.bytes)
    }

    fn weight(reply: &Unpacked) -> u64 {
        reply.bytes
    }

    fn size(&self) -> u64 {
        (self.archive.len() + self.into.len()) as u64
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<Unpacked, CallError> {
        native.deploy.unpack(&in_work(&self.archive)?, &in_work(&self.into)?, scope).await
    }
}

impl HostCall for DeployPackage {
    type Reply = SignedPackage;
    const NAME: &'static str = "deploy.package";

    fn ask(&self) -> Result<Ask, CallError> {
        one_name(&self.file)?;
        Ok(Ask::run())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<SignedPackage, CallError> {
        native.deploy.package(&self.file).await
    }
}

impl HostCall for DeployInstall {
    type Reply = String;
    const NAME: &'static str = "deploy.install";

    fn ask(&self) -> Result<Ask, CallError> {
        one_name(&self.file)?;
        Ok(Ask {
            name: Some(self.package.name.clone()),
            version: Some(self.package.version.clone()),
            publisher: self.package.publisher.clone(),
            into: self.into.clone(),
            ..Ask::new(Verb::PkgInstall)
        })
    }

    fn approvable(&self, ask: &Ask) -> Option<Approvable> {
        let or = self.sha512.as_ref().map(|sha512| of_file(&self.file, sha512, self.into.as_deref()));
        Some(Approvable { or, ..Approvable::of(ask) })
    }

    fn planned(&self) -> Option<String> {
        Some(self.into.clone().unwrap_or_default())
    }

    fn intent(&self, _scope: &Scope) -> String {
        let SignedPackage { name, version, publisher, .. } = &self.package;
        let by = publisher.as_ref().map(|name| format!(" (signed: {name})")).unwrap_or_default();
        format!("install {name} {version}{by} into {}", self.into.as_deref().unwrap_or("its folder"))
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<String, CallError> {
        native.deploy.install(&self, scope).await
    }
}
