//! Fibre Channel ports, which are no network interfaces to the kernel: `/sys/class/fc_host`
//! (drivers/scsi/scsi_transport_fc.c).

use crate::{Scan, units};
use airlock_model::Row;

const FOLDER: &str = "/sys/class/fc_host";

/// A port, in the kernel's words.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FibreChannelPort {
    /// `host5`.
    pub name: String,
    /// `0x` and sixteen digits: the world-wide name.
    pub port_name: Option<String>,
    /// `Online`, `Linkdown` …
    pub state: Option<String>,
    /// `8 Gbit`, or `unknown`.
    pub speed: Option<String>,
}

pub(super) fn collect(scan: &Scan<'_>) {
    for name in scan.names(FOLDER) {
        if scan.expired() {
            return scan.missing("Fibre Channel ports: out of time");
        }
        let attr = |file: &str| scan.attr(format!("{FOLDER}/{name}/{file}"));
        let (port_name, state, speed) = (attr("port_name"), attr("port_state"), attr("speed"));
        scan.row(FibreChannelPort { name, port_name, state, speed }.row());
    }
}

impl FibreChannelPort {
    pub fn row(&self) -> Row {
        let works = |state: &str| matches!(state, "Online" | "Marginal");
        let speed = self.speed.as_deref().and_then(units::link_speed);
        let mut row = Row::new().with("description", self.name.as_str()).with("type", "fibrechannel");
        row.maybe("wwn", self.port_name.as_deref().and_then(units::hardware_address))
            .maybe("status", self.state.as_deref().map(|state| if works(state) { "up" } else { "down" }))
            .maybe("speed", speed.map(|speed| speed.to_string()));
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn ports_of_the_kernel() {
        let rows = TestMachine::of(&[
            ("sys/class/fc_host/host4/port_name", "0x50014380186a0001\n"),
            ("sys/class/fc_host/host4/port_state", "Online\n"),
            ("sys/class/fc_host/host4/speed", "32 Gbit\n"),
            ("sys/class/fc_host/host9/speed", "unknown\n"),
        ])
        .rows(collect);
        let expected = Row::new()
            .with("description", "host4")
            .with("type", "fibrechannel")
            .with("wwn", "50:01:43:80:18:6a:00:01")
            .with("status", "up")
            .with("speed", "32000");
        assert_eq!(rows[0], expected);
        assert_eq!(rows[1], Row::new().with("description", "host9").with("type", "fibrechannel"));
    }
}
