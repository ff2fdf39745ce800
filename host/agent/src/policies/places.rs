//! Where the owner's files are, as the command line says it.

use crate::config::Settings;
use airlock_native::{Folders, StopFile, system};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Places {
    /// Folder for state, compiled components and the audit log
    ///
    /// Without it: /var/lib/airlock and /var/log/airlock for root, $XDG_STATE_HOME/airlock for other users.
    #[arg(long, global = true, display_order = 91, value_name = "DIR")]
    pub(crate) vardir: Option<PathBuf>,

    /// Folder of the configuration: policy.d and the file STOP
    ///
    /// Without it: /etc/airlock for root, $XDG_CONFIG_HOME/airlock for other users.
    #[arg(long, global = true, display_order = 92, value_name = "DIR")]
    pub(crate) confdir: Option<PathBuf>,

    /// The policy, in place of policy.d: a file, or a folder of files NN-name.toml
    #[arg(long, global = true, display_order = 93, value_name = "FILE|DIR")]
    pub(crate) policy: Option<PathBuf>,

    /// Take a policy whose serial is lower than one that was accepted before
    #[arg(long, global = true, display_order = 94)]
    pub(crate) allow_rollback: bool,
}

impl Places {
    /// With the folder of state that the settings name, where the command line names none.
    pub(crate) fn under(&self, settings: &Settings) -> Self {
        Self { vardir: self.vardir.clone().or_else(|| settings.vardir.clone()), ..self.clone() }
    }

    pub(crate) fn vardir(&self) -> Option<&Path> {
        self.vardir.as_deref()
    }

    /// The folder of the configuration.
    pub(crate) fn confdir(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.confdir {
            return Ok(folder.clone());
        }
        if system::is_root() {
            return Ok("/etc/airlock".into());
        }
        let home = || system::variable("HOME").map(|home| Path::new(&home).join(".config"));
        let base = system::variable("XDG_CONFIG_HOME").map(PathBuf::from).or_else(home);
        let base = base.filter(|base| base.is_absolute());
        Ok(base
            .ok_or_else(|| anyhow::anyhow!("no folder for the configuration: neither --confdir nor HOME says where"))?
            .join("airlock"))
    }

    pub(crate) fn policy_path(&self) -> anyhow::Result<PathBuf> {
        match &self.policy {
            Some(path) => Ok(path.clone()),
            None => Ok(self.confdir()?.join("policy.d")),
        }
    }

    pub(crate) fn settings_path(&self) -> anyhow::Result<PathBuf> {
        Ok(self.confdir()?.join("airlock.toml"))
    }

    /// The kill switch. Where the configuration is not known, the system's still holds.
    pub(crate) fn stops(&self) -> StopFile {
        StopFile::new(&self.confdir().unwrap_or_else(|_| "/etc/airlock".into()))
    }

    /// The agent's own files and folders, which no task touches.
    pub(crate) fn own_paths(&self, folders: Option<&Folders>) -> Vec<String> {
        let state = folders.and_then(|folders| folders.state().ok());
        let log = folders.and_then(|folders| folders.audit().ok()).and_then(|file| file.parent().map(Path::to_owned));
        let paths = [self.confdir().ok(), self.policy_path().ok(), state, log, system::program().ok()];
        let absolute = paths.into_iter().flatten().filter_map(|path| std::path::absolute(path).ok());
        absolute.map(|path| path.to_string_lossy().into_owned()).collect()
    }
}
