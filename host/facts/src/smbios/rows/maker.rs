//! Makers of memory modules, as the modules' own tables of parameters (SPD) number them.
//!
//! JEDEC gives every maker a number: how many bytes of continuation come before it, and a byte, each with a bit of parity
//! (JEP106). Firmware that does not know the names writes the numbers of the module's and of the chips' maker:
//! `80AD000080AD`.

/// The makers that modules commonly have: continuation bytes, code, name.
const MAKERS: &[(u8, u8, &str)] = &[
    (0, 0x2c, "Micron"),
    (0, 0xad, "Hynix"),
    (0, 0xc1, "Infineon"),
    (0, 0xce, "Samsung"),
    (1, 0x4f, "Transcend"),
    (1, 0x7a, "Apacer"),
    (1, 0x94, "Smart Modular"),
    (1, 0x98, "Kingston"),
    (1, 0xba, "PNY"),
    (2, 0x9e, "Corsair"),
    (2, 0xfe, "Elpida"),
    (3, 0x0b, "Nanya"),
    (3, 0x25, "KingMax"),
    (4, 0x43, "Ramaxel"),
    (4, 0xcb, "A-DATA"),
    (4, 0xcd, "G.Skill"),
    (4, 0xef, "Team Group"),
    (5, 0x02, "Patriot"),
    (5, 0x51, "Qimonda"),
    (5, 0x9b, "Crucial"),
];

/// The maker of a module from twelve hexadecimal digits: the first four are the module's.
pub(super) fn of_numbers(text: &str) -> Option<&'static str> {
    let numbers = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let [bank, code] = u16::from_str_radix(text.get(..4).filter(|_| numbers)?, 16).ok()?.to_be_bytes();
    // The highest bit of the first byte is its parity.
    MAKERS.iter().find(|(known, number, _)| *known == bank & 0x7f && *number == code).map(|(_, _, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::of_numbers;

    #[test]
    fn makers_by_number() {
        assert_eq!(of_numbers("80CE000080CE"), Some("Samsung"));
        assert_eq!(of_numbers("830B0000830B"), Some("Nanya"));
        assert_eq!(of_numbers("0198000080ad"), Some("Kingston"));
        for other in ["", "80CE", "80CE000080C", "80CE000080CEFF", "+8CE000080CE", "7F7F00000000", "80é000080CE"] {
            assert_eq!(of_numbers(other), None, "{other}");
        }
    }
}
