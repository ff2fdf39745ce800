//! What the part number of a memory module says: who made it, and of what kind it is.
//!
//! Firmware names makers in many ways, by numbers too, and older firmware does not know newer kinds of memory. The makers'
//! own part numbers have both. Those that sellers give say nothing of the kind.

/// Who made a module, and its kind where the number says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub maker: &'static str,
    pub kind: Option<&'static str>,
}

const HYNIX: &[(&str, &str)] = &[
    ("HYMD", "DDR"),
    ("HYMP", "DDR2"),
    ("HMP", "DDR2"),
    ("HMT", "DDR3"),
    ("HMAA", "DDR4"),
    ("HMA", "DDR4"),
    ("HMCG", "DDR5"),
];
const ELPIDA: &[(&str, &str)] = &[("EBD", "DDR"), ("EBE", "DDR2"), ("EBJ", "DDR3")];
/// Behind the number of chips, as in `18JSF25672AZ`.
const MICRON: &[(&str, &str)] = &[
    ("VDDT", "DDR"),
    ("VDDF", "DDR"),
    ("HTF", "DDR2"),
    ("HVF", "DDR2"),
    ("HTS", "DDR2"),
    ("JSF", "DDR3"),
    ("JTF", "DDR3"),
    ("JBF", "DDR3"),
    ("JDF", "DDR3"),
    ("KSF", "DDR3"),
    ("KTF", "DDR3"),
    ("KDF", "DDR3"),
    ("ASF", "DDR4"),
    ("ATF", "DDR4"),
    ("ADF", "DDR4"),
];
/// Behind three digits, which say the kind of module: 378 is a DIMM, 393 a registered one, 471 a SODIMM.
const SAMSUNG: &[(&str, &str)] = &[("L", "DDR"), ("T", "DDR2"), ("B", "DDR3"), ("A", "DDR4"), ("R", "DDR5")];
/// Makers that say no kind there.
const OTHERS: &[(&str, &str)] =
    &[("GSOG", "KingMax"), ("GLOG", "KingMax"), ("SNP", "Dell"), ("P48808GS", "Positivo Informática")];

/// What is known of a part number; none for one of another maker's.
pub fn memory_part(number: &str) -> Option<Part> {
    let number = number.trim().to_ascii_uppercase();
    let of = |maker: &'static str, rest: &str, kinds: &[(&str, &'static str)]| {
        let numbered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let (_, kind) = kinds.iter().find(|(start, _)| rest.strip_prefix(start).is_some_and(numbered))?;
        Some(Part { maker, kind: Some(kind) })
    };
    let chips = number.strip_prefix("MT").unwrap_or(&number);
    let kind_of_chips = chips.trim_start_matches(|c: char| c.is_ascii_digit());
    let module = number.strip_prefix('M').and_then(|rest| rest.split_at_checked(3));
    let module = module.filter(|(kind, _)| kind.starts_with(['3', '4']) && kind.bytes().all(|c| c.is_ascii_digit()));
    of("Hynix", &number, HYNIX)
        .or_else(|| of("Elpida", &number, ELPIDA))
        .or_else(|| of("Micron", kind_of_chips, MICRON).filter(|_| kind_of_chips.len() < chips.len()))
        .or_else(|| of("Samsung", module?.1, SAMSUNG))
        .or_else(|| {
            let (_, maker) = OTHERS.iter().find(|(start, _)| number.starts_with(start))?;
            Some(Part { maker, kind: None })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makers_and_kinds() {
        for (number, maker, kind) in [
            ("HMA00GU0XXX0-YY", "Hynix", Some("DDR4")),
            ("HMAA0GS0XXX0N-XX", "Hynix", Some("DDR4")),
            ("hmt000s0xxx0x-xx", "Hynix", Some("DDR3")),
            ("M378A0K00XX0-XXX", "Samsung", Some("DDR4")),
            ("M425R0GA0XXX", "Samsung", Some("DDR5")),
            ("EBJ00UE0XXX0-XX-E", "Elpida", Some("DDR3")),
            ("SNP000XXC/8G", "Dell", None),
            ("MT18JSF00072AZ-1G4", "Micron", Some("DDR3")),
            ("8ATF0G64HZ", "Micron", Some("DDR4")),
        ] {
            assert_eq!(memory_part(number), Some(Part { maker, kind }), "{number}");
        }
        for other in ["M000A0K00XX0-XXX", "M3 78A0K00", "18ASF", "ASF0", "F3-00000CL9", "Mé8A", "HMA", ""] {
            assert_eq!(memory_part(other), None, "{other}");
        }
    }
}
