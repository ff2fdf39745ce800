//! A session with a device: the credentials that the policy grants for its address are tried one after the other, each as a
//! call of its own. The task says where; with which credential is the owner's business.

use crate::calls::SnmpOpen;
use crate::{CallError, Gate};
use std::net::{IpAddr, SocketAddr};

/// SNMP's own port (RFC 3417, 3.1).
const PORT: u16 = 161;

impl Gate {
    /// Finds the credential that a device answers to, by its name. When none is granted for the address, the call is decided
    /// on without one, so that the refusal is recorded like any other.
    pub async fn snmp_session(&self, address: IpAddr, port: u16) -> Result<String, CallError> {
        let mut names = self.credentials_for(address, port);
        if names.is_empty() {
            names.push(String::new());
        }
        let mut last = CallError::NotFound;
        for credential in names {
            match self.call(SnmpOpen { address, port, credential: credential.clone() }).await {
                Ok(()) => {
                    self.learnt.answered(address);
                    return Ok(credential);
                }
                // Silence and a wrong name look alike from here: the next one may do.
                Err(
                    error @ (CallError::Timeout | CallError::NotFound | CallError::Failed(_) | CallError::Denied(_)),
                ) => {
                    last = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }
}

/// An address, or an address and a port.
pub fn snmp_target(text: &str) -> Result<(IpAddr, u16), CallError> {
    let address = text.parse().map(|address: IpAddr| (address, PORT));
    let socket = || text.parse().map(|socket: SocketAddr| (socket.ip(), socket.port()));
    match address.or_else(|_| socket()) {
        Ok((_, 0)) | Err(_) => {
            Err(CallError::Invalid(format!("{text:.60?} is no address such as 10.1.0.7 or 10.1.0.7:161")))
        }
        Ok(target) => Ok(target),
    }
}

#[cfg(test)]
mod tests {
    use super::snmp_target;

    #[test]
    fn a_target_is_an_address_and_perhaps_a_port() {
        for (text, meaning) in [
            ("10.1.0.7", Some(("10.1.0.7", 161))),
            ("10.1.0.7:1161", Some(("10.1.0.7", 1161))),
            ("2001:db8::7", Some(("2001:db8::7", 161))),
            ("[2001:db8::7]:162", Some(("2001:db8::7", 162))),
            ("10.1.0.7:0", None),
            ("10.1.0.7:65536", None),
            ("10.1.7", None),
            ("010.1.0.7", None),
            ("switch.example", None),
            ("fe80::1%eth0", None),
            ("", None),
        ] {
            let read = snmp_target(text).ok();
            assert_eq!(read, meaning.map(|(address, port)| (address.parse().unwrap(), port)), "{text}");
        }
    }
}
