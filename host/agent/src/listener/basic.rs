//! A login for everything (RFC 7617), where the owner asked for one.

use super::answer::{Answer, last, text, with};
use super::rate::Rate;
use super::secret::{Secret, is_same};
use base64::Engine as _;
use hyper::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{HeaderMap, StatusCode};
use std::net::IpAddr;
use std::time::Instant;

#[derive(Debug)]
pub(super) struct Basic {
    pub(super) user: String,
    pub(super) password: Secret,
    pub(super) realm: String,
}

impl Basic {
    /// An answer where the login is missing or wrong; `guesses` counts the wrong ones.
    pub(super) fn check(&self, headers: &HeaderMap, client: IpAddr, guesses: &Rate) -> Result<(), Box<Answer>> {
        if guesses.is_used_up(client, Instant::now()) {
            let answer = text(StatusCode::TOO_MANY_REQUESTS, "Too many wrong logins.");
            return Err(Box::new(last(with(answer, RETRY_AFTER, "60"))));
        }
        let said = headers.get(AUTHORIZATION);
        if said.and_then(|said| login(said.to_str().ok()?)).is_some_and(|(user, password)| {
            let is_user = is_same(user.as_bytes(), self.user.as_bytes());
            self.password.is(&password) && is_user
        }) {
            return Ok(());
        }
        if said.is_some() {
            guesses.take(client, Instant::now());
            tracing::warn!("a wrong login from {client}");
        }
        let plain = |c: &char| c.is_ascii() && !c.is_ascii_control() && *c != '"' && *c != '\\';
        let realm: String = self.realm.chars().filter(plain).collect();
        let answer = text(StatusCode::UNAUTHORIZED, "A login is needed.");
        Err(Box::new(with(answer, WWW_AUTHENTICATE, &format!("Basic realm=\"{realm}\", charset=\"UTF-8\""))))
    }
}

fn login(said: &str) -> Option<(String, String)> {
    let (scheme, packed) = said.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || packed.len() > 1024 {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed.trim()).ok()?;
    let (user, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
