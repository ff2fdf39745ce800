//! A signed package: first what it is, by its signature, then whether that may be installed.

use crate::calls::{DeployInstall, DeployPackage};
use crate::{CallError, Gate};

impl Gate {
    /// Installs a package of the job's folder; the folder that it is in then.
    pub async fn deploy_install(&self, file: &str, into: Option<String>) -> Result<String, CallError> {
        let package = self.call(DeployPackage { file: file.to_owned() }).await?;
        self.call(DeployInstall { file: file.to_owned(), package, into }).await
    }
}
