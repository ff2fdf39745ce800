//! JSON messages of GLPI 10 and later, but for the inventory: indented, keys sorted, as agents write them.

use super::{RequestError, deviceid};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// `contact`: who is there, what it can do and is willing to do for this server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// The name under which the server knows this agent.
    pub deviceid: String,
    /// The program's name and version.
    pub name: String,
    pub version: String,
    /// Names of tasks in lower case: those that there are, and those of them that this server may have.
    pub installed_tasks: BTreeSet<String>,
    pub enabled_tasks: BTreeSet<String>,
    /// Where the agent listens, if it does.
    pub httpd_port: Option<u16>,
    /// What it listens for, if it does: by the plugin's name in lower case. Never with a token or a password in it.
    pub httpd_plugins: Option<BTreeMap<String, Plugin>>,
    /// Which entity of the server it belongs to, in the words of its owner.
    pub tag: Option<String>,
}

/// A plugin of the agent's listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Plugin {
    #[serde(serialize_with = "disabled")]
    Disabled,
    /// Its settings by name, such as `port` and `url_path`.
    Settings(BTreeMap<String, String>),
}

fn disabled<S: serde::Serializer>(to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("disabled")
}

impl Contact {
    /// The message. Empty texts are left out.
    pub fn json(&self) -> Result<String, RequestError> {
        #[derive(Serialize)]
        #[serde(rename_all = "kebab-case")]
        struct Message<'a> {
            action: &'static str,
            deviceid: &'a str,
            enabled_tasks: &'a BTreeSet<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            httpd_plugins: Option<&'a BTreeMap<String, Plugin>>,
            // A text: servers have seen no other.
            #[serde(skip_serializing_if = "Option::is_none")]
            httpd_port: Option<String>,
            installed_tasks: &'a BTreeSet<String>,
            name: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            tag: Option<&'a str>,
            version: &'a str,
        }
        Ok(text(&Message {
            action: "contact",
            deviceid: deviceid(&self.deviceid)?,
            enabled_tasks: &self.enabled_tasks,
            httpd_plugins: self.httpd_plugins.as_ref(),
            httpd_port: self.httpd_port.map(|port| port.to_string()),
            installed_tasks: &self.installed_tasks,
            name: &self.name,
            tag: self.tag.as_deref().filter(|tag| !tag.is_empty()),
            version: &self.version,
        }))
    }
}

/// `get_params`: the parameters that the server holds ready for a module (see [`crate::answers::ParamsOffer`]).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GetParams {
    pub deviceid: String,
    pub name: String,
    pub version: String,
    /// Which ones.
    pub params_id: String,
    /// What they are for, such as `postgresql`.
    pub uses: String,
}

impl GetParams {
    /// The message.
    pub fn json(&self) -> Result<String, RequestError> {
        #[derive(Serialize)]
        struct Message<'a> {
            action: &'static str,
            deviceid: &'a str,
            name: &'a str,
            params_id: &'a str,
            #[serde(rename = "use")]
            uses: &'a str,
            version: &'a str,
        }
        Ok(text(&Message {
            action: "get_params",
            deviceid: deviceid(&self.deviceid)?,
            name: &self.name,
            params_id: &self.params_id,
            uses: &self.uses,
            version: &self.version,
        }))
    }
}

fn text(message: &impl Serialize) -> String {
    // Only texts, lists and maps with texts for keys: that is always JSON.
    let mut text = serde_json::to_string_pretty(message).unwrap_or_default();
    text.push('\n');
    text
}
