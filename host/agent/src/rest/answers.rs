//! The results of a collection, on their way to the server that asked: counted down, each with the token that the answer
//! before it brought, always in a body. An address ends up in the logs of every machine on the way.

use crate::session::Wire;
use airlock_protocol::answers::Jobs;
use airlock_protocol::jobs::SecretText;
use airlock_protocol::requests::Rest;
use std::collections::BTreeSet;

/// The way back.
pub(crate) struct Answers<'a> {
    wire: &'a Wire,
    remote: &'a str,
    token: Option<SecretText>,
    uuids: BTreeSet<String>,
}

impl<'a> Answers<'a> {
    pub(crate) fn new(wire: &'a Wire, remote: &'a str, token: Option<SecretText>) -> Self {
        Self { wire, remote, token, uuids: BTreeSet::new() }
    }

    /// All results of one question; that there is none is told too.
    pub(crate) fn send(&mut self, uuid: &str, sid: &str, results: &[Vec<(String, String)>]) -> anyhow::Result<()> {
        self.answered(uuid);
        if results.is_empty() {
            return self.one(uuid, sid, 0, &[]);
        }
        let mut left = u64::try_from(results.len())?;
        for fields in results {
            self.one(uuid, sid, left, fields)?;
            left = left.saturating_sub(1);
        }
        Ok(())
    }

    fn one(&mut self, uuid: &str, sid: &str, left: u64, fields: &[(String, String)]) -> anyhow::Result<()> {
        let token = self.token.as_ref().map(SecretText::reveal);
        let answer = self.wire.rest(self.remote, &Rest::set_answer(true, uuid, sid, left, token, fields))?;
        if let Some(next) = Jobs::next_token(&answer) {
            self.token = Some(next);
        }
        Ok(())
    }

    /// Its answers went before, or go now.
    pub(crate) fn answered(&mut self, uuid: &str) {
        self.uuids.insert(uuid.to_owned());
    }

    /// Nothing more comes, but for those of which a part waits.
    pub(crate) fn done(self, waiting: &BTreeSet<String>) -> anyhow::Result<()> {
        for uuid in self.uuids.difference(waiting) {
            self.wire.rest(self.remote, &Rest::jobs_done(uuid))?;
        }
        Ok(())
    }
}
