//! What an agent says to a server: headers, JSON messages, XML messages, and the parameters of the REST endpoints.
//!
//! JSON and XML messages are posted to the server's address; the inventory is made by [`crate::inventory_json`] and
//! [`crate::inventory_xml`]. A message without the agent's `deviceid` is refused here: servers refuse it too.

mod content;
mod device;
mod headers;
mod json;
mod network;
mod rest;
mod xml;

pub use content::ContentError;
pub use device::{discovered_device, inventoried_device};
pub use headers::{AGENT_ID, PROXY_ID, REQUEST_ID, RequestId, agent_id, user_agent};
pub use json::{Contact, GetParams, Plugin};
pub use network::{NetworkMessage, NetworkTask, device_error};
pub use rest::{Method, Part, Rest, Step};
pub use xml::{prolog, query};

/// Why a message cannot be written.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    #[error("no deviceid: expected the name under which the server knows this agent")]
    DeviceId,
    #[error("no query: expected what the message is about, such as INVENTORY")]
    Query,
    #[error(transparent)]
    Content(#[from] ContentError),
}

fn deviceid(deviceid: &str) -> Result<&str, RequestError> {
    Some(deviceid.trim()).filter(|id| !id.is_empty()).ok_or(RequestError::DeviceId)
}
