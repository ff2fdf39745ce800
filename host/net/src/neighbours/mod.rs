//! What is sent to an address to see who is there, and what comes back: ICMP, NetBIOS, the reverse DNS, the kernel's table
//! of neighbours. Pure functions between bytes and values: sockets are airlock-native's.
//!
//! What comes back is a stranger's: every length in it is checked against what is there, and whatever does not fit the
//! question is no answer.

pub mod icmp;
pub mod kernel_table;
pub mod netbios;
pub mod reverse_name;

use std::fmt::Write as _;

/// Bytes of a packet, read from the front; past its end there is nothing.
#[derive(Debug, Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    /// In network order.
    fn word(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }
}

/// In lower case with colons. None for what is no station's: all zeros, or a group's.
fn mac_text(bytes: &[u8]) -> Option<String> {
    let bytes: [u8; 6] = bytes.try_into().ok()?;
    let is_group = bytes.first().is_some_and(|first| first & 1 == 1);
    if is_group || bytes == [0; 6] {
        return None;
    }
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        let colon = if at == 0 { "" } else { ":" };
        let _ = write!(text, "{colon}{byte:02x}");
    }
    Some(text)
}
