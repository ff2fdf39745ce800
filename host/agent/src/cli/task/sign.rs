//! `airlock task sign`: a manifest for a component, and a signature over it.

use super::keygen::PasswordOptions;
use crate::admission::declared_imports;
use crate::exit::Usage;
use crate::fetch::{COMPONENT, MANIFEST, SIGNATURES};
use crate::moments::later;
use crate::terminal::{self, visible};
use airlock_native::{read_document, read_plain, write_document};
use airlock_sandbox::{World, inspect};
use airlock_trust::{
    Key, LARGEST_COMPONENT, LARGEST_MANIFEST, LARGEST_SIGNATURES, Manifest, Name, Password, SecretKey, Signatures,
    sha256_hex,
};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Sign a component, so that those who trust your key can install it
///
/// Writes FILE.manifest.toml, which says what the component is and what it imports, and FILE.manifest.toml.minisig, a
/// signature over it in the format of the minisign tool.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  airlock task sign check.wasm --key acme.key --name acme-check --version 1.3.0 --counter 7 --expires 90d
  airlock task sign check.wasm --key second.key --add      a second signature under the same manifest")]
pub(crate) struct Options {
    /// The component
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
    /// The secret key (airlock task keygen)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The name that it is installed and granted under
    #[arg(long, required_unless_present = "add")]
    name: Option<String>,
    /// Its version, like 1.3.0
    #[arg(long, required_unless_present = "add")]
    version: Option<String>,
    /// A number that rises with every release; agents accept none that is lower than one they have seen
    #[arg(long, required_unless_present = "add")]
    counter: Option<u64>,
    /// When agents begin to ask for a newer one: 90d, 12h, or a moment like 2027-01-31T12:00:00Z
    ///
    /// As long again after that, agents no longer run it if its kind of task can change anything.
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: String,
    /// The kind of task; without it, the narrowest that has what the component imports
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// The oldest airlock that it runs on; without it, this one
    #[arg(long, value_name = "VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    minimum_agent: String,
    /// Add a signature to the manifest that is there, and change nothing else
    #[arg(long, conflicts_with_all = ["name", "version", "counter", "kind"])]
    add: bool,
    #[command(flatten)]
    password: PasswordOptions,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let shown = options.file.display().to_string();
    let stem =
        shown.strip_suffix(COMPONENT).with_context(|| format!("{shown}: a component's file ends in {COMPONENT}"))?;
    let (manifest_file, signature_file) = (format!("{stem}{MANIFEST}"), format!("{stem}{MANIFEST}{SIGNATURES}"));
    let component = read_plain(&options.file, LARGEST_COMPONENT).with_context(|| shown.clone())?;
    let (manifest, text) = match options.add {
        true => there(Path::new(&manifest_file))?,
        false => new(options, &component)?,
    };
    if manifest.sha256 != sha256_hex(&component) {
        bail!("{manifest_file} is for another component than {shown}");
    }
    let comment = format!("{} {} counter {}", manifest.name, manifest.version, manifest.counter);
    let beside = Beside { manifest: &manifest_file, signatures: &signature_file };
    let public = beside.write(&text, &comment, &options.key, &options.password, options.add)?;
    let text = match options.json {
        true => {
            let (name, version) = (manifest.name.to_string(), manifest.version.to_string());
            format!(
                "{:#}\n",
                json!({"name": name, "version": version, "counter": manifest.counter, "sha256": manifest.sha256,
                    "expires": manifest.expires.to_string(), "manifest": manifest_file, "signatures": signature_file,
                    "key": public.to_string()})
            )
        }
        false => format!(
            "{} {} (counter {}), expires {}\n{}\n{}  signed with {}\n",
            manifest.name,
            manifest.version,
            manifest.counter,
            manifest.expires,
            visible(&manifest_file),
            visible(&signature_file),
            public
        ),
    };
    Ok(terminal::print(&text)?)
}

/// The manifest that was signed before.
fn there(file: &Path) -> anyhow::Result<(Manifest, String)> {
    let bytes = read_plain(file, LARGEST_MANIFEST as u64).with_context(|| file.display().to_string())?;
    let manifest = Manifest::parse(&bytes).with_context(|| file.display().to_string())?;
    Ok((manifest, String::from_utf8(bytes)?))
}

fn new(options: &Options, component: &[u8]) -> anyhow::Result<(Manifest, String)> {
    let needed = |what: &str| Usage(format!("--{what} is missing"));
    let inspection = inspect(component).with_context(|| options.file.display().to_string())?;
    let worlds = match (options.kind.as_slice(), inspection.world) {
        ([], Some(world)) => vec![world.name().to_owned()],
        ([], None) => bail!("it imports what no kind of task has: airlock task inspect {}", options.file.display()),
        (kinds, _) => kinds.to_vec(),
    };
    let imports = declared_imports(&inspection);
    for kind in &worlds {
        let Some(world) = World::by_name(kind) else {
            let known: Vec<&str> = World::ALL.iter().map(|world| world.name()).collect();
            return Err(Usage(format!("--kind {kind}: the kinds of task are {}", known.join(", "))).into());
        };
        if let Some(outside) = imports.iter().find(|import| !world.has(import)) {
            bail!("--kind {kind}: the component imports {outside}, which tasks of that kind never have");
        }
    }
    let now = Timestamp::from_second(Timestamp::now().as_second())?;
    let version = options.version.as_deref().ok_or_else(|| needed("version"))?;
    let manifest = Manifest {
        name: Name::parse(options.name.as_deref().ok_or_else(|| needed("name"))?)?,
        version: version.parse().with_context(|| format!("--version {version}"))?,
        counter: options.counter.ok_or_else(|| needed("counter"))?,
        issued: now,
        expires: later(now, &options.expires).map_err(|why| Usage(format!("--expires {}: {why}", options.expires)))?,
        size: u64::try_from(component.len())?,
        sha256: sha256_hex(component),
        worlds,
        imports,
        minimum_agent: options
            .minimum_agent
            .parse()
            .with_context(|| format!("--minimum-agent {}", options.minimum_agent))?,
    };
    let text = manifest.to_toml()?;
    // What is signed here is what agents read.
    let manifest = Manifest::parse(text.as_bytes())?;
    Ok((manifest, text))
}

/// A manifest and the signatures over it, beside what they are for.
pub(crate) struct Beside<'a> {
    pub(crate) manifest: &'a str,
    pub(crate) signatures: &'a str,
}

impl Beside<'_> {
    /// Signs a manifest, and writes both; or adds a signature to those that are there. The key that signed.
    pub(crate) fn write(
        &self,
        text: &str,
        comment: &str,
        key: &Path,
        password: &PasswordOptions,
        add: bool,
    ) -> anyhow::Result<Key> {
        let (manifest_file, signature_file) = (self.manifest, self.signatures);
        let key = secret_key(key, password)?;
        let public = key.public().map_err(|why| anyhow!(why))?;
        let mut signatures = key.sign(text.as_bytes(), comment).map_err(|why| anyhow!(why))?;
        if add {
            let old = read_plain(Path::new(signature_file), LARGEST_SIGNATURES as u64);
            let old = String::from_utf8(old.with_context(|| signature_file.to_owned())?)?;
            Signatures::parse(old.as_bytes()).with_context(|| signature_file.to_owned())?;
            signatures = format!("{}\n{signatures}", old.trim_end());
        } else {
            write_document(Path::new(manifest_file), text.as_bytes()).with_context(|| manifest_file.to_owned())?;
        }
        write_document(Path::new(signature_file), signatures.as_bytes()).with_context(|| signature_file.to_owned())?;
        Ok(public)
    }
}

fn secret_key(path: &Path, password: &PasswordOptions) -> anyhow::Result<SecretKey> {
    let at = || path.display().to_string();
    let file = String::from_utf8(read_document(path, 64 << 10).with_context(at)?).with_context(at)?;
    let password = match SecretKey::needs_password(&file) {
        true => password.password()?,
        false => Password::None,
    };
    SecretKey::parse(&file, password).map_err(|why| anyhow!(why)).with_context(at)
}
