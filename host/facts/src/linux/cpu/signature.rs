//! The signature of x86 processors, register EAX of CPUID leaf 1 (Intel SDM volume 2, CPUID; AMD64 APM volume 3).

/// Family, model and stepping as makers count them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) family: u32,
    pub(super) model: u32,
    pub(super) stepping: u32,
}

impl Signature {
    /// From the sixteen digits of SMBIOS' processor ID, of which the last eight are the register.
    pub(super) fn of_id(id: &str) -> Option<Self> {
        let register = u32::from_str_radix(id.get(8..16)?, 16).ok().filter(|register| *register != 0)?;
        let bits = |from: u32, count: u32| (register >> from) & ((1 << count) - 1);
        let (family, model) = (bits(8, 4), bits(4, 4));
        Some(Self {
            family: if family == 0xf { family + bits(20, 8) } else { family },
            model: if family == 0xf || family == 6 { model | bits(16, 4) << 4 } else { model },
            stepping: bits(0, 4),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_numbers_count_where_the_makers_say_so() {
        let numbers = |id| Signature::of_id(id).map(|s| (s.family, s.model, s.stepping));
        assert_eq!(numbers("BFEBFBFF000306C3"), Some((6, 60, 3)));
        assert_eq!(numbers("178BFBFF00A20F12"), Some((25, 33, 2)));
        assert_eq!(numbers("0000000000000543"), Some((5, 4, 3)));
        assert_eq!([numbers(""), numbers("00"), numbers("BFEBFBFF00000000"), numbers("zzzzzzzzzzzzzzzz")], [None; 4]);
    }
}
