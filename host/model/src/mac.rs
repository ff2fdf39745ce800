//! Hardware addresses of six bytes (EUI-48), as people and servers write them.

use std::fmt::Write;

/// Six bytes in hexadecimal, with `:` or `-` between them or nothing: `00:1b:21:3c:4d:5e`, `00-1b-21-3c-4d-5e`,
/// `001b213c4d5e`.
pub fn mac_address(text: &str) -> Option<[u8; 6]> {
    let digits: String = match text.len() {
        12 => text.to_owned(),
        17 => {
            let separator = if text.contains(':') { ':' } else { '-' };
            let parts: Vec<&str> = text.split(separator).collect();
            parts.iter().all(|part| part.len() == 2).then(|| parts.concat())?
        }
        _ => return None,
    };
    let mut mac = [0; 6];
    for (at, byte) in mac.iter_mut().enumerate() {
        let two = digits.get(2 * at..2 * at + 2).filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(two, 16).ok()?;
    }
    Some(mac)
}

/// In lower case with colons.
pub fn mac_text(mac: [u8; 6]) -> String {
    mac.iter().fold(String::new(), |mut text, byte| {
        let colon = if text.is_empty() { "" } else { ":" };
        let _ = write!(text, "{colon}{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_bytes_in_three_spellings() {
        for text in ["00:24:D6:6F:81:3A", "00-24-d6-6f-81-3a", "0024D66F813A"] {
            assert_eq!(mac_address(text).map(mac_text).as_deref(), Some("00:24:d6:6f:81:3a"), "{text}");
        }
        let wrong = ["", "00:24:d6:6f:81", "00:24:d6:6f:81:3a:00", "00:24-d6:6f-81:3a", "0:024:d6:6f:81:3a"];
        for text in wrong.into_iter().chain(["zz24d66f813a", "+024d66f813a", "ééééé:", "0024 d66f813a"]) {
            assert_eq!(mac_address(text), None, "{text}");
        }
    }
}
