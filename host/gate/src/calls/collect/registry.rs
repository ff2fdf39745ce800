//! `registry.read`: the values of a key of the Windows registry, or one of them.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// The longest key, in characters (as Windows has it, with room for the hive's name).
const LONGEST: usize = 1024;
const HIVES: &[&str] = &[
    "HKEY_LOCAL_MACHINE",
    "HKLM",
    "HKEY_CURRENT_USER",
    "HKCU",
    "HKEY_USERS",
    "HKU",
    "HKEY_CLASSES_ROOT",
    "HKCR",
    "HKEY_CURRENT_CONFIG",
    "HKCC",
];

/// The values of a key, `HKEY_LOCAL_MACHINE/SOFTWARE/Acme/*`, or the one value that the last part names. Either slash
/// separates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryRead {
    pub key: String,
}

impl RegistryRead {
    /// The parts between the separators, without empty ones.
    pub fn parts(&self) -> Vec<&str> {
        self.key.split(['/', '\\']).filter(|part| !part.is_empty()).collect()
    }

    fn check(&self) -> Result<(), CallError> {
        let invalid = |why: &str| Err(CallError::Invalid(format!("the registry key {:.200?} {why}", self.key)));
        let parts = self.parts();
        let Some((hive, rest)) = parts.split_first() else { return invalid("is empty") };
        if self.key.chars().count() > LONGEST {
            return invalid("is too long");
        }
        if !HIVES.iter().any(|known| known.eq_ignore_ascii_case(hive)) {
            return invalid("does not begin with a hive such as HKEY_LOCAL_MACHINE");
        }
        if self.key.chars().any(char::is_control) {
            return invalid("has a character that no key has");
        }
        match rest.split_last() {
            None => invalid("names a hive and nothing in it"),
            Some((_, above)) if above.iter().any(|part| part.contains('*')) => invalid("has a * before its last part"),
            Some((last, _)) if last.contains('*') && *last != "*" => invalid("has a * within a name"),
            Some(_) => Ok(()),
        }
    }
}

impl HostCall for RegistryRead {
    type Reply = Vec<(String, String)>;
    const NAME: &'static str = "collect.registry";

    fn ask(&self) -> Result<Ask, CallError> {
        self.check()?;
        Ok(Ask { key: Some(self.key.clone()), ..Ask::new(Verb::RegistryRead) })
    }

    fn size(&self) -> u64 {
        self.key.len() as u64
    }

    fn reply_size(reply: &Self::Reply) -> u64 {
        super::weight(reply)
    }

    fn outcome(reply: &Self::Reply) -> String {
        format!("{} values", reply.len())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Self::Reply, CallError> {
        native.collect.registry(self).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_hive_and_one_star_at_its_end() {
        let asks = |key: &str| RegistryRead { key: key.to_owned() }.ask().is_ok();
        for key in ["HKEY_LOCAL_MACHINE/SOFTWARE/Acme/*", r"HKLM\SOFTWARE\Acme\Version", "hkcu/Software/x"] {
            assert!(asks(key), "{key}");
        }
        let long = format!("HKLM/{}", "a".repeat(LONGEST));
        for key in ["", "/", "HKLM", "SOFTWARE/Acme", "HKLM/*/Acme", "HKLM/Acme/V*", "HKLM/a\nb", "HKLM/a\0", &long] {
            assert!(!asks(key), "{key:.40}");
        }
    }
}
