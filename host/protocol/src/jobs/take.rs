//! Taking secrets out of a job.
//!
//! They are known by the names of their members, wherever they stand: what this version has never heard of is searched as
//! well. A user's name goes with the password beside it. Not known for secrets, because they are free text: command lines
//! and environments of deployment jobs, but for passwords in URLs.

use super::secrets::{Credential, Secret, SecretText};
use crate::answers::lenient;
use airlock_model::Notes;
use serde_json::{Map, Value};

/// The member that names a credential's handle.
const HANDLE: &str = "credential";

/// Members of SNMP credentials, all of which go.
const SNMP: &[&str] =
    &["COMMUNITY", "AUTHPASSPHRASE", "AUTHPASSWORD", "PRIVPASSPHRASE", "PRIVPASSWORD", "AUTHPROTOCOL", "PRIVPROTOCOL"];
const PASSWORDS: &[&str] = &["PASSWORD", "PASSWD", "PASS", "PASSPHRASE", "REMOTEPASS"];
const USERS: &[&str] = &["USERNAME", "USER", "LOGIN", "REMOTEUSER"];
/// Secret by name, without a user. A handle that a server wrote itself is not left for one of ours.
const OTHERS: &[&str] =
    &["SECRET", "CLIENT_SECRET", "TOKEN", "APIKEY", "API_KEY", "PRIVATEKEY", "PRIVATE_KEY", "CREDENTIAL"];

/// The most secrets of one job.
const MOST: usize = 2000;

pub(super) fn secrets(job: &mut Map<String, Value>, prefix: &str, notes: &mut Notes) -> Vec<Credential> {
    let mut taker = Taker { prefix, taken: Vec::new(), notes };
    taker.object(job, "");
    taker.taken
}

struct Taker<'a> {
    prefix: &'a str,
    taken: Vec<Credential>,
    notes: &'a mut Notes,
}

impl Taker<'_> {
    fn value(&mut self, value: &mut Value, name: &str) {
        match value {
            Value::Object(object) => self.object(object, name),
            Value::Array(list) => list.iter_mut().for_each(|value| self.value(value, name)),
            Value::String(text) => self.urls(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// `name` is what the object is called in its parent.
    fn object(&mut self, object: &mut Map<String, Value>, name: &str) {
        let others: Vec<(String, SecretText)> = OTHERS
            .iter()
            .flat_map(|name| remove(object, name))
            .map(|(member, value)| (member, SecretText::new(value)))
            .collect();
        let is_login = lenient::member(object, "TYPE").is_some_and(|kind| !kind.eq_ignore_ascii_case("snmp"));
        let is_snmp = name == "AUTHENTICATION" && !is_login || object.keys().any(|key| is(key, SNMP));
        let id = lenient::member(object, "ID");
        let mut secret = None;
        if is_snmp {
            secret = snmp(object);
        } else if let Some(password) = first(object, PASSWORDS) {
            secret = Some(Secret::Login { user: first(object, USERS), password: SecretText::new(password) });
        }
        // What is left of the same object: a second password beside the first, a password beside a community.
        let rest: Vec<_> = [SNMP, PASSWORDS].concat();
        let rest = rest.iter().flat_map(|name| remove(object, name)).map(|(m, v)| (m, SecretText::new(v)));
        let more: Vec<_> = others.into_iter().chain(rest).filter(|(_, value)| !value.reveal().is_empty()).collect();
        for (member, value) in more {
            let handle = self.add(None, Secret::Other { member: member.clone(), value });
            object.insert(member, Value::String(handle));
        }
        object.iter_mut().filter(|(member, _)| !is(member, OTHERS)).for_each(|(name, value)| self.value(value, name));
        if let Some(secret) = secret {
            let handle = self.add(id, secret);
            object.insert(HANDLE.to_owned(), Value::String(handle));
        }
    }

    fn add(&mut self, id: Option<String>, secret: Secret) -> String {
        if self.taken.len() == MOST {
            self.notes.add(format!("more than {MOST} secrets in a job, the rest left out"));
            return String::new();
        }
        let handle = format!("{}{}", self.prefix, self.taken.len() + 1);
        self.taken.push(Credential { handle: handle.clone(), id, secret });
        handle
    }

    /// Takes what stands between `://` and `@` out of every URL in a text.
    fn urls(&mut self, text: &mut String) {
        if !text.contains("://") {
            return;
        }
        let mut kept = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("://") {
            kept.push_str(before);
            kept.push_str("://");
            let ends = |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>' | '\\') || c.is_whitespace();
            let authority = after.get(..after.find(ends).unwrap_or(after.len())).unwrap_or_default();
            let Some((who, host)) = authority.rsplit_once('@') else {
                rest = after;
                continue;
            };
            let scheme = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && !"+.-".contains(c)).next();
            let origin = format!("{}://{host}", scheme.unwrap_or_default()).to_ascii_lowercase();
            let (user, password) = who.split_once(':').unwrap_or((who, ""));
            self.add(None, Secret::Url { origin, user: user.to_owned(), password: SecretText::new(password) });
            rest = after.get(who.len() + 1..).unwrap_or_default();
        }
        kept.push_str(rest);
        *text = kept;
    }
}

/// The SNMP credential of an object; none if nothing is in its members.
fn snmp(object: &mut Map<String, Value>) -> Option<Secret> {
    let secret = |value: Option<String>| value.map(SecretText::new);
    let version = lenient::member(object, "VERSION").unwrap_or_default();
    let community = secret(first(object, &["COMMUNITY"]));
    let user = first(object, USERS);
    let auth_protocol = first(object, &["AUTHPROTOCOL"]);
    let auth_passphrase = secret(first(object, &["AUTHPASSPHRASE", "AUTHPASSWORD"]));
    let priv_protocol = first(object, &["PRIVPROTOCOL"]);
    let priv_passphrase = secret(first(object, &["PRIVPASSPHRASE", "PRIVPASSWORD"]));
    if community.is_none() && user.is_none() && auth_passphrase.is_none() && priv_passphrase.is_none() {
        return None;
    }
    Some(Secret::Snmp { version, community, user, auth_protocol, auth_passphrase, priv_protocol, priv_passphrase })
}

fn is(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name.trim()))
}

/// Takes every spelling of a member out; each with its text.
fn remove(object: &mut Map<String, Value>, name: &str) -> Vec<(String, String)> {
    let spelled: Vec<String> = object.keys().filter(|key| is(key, &[name])).cloned().collect();
    let taken = |key: String| object.remove(&key).map(|value| (key, words(&value)));
    spelled.into_iter().filter_map(taken).collect()
}

/// Takes members out; gives the first text that is not empty. Of names that mean the same, the first counts; another one's
/// text stays behind.
fn first(object: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    for name in names {
        let mut spelled = object.keys().filter(|key| is(key, &[name])).cloned().collect::<Vec<_>>().into_iter();
        if let Some(key) = spelled.next() {
            let text = object.remove(&key).map(|value| words(&value)).unwrap_or_default();
            if !text.is_empty() {
                return Some(text);
            }
        }
    }
    None
}

/// A secret's text, whatever the server wrapped it in.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(object) if object.contains_key("content") => object.get("content").map(words).unwrap_or_default(),
        other => lenient::text(other).unwrap_or_else(|| other.to_string()),
    }
}
