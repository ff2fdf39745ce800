//! NetBIOS node status of one address. The socket is connected: only that address can answer, and a port that is closed
//! says so at once.

use super::failed;
use crate::datagram::heard;
use airlock_gate::CallError;
use airlock_net::neighbours::netbios::{self, NodeStatus};
use std::net::{IpAddr, Ipv4Addr};
use tokio::net::UdpSocket;

/// None when nothing listens there. Somebody who never answers is waited for until the caller has enough.
pub(super) async fn ask(address: IpAddr) -> Result<Option<NodeStatus>, CallError> {
    let id = super::reverse_name::number()?;
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.map_err(|error| failed("a socket", &error))?;
    let unreachable = |error: &std::io::Error| {
        matches!(error.kind(), std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::HostUnreachable)
    };
    let asked = async {
        socket.connect((address, netbios::PORT)).await?;
        socket.send(&netbios::query(id)).await
    };
    match asked.await {
        Ok(_) => {}
        Err(error) if unreachable(&error) => return Ok(None),
        Err(error) => return Err(failed("sending", &error)),
    }
    loop {
        match heard(&socket, |packet| netbios::answer(id, packet)).await {
            Ok(None) => {}
            Ok(status) => return Ok(status),
            Err(error) if unreachable(&error) => return Ok(None),
            Err(error) => return Err(failed("receiving", &error)),
        }
    }
}
