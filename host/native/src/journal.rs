//! The system's log: what people should see although nobody looks at a terminal, and what should be written down where
//! this program cannot change it. One datagram in syslog's form (RFC 3164) to the socket that journald and syslogd share.

use airlock_model::short_line;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

/// Longer messages are cut: a datagram has a limit.
const LONGEST: usize = 900;

#[derive(Debug, Clone)]
pub(crate) struct Journal {
    socket: PathBuf,
}

/// How much it matters (RFC 3164, facility authpriv).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Informational,
    Notice,
}

impl Default for Journal {
    fn default() -> Self {
        Self { socket: "/dev/log".into() }
    }
}

impl Journal {
    /// Where another socket stands for the system's.
    #[cfg(test)]
    pub(crate) fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// Never waits. What a terminal would obey is shown as it is written.
    pub(crate) fn tell(&self, weight: Weight, message: &str) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        let number = match weight {
            Weight::Informational => 86,
            Weight::Notice => 85,
        };
        let text = format!("<{number}>airlock[{}]: {}", std::process::id(), short_line(message, LONGEST));
        socket.send_to(text.as_bytes(), &self.socket).map(drop)
    }
}
