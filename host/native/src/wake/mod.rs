//! Waking machines up: a raw Ethernet frame on every interface that may carry one, and where none could be sent a UDP
//! broadcast. Nothing else of the network is touched, and nothing is waited for.

mod ethernet;
mod udp;

use crate::off_thread::off_thread;
use airlock_gate::CallError;
use airlock_gate::ports::{Answer, Wake};
use airlock_model::mac_text;
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::LinkAddr;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// A way of sending a magic packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WakeMethod {
    Ethernet,
    Udp,
}

impl WakeMethod {
    pub const ALL: &[WakeMethod] = &[WakeMethod::Ethernet, WakeMethod::Udp];

    pub fn name(self) -> &'static str {
        match self {
            WakeMethod::Ethernet => "ethernet",
            WakeMethod::Udp => "udp",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.name() == name)
    }
}

/// This machine's networks. Of several ways the first that works is the one.
#[derive(Debug, Clone)]
pub struct MachineWake {
    methods: Vec<WakeMethod>,
}

impl Default for MachineWake {
    fn default() -> Self {
        Self { methods: WakeMethod::ALL.to_vec() }
    }
}

impl MachineWake {
    /// In these ways, in this order.
    pub fn by(methods: Vec<WakeMethod>) -> Self {
        Self { methods }
    }
}

/// An interface that is up, is not the machine itself, and has an IPv4 address.
#[derive(Debug, Clone)]
struct Interface {
    name: String,
    link: Option<LinkAddr>,
    broadcasts: Vec<Ipv4Addr>,
}

fn interfaces() -> Result<Vec<Interface>, String> {
    let all = nix::ifaddrs::getifaddrs().map_err(|error| format!("the interfaces are not known: {error}"))?;
    let mut known: BTreeMap<String, (Interface, bool)> = BTreeMap::new();
    let is_usable =
        |flags: InterfaceFlags| flags.contains(InterfaceFlags::IFF_UP) && !flags.contains(InterfaceFlags::IFF_LOOPBACK);
    for one in all.filter(|one| is_usable(one.flags)) {
        let name = one.interface_name.clone();
        let new = Interface { name: name.clone(), link: None, broadcasts: vec![] };
        let (interface, has_v4) = known.entry(name).or_insert((new, false));
        let Some(address) = one.address else { continue };
        if let Some(v4) = address.as_sockaddr_in() {
            *has_v4 = true;
            // By its mask; one of a single machine or of two ends of a line has none.
            let mask = one.netmask.as_ref().and_then(|mask| mask.as_sockaddr_in()).map(|mask| mask.ip().to_bits());
            if let Some(mask) = mask.filter(|mask| mask.count_ones() < 31) {
                interface.broadcasts.push(Ipv4Addr::from_bits(v4.ip().to_bits() | !mask));
            }
        }
        if let Some(link) = address.as_link_addr() {
            interface.link = Some(*link);
        }
    }
    Ok(known.into_values().filter(|(_, has_v4)| *has_v4).map(|(interface, _)| interface).collect())
}

impl Wake for MachineWake {
    fn wake(&self, mac: [u8; 6]) -> Answer<'_, String> {
        let methods = self.methods.clone();
        Box::pin(off_thread(move |_| {
            let interfaces = interfaces().map_err(CallError::Failed)?;
            let mut failed = Vec::new();
            for method in methods {
                let sent = match method {
                    WakeMethod::Ethernet => ethernet::send(&interfaces, mac),
                    WakeMethod::Udp => udp::send(&interfaces, mac),
                };
                match sent {
                    Ok(sent) if failed.is_empty() => return Ok(format!("{}: {sent}", mac_text(mac))),
                    Ok(sent) => return Ok(format!("{}: {sent} ({})", mac_text(mac), failed.join("; "))),
                    Err(why) => failed.push(format!("{}: {why}", method.name())),
                }
            }
            Err(CallError::Failed(format!("{} was not woken: {}", mac_text(mac), failed.join("; "))))
        }))
    }
}
