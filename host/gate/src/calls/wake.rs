//! `wol.send`: a magic packet for one machine. The frame and the ways are the host's: a task names an address and nothing
//! else.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use airlock_model::{mac_address, mac_text};
use serde::{Deserialize, Serialize};

/// Wakes a machine up, by its address: six bytes in hexadecimal with `:`, `-` or nothing between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WakeSend {
    pub mac: String,
}

impl WakeSend {
    /// One machine: not all of them (`ff:ff:…`), not a group, not nobody.
    pub fn address(&self) -> Result<[u8; 6], CallError> {
        let invalid = |why: &str| Err(CallError::Invalid(format!("the address {:.80?} {why}", self.mac)));
        match mac_address(&self.mac) {
            None => invalid("is not six bytes in hexadecimal"),
            Some([0, 0, 0, 0, 0, 0]) => invalid("is nobody's"),
            Some([first, ..]) if first & 1 == 1 => invalid("is one of a group, not of one machine"),
            Some(mac) => Ok(mac),
        }
    }
}

impl HostCall for WakeSend {
    /// What was sent where, in words.
    type Reply = String;
    const NAME: &'static str = "wake.send";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask { mac: Some(mac_text(self.address()?)), ..Ask::new(Verb::WolSend) })
    }

    fn outcome(reply: &String) -> String {
        reply.clone()
    }

    fn planned(&self) -> Option<String> {
        Some("nothing was sent: a dry run".to_owned())
    }

    fn intent(&self, _scope: &Scope) -> String {
        format!("wake {}", self.mac)
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<String, CallError> {
        let mac = self.address()?;
        native.wake.wake(mac).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_machines() {
        let asked = |mac: &str| WakeSend { mac: mac.to_owned() }.ask().map(|ask| ask.mac.unwrap());
        for text in ["00:24:D6:6F:81:3A", "00-24-d6-6f-81-3a", "0024D66F813A"] {
            assert_eq!(asked(text).as_deref(), Ok("00:24:d6:6f:81:3a"));
        }
        for text in ["", "zz24d66f813a", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "000000000000"] {
            assert!(asked(text).is_err(), "{text}");
        }
    }
}
