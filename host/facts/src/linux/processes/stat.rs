//! `/proc/PID/stat` (proc_pid_stat(5)): one line that begins with a name which may hold anything.

/// Flag of a process without memory of its own: a thread of the kernel (include/linux/sched.h, PF_KTHREAD).
const KERNEL_THREAD: u64 = 0x0020_0000;

/// What is wanted of `/proc/PID/stat`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) name: String,
    pub(super) zombie: bool,
    pub(super) terminal: u32,
    flags: u64,
    /// Time on a processor, in user and kernel mode.
    pub(super) ticks: u64,
    /// Ticks from the machine's start to its own.
    pub(super) start: u64,
    pub(super) virtual_bytes: u64,
    pub(super) resident_pages: u64,
}

impl Stat {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        // The name is in parentheses and may hold both of them, spaces and line ends: its end is the last one.
        let open = bytes.iter().position(|&b| b == b'(')?;
        let close = bytes.iter().rposition(|&b| b == b')')?;
        let name = String::from_utf8_lossy(bytes.get(open + 1..close)?).into_owned();
        let rest = str::from_utf8(bytes.get(close + 1..)?).ok()?;
        // The third field of proc(5) is the first one here.
        let mut fields = rest.split_ascii_whitespace();
        let state = fields.next()?;
        let terminal: i64 = fields.nth(3)?.parse().ok()?;
        let flags = fields.nth(1)?.parse().ok()?;
        let user: u64 = fields.nth(4)?.parse().ok()?;
        let kernel: u64 = fields.next()?.parse().ok()?;
        let start = fields.nth(6)?.parse().ok()?;
        let virtual_bytes = fields.next()?.parse().ok()?;
        // Negative when the kernel has not settled its counters yet.
        let resident: i64 = fields.next()?.parse().ok()?;
        Some(Self {
            name,
            zombie: state == "Z",
            // A device number of 32 bits that is printed as if it had a sign.
            terminal: u32::try_from(terminal & 0xffff_ffff).ok()?,
            flags,
            ticks: user.saturating_add(kernel),
            start,
            virtual_bytes,
            resident_pages: u64::try_from(resident).unwrap_or(0),
        })
    }

    /// True for a thread of the kernel, which has no command line.
    pub(super) fn is_kernel_thread(&self) -> bool {
        self.flags & KERNEL_THREAD != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = "S 1 7 7 34816 7 4194560 100 0 0 0 250 50 0 0 20 0 1 0 9000 409600000 2560 1844674407370955161";

    #[test]
    fn a_name_may_hold_anything() {
        for name in [") ) S (\n", "", "(", "a b", "\u{fffd}"] {
            let stat = Stat::parse(format!("7 ({name}) {REST}\n").as_bytes()).unwrap();
            assert_eq!((stat.name.as_str(), stat.ticks, stat.start), (name, 300, 9000));
            assert!(!stat.is_kernel_thread());
        }
    }

    #[test]
    fn lines_that_are_none_give_nothing() {
        for broken in
            ["", "7", "7 (", "7 )(", "7 (a)", "7 (a) S 1 2", "7 (a) S 1 7 7 x 7 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]
        {
            assert_eq!(Stat::parse(broken.as_bytes()), None, "{broken}");
        }
        assert_eq!(
            Stat::parse(b"7 (a) \xff 1 7 7 34816 7 4194560 100 0 0 0 250 50 0 0 20 0 1 0 9000 409600000 2560"),
            None
        );
    }
}
