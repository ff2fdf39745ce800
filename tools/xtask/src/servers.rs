//! `cargo xtask servers`: the program against servers and agents that others wrote: OCS Inventory NG with its database and
//! web server (`tools/servers/ocs.sh`), and FusionInventory Agent. Debian's packages, installed by root where they are
//! missing; what runs is reachable from this machine alone, and is gone afterwards.

use crate::done::done;
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const PEER: &str = "fusioninventory-agent";
const TESTS: &str = "real_servers::";

#[derive(Args)]
pub(crate) struct Options {
    /// Build with this profile of cargo
    #[arg(long, default_value = "release", value_name = "NAME")]
    profile: String,
}

/// The server; it ends with this.
struct Ocs {
    script: PathBuf,
    folder: tempfile::TempDir,
}

impl Ocs {
    fn start(root: &Path) -> Result<Self> {
        let ocs = Self { script: root.join("tools/servers/ocs.sh"), folder: tempfile::tempdir()? };
        let ours = concat!("Airlock_v", env!("CARGO_PKG_VERSION"));
        done(Command::new(&ocs.script).arg("start").arg(ocs.folder.path()).env("OCS_USERAGENTS", ours))?;
        Ok(ocs)
    }
}

impl Drop for Ocs {
    fn drop(&mut self) {
        if let Err(error) = done(Command::new(&self.script).arg("stop").arg(self.folder.path())) {
            eprintln!("the OCS server is not stopped: {error:#}");
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let installed =
        Command::new("dpkg-query").args(["--show", PEER]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !installed.is_ok_and(|status| status.success()) {
        let mut install = Command::new("apt-get");
        install.args(["install", "--yes", "--quiet", "--no-install-recommends", PEER]);
        done(install.env("DEBIAN_FRONTEND", "noninteractive")).context("fusioninventory-agent is not installed")?;
    }
    let ocs = Ocs::start(&root)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--profile", &options.profile]).args(crate::run_tests::product());
    command.args(["--test", "program", "--"]);
    command.args(["--ignored", "--test-threads", "1", TESTS]);
    done(command.env("AIRLOCK_TEST_OCS", ocs.folder.path()))?;
    Ok(ExitCode::SUCCESS)
}
