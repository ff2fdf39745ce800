//! What discovery and inventory of the network report. Always XML, also to a GLPI server, and always in the name of the
//! agent, whatever the device.

use super::{RequestError, query};
use serde_json::{Map, Value, json};

/// Who reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkTask {
    Discovery,
    Inventory,
}

/// What is reported of a job.
#[derive(Debug, Clone, PartialEq)]
pub enum NetworkMessage {
    /// It begins.
    Start { agent_version: String },
    /// So many addresses are looked at. Of a discovery only.
    Addresses(u64),
    /// One device, by element: what was discovered, or `INFO`, `PORTS`, … of an inventory, or [`device_error`]. What
    /// stands beside `DEVICE` (`STORAGES`) goes into `beside`.
    Device { device: Map<String, Value>, beside: Map<String, Value> },
    /// It is over.
    End,
    /// It was given up.
    Exit,
}

impl NetworkTask {
    fn query(self) -> &'static str {
        match self {
            Self::Discovery => "NETDISCOVERY",
            Self::Inventory => "SNMPQUERY",
        }
    }

    /// A message. `pid` is the job's own number (see [`crate::jobs::Discovery::pid`]), `module_version` the task's version.
    pub fn message(
        self,
        deviceid: &str,
        pid: &str,
        module_version: &str,
        message: NetworkMessage,
    ) -> Result<String, RequestError> {
        let agent = |member: Value| ("AGENT", member);
        let mut beside = Map::new();
        let (name, value) = match message {
            NetworkMessage::Start { agent_version } => agent(json!({"START": 1, "AGENTVERSION": agent_version})),
            NetworkMessage::Addresses(number) => agent(json!({"NBIP": number})),
            NetworkMessage::Device { device, beside: more } => {
                beside = more;
                ("DEVICE", Value::Object(device))
            }
            NetworkMessage::End => agent(json!({"END": 1})),
            NetworkMessage::Exit => agent(json!({"EXIT": 1})),
        };
        let mut content = beside;
        if value.get("NBIP").is_none() {
            content.insert("MODULEVERSION".to_owned(), module_version.into());
        }
        content.insert(name.to_owned(), value);
        content.insert("PROCESSNUMBER".to_owned(), pid.into());
        query(self.query(), deviceid, &content)
    }
}

/// A device that could not be inventoried: what the server calls it, and why.
pub fn device_error(id: Option<&str>, kind: Option<&str>, message: &str) -> Map<String, Value> {
    let error = json!({"ID": id, "MESSAGE": message, "TYPE": kind});
    Map::from_iter([("ERROR".to_owned(), error)])
}
