//! Who is in the mocked machine's network, and what its database of sysObjectIDs says.

use super::Mock;
use crate::CallError;
use crate::calls::{Lacking, Neighbour, ProbeMethod, ProbeReach};
use crate::ports::{Answer, Probe, Sysobjects};
use crate::sysobject::Entry;

impl Probe for Mock {
    fn reach<'a>(&'a self, call: &'a ProbeReach) -> Answer<'a, Neighbour> {
        Box::pin(async move {
            let there = self.about.neighbour.iter().find(|neighbour| neighbour.address == call.address);
            let Some(there) = there else { return Ok(Neighbour::default()) };
            Ok(match call.method {
                ProbeMethod::Echo => Neighbour { answers_echo: there.echo, ..Neighbour::default() },
                ProbeMethod::Timestamp => Neighbour { answers_timestamp: there.timestamp, ..Neighbour::default() },
                ProbeMethod::Arp => Neighbour { mac: there.mac.clone(), ..Neighbour::default() },
                ProbeMethod::Netbios => Neighbour {
                    netbios_name: there.netbios.clone(),
                    workgroup: there.workgroup.clone(),
                    user_session: there.user.clone(),
                    ..Neighbour::default()
                },
                ProbeMethod::Dns => Neighbour { dns_name: there.dns.clone(), ..Neighbour::default() },
            })
        })
    }

    fn lacking(&self) -> Answer<'_, Vec<Lacking>> {
        let is_lacking = |method: &&ProbeMethod| self.about.lacking.iter().any(|word| word.get_ref() == method.word());
        let lacking = |method: &ProbeMethod| Lacking { method: *method, why: "this mock does not have it".to_owned() };
        let all = ProbeMethod::ALL.iter().filter(is_lacking).map(lacking).collect();
        Box::pin(async { Ok(all) })
    }
}

impl Sysobjects for Mock {
    fn find<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Entry>> {
        Box::pin(async move { self.sysobjects.as_ref().map(|index| index.find(id)).ok_or(CallError::Unsupported) })
    }
}
