//! Which packages were installed where: by this the same package, asked for again, is known to stand already.

use super::{StoreError, TrustFolder, read, write};
use airlock_trust::{Name, VerifiedPackage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstalledPackage {
    pub name: Name,
    pub version: String,
    pub publisher: Name,
    /// Of the package, in hex.
    pub sha256: String,
    pub installed: String,
}

impl TrustFolder {
    /// What was installed, by the folder that it is in.
    pub fn packages(&self) -> Result<BTreeMap<String, InstalledPackage>, StoreError> {
        read(&self.packages_file())
    }

    pub(crate) fn installed_package(&self, folder: &str) -> Result<Option<InstalledPackage>, StoreError> {
        Ok(self.packages()?.remove(folder))
    }

    /// Remembers a package that is about to stand in a folder. One that is older than what was installed meanwhile is
    /// refused.
    pub(crate) fn package_installed(
        &self,
        verified: &VerifiedPackage,
        folder: &str,
        installed: InstalledPackage,
    ) -> Result<(), StoreError> {
        let _alone = self.alone()?;
        let mut store = self.trust()?;
        store.check_package(verified)?;
        store.raise_package(verified);
        write(&self.trust_file(), &store)?;
        let mut packages = self.packages()?;
        packages.insert(folder.to_owned(), installed);
        write(&self.packages_file(), &packages)
    }

    fn packages_file(&self) -> PathBuf {
        self.root.join("packages.json")
    }
}
