//! Product keys: 25 signs in groups of five, kept as a number of base 24 in 15 bytes of `DigitalProductID`.
//!
//! The bytes stand at 52; in the longer form of Office 2010 and later (Windows 8 too) at 808. Since then one sign may be
//! `N`: a bit says that it is there, and the first of the other signs where.

const SIGNS: &[u8; 24] = b"BCDFGHJKMPQRTVWXY2346789";
const LENGTH: usize = 25;
const BYTES: usize = 15;

/// The key; none where there is none.
pub fn product_key(id: &[u8]) -> Option<String> {
    let at = if id.len() >= 808 + BYTES { 808 } else { 52 };
    let mut number: [u8; BYTES] = id.get(at..at + BYTES)?.try_into().ok()?;
    if number.iter().all(|byte| *byte == 0) {
        return None;
    }
    let last = number.last_mut()?;
    let has_n = *last & 8 != 0;
    *last &= !8;

    let mut signs = Vec::with_capacity(LENGTH);
    let mut first = 0;
    for _ in 0..LENGTH {
        // The number's remainder by 24, highest byte first.
        let mut rest = 0_u32;
        for byte in number.iter_mut().rev() {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 24).ok()?;
            rest = value % 24;
        }
        first = usize::try_from(rest).ok()?;
        signs.push(char::from(*SIGNS.get(first)?));
    }
    signs.reverse();
    if has_n {
        signs.remove(0);
        signs.insert(first.min(signs.len()), 'N');
    }
    let groups: Vec<String> = signs.chunks(5).map(|group| group.iter().collect()).collect();
    Some(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128, length: usize, at: usize) -> Vec<u8> {
        let mut id = vec![0; length];
        id[at..at + BYTES].copy_from_slice(&number.to_le_bytes()[..BYTES]);
        id
    }

    #[test]
    fn a_number_of_base_24() {
        assert_eq!(product_key(&id(1, 164, 52)).as_deref(), Some("BBBBB-BBBBB-BBBBB-BBBBB-BBBBC"));
        assert_eq!(product_key(&id(24 * 23 + 2, 1272, 808)).as_deref(), Some("BBBBB-BBBBB-BBBBB-BBBBB-BBB9D"));
        // The bit of the letter N, which stands first here.
        assert_eq!(product_key(&id((8 << 112) + 1, 164, 52)).as_deref(), Some("NBBBB-BBBBB-BBBBB-BBBBB-BBBBC"));
    }

    #[test]
    fn no_key() {
        assert_eq!(product_key(&[]), None);
        assert_eq!(product_key(&[0; 164]), None);
    }
}
