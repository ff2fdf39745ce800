//! A part from its mirror to the store: resolve, download, follow. Each hop is two calls of its own, as in
//! [`Gate::fetch`](crate::Gate::fetch), so a redirect leads to no origin that the policy does not name for packages.

use crate::calls::{
    DeployFetch, DeployFromPeers, DeployPeers, DeployResolve, JobFile, MOST_PEERS, PEER_PORT, Sha512Sum, Target,
};
use crate::http::{MOST_HOPS, next_hop};
use crate::policy::Verdict;
use crate::{Ask, CallError, Gate, Verb};
use serde::Serialize;
use std::net::IpAddr;

/// Characters of a URL that is none, in its record.
const SHOWN: usize = 300;

/// A request that could not be read, as the audit has it.
#[derive(Serialize)]
struct Unread {
    /// Its beginning: a record is not as long as a task likes.
    mirror: String,
    part: String,
}

/// `<mirror>/<c1>/<c1c2>/<sha512>`, also where the mirror is GLPI's own and ends in `file=`.
fn url_of(mirror: &str, part: &Sha512Sum) -> String {
    let text = part.to_string();
    let (one, two) = (text.get(..1).unwrap_or_default(), text.get(..2).unwrap_or_default());
    let separator = if mirror.ends_with('/') { "" } else { "/" };
    format!("{mirror}{separator}{one}/{two}/{text}")
}

impl Gate {
    /// Downloads a part into the store. Bytes. Without a mirror (an empty text) a part of a file that the server shares comes
    /// from neighbours, or not at all.
    pub async fn deploy_fetch(&self, mirror: &str, part: &str, of: &JobFile) -> Result<u64, CallError> {
        let only_peers = mirror.is_empty() && of.shared;
        let read = || {
            of.check()?;
            let sum = Sha512Sum::parse(part)?;
            if !of.parts.iter().any(|known| known.eq_ignore_ascii_case(part)) {
                return Err(CallError::Invalid(format!("{part:.20?}… is no part of {}", of.name)));
            }
            if only_peers {
                return Ok((sum, None));
            }
            Target::parse(&url_of(mirror, &sum)).map(|target| (sum, Some(target)))
        };
        let (sum, target) = match read() {
            Ok(read) => read,
            Err(error) => {
                let start = |text: &str| text.chars().take(SHOWN).collect();
                let unread = Unread { mirror: start(mirror), part: start(part) };
                return Err(self.senseless("deploy.fetch-part", &unread, error));
            }
        };
        if of.shared
            && let Some(bytes) = self.ask_peers(&sum, of, target.as_ref()).await
        {
            return Ok(bytes);
        }
        let Some(mut target) = target else {
            return Err(CallError::Failed("no mirror has it, and no neighbour that may be asked".to_owned()));
        };
        for _ in 0..=MOST_HOPS {
            let addresses = self.call(DeployResolve { target: target.clone(), file: of.id() }).await?;
            if addresses.is_empty() && self.source.plan(|| format!("fetch {} (part {:.16}…)", of.name, part)) {
                return Ok(0);
            }
            let fetch = DeployFetch {
                target: target.clone(),
                addresses,
                part: sum.to_string(),
                file: of.id(),
                retention_minutes: of.retention_minutes,
                shared: of.shared,
            };
            let reply = self.call(fetch).await?;
            match (reply.status, &reply.location) {
                (200, _) => return Ok(reply.bytes),
                (301 | 302 | 303 | 307 | 308, Some(location)) => target = next_hop(&target, location)?,
                (status, _) => {
                    return Err(CallError::Failed(format!("{} answers {status}", target.origin())));
                }
            }
        }
        Err(CallError::Failed(format!("more than {MOST_HOPS} redirects, the last from {}", target.origin())))
    }
}

/// A part that neighbours may have: what they have is asked for where the owner grants that (`p2p.fetch`), and where the part
/// could come from its mirror as well. Whatever goes wrong there, the mirror is asked then.
impl Gate {
    /// Of a file without a mirror: what the owner grants of packages at all.
    async fn ask_peers(&self, part: &Sha512Sum, of: &JobFile, mirror: Option<&Target>) -> Option<u64> {
        if !self.policy.grants_any(&[Verb::P2pFetch]) {
            return None;
        }
        let origin = mirror.map(Target::origin);
        let mirrored = Ask { origin, port: mirror.map(|mirror| mirror.port), ..Ask::new(Verb::PkgFetch) };
        let Verdict::Allow(mirrored) = self.decide(&mirrored) else { return None };
        if !mirrored.terms.approvals.is_empty() {
            return None;
        }
        let is_granted = |address: &IpAddr| {
            let ask = Ask { addresses: vec![*address], port: Some(PEER_PORT), ..Ask::new(Verb::P2pFetch) };
            matches!(self.decide(&ask), Verdict::Allow(_))
        };
        let peers = self.call(DeployPeers {}).await.ok()?;
        let addresses: Vec<IpAddr> = peers.into_iter().filter(is_granted).take(MOST_PEERS).collect();
        if addresses.is_empty() {
            return None;
        }
        let asked = self.call(DeployFromPeers {
            addresses,
            part: part.to_string(),
            retention_minutes: of.retention_minutes,
            is_sealed: mirrored.scope.is_sealed,
            max_bytes: mirrored.scope.max_bytes,
        });
        asked.await.ok().filter(|reply| reply.status == 200).map(|reply| reply.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_where_its_digest_says() {
        let text = "3c99".repeat(32);
        let part = Sha512Sum::parse(&text).unwrap();
        let glpi = "https://g.example/plugins/glpiinventory/b/deploy/?action=getFilePart&file=";
        assert_eq!(url_of(glpi, &part), format!("{glpi}/3/3c/{text}"));
        assert_eq!(url_of("https://m.example/p/", &part), format!("https://m.example/p/3/3c/{text}"));
        assert_eq!(url_of("https://m.example/p", &part), format!("https://m.example/p/3/3c/{text}"));
    }
}
