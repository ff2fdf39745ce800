//! `[server.*]`, `[credential.*]`, `[publisher.*]`, `[approval.*]`, `[audit]`.

use super::{Cursor, Table, Text, shown};
use crate::policy::limits::{self, LimitSet, duration};
use crate::policy::matching::{HostPattern, OriginPattern, plain};
use crate::policy::problem::{E_MISSING, E_VALUE};
use crate::policy::public_key::bytes_of;
use crate::policy::rule::Kind;
use crate::policy::servers::{Approval, AuditSettings, Auth, Binding, Credential, Publisher, Server, Tls};
use crate::redact::Glob;
use crate::terms::{ApprovalRule, BOUND};
use base64::prelude::{BASE64_STANDARD, Engine};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::IpAddr;

type Uses = Vec<(Kind, Text)>;

const DIALECTS: &[&str] = &["glpi-json", "glpi-xml", "fusioninventory-xml"];
/// What a server may set within the limits of the policy.
const SETTABLE: &[&str] = &["inventory.categories", "no-category", "contact_interval", "tag"];
const AUTH: &[&str] = &["none", "basic", "oauth", "mtls"];
const CREDENTIALS: &[&str] =
    &["snmpv1", "snmpv2c", "snmpv3", "esx", "ssh", "winrm", "http-basic", "oauth", "mtls", "token"];
const SOURCES: &[&str] = &["systemd", "file", "tpm", "keyring", "dpapi"];

pub(super) fn server(cx: &mut Cursor, table: Table<'_, '_>) -> Option<(Server, Uses)> {
    let at = cx.at(&table.span);
    let mut uses = vec![];
    let origin = table.needs_text(cx, "origin").and_then(|text| match OriginPattern::parse(&text.value) {
        Ok(origin) if origin.exact_host().is_some() => Some(origin.to_string()),
        Ok(_) => {
            cx.error(E_VALUE, &text.span, "a server has one origin, without `*`");
            None
        }
        Err(why) => {
            cx.error(E_VALUE, &text.span, format!("origin: {}: {why}", shown(&text.value)));
            None
        }
    });
    let tls = table.table(cx, "tls").map(|tls| read_tls(cx, tls)).unwrap_or_default();
    let auth = table.table(cx, "auth").and_then(|auth| read_auth(cx, auth, &mut uses));
    let dialects = table.words(cx, "dialects", DIALECTS).unwrap_or_default();
    let server_may_set = table.words(cx, "server_may_set", SETTABLE).unwrap_or_default();
    let mut credential_map = BTreeMap::new();
    if let Some(map) = table.table(cx, "credential_map") {
        for (theirs, value) in map.entries() {
            let Some(ours) = super::text(cx, value, "credential_map") else { continue };
            credential_map.insert(theirs.value, ours.value.clone());
            uses.push((Kind::Credential, ours));
        }
    }
    let limits = table.table(cx, "limits").map(|table| limits::read(cx, table)).unwrap_or_default();
    table.finish(cx);
    Some((Server { at, origin: origin?, tls, auth, dialects, server_may_set, credential_map, limits }, uses))
}

pub(super) fn same_server(a: &Server, b: &Server) -> bool {
    let key =
        |s: &Server| (s.origin.clone(), s.tls.clone(), s.auth.clone(), s.dialects.clone(), s.server_may_set.clone());
    key(a) == key(b) && a.credential_map == b.credential_map && LimitSet::says_the_same(&a.limits, &b.limits)
}

fn read_tls(cx: &mut Cursor, tls: Table<'_, '_>) -> Tls {
    let ca = tls.text(cx, "ca");
    if let Some(ca) = ca.as_ref().filter(|ca| ca.value != "system" && !plain(&ca.value)) {
        cx.error(E_VALUE, &ca.span, "ca is \"system\" or the absolute path of a file");
    }
    let pins = tls.texts(cx, "pin_spki").unwrap_or_default();
    for pin in &pins {
        let digest = pin.value.strip_prefix("sha256/").and_then(|digest| BASE64_STANDARD.decode(digest).ok());
        if digest.is_none_or(|digest| digest.len() != 32) {
            cx.error(E_VALUE, &pin.span, "pin_spki is sha256/ and the digest of a key in base64");
        }
    }
    tls.finish(cx);
    Tls { ca: ca.map(|ca| ca.value), pin_spki: pins.into_iter().map(|pin| pin.value).collect() }
}

fn read_auth(cx: &mut Cursor, auth: Table<'_, '_>, uses: &mut Uses) -> Option<Auth> {
    let kind = if auth.has("kind") {
        auth.word(cx, "kind", AUTH)
    } else {
        auth.value("kind");
        auth.missing(cx, "kind");
        None
    };
    let credential = auth.text(cx, "credential");
    if credential.is_none() && kind.is_some_and(|kind| kind != "none") {
        auth.missing(cx, "credential");
    }
    auth.finish(cx);
    uses.extend(credential.iter().map(|credential| (Kind::Credential, credential.clone())));
    Some(Auth { kind: kind?, credential: credential.map(|credential| credential.value) })
}

pub(super) fn credential(cx: &mut Cursor, table: Table<'_, '_>) -> Option<Credential> {
    let at = cx.at(&table.span);
    let kind = table.word(cx, "kind", CREDENTIALS);
    let source = table.needs_text(cx, "source");
    if let Some(source) = &source {
        match source.value.split_once(':') {
            Some(("file", path)) if plain(path) => {}
            Some(("file", _)) => cx.error(E_VALUE, &source.span, "file: and an absolute plain path"),
            Some((scheme, name)) if SOURCES.contains(&scheme) && !name.is_empty() => {}
            _ => {
                let message = format!("source: {}: where the secret is, never the secret", shown(&source.value));
                let hint = Some(format!("one of {}, a colon, a name", SOURCES.join(", ")));
                cx.hinted(E_VALUE, &source.span, message, hint);
            }
        }
    }
    let user = table.text(cx, "user").map(|user| user.value);
    let auth = table.word(cx, "auth", &["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]);
    let privacy = table.word(cx, "priv", &["des", "3des", "aes128", "aes192", "aes256"]);
    let level = table.word(cx, "level", &["noAuthNoPriv", "authNoPriv", "authPriv"]);
    let mut use_for = vec![];
    let mut place = (super::nowhere(), String::new());
    match table.value("use_for") {
        None => cx.error(E_MISSING, &table.span, format!("{} needs the key use_for: what it is bound to", table.place)),
        Some(value) => {
            place = (value.span(), cx.written(&value.span()).to_owned());
            let texts = table.texts(cx, "use_for").unwrap_or_default();
            if texts.is_empty() {
                cx.error(E_VALUE, &value.span(), "use_for is empty: the credential could never be used");
            }
            for text in texts {
                match binding(&text.value) {
                    Ok(binding) => use_for.push(binding),
                    Err(why) => cx.error(E_VALUE, &text.span, format!("use_for: {}: {why}", shown(&text.value))),
                }
            }
        }
    }
    table.finish(cx);
    let use_for_at = cx.at(&place.0);
    let (use_for_span, use_for_written) = place;
    let source = source?.value;
    Some(Credential {
        at,
        kind,
        source,
        user,
        auth,
        privacy,
        level,
        use_for,
        use_for_span,
        use_for_written,
        use_for_at,
    })
}

pub(super) fn same_credential(a: &Credential, b: &Credential) -> bool {
    let key =
        |c: &Credential| (c.kind, c.source.clone(), c.user.clone(), c.auth, c.privacy, c.level, c.use_for.clone());
    key(a) == key(b)
}

/// A network, an address, an origin or a host.
fn binding(text: &str) -> Result<Binding, String> {
    if text.contains("://") {
        return OriginPattern::parse(text).map(Binding::Origin);
    }
    if let Ok(net) = text.parse::<IpNet>() {
        let is_plain = net.addr() == net.network();
        return if is_plain {
            Ok(Binding::Net(net))
        } else {
            Err(format!("bits behind the prefix; meant is {}", net.trunc()))
        };
    }
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(Binding::Net(address.to_canonical().into())),
        Err(_) => HostPattern::parse(text).map(Binding::Host),
    }
}

pub(super) fn publisher(cx: &mut Cursor, table: Table<'_, '_>) -> Option<Publisher> {
    let at = cx.at(&table.span);
    if !table.has("keys") {
        table.missing(cx, "keys");
    }
    let keys = table.texts(cx, "keys").unwrap_or_default();
    for key in &keys {
        if bytes_of(&key.value).is_none() {
            cx.error(E_VALUE, &key.span, "a key is ed25519: and the public key in base64, or minisign's own RW…");
        }
    }
    if keys.is_empty() && table.has("keys") {
        cx.error(E_VALUE, &table.span, "keys is empty: nothing could be signed");
    }
    let threshold = table.number(cx, "threshold", 64).unwrap_or(1);
    if threshold == 0 || (threshold > 1 && threshold > keys.len() as u64) {
        let span = table.value("threshold").map_or_else(super::nowhere, |value| value.span());
        cx.error(E_VALUE, &span, format!("threshold is how many of its {} keys have to sign: from 1 on", keys.len()));
    }
    if !table.has("names") {
        table.missing(cx, "names (which names it may sign; [\"*\"] for all)");
    }
    let names = table.texts(cx, "names").unwrap_or_default();
    table.finish(cx);
    Some(Publisher {
        at,
        keys: keys.into_iter().map(|key| key.value).collect(),
        threshold,
        names: names.into_iter().map(|name| Glob::new(name.value)).collect(),
    })
}

pub(super) fn same_publisher(a: &Publisher, b: &Publisher) -> bool {
    (&a.keys, a.threshold, &a.names) == (&b.keys, b.threshold, &b.names)
}

pub(super) fn approval(cx: &mut Cursor, name: &Text, table: Table<'_, '_>) -> Approval {
    let at = cx.at(&table.span);
    let mut rule = ApprovalRule::named(&name.value);
    let by = table.texts(cx, "by").unwrap_or_default();
    for who in &by {
        if !matches!(who.value.split_once(':'), Some(("group" | "user", name)) if !name.is_empty()) {
            cx.error(E_VALUE, &who.span, "by is a list of group:NAME and user:NAME");
        }
    }
    rule.by = by.into_iter().map(|who| who.value).collect();
    let small = |number: Option<u64>, default: u32| number.and_then(|n| u32::try_from(n).ok()).unwrap_or(default);
    rule.required = small(table.number(cx, "required", 16), rule.required).max(1);
    rule.expires = duration(cx, &table, "expires").unwrap_or(rule.expires);
    if let Some(limits) = table.table(cx, "pending") {
        let pending = &mut rule.pending;
        pending.max = small(limits.number(cx, "max", 10_000), pending.max);
        pending.per_server = small(limits.number(cx, "per_server", 10_000), pending.per_server);
        pending.expires = duration(cx, &limits, "expires").unwrap_or(pending.expires);
        limits.finish(cx);
    }
    if let Some(binds) = table.words(cx, "binds", BOUND) {
        rule.binds = binds.into_iter().map(str::to_owned).collect();
    }
    rule.notify = table.word(cx, "notify", &["journal", "syslog", "none"]).is_some_and(|where_to| where_to != "none");
    rule.auto_approve_identical = match table.value("auto_approve_identical").and_then(|value| value.get_ref().as_str())
    {
        Some("never") => None,
        _ => duration(cx, &table, "auto_approve_identical"),
    };
    table.finish(cx);
    Approval { at, rule }
}

pub(super) fn same_approval(a: &Approval, b: &Approval) -> bool {
    a.rule == b.rule
}

/// Of several files the more is done.
pub(super) fn audit(cx: &mut Cursor, table: Table<'_, '_>, all: &mut AuditSettings) {
    for anchor in table.words(cx, "anchor", &["journal", "syslog", "eventlog", "file"]).unwrap_or_default() {
        if !all.anchor.contains(&anchor) {
            all.anchor.push(anchor);
        }
    }
    all.anchor.sort_unstable();
    all.at.push(cx.at(&table.span));
    if let Some(every) = table.number(cx, "anchor_every", 1_000_000) {
        all.anchor_every = Some(all.anchor_every.map_or(every, |other| other.min(every)));
    }
    if let Some(runs) = table.number(cx, "recordings", AuditSettings::MOST_RECORDINGS) {
        all.recordings = Some(all.recordings.map_or(runs, |other| other.min(runs)));
    }
    table.finish(cx);
}
