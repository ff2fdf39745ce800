//! `airlock task keygen`: a pair of keys to sign components with.

use crate::exit::Usage;
use crate::terminal::{self, is_watched};
use airlock_native::{read_document, write_new};
use airlock_trust::{Key, KeyPair, Password};
use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Make a pair of keys to sign components with
///
/// Writes FILE.key, which signs and stays with you, and FILE.pub, which you hand out. Both are in the format of the
/// minisign tool, which can make and use them as well.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  airlock task keygen acme\n  airlock task sign check.wasm --key acme.key --name acme-check --version 1.0.0 --counter 1"
)]
pub(crate) struct Options {
    /// The keys' files, without their endings
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    password: PasswordOptions,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Where a password comes from.
#[derive(Debug, Args)]
pub(crate) struct PasswordOptions {
    /// File with the password of the secret key (its first line); without it you are asked
    #[arg(long, value_name = "FILE", conflicts_with = "no_password")]
    password_file: Option<PathBuf>,
    /// The secret key has no password: who gets at its file can sign
    #[arg(long)]
    no_password: bool,
}

impl PasswordOptions {
    pub(crate) fn password(&self) -> anyhow::Result<Password> {
        if self.no_password {
            return Ok(Password::None);
        }
        match &self.password_file {
            Some(file) => password_in(file).map(Password::Given),
            None if is_watched() => Ok(Password::Ask),
            None => {
                Err(Usage("nobody is there to ask for a password: --password-file FILE, or --no-password".to_owned())
                    .into())
            }
        }
    }
}

fn password_in(file: &Path) -> anyhow::Result<String> {
    let bytes = read_document(file, 4096).with_context(|| file.display().to_string())?;
    let text = String::from_utf8(bytes).with_context(|| file.display().to_string())?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let name = options.file.file_name().and_then(|name| name.to_str()).unwrap_or("airlock");
    let pair = KeyPair::generate(name, options.password.password()?).map_err(|why| anyhow!(why))?;
    let key = Key::parse(&pair.public).map_err(|why| anyhow!(why))?;
    let (secret, public) = (options.file.with_added_extension("key"), options.file.with_added_extension("pub"));
    // A key that is overwritten is lost, and with it the names that it signs.
    for (path, text) in [(&secret, &pair.secret), (&public, &pair.public)] {
        write_new(path, text.as_bytes()).with_context(|| path.display().to_string())?;
    }
    let (secret, public) = (secret.display().to_string(), public.display().to_string());
    let text = match options.json {
        true => format!("{:#}\n", json!({"secret": secret, "public": public, "key": key.to_string()})),
        false => format!(
            "{secret}  signs; keep it to yourself\n{public}  hand it out: airlock task trust {public} --name … --names …\n"
        ),
    };
    Ok(terminal::print(&text)?)
}
