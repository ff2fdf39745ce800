//! The files of the web server's plugins beside an old configuration, as tables of `[listener]`. What a plugin could do and
//! this program's cannot is said with the line that asks for it.

use crate::config::{BasicAuth, InventoryPlugin, ListenerSettings, ListenerTls, Period, ProxyPlugin, RateLimit};
use crate::legacy::files::{Files, Said, unknown};
use airlock_model::short_line;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

const INVENTORY: &[&str] = &[
    "disabled",
    "url_path",
    "port",
    "token",
    "session_timeout",
    "no_compress",
    "maxrate",
    "maxrate_period",
    "forbid_not_trusted",
];
const PROXY: &[&str] = &[
    "disabled",
    "url_path",
    "port",
    "prolog_freq",
    "local_store",
    "only_local_store",
    "max_proxy_threads",
    "max_pass_through",
    "glpi_protocol",
    "no_category",
    "maxrate",
    "maxrate_period",
    "forbid_not_trusted",
];
const SSL: &[&str] = &["disabled", "ports", "ssl_cert_file", "ssl_key_file", "ssl_cipher"];
const BASIC: &[&str] =
    &["disabled", "url_path_regexp", "port", "realm", "user", "password", "maxrate", "maxrate_period"];
const TEST: &[&str] = &["disabled", "configtest", "port", "url_path", "forbid_not_trusted"];
const TOOLBOX: &[&str] =
    &["disabled", "url_path", "port", "yaml", "raw_edition", "logo", "headercolor", "addnavlink", "forbid_not_trusted"];

/// Each file, and the keys of its plugin.
const FILES: &[(&str, &[&str])] = &[
    ("ssl-server-plugin.cfg", SSL),
    ("basic-authentication-server-plugin.cfg", BASIC),
    ("inventory-server-plugin.cfg", INVENTORY),
    ("proxy-server-plugin.cfg", PROXY),
    ("proxy2-server-plugin.cfg", PROXY),
    ("server-test-plugin.cfg", TEST),
    ("toolbox-plugin.cfg", TOOLBOX),
];

/// What is made of the plugins.
pub(super) struct Plugins<'a> {
    /// Where the files are, and where this program's own will be.
    from: &'a Path,
    folder: &'a Path,
    listener: &'a mut ListenerSettings,
    secrets: &'a mut Vec<(PathBuf, String)>,
    remarks: &'a mut Vec<String>,
}

/// One file, which turns its plugin on.
struct Plugin {
    path: PathBuf,
    /// By key: the value, and its place.
    values: BTreeMap<&'static str, (String, String)>,
}

/// Takes over those beside `from` that are on. `folder` is where the secrets will be, which are added to `secrets`.
pub(super) fn take(
    from: &Path,
    folder: &Path,
    listener: &mut ListenerSettings,
    secrets: &mut Vec<(PathBuf, String)>,
    remarks: &mut Vec<String>,
) {
    let from = from.parent().unwrap_or(Path::new("."));
    Plugins { from, folder, listener, secrets, remarks }.all();
}

/// What is to be said of those that are on where nothing is moved: in the place of the other agent, they are not there.
pub(in crate::legacy) fn not_there(from: &Path) -> Vec<String> {
    let mut listener = ListenerSettings { enabled: true, ..ListenerSettings::default() };
    let (mut secrets, mut remarks) = (Vec::new(), Vec::new());
    let from = from.parent().unwrap_or(Path::new("."));
    let mut plugins =
        Plugins { from, folder: from, listener: &mut listener, secrets: &mut secrets, remarks: &mut remarks };
    let on: Vec<Plugin> = FILES.iter().filter_map(|(name, keys)| plugins.read(name, keys)).collect();
    let words = "the plugin is on, and is not there when this program stands in for the other; airlock migrate takes over what there is of it";
    on.iter().map(|plugin| format!("{}: {words}", plugin.path.display())).collect()
}

impl Plugins<'_> {
    fn all(mut self) {
        for (name, keys) in FILES {
            let Some(plugin) = self.read(name, keys) else { continue };
            match *name {
                "ssl-server-plugin.cfg" => self.tls(&plugin),
                "basic-authentication-server-plugin.cfg" => self.basic(&plugin),
                "inventory-server-plugin.cfg" => self.inventory(&plugin),
                "proxy-server-plugin.cfg" => self.proxy(&plugin),
                "proxy2-server-plugin.cfg" => {
                    self.left_out(&plugin, "there is one proxy here, [listener.proxy], and no second one");
                }
                "server-test-plugin.cfg" => {
                    let why = "there is nothing of the kind here; GET /status tells whether the listener answers";
                    self.left_out(&plugin, why);
                }
                _ => {
                    let why = "there is nothing of the kind here; airlock netdiscovery and netinventory scan";
                    self.left_out(&plugin, why);
                }
            }
        }
    }

    /// The file, if it is there and turns its plugin on; what makes no sense in it is said either way.
    fn read(&mut self, name: &str, known: &'static [&'static str]) -> Option<Plugin> {
        let path = self.from.join(name);
        if !airlock_native::is_there(&path) {
            return None;
        }
        let said = match Files::default().read(&path) {
            Ok(said) => said,
            Err(error) => {
                self.remarks.push(format!("{error:#}: the plugin is not taken over"));
                return None;
            }
        };
        let mut values = BTreeMap::new();
        for said in said {
            match said {
                Said::Remark(words) => self.remarks.push(words),
                Said::Setting { key, value, from } => match known.iter().find(|name| **name == key) {
                    Some(name) => drop(values.insert(*name, (value, from))),
                    None => self.remarks.push(unknown(&key, &from, known.iter().copied())),
                },
            }
        }
        let plugin = Plugin { path, values };
        let is_on = plugin.text("disabled").is_some_and(|value| matches!(value, "no" | "0"));
        if is_on && !self.listener.enabled {
            self.left_out(&plugin, "there is no web server for it (no-httpd)");
            return None;
        }
        is_on.then_some(plugin)
    }

    fn left_out(&mut self, plugin: &Plugin, why: &str) {
        self.remarks.push(format!("{}: the plugin is on; it is not taken over: {why}", plugin.path.display()));
    }

    /// What was asked for at that line, and is not done.
    fn remark(&mut self, plugin: &Plugin, key: &str, why: &str) {
        let Some((value, from)) = plugin.values.get(key) else { return };
        self.remarks.push(format!("{from}: {key} = {:?}: {why}", short_line(value, 60)));
    }

    /// A number; what is none is said, and the default holds.
    fn number<N: FromStr>(&mut self, plugin: &Plugin, key: &str, default: N) -> N {
        let Some(text) = plugin.text(key) else { return default };
        if let Ok(number) = text.parse() {
            return number;
        }
        self.remark(plugin, key, "expected a whole number; the usual one holds");
        default
    }

    fn rate(&mut self, plugin: &Plugin) -> RateLimit {
        let usual = RateLimit::default();
        let most = self.number(plugin, "maxrate", usual.most);
        let period = self.number(plugin, "maxrate_period", usual.period.0.as_secs());
        RateLimit { most, period: Period::seconds(period) }
    }

    fn own_port(&mut self, plugin: &Plugin) {
        let port: u16 = self.number(plugin, "port", 0);
        if port != 0 && port != self.listener.port {
            let why = format!("the listener has one port, {}, and the plugin answers there", self.listener.port);
            self.remark(plugin, "port", &why);
        }
    }

    fn url_path(&mut self, plugin: &Plugin, usual: &str) -> String {
        let path = plugin.text("url_path").unwrap_or(usual);
        if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
    }

    fn secret(&mut self, name: &str, text: &str) -> PathBuf {
        let path = PathBuf::from("secrets").join(name);
        let whole = self.folder.join(&path);
        self.secrets.push((path, format!("{text}\n")));
        whole
    }

    fn tls(&mut self, plugin: &Plugin) {
        let ports: Vec<&str> = plugin.text("ports").unwrap_or("0").split(',').map(str::trim).collect();
        let own = self.listener.port.to_string();
        if !ports.iter().any(|port| *port == "0" || *port == own) {
            let why = format!("not the listener's port, {own}, which goes on without TLS ([listener.tls] turns it on)");
            return self.remark(plugin, "ports", &why);
        }
        if ports.len() > 1 {
            self.remark(plugin, "ports", &format!("the listener has one port, {own}"));
        }
        let Some(certificate) = plugin.text("ssl_cert_file") else {
            return self.left_out(plugin, "it names no ssl_cert_file");
        };
        let certificate = self.from.join(certificate);
        if !airlock_native::is_there(&certificate) {
            self.remark(plugin, "ssl_cert_file", "it is not there; without it the listener does not start");
        }
        let key = plugin.text("ssl_key_file").map(|key| self.from.join(key));
        self.remark(plugin, "ssl_cipher", "the listener speaks TLS 1.3 and 1.2, and chooses the ciphers itself");
        self.listener.tls = Some(ListenerTls { certificate, key });
    }

    fn basic(&mut self, plugin: &Plugin) {
        let (Some(user), Some(password)) = (plugin.text("user"), plugin.text("password")) else {
            return self.left_out(plugin, "it names no user, or no password");
        };
        if user.contains(':') {
            return self.left_out(plugin, "the name of its user has a colon, which no login can have (RFC 7617)");
        }
        self.own_port(plugin);
        if plugin.text("url_path_regexp").is_some_and(|pattern| pattern != ".*") {
            self.remark(plugin, "url_path_regexp", "here a login is for every path, these and all others");
        }
        self.remark(plugin, "maxrate", "ten wrong logins of one address in a minute are the most, whatever is written");
        if self.listener.tls.is_none() && !self.listener.address.is_loopback() {
            let why = "without [listener.tls] the password can be read on the way";
            self.remarks.push(format!("{}: {why}", plugin.path.display()));
        }
        let password_file = self.secret("listener-password", password);
        let realm = plugin.text("realm").map(str::to_owned);
        self.listener.basic = Some(BasicAuth { user: user.to_owned(), password_file, realm });
    }

    fn inventory(&mut self, plugin: &Plugin) {
        let Some(token) = plugin.text("token").filter(|token| *token != "none") else {
            return self.left_out(plugin, "it names no token");
        };
        self.own_port(plugin);
        if plugin.is("no_compress") {
            self.remark(
                plugin,
                "no_compress",
                "not taken over: the inventory is packed for who says that it takes it so",
            );
        }
        let session = self.number(plugin, "session_timeout", 60);
        self.listener.inventory = Some(InventoryPlugin {
            token_file: self.secret("listener-inventory-token", token),
            url_path: self.url_path(plugin, "/inventory"),
            session: Period::seconds(session),
            only_trusted: plugin.is("forbid_not_trusted"),
            rate: self.rate(plugin),
        });
    }

    fn proxy(&mut self, plugin: &Plugin) {
        self.own_port(plugin);
        let store = plugin.text("local_store").map(|store| self.from.join(store));
        if let (Some(store), Some(written)) = (&store, plugin.text("local_store"))
            && !Path::new(written).is_absolute()
        {
            let why = format!("no whole path: {} is taken", store.display());
            self.remark(plugin, "local_store", &why);
        }
        let only_store = plugin.is("only_local_store") && store.is_some();
        if plugin.is("only_local_store") && store.is_none() {
            self.remark(
                plugin,
                "only_local_store",
                "not taken over: no local_store is named, and nothing would be kept",
            );
        }
        if self.number(plugin, "max_proxy_threads", 10_u32) != 10 {
            self.remark(plugin, "max_proxy_threads", "not taken over: ten messages are worked on at a time");
        }
        if plugin.text("glpi_protocol").is_some() && !plugin.is("glpi_protocol") {
            self.remark(plugin, "glpi_protocol", "not taken over: both protocols are answered");
        }
        self.remark(plugin, "no_category", "not taken over: which categories other agents leave out is not said here");
        let hours: u64 = self.number(plugin, "prolog_freq", 24);
        self.listener.proxy = Some(ProxyPlugin {
            url_path: self.url_path(plugin, "/proxy"),
            contact: Period::seconds(hours.clamp(1, 24 * 365).saturating_mul(3600)),
            store,
            only_store,
            only_trusted: plugin.is("forbid_not_trusted"),
            hops: self.number(plugin, "max_pass_through", 5),
            rate: self.rate(plugin),
        });
    }
}

impl Plugin {
    /// A text that is not empty.
    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(value, _)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whatever is written and does not say no.
    fn is(&self, key: &str) -> bool {
        self.text(key).is_some_and(|value| !matches!(value, "0" | "no"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_is_said_where_nothing_is_moved() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            airlock_native::write_document(&folder.path().join(name), text.as_bytes()).unwrap();
        };
        write("inventory-server-plugin.cfg", "disabled = yes\ninclude inventory.local\n");
        write("inventory.local", "disabled = no\ntoken = s3cret\n");
        write("proxy-server-plugin.cfg", "disabled = yes\n");
        let said = not_there(&folder.path().join("agent.cfg"));
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("inventory-server-plugin.cfg: the plugin is on") && !said[0].contains("s3cret"));
    }
}
