//! What no policy can allow. It holds for every verb, after all grants and whatever they say; it is looked at first, so
//! that its own code is what is said.

use super::asked::Asked;
use crate::policy::decision::Refusal;
use crate::policy::matching::{at_or_below, never_reached, plain};
use crate::policy::rule::registry_key;
use crate::{Code, Verb};
use std::collections::HashSet;
use std::net::IpAddr;

/// Registry keys that hold secrets, below any hive they are loaded under.
const SECRET_KEYS: &[&str] = &["hklm\\sam", "hklm\\security", "hklm\\system\\currentcontrolset\\control\\lsa"];
/// Folders of the kernel, which nobody looks through: reading what is in them can wait for ever, or do something.
const KERNELS: &[&str] = &["/proc", "/sys"];
const SECRET_VALUES: &[&str] = &["defaultpassword", "altdefaultpassword"];

#[derive(Debug, Clone, Default)]
pub(in crate::policy) struct Floor {
    /// The owner's own command line reaches what it names, loopback included.
    pub(in crate::policy) is_owner: bool,
    pub(in crate::policy) server_is_proven: bool,
    pub(in crate::policy) own_addresses: HashSet<IpAddr>,
    pub(in crate::policy) broadcast_addresses: HashSet<IpAddr>,
    pub(in crate::policy) protected: Vec<String>,
}

impl Floor {
    /// The refusal, where one of its rules is hit.
    pub(in crate::policy) fn refuses(&self, asked: &Asked) -> Option<Refusal> {
        if asked.verb.effect().is_mutating() && !self.is_owner && !self.server_is_proven {
            return Some(Refusal::of(Code::NoTls));
        }
        self.address(asked).or_else(|| self.path(asked)).or_else(|| registry(asked)).or_else(|| names(asked))
    }

    fn address(&self, asked: &Asked) -> Option<Refusal> {
        if self.is_owner {
            return None;
        }
        for address in asked.all_addresses() {
            let code = never_reached(address)
                .or_else(|| self.own_addresses.contains(&address).then_some(Code::OwnAddress))
                .or_else(|| self.broadcast_addresses.contains(&address).then_some(Code::Broadcast));
            if let Some(code) = code {
                return Some(Refusal::new(code, format!("{address}: {}", code.meaning())));
            }
        }
        // RFC 6761: names of the machine itself, whatever a resolver says.
        let host = asked.host?.trim_end_matches('.').to_ascii_lowercase();
        let is_local = host == "localhost" || host.ends_with(".localhost");
        is_local.then(|| Refusal::new(Code::Loopback, format!("{host}: {}", Code::Loopback.meaning())))
    }

    fn path(&self, asked: &Asked) -> Option<Refusal> {
        for path in asked.paths() {
            let code = if path.starts_with("//")
                || path.starts_with("\\\\")
                || at_or_below(path, "/dev")
                || (asked.ask.below && KERNELS.iter().any(|folder| at_or_below(path, folder)))
            {
                Code::DevicePath
            } else if !plain(path) {
                Code::BadName
            } else if self.protected.iter().any(|own| at_or_below(path, own)) {
                Code::AgentPath
            } else {
                continue;
            };
            return Some(Refusal::new(code, format!("{path:.200?}: {}", code.meaning())));
        }
        // A path that does not begin with a separator is none either.
        let odd = [&asked.ask.path, &asked.ask.into].into_iter().flatten().find(|path| !plain(path))?;
        let code = if odd.starts_with("\\\\") { Code::DevicePath } else { Code::BadName };
        Some(Refusal::new(code, format!("{odd:.200?}: {}", code.meaning())))
    }
}

fn registry(asked: &Asked) -> Option<Refusal> {
    if asked.verb != Verb::RegistryRead {
        return None;
    }
    let key = registry_key(asked.ask.key.as_deref()?);
    let is_secret = SECRET_KEYS.iter().any(|secret| below(&key, secret) || is_above(&key, secret))
        || (key.contains("\\winlogon") && SECRET_VALUES.iter().any(|value| key.ends_with(value)))
        // All values of the key would bring these along.
        || key.ends_with("\\winlogon") || key.ends_with("\\winlogon\\*")
        || key.split('\\').any(|part| part.starts_with("controlset") && key.contains("\\control\\lsa"));
    is_secret.then(|| Refusal::of(Code::SecretHive))
}

fn below(key: &str, root: &str) -> bool {
    key.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}

/// A whole hive would bring its secrets along; the hive's own listing does not.
fn is_above(key: &str, secret: &str) -> bool {
    key != "hklm" && below(secret, key) && secret.matches('\\').count() - key.matches('\\').count() <= 1
}

fn names(asked: &Asked) -> Option<Refusal> {
    let ask = asked.ask;
    let odd = [&ask.name, &ask.version, &ask.template, &ask.credential, &ask.publisher].into_iter().flatten().find(
        |name| {
            let bad = |c: char| c.is_control() || matches!(c, '/' | '\\');
            name.is_empty() || *name == "." || *name == ".." || name.contains(bad) || name.len() > 4096
        },
    )?;
    Some(Refusal::new(Code::BadName, format!("{odd:.200?}: {}", Code::BadName.meaning())))
}
