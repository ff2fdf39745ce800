//! Bytes as base64 (RFC 4648, section 4), on one line.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().chain([0; 3].iter()).take(3).fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte));
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let sextet = usize::try_from((bits >> shift) & 0x3f).ok().filter(|_| at <= three.len());
            text.push(sextet.and_then(|sextet| ALPHABET.get(sextet)).map_or('=', |letter| char::from(*letter)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        let examples = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, expected) in examples.into_iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), expected);
        }
        assert_eq!(base64(&[0xff, 0xef, 0xbe]), "/+++");
    }
}
