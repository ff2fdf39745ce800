//! The network of the mocked machine: names and what answers to requests.

use super::{Mock, describe};
use crate::calls::{HttpReply, HttpSend, Target};
use crate::ports::{Answer, Http};
use crate::{CallError, Scope};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::net::IpAddr;

impl Http for Mock {
    fn resolve<'a>(&'a self, target: &'a Target) -> Answer<'a, Vec<IpAddr>> {
        Box::pin(async move {
            if let Ok(address) = target.host.parse() {
                return Ok(vec![address]);
            }
            let answers = self.about.hosts.get(&target.host).ok_or(CallError::NotFound)?;
            let turn = self.turn(&format!("resolve {}", target.host), answers.len());
            answers.get(turn).cloned().ok_or(CallError::NotFound)
        })
    }

    fn send<'a>(&'a self, call: HttpSend, scope: &'a Scope) -> Answer<'a, HttpReply> {
        Box::pin(async move { self.answer(call.method.name(), &call.target, call.body.len(), scope.max_bytes) })
    }
}

impl Mock {
    /// What the mocked network answers to a request with a body of so many bytes.
    pub(super) fn answer(
        &self,
        method: &str,
        target: &Target,
        sent: usize,
        most: Option<u64>,
    ) -> Result<HttpReply, CallError> {
        let url = target.url();
        let fits = |h: &&describe::Http| h.method == method && h.url == url;
        let answers: Vec<&describe::Http> = self.about.http.iter().filter(fits).collect();
        let turn = self.turn(&format!("{method} {url}"), answers.len());
        let Some(answer) = answers.get(turn) else {
            return Err(CallError::Failed(format!("nothing answers {method} {url} in the mocked network")));
        };
        if answer.hang {
            return Err(CallError::Timeout);
        }
        if let Some(why) = &answer.fails {
            return Err(CallError::Failed(why.clone()));
        }
        if !matches!(method, "GET" | "HEAD") {
            self.changed(format!("sent {method} {url} ({sent} bytes)"));
        }
        let body = match (&answer.body, &answer.body_base64) {
            (_, Some(text)) => BASE64_STANDARD
                .decode(text)
                .map_err(|error| CallError::Failed(format!("the mock's body_base64: {error}")))?,
            (Some(text), None) => text.clone().into_bytes(),
            (None, None) => Vec::new(),
        };
        if most.is_some_and(|most| body.len() as u64 > most) {
            return Err(CallError::Failed("the answer is larger than is granted".to_owned()));
        }
        let headers = answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        Ok(HttpReply { status: answer.status, headers: headers.collect(), body })
    }
}
