//! Headers of the protocol.

use std::fmt;

/// Who the agent is: a UUID in lower case. With it, GLPI answers in JSON.
pub const AGENT_ID: &str = "GLPI-Agent-ID";
/// Which request it is, in both directions: what to ask for while an answer is pending.
pub const REQUEST_ID: &str = "GLPI-Request-ID";
/// Through which agents a request came: their ids with commas between them.
pub const PROXY_ID: &str = "GLPI-Proxy-ID";

/// An agent's id as it is sent: a UUID (RFC 9562, section 4) in lower case. None when it is no UUID.
pub fn agent_id(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    (text.len() == 36 && text.bytes().enumerate().all(fits)).then(|| text.to_ascii_lowercase())
}

/// `User-Agent`, and the `versionclient` of inventories: servers tell agents by it.
pub fn user_agent(name: &str, version: &str) -> String {
    format!("{name}_v{version}")
}

/// The number of a request: eight hexadecimal digits in upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(u32);

impl RequestId {
    /// From a random number.
    pub fn new(random: u32) -> Self {
        Self(random)
    }

    /// From a header; none when it is malformed, which is no error.
    pub fn read(header: &str) -> Option<Self> {
        let is = header.len() == 8 && header.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
        is.then(|| u32::from_str_radix(header, 16).ok()).flatten().map(Self)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_as_they_are_sent() {
        let id = "03DBE19A-E675-11F1-902E-BCF8918F0A55";
        assert_eq!(agent_id(id), Some(id.to_ascii_lowercase()));
        for wrong in [
            "",
            "not-a-uuid",
            "03DBE19A-E675-11F1-902E-BCF8918F0A5",
            "03DBE19AxE675-11F1-902E-BCF8918F0A55",
            "é3DBE19A-E675-11F1-902E-BCF8918F0A5",
        ] {
            assert_eq!(agent_id(wrong), None, "{wrong}");
        }
        assert_eq!(RequestId::new(0x2B).to_string(), "0000002B");
        assert_eq!(RequestId::read("0000002B"), Some(RequestId::new(0x2B)));
        for wrong in ["", "2b", "0000002b", "+0000002", "0000002BB"] {
            assert_eq!(RequestId::read(wrong), None, "{wrong}");
        }
        assert_eq!(user_agent("Airlock", "1.0"), "Airlock_v1.0");
    }
}
