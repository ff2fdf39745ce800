//! One file: its head, its tables, its rules.

use super::names::Used;
use super::{Cursor, Reading, Table, Text, define, is_own_name, redact, servers, shown, table};
use crate::Code;
use crate::policy::decision::Expected;
use crate::policy::file::{FileHead, LayerName, MODES, PolicyFile, mode};
use crate::policy::problem::{E_MISSING, E_SYNTAX, E_VALUE, E_VERSION};
use crate::policy::rule::{self, Kind};
use crate::policy::{limits, template, testcase};
use sha2::{Digest, Sha256};
use toml::de::DeTable;

pub(super) fn read(reading: &mut Reading, file: &PolicyFile) {
    let mut cx = Cursor::new(&file.name, &file.text);
    match DeTable::parse(&file.text) {
        Ok(parsed) => {
            let whole = Table::new(parsed.get_ref(), 0..0, "the file");
            read_all(reading, &mut cx, whole, file);
        }
        Err(error) => {
            let message = error.message().lines().collect::<Vec<_>>().join("; ");
            cx.error(E_SYNTAX, &error.span().unwrap_or_default(), format!("not TOML: {message}"));
        }
    }
    reading.problems.append(&mut cx.problems);
}

fn read_all(reading: &mut Reading, cx: &mut Cursor, whole: Table<'_, '_>, file: &PolicyFile) {
    let head = read_head(cx, &whole, file);
    let layer = head.layer;
    reading.rules.files.push(head);
    named(cx, &whole, "server", |cx, name, table| {
        reading.defined.insert((Kind::Server, name.value.clone()));
        let is_of = match name.value.as_str() {
            rule::OWNER => "the owner's own command line",
            rule::NEIGHBOURS => "who gets the inventory from this machine itself",
            _ => "",
        };
        if !is_of.is_empty() {
            cx.error(E_VALUE, &name.span, format!("the name {} is for {is_of}", name.value));
        }
        if let Some((server, uses)) = servers::server(cx, table) {
            reading.uses(cx, uses);
            define(cx, &mut reading.rules.servers, name, "server", server, servers::same_server);
        }
    });
    named(cx, &whole, "credential", |cx, name, table| {
        reading.defined.insert((Kind::Credential, name.value.clone()));
        if let Some(credential) = servers::credential(cx, table) {
            define(cx, &mut reading.rules.credentials, name, "credential", credential, servers::same_credential);
        }
    });
    named(cx, &whole, "publisher", |cx, name, table| {
        reading.defined.insert((Kind::Publisher, name.value.clone()));
        if let Some(publisher) = servers::publisher(cx, table) {
            define(cx, &mut reading.rules.publishers, name, "publisher", publisher, servers::same_publisher);
        }
    });
    named(cx, &whole, "template", |cx, name, table| {
        reading.defined.insert((Kind::Template, name.value.clone()));
        if let Some(template) = template::read(cx, &name.value, table) {
            define(cx, &mut reading.rules.templates, name, "template", template, |a, b| a.says_the_same(b));
        }
    });
    named(cx, &whole, "redact", |cx, name, table| {
        let profile = redact::profile(cx, name, table);
        define(cx, &mut reading.rules.profiles, name, "redact", profile, redact::same);
    });
    named(cx, &whole, "approval", |cx, name, table| {
        let approval = servers::approval(cx, name, table);
        define(cx, &mut reading.rules.approvals, name, "approval", approval, servers::same_approval);
    });
    if let Some(table) = whole.table(cx, "limits") {
        reading.rules.limits.push(limits::read(cx, table));
    }
    if let Some(table) = whole.table(cx, "audit") {
        servers::audit(cx, table, &mut reading.rules.audit);
    }
    for (key, place, is_grant) in [("grant", "[[grant]]", true), ("forbid", "[[forbid]]", false)] {
        for table in whole.tables(cx, key, place) {
            let Some(read) = rule::read(cx, table, layer, is_grant) else { continue };
            reading.uses(cx, read.uses);
            let all = if is_grant { &mut reading.rules.grants } else { &mut reading.rules.forbids };
            all.push(read.rule);
        }
    }
    for table in whole.tables(cx, "test", "[[test]]") {
        if let Some(test) = testcase::read(cx, table) {
            // That a server is not known may be what is tested.
            let known = test.expect != Expected::Deny(Some(Code::UnknownServer));
            let server = test.asker.server.clone().filter(|_| known);
            let used = server.map(|name| Used { kind: Kind::Server, name, at: test.at.clone(), column: 1 });
            reading.used.extend(used);
            reading.rules.tests.push(test);
        }
    }
    whole.finish(cx);
}

impl Reading {
    fn uses(&mut self, cx: &Cursor, uses: Vec<(Kind, Text)>) {
        self.used.extend(uses.into_iter().map(|(kind, text)| Used::new(cx, kind, text)));
    }
}

/// `[key.NAME]` tables.
fn named<'a, 'i>(
    cx: &mut Cursor,
    whole: &Table<'a, 'i>,
    key: &'static str,
    mut read: impl FnMut(&mut Cursor, &Text, Table<'a, 'i>),
) {
    let Some(value) = whole.value(key) else { return };
    let Some(names) = table(cx, value, &format!("[{key}.NAME]")) else { return };
    for (name, value) in names.entries() {
        if !is_own_name(&name.value) {
            let message = format!("{key}: {} is no name: a-z, 0-9, - and _, at most 64", shown(&name.value));
            cx.error(E_VALUE, &name.span, message);
        }
        let Some(table) = table(cx, value, &format!("[{key}.{}]", name.value)) else { continue };
        read(cx, &name, table);
    }
}

fn read_head(cx: &mut Cursor, whole: &Table<'_, '_>, file: &PolicyFile) -> FileHead {
    match whole.value("policy_version") {
        None => cx.error(E_MISSING, &(0..0), "the file needs policy_version = 1"),
        Some(value) => {
            if let Some(version) = whole.number(cx, "policy_version", u64::from(u32::MAX))
                && version != 1
            {
                cx.error(E_VERSION, &value.span(), format!("policy_version {version} is not known here; 1 is"));
            }
        }
    }
    let id = whole.text(cx, "id");
    if let Some(id) = id.as_ref().filter(|id| !is_own_name(&id.value)) {
        cx.error(E_VALUE, &id.span, "id is a name: a-z, 0-9, - and _, at most 64");
    }
    let serial = whole.number(cx, "serial", i64::MAX.unsigned_abs()).unwrap_or(0);
    let written = whole.word(cx, "layer", &["org", "local"]);
    let numbered = by_number(&file.name);
    let layer = match written {
        Some("org") => LayerName::Org,
        Some(_) => LayerName::Local,
        None => numbered.unwrap_or_default(),
    };
    if let Some(numbered) = numbered.filter(|numbered| *numbered != layer) {
        let span = whole.value("layer").map_or(0..0, |value| value.span());
        cx.warn("W103", &span, format!("the file says layer {layer}; its number is one of the layer {numbered}"));
    }
    let mode = whole.word(cx, "mode", MODES).and_then(mode).unwrap_or_default();
    let require_signature = whole.flag(cx, "require_signature").unwrap_or(false);
    if require_signature && layer == LayerName::Local {
        let span = whole.value("require_signature").map_or(0..0, |value| value.span());
        cx.error(E_VALUE, &span, "require_signature is for files of the layer org");
    }
    let digest = Sha256::digest(file.text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let id = id.map(|id| id.value);
    FileHead { name: file.name.clone(), id, serial, layer, mode, require_signature, at: cx.at(&(0..0)), digest }
}

/// The layer of `NN-name.toml`: 10 to 49 the organisation's, 50 to 89 local.
fn by_number(name: &str) -> Option<LayerName> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let (number, _) = name.split_once('-')?;
    let digits = number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit());
    match number.parse::<u8>().ok().filter(|_| digits)? {
        10..=49 => Some(LayerName::Org),
        50..=89 => Some(LayerName::Local),
        _ => None,
    }
}
