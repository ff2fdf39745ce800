//! The secrets of the policy's credentials: read when they are needed, used for what they are bound to and nothing else,
//! and kept out of all that leaves this machine or is written down on it.

use super::Policies;
use airlock_gate::policy::Rules;
use airlock_gate::redact::{Tokens, keep_secret};
use airlock_native::{keep_to_itself, read_secret};
use anyhow::{Context, bail};

/// A line of a key in PEM has 64 characters; what is shorter is no line of its own.
const LINE_OF_PEM: usize = 32;

impl Policies {
    /// The user and the secret of a credential of the policy, for a server at that origin (`https://glpi.example`).
    pub(crate) fn secret(&self, name: &str, origin: &str) -> anyhow::Result<(Option<String>, String)> {
        let credential = self.loaded.rules.as_deref().and_then(|rules| rules.credentials.get(name));
        let credential = credential.with_context(|| format!("the policy has no [credential.{name}]"))?;
        if let Err(bound) = credential.is_for_origin(origin) {
            bail!("[credential.{name}] is not used for {origin}: {bound}; name {origin} there, or another credential");
        }
        let secret =
            read_secret(&credential.source).with_context(|| format!("[credential.{name}], {}", credential.at))?;
        // It may be another one than when the policy was read.
        keep_secret(&forms(secret.expose()));
        Ok((credential.user.clone(), secret.expose().to_owned()))
    }
}

/// The secrets of all credentials that can be read, which from now on are in no text of this process. One that cannot be
/// read is not refused here: whoever needs it says why.
pub(crate) fn of_credentials(rules: &Rules) -> Tokens {
    let mut secrets = Vec::new();
    for (name, credential) in &rules.credentials {
        match read_secret(&credential.source) {
            Ok(secret) => secrets.extend(forms(secret.expose())),
            Err(why) => {
                tracing::info!("[credential.{name}] cannot be read, and is not looked for in what leaves: {why}")
            }
        }
    }
    if !secrets.is_empty()
        && let Err(error) = keep_to_itself()
    {
        tracing::warn!("other programs of this user can look into this one: {error}");
    }
    keep_secret(&secrets);
    Tokens { secrets, ..Tokens::default() }
}

/// A secret as it may stand somewhere: itself, and each line of a key in PEM.
fn forms(secret: &str) -> Vec<String> {
    let lines = secret.lines().map(str::trim).filter(|line| line.len() >= LINE_OF_PEM && !line.starts_with("-----"));
    let lines = lines.filter(|line| *line != secret).map(str::to_owned);
    std::iter::once(secret.to_owned()).chain(lines).collect()
}
