//! `/now`: makes targets due. For trusted addresses, as GLPI asks for it, and for whoever knows the token; never for a page
//! of another site. What is refused is refused before anything happens, and recorded.

use super::Shared;
use super::answer::{Answer, HTML, answer, text, with};
use super::browser::{OtherSite, Site, site};
use super::page;
use super::refusals::Because;
use super::view::{Partial, Wake, Woken};
use super::wakes::Taken;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HeaderName, RETRY_AFTER, VARY,
};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, StatusCode};
use std::net::IpAddr;
use std::time::Instant;

const TOKEN: HeaderName = HeaderName::from_static("x-airlock-token");
/// What is refused here, in the owner's record.
const A_WAKE: &str = "a wake";
/// Categories in one request.
const MOST_CATEGORIES: usize = 64;

/// `said` is what stands after `/now/`.
pub(super) fn now(shared: &Shared, head: &Parts, said: Option<&str>, client: IpAddr) -> Answer {
    let status = shared.view.status();
    let servers = status.targets.iter().map(|target| target.place.as_str());
    let from = match site(&head.headers, servers) {
        Ok(from) => from,
        Err(OtherSite) => {
            let why = "a page of another site asked for it in somebody's browser".to_owned();
            shared.refusals.tell(client, A_WAKE, Because::OtherSite, why);
            let why = "Access denied: a page of another site asked for this. Programs send POST with the token.";
            return text(StatusCode::FORBIDDEN, why);
        }
    };
    let answer = match head.method {
        Method::OPTIONS => preflight(shared, &head.headers, &from, client),
        Method::GET | Method::POST => asked(shared, head, said, client),
        _ => text(StatusCode::BAD_REQUEST, "Expected GET or POST."),
    };
    match from {
        Site::Server(origin) if !answer.status().is_client_error() => {
            with(with(answer, ACCESS_CONTROL_ALLOW_ORIGIN, &origin), VARY, "Origin")
        }
        _ => answer,
    }
}

/// What a browser asks before it asks for a page of one of our servers (Fetch standard, CORS protocol).
fn preflight(shared: &Shared, headers: &HeaderMap, from: &Site, client: IpAddr) -> Answer {
    let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD).and_then(|method| method.to_str().ok());
    let is_allowed = matches!(from, Site::Server(_) | Site::Own) && shared.is_trusted(client);
    if !is_allowed || !matches!(method, Some("GET" | "POST")) {
        return denied(shared, client, Because::NotTrusted);
    }
    let answer = with(answer(StatusCode::NO_CONTENT, HTML, ""), ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
    if headers.contains_key(ACCESS_CONTROL_REQUEST_HEADERS) {
        return with(answer, ACCESS_CONTROL_ALLOW_HEADERS, "*");
    }
    answer
}

fn asked(shared: &Shared, head: &Parts, said: Option<&str>, client: IpAddr) -> Answer {
    if !shared.is_trusted(client) {
        // Who has guessed wrong too often is not told whether this one is right.
        if shared.guesses.is_used_up(client, Instant::now()) {
            let why = "too many wrong tokens of that address: for a minute none of its is looked at".to_owned();
            shared.refusals.tell(client, A_WAKE, Because::TooManyTokens, why);
            return with(text(StatusCode::TOO_MANY_REQUESTS, "Too many wrong tokens."), RETRY_AFTER, "60");
        }
        let given = said.or_else(|| token(&head.headers));
        if !given.zip(shared.token.as_ref()).is_some_and(|(given, token)| token.is(given)) {
            if given.is_none() {
                return denied(shared, client, Because::NotTrusted);
            }
            shared.guesses.take(client, Instant::now());
            return denied(shared, client, Because::WrongToken);
        }
    }
    let wake = match wanted(head.uri.query().unwrap_or_default()) {
        Ok(wake) => wake,
        Err(why) => {
            tracing::warn!("a wake from {client} came to nothing: {why}");
            return text(StatusCode::BAD_REQUEST, why);
        }
    };
    match shared.wakes.wake(wake) {
        Taken::Now(Woken::Due(targets)) => {
            tracing::info!("woken by {client}: {}", targets.join(", "));
            let words = if targets.is_empty() { "No target is due.".to_owned() } else { due(&targets) };
            done(&words)
        }
        Taken::Now(Woken::Not(why)) => {
            shared.refusals.tell(client, A_WAKE, Because::TooSoon, why.clone());
            done(&format!("Nothing happens: {why}"))
        }
        Taken::Later(left) => done(&format!("Asked for already: again in {} s.", left.as_secs() + 1)),
        Taken::TooMany => {
            let why = "more different wakes at once than are kept apart".to_owned();
            shared.refusals.tell(client, A_WAKE, Because::TooMany, why);
            with(text(StatusCode::TOO_MANY_REQUESTS, "Too many different wakes at once."), RETRY_AFTER, "15")
        }
    }
}

fn due(targets: &[String]) -> String {
    format!("Due now: {}", targets.join(", "))
}

/// GLPI looks at the status alone; `OK` is what people who know such agents look for.
fn done(words: &str) -> Answer {
    answer(StatusCode::OK, HTML, page::short("OK", words))
}

fn denied(shared: &Shared, client: IpAddr, because: Because) -> Answer {
    let why = match (because, &shared.token) {
        (Because::WrongToken, Some(_)) => "another token than that of [listener] token_file".to_owned(),
        (Because::WrongToken, None) => {
            "a token, and there is none to compare it with ([listener] token_file)".to_owned()
        }
        _ => format!(
            "neither a trusted address nor the token (airlock.toml, [listener]: trust = [\"{client}\"] would trust it, \
             token_file names the token)"
        ),
    };
    shared.refusals.tell(client, A_WAKE, because, why);
    answer(StatusCode::FORBIDDEN, HTML, page::short("Access denied", "Neither a trusted address nor the token."))
}

/// `Authorization: Bearer TOKEN`, or `X-Airlock-Token: TOKEN`.
fn token(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    bearer.or_else(|| headers.get(TOKEN)?.to_str().ok()).map(str::trim)
}

/// What a query asks for: `partial=yes&category=software,printer&target=server0`. Other keys are parameters of tasks that take
/// none from here.
fn wanted(query: &str) -> Result<Wake, String> {
    let mut wake = Wake::default();
    let (mut is_partial, mut categories) = (false, Vec::new());
    for (key, value) in
        query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    {
        let value = decoded(value).ok_or("A query with characters that are none.")?;
        match key {
            "target" => {
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                if value.is_empty() || value.len() > 100 || !value.chars().all(plain) {
                    return Err("target: expected the name of a target, as the first page has it.".to_owned());
                }
                wake.target = Some(value);
            }
            "partial" => is_partial = matches!(value.as_str(), "yes" | "1"),
            "category" => {
                let word = |word: &str| !word.is_empty() && word.len() <= 40;
                let plain =
                    |word: &str| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                categories = value.split(',').map(str::to_owned).collect();
                if categories.len() > MOST_CATEGORIES || !categories.iter().all(|name| word(name) && plain(name)) {
                    return Err("category: expected categories with commas between, as in: software,printer".to_owned());
                }
            }
            other => tracing::info!("a wake's parameter {:?} is passed over", airlock_model::short_line(other, 60)),
        }
    }
    match (is_partial, categories.is_empty()) {
        (true, true) => {
            Err("partial: expected category=… beside it, as in: /now?partial=yes&category=software".to_owned())
        }
        (true, false) => Ok(Wake { partial: Some(Partial { categories }), ..wake }),
        (false, _) => Ok(wake),
    }
}

/// Percent-decoded, once (RFC 3986, 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let hex = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (hex(bytes.next()?)?, hex(bytes.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read() {
        assert_eq!(wanted(""), Ok(Wake::default()));
        let partial = wanted("partial=yes&category=software%2Cprinter&target=server0&params_id=3").unwrap();
        assert_eq!(partial.target.as_deref(), Some("server0"));
        assert_eq!(partial.partial.unwrap().categories, ["software", "printer"]);
        assert_eq!(wanted("partial=no&category=cpu"), Ok(Wake::default()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_was_expected() {
        let long = format!("partial=1&category={}", "a,".repeat(65));
        for query in [
            "partial=yes",
            "partial=1&category=",
            "partial=1&category=a,,b",
            "partial=1&category=A",
            "target=",
            "target=../x",
            "target=a%00",
            "category=%zz",
            "category=%f",
            "target=%ff",
            "partial=1&category=a%20b",
            &long,
        ] {
            assert!(wanted(query).is_err(), "{query}");
        }
    }
}
