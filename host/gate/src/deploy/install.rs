//! Files of the job's folder, put together and unpacked; and signed packages among them: first what one is, by its signature,
//! then whether that may be installed.

use crate::approvals::Approvable;
use crate::calls::{DeployAssemble, DeployInstall, DeployPackage, DeployUnpack, JobFile, Unpacked, of_file};
use crate::{CallError, Gate, Verb};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Files of the job that are as they came, by name: the SHA-512 of each.
#[derive(Debug, Default)]
pub(crate) struct AsTheyCame(Mutex<BTreeMap<String, String>>);

impl AsTheyCame {
    fn came(&self, file: &JobFile) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(file.name.clone(), file.id().sha512);
    }

    /// Something is put into the job's folder: any of them may be something else now.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn sha512(&self, name: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

impl Gate {
    /// Puts a file together from its parts. Bytes.
    pub async fn deploy_assemble(&self, file: JobFile) -> Result<u64, CallError> {
        let bytes = self.call(DeployAssemble { file: file.clone() }).await?;
        self.as_they_came.came(&file);
        Ok(bytes)
    }

    /// Unpacks an archive of the job's folder.
    pub async fn deploy_unpack(&self, archive: String, into: String) -> Result<Unpacked, CallError> {
        self.as_they_came.forget();
        self.call(DeployUnpack { archive, into }).await
    }

    /// Installs a package of the job's folder; the folder that it is in then.
    pub async fn deploy_install(&self, file: &str, into: Option<String>) -> Result<String, CallError> {
        let sha512 = self.as_they_came.sha512(file);
        let mut package = match self.call(DeployPackage { file: file.to_owned() }).await {
            Err(CallError::NotFound) if self.source.awaits(file) => return Ok(self.installed_later(file, sha512, into)),
            package => package?,
        };
        // Whose it is for the policy: what the publisher is called where its keys are trusted says nothing here.
        if !package.keys.is_empty() {
            package.publisher = self.policy.publisher_of(&package.name, &package.keys).map(str::to_owned);
        }
        self.call(DeployInstall { file: file.to_owned(), package, into, sha512 }).await
    }

    /// A rehearsal of what is not downloaded yet: whether it may be installed is decided when it is known whose it is. People
    /// are asked now, under every approval that could be wanted then.
    fn installed_later(&self, file: &str, sha512: Option<String>, into: Option<String>) -> String {
        if let Some(sha512) = sha512.filter(|_| self.guards.asks_ahead) {
            let approvable = Approvable::of(&of_file(file, &sha512, into.as_deref()));
            for rule in self.policy.approvals_of(Verb::PkgInstall) {
                self.standing(&rule, &approvable);
            }
        }
        let folder = into.unwrap_or_default();
        let place = if folder.is_empty() { "its folder" } else { folder.as_str() };
        self.source.plan(|| format!("after download: install {file} into {place}, where its signer may"));
        folder
    }
}
