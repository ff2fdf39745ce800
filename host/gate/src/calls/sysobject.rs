//! What the owner's database says of a sysObjectID: a part of the run itself, like the time.

use super::snmp::oid;
use crate::call::HostCall;
use crate::sysobject::Entry;
use crate::{Ask, CallError, Native, Scope};
use serde::{Deserialize, Serialize};

/// By the OID that a device gives, in dotted decimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SysobjectFind {
    pub id: String,
}

impl HostCall for SysobjectFind {
    type Reply = Option<Entry>;
    const NAME: &'static str = "sysobject.find";

    fn ask(&self) -> Result<Ask, CallError> {
        oid(&self.id)?;
        Ok(Ask::run())
    }

    fn reply_size(reply: &Option<Entry>) -> u64 {
        let texts = reply.iter().flat_map(|entry| [&entry.vendor, &entry.kind, &entry.model, &entry.module]);
        texts.flatten().map(|text| text.len() as u64).sum()
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Option<Entry>, CallError> {
        native.sysobjects.find(&self.id).await
    }
}
