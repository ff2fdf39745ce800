//! What an inventory document says beside its content.

/// Who is described, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The name under which the server knows this agent.
    pub deviceid: String,
    /// What the server is to make of it; JSON only.
    pub itemtype: String,
    /// Which entity of the server it belongs to, in the words of its owner.
    pub tag: Option<String>,
    /// Sections that are missing have not changed; JSON only.
    pub partial: bool,
    /// The agent's name and version, as servers know agents: `Name_vVersion`.
    pub versionclient: String,
}

impl Envelope {
    /// A whole inventory of a computer, without a tag.
    pub fn computer(deviceid: impl Into<String>, versionclient: impl Into<String>) -> Self {
        Self {
            deviceid: deviceid.into(),
            itemtype: "Computer".to_owned(),
            tag: None,
            partial: false,
            versionclient: versionclient.into(),
        }
    }

    /// The tag, if there is something in it.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.tag.as_deref().filter(|tag| !tag.is_empty())
    }
}
