//! Who is at an address: ICMP, the kernel's table of neighbours, NetBIOS, the reverse DNS.
//!
//! What this machine does not let its user do (raw sockets, mostly) is not done, and said. Silence is no error: it is the
//! usual answer of an address. All ways of asking one address know of each other: when something there has answered, the
//! others wait for a moment more and not for the whole timeout, so that a scan of a network that is there is not as slow as
//! one of a network that is not.

mod icmp;
mod netbios;
mod patience;
mod reverse_name;
mod table;

use airlock_gate::CallError;
use airlock_gate::calls::{Lacking, Neighbour, ProbeMethod, ProbeReach};
use airlock_gate::ports::{Answer, Probe};
use icmp::Icmp;
use patience::{Patience, Underway};
use reverse_name::Resolvers;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use table::Table;

/// How long an address is given, unless somebody says otherwise.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// This machine's ways of asking. Its sockets are opened when they are first needed.
pub struct MachineProbe {
    timeout: Duration,
    underway: Arc<Underway>,
    icmp: Icmp,
    table: Table,
    resolvers: Resolvers,
}

impl Default for MachineProbe {
    fn default() -> Self {
        Self::new(PROBE_TIMEOUT)
    }
}

impl MachineProbe {
    pub fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            underway: Arc::default(),
            icmp: Icmp::default(),
            table: Table::default(),
            resolvers: Resolvers::default(),
        }
    }

    /// Asks these resolvers for names, in place of the machine's own.
    #[must_use]
    pub fn with_resolvers(self, resolvers: Vec<std::net::SocketAddr>) -> Self {
        Self { resolvers: Resolvers::these(resolvers), ..self }
    }

    async fn ask(&self, call: &ProbeReach, patience: &Patience) -> Result<Neighbour, CallError> {
        let address = call.address.to_canonical();
        let nobody = Neighbour::default();
        Ok(match call.method {
            ProbeMethod::Echo => {
                Neighbour { answers_echo: patience.of(self.icmp.echo(address)).await?.is_some(), ..nobody }
            }
            // There is none in IPv6.
            ProbeMethod::Timestamp if address.is_ipv6() => nobody,
            ProbeMethod::Timestamp => {
                Neighbour { answers_timestamp: patience.of(self.icmp.timestamp(address)).await?.is_some(), ..nobody }
            }
            ProbeMethod::Arp => Neighbour { mac: patience.of(self.table.find(address)).await?.flatten(), ..nobody },
            ProbeMethod::Netbios if address.is_ipv6() => nobody,
            ProbeMethod::Netbios => match patience.of(netbios::ask(address)).await?.flatten() {
                Some(status) => Neighbour {
                    netbios_name: status.name,
                    workgroup: status.workgroup,
                    user_session: status.user,
                    mac: status.mac,
                    ..nobody
                },
                None => nobody,
            },
            ProbeMethod::Dns => {
                Neighbour { dns_name: patience.of_resolver(self.resolvers.name(address)).await?.flatten(), ..nobody }
            }
        })
    }
}

impl Probe for MachineProbe {
    fn reach<'a>(&'a self, call: &'a ProbeReach) -> Answer<'a, Neighbour> {
        Box::pin(async move {
            let patience = Underway::enter(&self.underway, call.address.to_canonical(), self.timeout, call.alive);
            let found = self.ask(call, &patience).await?;
            if found.is_there() {
                patience.answered();
            }
            Ok(found)
        })
    }

    fn answered(&self, address: IpAddr) {
        self.underway.answered(address);
    }

    fn lacking(&self) -> Answer<'_, Vec<Lacking>> {
        let lacking = |method, why: Option<String>| why.map(|why| Lacking { method, why });
        let all = [
            lacking(ProbeMethod::Echo, self.icmp.no_echo()),
            lacking(ProbeMethod::Timestamp, self.icmp.no_timestamp()),
            lacking(ProbeMethod::Arp, self.table.none()),
            lacking(ProbeMethod::Dns, self.resolvers.none()),
        ];
        Box::pin(async { Ok(all.into_iter().flatten().collect()) })
    }
}

/// What went wrong with a socket, in words.
fn failed(what: &str, error: &std::io::Error) -> CallError {
    CallError::Failed(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests;
