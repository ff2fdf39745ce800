//! Datagrams of a connected socket. The buffer is there between two waits only, one for all sockets of a thread: hundreds of
//! devices are waited for at the same time. That nothing listens over there is heard as well (ICMP, RFC 1122, 4.1.3.3).

use nix::sys::socket::{MsgFlags, recv};
use std::cell::RefCell;
use std::io;
use std::os::fd::AsRawFd;
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// As large as a datagram can be.
const LARGEST: usize = 65_535;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; LARGEST]);
}

/// What `read` makes of the next datagram.
pub(crate) async fn heard<T>(socket: &UdpSocket, mut read: impl FnMut(&[u8]) -> T) -> io::Result<T> {
    let take = || {
        BUFFER.with_borrow_mut(|buffer| {
            let length = recv(socket.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT)?;
            Ok(read(buffer.get(..length).unwrap_or_default()))
        })
    };
    socket.async_io(Interest::READABLE | Interest::ERROR, take).await
}

/// Waits until there is one, and leaves it there.
pub(crate) async fn is_there(socket: &UdpSocket) -> io::Result<()> {
    let peek = || recv(socket.as_raw_fd(), &mut [0], MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_PEEK);
    socket.async_io(Interest::READABLE | Interest::ERROR, || Ok(peek().map(drop)?)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn an_answer_is_heard_and_so_is_that_nobody_listens() {
        let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(other.local_addr().unwrap()).await.unwrap();
        other.send_to(b"here", socket.local_addr().unwrap()).await.unwrap();
        is_there(&socket).await.unwrap();
        assert_eq!(heard(&socket, <[u8]>::to_vec).await.unwrap(), b"here");
        drop(other);
        socket.send(b"anybody?").await.unwrap();
        let refused = tokio::time::timeout(Duration::from_secs(5), heard(&socket, <[u8]>::len)).await.unwrap();
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
