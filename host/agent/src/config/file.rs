//! Reads `airlock.toml`. A word that is not known is an error: a typing mistake must not turn something off in silence.

use super::{Settings, server_name};
use crate::exit::Usage;
use crate::policies::Places;
use airlock_gate::policy::is_reserved;
use airlock_native::{is_there, read_plain};
use anyhow::Context;
use std::collections::BTreeSet;

const LARGEST: u64 = 1 << 20;

/// The settings of this machine; without a file, those that no file changes.
pub(crate) fn load(places: &Places) -> anyhow::Result<Settings> {
    let path = places.settings_path()?;
    if !is_there(&path) {
        return Ok(Settings::default());
    }
    let name = path.display().to_string();
    let bytes = read_plain(&path, LARGEST).with_context(|| name.clone())?;
    let text = String::from_utf8(bytes).map_err(|_not_text| Usage(format!("{name}: no UTF-8 text")))?;
    parse(&name, &text)
}

/// From the text of a file; `name` is for messages.
pub(crate) fn parse(name: &str, text: &str) -> anyhow::Result<Settings> {
    let mut settings: Settings = toml::from_str(text).map_err(|error| Usage(format!("{name}: {error}")))?;
    if let Some(user) = plain_password(&settings) {
        let why = format!("the password of {user} stands here for all to read; put it into a file (password_file)");
        return Err(Usage(format!("{name}: {why}")).into());
    }
    let mut names = BTreeSet::new();
    for server in &mut settings.servers {
        let shown = server.name.clone();
        let wrong = |why: &str| Usage(format!("{name}: [[server]] {shown:?}: {why}"));
        let scheme = server.url.split_once("://").map_or("", |(scheme, _)| scheme);
        if !matches!(scheme, "http" | "https") {
            return Err(wrong("its url begins with https:// or http://").into());
        }
        if server.url.split(['/', '?']).nth(2).is_some_and(|authority| authority.contains('@')) {
            return Err(wrong("its url holds a login; it belongs to [server.transport] login").into());
        }
        if server.name.is_empty() {
            server.name = server_name(&server.url);
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !server.name.chars().all(plain) || server.name.len() > 100 {
            return Err(wrong("a name is made of a-z, 0-9 and -").into());
        }
        if is_reserved(&server.name) {
            return Err(wrong("policies speak of somebody else by that name").into());
        }
        if !names.insert(server.name.clone()) {
            return Err(wrong("two servers have that name").into());
        }
    }
    for word in settings.tasks.only.iter_mut().chain(&mut settings.tasks.without) {
        *word = word.to_ascii_lowercase();
    }
    Ok(settings)
}

/// Whose password stands in the settings themselves.
fn plain_password(settings: &Settings) -> Option<&str> {
    let own = settings.servers.iter().filter_map(|server| server.transport.as_ref());
    let mut logins =
        own.chain([&settings.transport]).flat_map(|transport| transport.login.iter().chain(&transport.oauth));
    logins.find(|login| login.password.is_some()).map(|login| login.user.as_str())
}
