//! What a neighbour gets that knows the token of this machine's listener: what the policy grants `neighbours`, redacted, and
//! written down before it leaves. Neighbours are no server: what is granted to servers is not for them.

use super::Round;
use super::report::For;
use crate::document::{self, Format};
use crate::outgoing::Exit;
use crate::policies::Policies;
use crate::session::Dialect;
use airlock_gate::guards::Stops as _;
use airlock_gate::policy::{NEIGHBOURS, Verdict};
use airlock_gate::{Ask, Asker, Policy, Verb};
use anyhow::bail;
use jiff::Timestamp;
use std::net::IpAddr;

/// The task whose grants it takes.
const TASK: &str = "inventory";

fn policy(policies: &Policies) -> Policy {
    let asker = Asker { server: Some(NEIGHBOURS.to_owned()), task: TASK.to_owned(), ..Asker::default() };
    policies.rights(&asker).0
}

/// Why neighbours get nothing: it takes a grant of what they see, and one that lets it leave.
pub(crate) fn kept_from_neighbours(policies: &Policies) -> Option<String> {
    let policy = policy(policies);
    if let Verdict::Deny(refusal) = policy.decide(&Ask::new(Verb::ReportSend), Timestamp::now()) {
        return Some(format!("{}: {} (report.send, server = [\"{NEIGHBOURS}\"])", refusal.code, refusal.why));
    }
    let sees = policy.grants_any(&[Verb::InventoryRead]);
    (!sees).then(|| format!("the policy grants {NEIGHBOURS} no inventory.read (server = [\"{NEIGHBOURS}\"])"))
}

impl Round<'_> {
    /// The inventory as XML, for whoever asked from that address.
    pub(crate) fn for_neighbour(&self, address: IpAddr) -> anyhow::Result<String> {
        if let Some(stop) = self.places.stops().stops().iter().find(|stop| stop.ends(Some(NEIGHBOURS))) {
            bail!("stopped: {stop} (airlock stop --resume)");
        }
        let policy = policy(&self.policies);
        let whom = For {
            server: NEIGHBOURS,
            tag: self.settings.tag.as_deref(),
            dialect: Dialect::Xml,
            no_category: &[],
            policy: &policy,
        };
        let made = self.make_report(self.observer()?, &whom, &[])?;
        let text = document::encode(&made.report, &made.envelope, Format::Xml);
        let exit = Exit {
            policies: &self.policies,
            folders: self.folders,
            server: NEIGHBOURS,
            task: TASK,
            policy: &policy,
            to: &address.to_string(),
        };
        exit.take(TASK, text.as_bytes(), false)?;
        Ok(text)
    }
}
