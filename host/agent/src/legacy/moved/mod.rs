//! An old configuration as this program's own files: `airlock.toml`, a policy, and a file for each secret.
//!
//! The policy grants what the old agent did of its own accord, the inventory, and nothing that changes the machine or looks
//! around its network: what servers could make the old agent do is listed with what each of it would take.

mod plugins;
mod policy;
mod settings;

pub(super) use plugins::not_there;

use super::adopt::{Danger, For, adopt};
use super::values::Values;
use airlock_protocol::legacy::{Identity, identity};
use std::path::{Path, PathBuf};

/// A state file is some hundred bytes.
const LARGEST_STATE: u64 = 1 << 20;

/// What is to be written, relative to the folder of the configuration, and what has to be said.
#[derive(Debug)]
pub(crate) struct Moved {
    /// In the order in which they are to be written.
    pub(crate) files: Vec<(PathBuf, String)>,
    pub(crate) remarks: Vec<String>,
    /// What was left out.
    pub(crate) dangers: Vec<Danger>,
}

/// Reads `from`, with all that it includes, and says what it is in this program's words. `folder` is where its own files
/// will be, for the paths of secrets.
pub(crate) fn moved(from: &Path, folder: &Path, is_fusion: bool) -> anyhow::Result<(Moved, Option<PathBuf>)> {
    let mut values = Values::defaults();
    values.read(from)?;
    let adopted =
        adopt(&values, For::Move, is_fusion).map_err(|why| crate::exit::Usage(format!("{}: {why}", from.display())))?;
    let (mut settings, mut remarks, mut dangers) = (adopted.settings, adopted.remarks, adopted.dangers);
    let vardir = settings.vardir.take();
    if let Some(vardir) = &vardir {
        remarks.push(format!(
            "vardir = {}: not taken over; Airlock keeps its state in a folder of its own",
            vardir.display()
        ));
    }
    let mut secrets = settings::secrets(&mut settings, folder);
    plugins::take(from, folder, &mut settings.listener, &mut secrets, &mut remarks);
    let name = settings.servers.first().map_or("local", |server| server.name.as_str()).to_owned();
    let policy = policy::text(from, &settings, &mut remarks);
    dangers.extend(policy::left_to_servers(&settings));
    secrets.push((PathBuf::from(format!("policy.d/50-{name}.toml")), policy));
    secrets.push((PathBuf::from("airlock.toml"), settings::text(from, &settings, &dangers)));
    Ok((Moved { files: secrets, remarks, dangers }, vardir))
}

/// The names under which servers know the old agent, and the file they are in.
pub(crate) fn old_identity(vardirs: &[PathBuf]) -> Option<(PathBuf, Result<Identity, String>)> {
    let names = ["GLPI-Agent.dump", "FusionInventory-Agent.dump"];
    let path =
        vardirs.iter().flat_map(|folder| names.map(|name| folder.join(name))).find(|p| airlock_native::is_there(p))?;
    let read = airlock_native::read_plain(&path, LARGEST_STATE).map_err(|error| error.to_string());
    let found = read.and_then(|bytes| identity(&bytes).map_err(|error| error.to_string()));
    Some((path, found))
}
