//! Records of utmp and wtmp (utmp(5)), by fixed offsets.
//!
//! Two sizes exist on 64-bit machines, and nothing in a file says which it has: 384 bytes where the C library keeps times
//! of 32 bits for the sake of 32-bit programs (x86-64, POWER), 400 where it never had any (AArch64, s390x, LoongArch).

/// Type of a record that somebody's session has begun.
const USER_PROCESS: u16 = 7;

/// The size of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Short,
    Long,
}

/// The beginning of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) pid: u32,
    /// Seconds since 1970.
    pub(super) at: i64,
}

impl Layout {
    const NATIVE: Self =
        if cfg!(any(target_arch = "x86_64", target_arch = "powerpc64")) { Self::Short } else { Self::Long };

    /// By the length of the file: a captured one may be another architecture's.
    pub(super) fn of_length(bytes: u64) -> Self {
        match (bytes.is_multiple_of(384), bytes.is_multiple_of(400)) {
            (true, false) => Self::Short,
            (false, true) => Self::Long,
            _ => Self::NATIVE,
        }
    }

    pub(super) fn size(self) -> usize {
        match self {
            Self::Short => 384,
            Self::Long => 400,
        }
    }

    /// The sessions that begin in these records, in their order. What is left of a record at the end is passed over.
    pub(super) fn logins(self, records: &[u8]) -> impl DoubleEndedIterator<Item = Login> {
        records.chunks_exact(self.size()).filter_map(move |record| self.login(record))
    }

    fn login(self, record: &[u8]) -> Option<Login> {
        let short = |at: usize| record.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes);
        let word = |at: usize| record.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
        if short(0)? != USER_PROCESS {
            return None;
        }
        let name = record.get(44..76)?;
        let name = name.split(|&b| b == 0).next()?;
        let at = match self {
            // Counted on beyond 2038, as nobody logged in before 1970.
            Self::Short => i64::from(word(340)?),
            Self::Long => i64::from_ne_bytes(record.get(344..352)?.try_into().ok()?),
        };
        let user = String::from_utf8_lossy(name).trim().to_owned();
        (!user.is_empty()).then_some(Login { user, pid: word(4)?, at })
    }
}

#[cfg(test)]
pub(super) fn record(layout: Layout, kind: u16, user: &str, pid: u32, at: u32) -> Vec<u8> {
    let mut bytes = vec![0; layout.size()];
    bytes[0..2].copy_from_slice(&kind.to_ne_bytes());
    bytes[4..8].copy_from_slice(&pid.to_ne_bytes());
    bytes[8..13].copy_from_slice(b"pts/0");
    bytes[44..44 + user.len()].copy_from_slice(user.as_bytes());
    match layout {
        Layout::Short => bytes[340..344].copy_from_slice(&at.to_ne_bytes()),
        Layout::Long => bytes[344..352].copy_from_slice(&i64::from(at).to_ne_bytes()),
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_found_in_both_sizes() {
        for layout in [Layout::Short, Layout::Long] {
            let mut bytes = record(layout, 2, "reboot", 0, 1);
            bytes.extend(record(layout, 7, "jane", 42, 3_000_000_000));
            bytes.extend(record(layout, 8, "jane", 42, 5));
            bytes.extend(record(layout, 7, "", 42, 5));
            bytes.extend(record(layout, 7, &"x".repeat(32), 43, 6));
            assert_eq!(Layout::of_length(bytes.len() as u64), layout);
            // A record that is still being written.
            bytes.extend(&record(layout, 7, "late", 1, 7)[..100]);
            let logins: Vec<Login> = layout.logins(&bytes).collect();
            assert_eq!(logins.len(), 2);
            assert_eq!(logins[0], Login { user: "jane".into(), pid: 42, at: 3_000_000_000 });
            assert_eq!(logins[1].user.len(), 32);
        }
        assert_eq!(Layout::of_length(0), Layout::NATIVE);
        assert_eq!(Layout::of_length(9600), Layout::NATIVE);
    }

    #[test]
    fn any_bytes_are_harmless() {
        for byte in [0, 7, 0xff] {
            for length in [0, 1, 383, 384, 399, 400, 5000] {
                let bytes = vec![byte; length];
                assert!(Layout::Short.logins(&bytes).chain(Layout::Long.logins(&bytes)).count() < 30);
            }
        }
    }
}
