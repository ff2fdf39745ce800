//! XML messages of FusionInventory and OCS servers, which GLPI reads too: a `REQUEST` with a `QUERY` and a `DEVICEID`.

use super::content;
use super::{RequestError, deviceid};
use crate::elements::{document, element, end, start};
use serde_json::{Map, Value};

/// OCS had it for a secret; it is the same for everyone.
const TOKEN: &str = "12345678";

/// `PROLOG`: whether an inventory is wanted, and what else.
pub fn prolog(deviceid: &str) -> Result<String, RequestError> {
    let deviceid = super::deviceid(deviceid)?;
    Ok(document(|out| {
        start(out, "REQUEST")?;
        element(out, "DEVICEID", deviceid)?;
        element(out, "QUERY", "PROLOG")?;
        element(out, "TOKEN", TOKEN)?;
        end(out, "REQUEST")
    }))
}

/// A message with content: `query` is what it is about, such as `NETDISCOVERY`. Members of the content are elements;
/// null is none, true is 1, a list repeats its element.
pub fn query(query: &str, id: &str, content: &Map<String, Value>) -> Result<String, RequestError> {
    let id = deviceid(id)?;
    let query = Some(query.trim()).filter(|query| !query.is_empty()).ok_or(RequestError::Query)?;
    content::check(content)?;
    Ok(document(|out| {
        start(out, "REQUEST")?;
        start(out, "CONTENT")?;
        content::write(out, content)?;
        end(out, "CONTENT")?;
        element(out, "DEVICEID", id)?;
        element(out, "QUERY", query)?;
        end(out, "REQUEST")
    }))
}
