//! The system's log: what people should see although nobody looks at a terminal, and what should be written down where
//! this program cannot change it. One datagram in syslog's form (RFC 3164) to the socket that journald and syslogd share.

use airlock_model::short_line;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

/// Longer messages are cut: a datagram has a limit.
const LONGEST: usize = 900;

#[derive(Debug, Clone)]
pub struct Journal {
    socket: PathBuf,
    facility: u8,
}

/// How much it matters (RFC 3164, section 4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Error = 3,
    Warning = 4,
    Notice = 5,
    Informational = 6,
    Debug = 7,
}

/// What part of a system speaks (RFC 3164, section 4.1.1), by the names of syslog.conf(5).
const FACILITIES: &[(&str, u8)] = &[
    ("kern", 0),
    ("user", 1),
    ("mail", 2),
    ("daemon", 3),
    ("auth", 4),
    ("syslog", 5),
    ("lpr", 6),
    ("news", 7),
    ("uucp", 8),
    ("cron", 9),
    ("authpriv", 10),
    ("ftp", 11),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];
const AUTHPRIV: u8 = 10;

impl Default for Journal {
    fn default() -> Self {
        Self { socket: "/dev/log".into(), facility: AUTHPRIV }
    }
}

impl Journal {
    /// Where another socket stands for the system's.
    #[cfg(test)]
    pub(crate) fn at(socket: PathBuf) -> Self {
        Self { socket, facility: AUTHPRIV }
    }

    /// For a facility by its name; none: there is none of that name.
    pub fn of(facility: &str) -> Option<Self> {
        let (_, number) = FACILITIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(facility))?;
        Some(Self { facility: *number, ..Self::default() })
    }

    /// Never waits. What a terminal would obey is shown as it is written.
    pub fn tell(&self, weight: Weight, message: &str) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        let number = self.facility * 8 + weight as u8;
        let text = format!("<{number}>airlock[{}]: {}", std::process::id(), short_line(message, LONGEST));
        socket.send_to(text.as_bytes(), &self.socket).map(drop)
    }
}
