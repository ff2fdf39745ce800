//! What a call asks of the policy: a verb and its typed arguments. The same value is decided on, written to the audit,
//! asked about by `airlock policy explain`, and stands in the `[[test]]`s of a policy.

use crate::{Effect, Verb};
use airlock_model::Section;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Who asks: for which server, by which task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// The server's local name; none for the owner's own command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The task's name, from the lock file or from the name under which its publisher signed it: never from what the
    /// component says of itself.
    pub task: String,
    /// `sha256` of the component, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Whose signature it came in under; none for those that come with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The keys whose signatures were verified when it was loaded: by these a policy knows its publisher, whatever the
    /// publisher is called elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publisher_keys: Vec<String>,
}

/// A verb and its arguments. Which of them a verb has is fixed by the language; what a call does not say, no grant can
/// take for granted: a grant that limits an argument does not cover a call that lacks it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// None: the call belongs to the run itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verb: Option<Verb>,
    /// Sections of the inventory, by name: all of them must be granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<String>,
    /// Categories of the inventory: all of them must be granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// An absolute path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// It is about whatever is below the path, each by its own right: a grant of a part of it is enough to begin.
    #[serde(default, skip_serializing_if = "is_not")]
    pub below: bool,
    /// A registry key, a WMI class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<String>,
    /// Addresses that packets would go to: all of them must be granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// A host by name, for `esx.read` and `remote.read`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `icmp`, `arp`, `udp:161`; `GET`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The name of a credential; never the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Roots in a device's tree, in dotted decimal: all of them must be granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oids: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// `https://host:port` (RFC 6454).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// A package's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What a file's content is, in hex: only where a person is asked, of what is not here yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha512: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<String>,
    /// Bytes that would be read, written or sent, as far as the call says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Results asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<u64>,
}

fn is_not(flag: &bool) -> bool {
    !flag
}

impl Ask {
    pub fn new(verb: Verb) -> Self {
        Self { verb: Some(verb), ..Self::default() }
    }

    /// A call that belongs to the run itself.
    pub fn run() -> Self {
        Self::default()
    }

    pub fn sections(sections: &[&'static Section]) -> Self {
        let names = sections.iter().map(|section| section.name.to_owned());
        Self { sections: names.collect(), ..Self::new(Verb::InventoryRead) }
    }

    pub fn path(verb: Verb, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::new(verb) }
    }

    pub fn effect(&self) -> Effect {
        self.verb.map_or(Effect::Run, Verb::effect)
    }
}
