//! The addresses that a name stands for, as the machine's own resolver has them.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};

/// Addresses of one name.
const MOST: usize = 8;

/// In the order in which they are best tried (RFC 6724), each once. Whoever gives a name has checked that it is one
/// ([`airlock_gate::check_host_name`]).
///
/// # Errors
/// The resolver's own; a name that is known and has no address gives none.
pub fn look_up(name: &str) -> io::Result<Vec<IpAddr>> {
    let mut addresses = Vec::new();
    for found in (name, 0).to_socket_addrs()? {
        if !addresses.contains(&found.ip()) && addresses.len() < MOST {
            addresses.push(found.ip());
        }
    }
    Ok(addresses)
}
