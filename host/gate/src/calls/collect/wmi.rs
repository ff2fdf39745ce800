//! `wmi.read`: properties of the instances of a class, in the namespace `root/cimv2` of this machine. There is no query, no
//! method, no moniker and no other machine to be named.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// Properties of one call.
const MOST: usize = 100;
/// The longest name.
const LONGEST: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WmiRead {
    pub class: String,
    pub properties: Vec<String>,
}

/// One row an instance, of pairs of property and value.
type Instances = Vec<Vec<(String, String)>>;

fn name(what: &str, text: &str) -> Result<(), CallError> {
    let is_name =
        (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name {
        return Ok(());
    }
    Err(CallError::Invalid(format!("the {what} {text:.80?} is not of 1 to {LONGEST} letters, digits and _")))
}

impl HostCall for WmiRead {
    type Reply = Instances;
    const NAME: &'static str = "collect.wmi";

    fn ask(&self) -> Result<Ask, CallError> {
        name("class", &self.class)?;
        if self.properties.is_empty() || self.properties.len() > MOST {
            return Err(CallError::Invalid(format!("{} properties; 1 to {MOST} are named", self.properties.len())));
        }
        self.properties.iter().try_for_each(|property| name("property", property))?;
        let (class, properties) = (Some(self.class.clone()), self.properties.clone());
        Ok(Ask { class, properties, ..Ask::new(Verb::WmiRead) })
    }

    fn size(&self) -> u64 {
        self.properties.iter().map(|property| property.len() as u64).sum::<u64>() + self.class.len() as u64
    }

    fn reply_size(reply: &Instances) -> u64 {
        reply.iter().map(|instance| super::weight(instance)).sum()
    }

    fn outcome(reply: &Instances) -> String {
        format!("{} instances", reply.len())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Instances, CallError> {
        let asked = self.properties.clone();
        let mut instances = native.collect.wmi(self).await?;
        // What was not asked for was not granted.
        let is_asked = |(name, _): &(String, String)| asked.iter().any(|known| known.eq_ignore_ascii_case(name));
        instances.iter_mut().for_each(|instance| instance.retain(is_asked));
        Ok(instances)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_and_nothing_else() {
        let asks = |class: &str, properties: &[&str]| {
            let properties = properties.iter().map(|name| (*name).to_owned()).collect();
            WmiRead { class: class.to_owned(), properties }.ask().is_ok()
        };
        assert!(asks("Win32_OperatingSystem", &["Caption", "Version"]) && asks("X", &["a"]));
        let long = "a".repeat(65);
        for class in ["", "script:http://evil.example/x", r"root\cimv2:X", "X where 1=1", "X;Y", "X'", &long] {
            assert!(!asks(class, &["a"]), "{class}");
            assert!(!asks("X", &[class]), "{class}");
        }
        assert!(!asks("X", &[]) && !asks("X", &["*"]) && !asks("X", &["a"; 101]));
    }
}
