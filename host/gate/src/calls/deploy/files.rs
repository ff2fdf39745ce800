//! Looking at what is at a place, and making a folder.

use super::place::At;
use crate::call::HostCall;
use crate::calls::Stat;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// Names in one answer when no grant says less.
const MOST_NAMES: u64 = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployStat {
    pub at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployList {
    pub at: String,
}

/// The SHA-512 of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployHash {
    pub at: String,
}

/// MB (kB / 1000) that are free on the file system of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploySpace {
    pub at: String,
}

/// Makes a folder, and at most so many of those above it: the others were not granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployMkdir {
    pub at: String,
    pub above: usize,
}

macro_rules! looks {
    ($call:ident, $name:literal, $verb:ident, $reply:ty, |$this:ident, $native:ident, $place:ident, $scope:ident| $run:expr) => {
        impl HostCall for $call {
            type Reply = $reply;
            const NAME: &'static str = $name;

            fn ask(&self) -> Result<Ask, CallError> {
                At::ask(&self.at, Verb::$verb)
            }

            fn size(&self) -> u64 {
                self.at.len() as u64
            }

            async fn run(self, $native: &Native, $scope: &Scope) -> Result<$reply, CallError> {
                let ($this, $place) = (&self, At::granted(&self.at, $scope)?);
                let _ = $this;
                $run
            }
        }
    };
}

looks!(DeployStat, "deploy.stat", FilesStat, Option<Stat>, |this, native, place, scope| {
    native.deploy.stat(&place).await
});
looks!(DeploySpace, "deploy.free-space", FilesStat, u64, |this, native, place, scope| {
    native.deploy.free_space(&place).await
});
looks!(DeployHash, "deploy.hash", FilesHash, String, |this, native, place, scope| {
    native.deploy.hash(&place, scope.max_bytes).await
});
looks!(DeployList, "deploy.list", FilesFind, Vec<String>, |this, native, place, scope| {
    let most = scope.max_results.unwrap_or(MOST_NAMES).min(MOST_NAMES);
    let names = native.deploy.list(&place, most).await?;
    if names.len() as u64 > most {
        return Err(CallError::Failed("there is more than is granted".to_owned()));
    }
    Ok(names)
});

impl HostCall for DeployMkdir {
    type Reply = ();
    const NAME: &'static str = "deploy.make-dir";
    const REHEARSED: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        At::ask(&self.at, Verb::FilesMkdir)
    }

    fn size(&self) -> u64 {
        self.at.len() as u64
    }

    fn planned(&self) -> Option<()> {
        matches!(At::parse(&self.at), Ok(At::Machine(_))).then_some(())
    }

    fn intent(&self, _scope: &Scope) -> String {
        format!("make the folder {}", self.at)
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<(), CallError> {
        native.deploy.make_dir(&At::granted(&self.at, scope)?, self.above).await
    }
}
