//! A connection to a session's bus: who we are (`EXTERNAL`), calls and their answers, signals until a deadline.

use super::wire::{CALL, ERROR, Message, REPLY};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// For a call of the bus or of the desktop, which is on the same machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// A line of the handshake.
const LONGEST_LINE: usize = 256;
/// Messages that are passed over while an answer is waited for.
const MOST: usize = 1_000;

pub(super) struct Bus {
    stream: UnixStream,
    serial: u32,
}

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The name of the error, `org.freedesktop.DBus.Error.…`.
    Refused(String),
    Io(io::Error),
}

impl From<io::Error> for Unanswered {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no answer in time")
}

impl Bus {
    /// Connects as this user.
    pub(super) fn connect(path: &Path, uid: u32) -> Result<Self, Unanswered> {
        let stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut bus = Self { stream, serial: 0 };
        let name: String = uid.to_string().bytes().map(|digit| format!("{digit:02x}")).collect();
        bus.stream.write_all(format!("\0AUTH EXTERNAL {name}\r\n").as_bytes())?;
        let line = bus.line()?;
        if !line.starts_with("OK ") {
            return Err(Unanswered::Refused(line));
        }
        bus.stream.write_all(b"BEGIN\r\n")?;
        bus.call(&of_bus("Hello", "", vec![]))?;
        Ok(bus)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\r\n") {
            self.stream.read_exact(&mut byte)?;
            line.extend_from_slice(&byte);
            if line.len() > LONGEST_LINE {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a line without an end"));
            }
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    pub(super) fn send(&mut self, message: &Message) -> io::Result<u32> {
        self.serial = self.serial.wrapping_add(1).max(1);
        self.stream.write_all(&message.encode(self.serial))?;
        Ok(self.serial)
    }

    /// The answer to a call. Signals that come before it are not for us yet.
    pub(super) fn call(&mut self, message: &Message) -> Result<Message, Unanswered> {
        let serial = self.send(message)?;
        let deadline = Instant::now() + PATIENCE;
        for _ in 0..MOST {
            let answer = self.next(deadline)?.ok_or_else(late)?;
            match answer.kind {
                REPLY if answer.reply_to == serial => return Ok(answer),
                ERROR if answer.reply_to == serial => return Err(Unanswered::Refused(answer.error)),
                _ => {}
            }
        }
        Err(Unanswered::Io(late()))
    }

    /// The next message; none when there was none until then.
    pub(super) fn next(&mut self, deadline: Instant) -> io::Result<Option<Message>> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        // Waited for without taking anything, so that a message that begins late is still read whole.
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        if let Err(error) = wait(&self.stream, left) {
            return if error.kind() == io::ErrorKind::TimedOut { Ok(None) } else { Err(error) };
        }
        self.stream.set_read_timeout(Some(PATIENCE))?;
        Message::read(&mut self.stream).map(Some)
    }
}

/// Until there is something to read.
fn wait(stream: &UnixStream, left: Duration) -> io::Result<()> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;
    let timeout = PollTimeout::try_from(left.min(Duration::from_secs(3600))).unwrap_or(PollTimeout::MAX);
    match poll(&mut [PollFd::new(stream.as_fd(), PollFlags::POLLIN)], timeout) {
        Ok(0) => Err(late()),
        Ok(_) => Ok(()),
        Err(nix::errno::Errno::EINTR) => Err(late()),
        Err(error) => Err(error.into()),
    }
}

/// A call of the bus itself.
pub(super) fn of_bus(member: &str, signature: &str, body: Vec<u8>) -> Message {
    let name = "org.freedesktop.DBus";
    Message {
        kind: CALL,
        path: "/org/freedesktop/DBus".to_owned(),
        interface: name.to_owned(),
        member: member.to_owned(),
        destination: name.to_owned(),
        signature: signature.to_owned(),
        body,
        ..Message::default()
    }
}
