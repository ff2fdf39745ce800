//! A signed package: first what it is, by its signature, then whether that may be installed.

use crate::calls::{DeployInstall, DeployPackage};
use crate::{CallError, Gate};

impl Gate {
    /// Installs a package of the job's folder; the folder that it is in then.
    pub async fn deploy_install(&self, file: &str, into: Option<String>) -> Result<String, CallError> {
        let mut package = self.call(DeployPackage { file: file.to_owned() }).await?;
        // Whose it is for the policy: what the publisher is called where its keys are trusted says nothing here.
        if !package.keys.is_empty() {
            package.publisher = self.policy.publisher_of(&package.name, &package.keys).map(str::to_owned);
        }
        self.call(DeployInstall { file: file.to_owned(), package, into }).await
    }
}
