//! `cargo xtask registry`: components out of an OCI registry that others wrote (Debian's package `docker-registry`), which is
//! fetched into `target/registry`: nothing is installed, and what it serves is reachable from this machine alone.

use crate::done::done;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const PACKAGE: &str = "docker-registry";

#[derive(Args)]
pub(crate) struct Options {
    /// The registry's program, if it is not to be fetched
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Build with this profile of cargo
    #[arg(long, default_value = "release", value_name = "NAME")]
    profile: String,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let program = match &options.program {
        Some(program) => fs::canonicalize(program).with_context(|| program.display().to_string())?,
        None => fetched()?,
    };
    test(&program, &options.profile)?;
    Ok(ExitCode::SUCCESS)
}

/// After the tests, if the registry can be had; if not, that is said.
pub(crate) fn with_the_tests() -> Result<()> {
    match fetched() {
        Ok(program) => test(&program, "release"),
        Err(why) => {
            eprintln!("LEFT OUT: components out of a real registry: {PACKAGE} cannot be had: {why:#}");
            Ok(())
        }
    }
}

/// The program, out of the package as the system's own package manager vouches for it.
fn fetched() -> Result<PathBuf> {
    let root = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))?;
    let folder = root.join("target/registry");
    let program = folder.join("files/usr/bin").join(PACKAGE);
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    done(Command::new("apt-get").args(["download", "--quiet", PACKAGE]).current_dir(&folder))?;
    let entries = fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
    let package = entries.filter(|path| path.extension().is_some_and(|ending| ending == "deb")).max();
    let package = package.with_context(|| format!("no package in {}", folder.display()))?;
    done(Command::new("dpkg-deb").arg("--extract").arg(package).arg(folder.join("files")))?;
    if !program.is_file() {
        bail!("{} is not in the package", program.display());
    }
    Ok(program)
}

fn test(program: &Path, profile: &str) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--profile", profile]).args(crate::run_tests::product()).args(["--test", "program", "--"]);
    command.args(["--ignored", "--exact", "real_registry::a_component_comes_out_of_a_registry_that_others_wrote"]);
    done(command.env("AIRLOCK_TEST_REGISTRY", program))
}
