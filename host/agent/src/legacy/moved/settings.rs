//! Settings as the text of `airlock.toml`: what differs from what holds without a word.

use crate::config::{
    ListenerSettings, LogBackend, Login, Period, RateLimit, ServerSettings, Settings, TransportSettings,
};
use crate::legacy::adopt::Danger;
use airlock_gate::policy::quoted;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Takes each secret out of the settings into a file of its own below `folder`: the files, relative to it.
pub(super) fn secrets(settings: &mut Settings, folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let mut store = |login: &mut Option<Login>, name: String| {
        let Some(login) = login else { return };
        let Some(password) = login.password.take() else { return };
        let path = PathBuf::from("secrets").join(name);
        login.password_file = Some(folder.join(&path));
        files.push((path, password + "\n"));
    };
    store(&mut settings.transport.login, "http-password".to_owned());
    store(&mut settings.transport.oauth, "oauth-client-secret".to_owned());
    let common = (settings.transport.login.clone(), settings.transport.oauth.clone());
    for server in &mut settings.servers {
        if let Some(transport) = &mut server.transport {
            transport.oauth = common.1.clone();
            store(&mut transport.login, format!("{}-password", server.name));
        }
    }
    files
}

/// The whole file.
pub(super) fn text(from: &Path, settings: &Settings, dangers: &[Danger]) -> String {
    let mut out = format!("# From {}, by `airlock migrate`.\n", quoted(&from.display().to_string()));
    for danger in dangers {
        let line = format!("Left out: {} ({}). Instead: {}.", danger.what, danger.why, danger.instead);
        let _ = writeln!(out, "# {}", airlock_model::one_line(&line));
    }
    if let Some(tag) = &settings.tag {
        let _ = writeln!(out, "\ntag = {}", quoted(tag));
    }
    let schedule = &settings.schedule;
    let usual = Settings::default();
    let mut part = Part::new("schedule");
    part.period("delay", schedule.delay, usual.schedule.delay);
    part.flag("lazy", schedule.lazy);
    part.flag("force", schedule.force);
    part.period("reload", schedule.reload, usual.schedule.reload);
    part.end(&mut out);
    let mut part = Part::new("tasks");
    part.list("only", &settings.tasks.only);
    part.list("without", &settings.tasks.without);
    part.end(&mut out);
    let mut part = Part::new("inventory");
    part.list("no_category", &settings.inventory.no_category);
    part.flag("scan_homedirs", settings.inventory.scan_homedirs);
    part.path("additional_content", settings.inventory.additional_content.as_deref());
    part.period("collector", settings.inventory.collector, usual.inventory.collector);
    if settings.inventory.changes_between != usual.inventory.changes_between {
        part.line("changes_between", settings.inventory.changes_between.to_string());
    }
    part.end(&mut out);
    transport("transport", &settings.transport, &mut out);
    let listener = &settings.listener;
    let mut part = Part::new("listener");
    part.flag("enabled", listener.enabled);
    if listener.address != usual.listener.address {
        part.line("address", quoted(&listener.address.to_string()));
    }
    if listener.port != usual.listener.port {
        part.line("port", listener.port.to_string());
    }
    part.end(&mut out);
    plugins(listener, &mut out);
    let log = &settings.log;
    let mut part = Part::new("log");
    part.list("to", &log.to.iter().map(|to| backend(*to).to_owned()).collect::<Vec<_>>());
    part.path("file", log.file.as_deref());
    if let Some(size) = log.file_mb {
        part.line("file_mb", size.to_string());
    }
    if let Some(facility) = &log.facility {
        part.line("facility", quoted(facility));
    }
    if log.debug > 0 {
        part.line("debug", log.debug.to_string());
    }
    part.end(&mut out);
    for server in &settings.servers {
        one_server(server, &mut out);
    }
    for local in &settings.locals {
        let _ = writeln!(out, "\n[[local]]\npath = {}", quoted(&local.path.display().to_string()));
        let format = format!("{:?}", local.format).to_lowercase();
        let _ = writeln!(out, "format = {}", quoted(&format));
    }
    out
}

fn backend(backend: LogBackend) -> &'static str {
    match backend {
        LogBackend::Stderr => "stderr",
        LogBackend::File => "file",
        LogBackend::Syslog => "syslog",
    }
}

fn plugins(listener: &ListenerSettings, out: &mut String) {
    if let Some(tls) = &listener.tls {
        let mut part = Part::new("listener.tls");
        part.path("certificate", Some(&tls.certificate));
        part.path("key", tls.key.as_deref());
        part.end(out);
    }
    if let Some(basic) = &listener.basic {
        let mut part = Part::new("listener.basic");
        part.line("user", quoted(&basic.user));
        part.path("password_file", Some(&basic.password_file));
        if let Some(realm) = &basic.realm {
            part.line("realm", quoted(realm));
        }
        part.end(out);
    }
    if let Some(inventory) = &listener.inventory {
        let mut part = Part::new("listener.inventory");
        part.path("token_file", Some(&inventory.token_file));
        part.line("url_path", quoted(&inventory.url_path));
        part.line("session", inventory.session.0.as_secs().to_string());
        part.flag("only_trusted", inventory.only_trusted);
        part.rate(inventory.rate);
        part.end(out);
    }
    if let Some(proxy) = &listener.proxy {
        let mut part = Part::new("listener.proxy");
        part.line("url_path", quoted(&proxy.url_path));
        part.line("contact", proxy.contact.0.as_secs().to_string());
        part.path("store", proxy.store.as_deref());
        part.flag("only_store", proxy.only_store);
        part.flag("only_trusted", proxy.only_trusted);
        part.line("hops", proxy.hops.to_string());
        part.rate(proxy.rate);
        part.end(out);
    }
}

fn one_server(server: &ServerSettings, out: &mut String) {
    let _ = writeln!(out, "\n[[server]]\nname = {}\nurl = {}", quoted(&server.name), quoted(&server.url));
    if let Some(own) = &server.transport {
        transport("server.transport", own, out);
    }
}

fn transport(name: &'static str, transport: &TransportSettings, out: &mut String) {
    let usual = TransportSettings::default();
    let mut part = Part::new(name);
    part.path("ca", transport.ca.as_deref());
    part.path("client_certificate", transport.client_certificate.as_deref());
    part.list("pins", &transport.pins);
    if transport.pins_alone {
        part.comment("the pins alone say who the server is");
    }
    part.flag("pins_alone", transport.pins_alone);
    part.flag("no_check", transport.no_check);
    if let Some(proxy) = &transport.proxy {
        part.line("proxy", quoted(proxy));
    }
    part.period("timeout", transport.timeout, usual.timeout);
    part.flag("no_compression", transport.no_compression);
    part.login("login", transport.login.as_ref());
    part.login("oauth", transport.oauth.as_ref());
    part.end(out);
}

/// A table of the file, which is written only when something is in it.
struct Part {
    name: &'static str,
    lines: String,
}

impl Part {
    fn new(name: &'static str) -> Self {
        Self { name, lines: String::new() }
    }

    fn line(&mut self, key: &str, value: String) {
        let _ = writeln!(self.lines, "{key} = {value}");
    }

    fn comment(&mut self, text: &str) {
        let _ = writeln!(self.lines, "# {text}");
    }

    fn flag(&mut self, key: &str, is_on: bool) {
        if is_on {
            self.line(key, "true".to_owned());
        }
    }

    fn path(&mut self, key: &str, path: Option<&Path>) {
        if let Some(path) = path {
            self.line(key, quoted(&path.display().to_string()));
        }
    }

    fn list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            self.line(key, format!("[{}]", values.join(", ")));
        }
    }

    fn period(&mut self, key: &str, period: Period, usual: Period) {
        if period != usual {
            self.line(key, period.0.as_secs().to_string());
        }
    }

    fn rate(&mut self, rate: RateLimit) {
        let (most, period) = (rate.most, rate.period.0.as_secs());
        self.line("rate", format!("{{ most = {most}, period = {period} }}"));
    }

    fn login(&mut self, key: &str, login: Option<&Login>) {
        let Some(login) = login else { return };
        let file = login.password_file.as_ref().map(|path| quoted(&path.display().to_string()));
        let file = file.map(|file| format!(", password_file = {file}")).unwrap_or_default();
        self.line(key, format!("{{ user = {}{file} }}", quoted(&login.user)));
    }

    fn end(self, out: &mut String) {
        if !self.lines.is_empty() {
            let _ = write!(out, "\n[{}]\n{}", self.name, self.lines);
        }
    }
}
