//! Hardware addresses of any length, in one spelling.

/// InfiniBand has addresses of twenty bytes; nothing has longer ones.
const LONGEST: usize = 20;

/// `aa:bb:cc:dd:ee:ff` in lower case, from pairs of digits joined by colons, dashes or dots, from digits that lost their
/// leading zeros (`0:1a:2b:3:4:5`), from Cisco's `aabb.ccdd.eeff`, and from digits alone with or without `0x`.
pub fn hardware_address(text: &str) -> Option<String> {
    let text = text.trim();
    let parts: Vec<&str> = text.split([':', '-', '.']).take(LONGEST + 1).collect();
    let digits: String = match parts.as_slice() {
        [alone] => alone.strip_prefix("0x").or_else(|| alone.strip_prefix("0X")).unwrap_or(alone).to_owned(),
        groups if groups.iter().all(|group| group.len() == 4) => groups.concat(),
        pairs => {
            if pairs.iter().any(|pair| pair.is_empty() || pair.len() > 2) {
                return None;
            }
            pairs.iter().map(|pair| format!("{pair:0>2}")).collect()
        }
    };
    let bytes = digits.len() / 2;
    let whole = digits.len().is_multiple_of(2)
        && (6..=LONGEST).contains(&bytes)
        && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if !whole {
        return None;
    }
    let mut address = String::with_capacity(bytes * 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at.is_multiple_of(2) {
            address.push(':');
        }
        address.push(digit.to_ascii_lowercase());
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for text in [
            "02:AB:0C:00:00:01",
            "02-ab-0c-00-00-01",
            "2:ab:c:0:0:1",
            "02ab.0c00.0001",
            "02AB0C000001",
            "0x02ab0c000001",
        ] {
            assert_eq!(hardware_address(text).as_deref(), Some("02:ab:0c:00:00:01"), "{text}");
        }
        let long = ["80"; 20].join(":");
        assert_eq!(hardware_address(&long).as_deref(), Some(long.as_str()));
        for wrong in ["", "02:ab", "02:ab:0c:00:00:0g", "02:ab:0c:00:00:001", "02::0c:00:00:01", &["80"; 21].join(":")]
        {
            assert_eq!(hardware_address(wrong), None, "{wrong}");
        }
    }
}
