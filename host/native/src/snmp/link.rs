//! A way to one device, and to nobody else: the socket is connected, so the kernel drops what others send. What comes is
//! looked at until somebody says that it is the answer, or until the time is over: late answers, answers to others and
//! nonsense cost a look and nothing else.

use super::ber::Malformed;
use super::limits::Budget;
use crate::datagram::{heard, is_there};
use airlock_gate::calls::Transport;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

/// The largest message of a connection (RFC 3430, 2.1.2 asks for 8192 at least).
const LARGEST_MESSAGE: usize = 256 << 10;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing came in time.
    Silent,
    /// What came is no SNMP.
    Nonsense(&'static str),
    /// The device says no.
    Refused(String),
    /// It does not know the context.
    NoContext,
    /// There is no way to it.
    Unreachable(String),
    /// It has had what a device may have.
    Spent(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::TimedOut => Self::Silent,
            ErrorKind::ConnectionRefused => Self::Unreachable("nothing listens on that port".to_owned()),
            _ => Self::Unreachable(error.to_string()),
        }
    }
}

/// Says of a message whether it is the answer, and what it says; or that it is no message.
pub(super) type Look<'a, T> = dyn FnMut(&[u8]) -> Result<Option<T>, Malformed> + Send + 'a;

pub(super) enum Link {
    Udp(UdpSocket),
    /// With what has come and was not yet taken.
    Tcp(TcpStream, Vec<u8>),
}

impl Link {
    pub(super) async fn open(to: SocketAddr, transport: Transport, until: Instant) -> Result<Self, Trouble> {
        match transport {
            Transport::Udp => {
                let from = match to.ip() {
                    IpAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
                    IpAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
                };
                let socket = UdpSocket::bind((from, 0)).await?;
                socket.connect(to).await?;
                Ok(Self::Udp(socket))
            }
            Transport::Tcp => {
                let stream = timeout_at(until, TcpStream::connect(to)).await.map_err(|_elapsed| Trouble::Silent)??;
                stream.set_nodelay(true)?;
                Ok(Self::Tcp(stream, Vec::new()))
            }
        }
    }

    pub(super) async fn send(&mut self, message: &[u8], until: Instant) -> Result<(), Trouble> {
        let sent = async {
            match self {
                Self::Udp(socket) => socket.send(message).await.map(drop),
                Self::Tcp(stream, _) => stream.write_all(message).await,
            }
        };
        timeout_at(until, sent).await.map_err(|_elapsed| Trouble::Silent)?.map_err(Trouble::from)
    }

    /// Looks at what comes until `read` has taken something.
    pub(super) async fn receive<T>(
        &mut self,
        until: Instant,
        budget: &Budget,
        read: &mut Look<'_, T>,
    ) -> Result<T, Trouble> {
        let mut nonsense = None;
        let mut look = |message: &[u8]| -> Result<Option<T>, Trouble> {
            budget.charge(message.len())?;
            let answer = read(message).unwrap_or_else(|malformed| {
                nonsense = Some(malformed);
                None
            });
            if answer.is_none() {
                budget.charge_for_nothing(1);
            }
            Ok(answer)
        };
        let ended = loop {
            // Somebody who sends all the time must not keep the time from passing.
            if Instant::now() >= until {
                break Trouble::Silent;
            }
            let taken = match self {
                Self::Udp(socket) => {
                    if budget.is_costly() {
                        // In time is what is there in time, however long it waits for its turn.
                        match timeout_at(until, is_there(socket)).await {
                            Err(_elapsed) => break Trouble::Silent,
                            Ok(there) => there?,
                        }
                    }
                    let _turn = budget.message().await;
                    match timeout_at(until, heard(socket, &mut look)).await {
                        Err(_elapsed) => break Trouble::Silent,
                        Ok(taken) => taken??,
                    }
                }
                Self::Tcp(stream, buffer) => match whole(buffer)? {
                    Some(length) => {
                        let _turn = budget.message().await;
                        let taken = look(buffer.get(..length).unwrap_or_default())?;
                        buffer.drain(..length);
                        taken
                    }
                    None => match timeout_at(until, stream.read_buf(buffer)).await {
                        Err(_elapsed) => break Trouble::Silent,
                        Ok(read) => match read? {
                            0 => break Trouble::Unreachable("it closed the connection".to_owned()),
                            _ => None,
                        },
                    },
                },
            };
            if let Some(taken) = taken {
                return Ok(taken);
            }
        };
        match (ended, nonsense) {
            (Trouble::Silent, Some(Malformed(why))) => Err(Trouble::Nonsense(why)),
            (trouble, _) => Err(trouble),
        }
    }
}

/// The length of the message at the beginning of what has come, once it is all there.
fn whole(buffer: &[u8]) -> Result<Option<usize>, Trouble> {
    let (header, length) = match buffer {
        [] | [0x30] => return Ok(None),
        [0x30, short @ ..=0x7f, ..] => (2, usize::from(*short)),
        [0x30, count @ 0x81..=0x83, rest @ ..] => {
            let count = usize::from(count & 0x7f);
            let Some(bytes) = rest.get(..count) else { return Ok(None) };
            (2 + count, bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)))
        }
        _ => return Err(Trouble::Unreachable("what it sends is no SNMP".to_owned())),
    };
    if length > LARGEST_MESSAGE {
        return Err(Trouble::Unreachable(format!("a message of {length} bytes; at most {LARGEST_MESSAGE} are read")));
    }
    Ok((buffer.len() >= header + length).then_some(header + length))
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_message_is_whole_when_it_is_all_there() {
        assert_eq!(whole(&[0x30, 2, 1]), Ok(None));
        assert_eq!(whole(&[0x30, 2, 1, 2, 9]), Ok(Some(4)));
        assert_eq!(whole(&[0x30, 0x82, 0]), Ok(None));
        assert_eq!(whole(&[0x30, 0x82, 0, 1, 7]), Ok(Some(5)));
        for wrong in [&[0x31, 1][..], &[0x30, 0x80], &[0x30, 0x84, 0, 0, 0, 1, 1], &[0x30, 0x83, 0xff, 0xff, 0xff]] {
            assert!(whole(wrong).is_err(), "{wrong:x?}");
        }
    }
}
