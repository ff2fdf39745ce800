//! The keys that a configuration file may have, each with what it holds and what it is without one. The same names are
//! options of the agent's command line.

use Holds::{List, Number, Path, Switch, Text};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    /// Separated by commas; empty ones are dropped, spaces stay.
    List,
    Number,
    /// Anything but nothing and `0` is yes.
    Switch,
    /// Made absolute.
    Path,
}

pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    /// Empty: none.
    pub(crate) default: &'static str,
}

const fn key(name: &'static str, holds: Holds, default: &'static str) -> Key {
    Key { name, holds, default }
}

pub(crate) const KEYS: &[Key] = &[
    key("additional-content", Text, ""),
    key("assetname-support", Number, "1"),
    key("backend-collect-timeout", Number, "180"),
    key("ca-cert-dir", Path, ""),
    key("ca-cert-file", Path, ""),
    key("color", Switch, ""),
    key("conf-reload-interval", Number, "0"),
    key("debug", Number, "0"),
    key("delaytime", Number, "3600"),
    key("force", Switch, ""),
    key("full-inventory-postpone", Number, "14"),
    key("html", Switch, ""),
    key("httpd-ip", Text, ""),
    key("httpd-port", Number, "62354"),
    key("httpd-trust", List, ""),
    key("json", Switch, ""),
    key("lazy", Switch, ""),
    key("listen", Switch, ""),
    key("local", List, ""),
    key("logfacility", Text, "LOG_USER"),
    key("logfile", Path, ""),
    key("logfile-maxsize", Number, "0"),
    key("logger", List, "Stderr"),
    key("no-category", List, ""),
    key("no-compression", Switch, ""),
    key("no-httpd", Switch, ""),
    key("no-p2p", Switch, ""),
    key("no-ssl-check", Switch, ""),
    key("no-task", List, ""),
    key("oauth-client-id", Text, ""),
    key("oauth-client-secret", Text, ""),
    key("password", Text, ""),
    key("proxy", Text, ""),
    key("remote", Text, ""),
    key("remote-scheduling", Switch, "0"),
    key("remote-workers", Number, "1"),
    key("scan-homedirs", Switch, ""),
    key("scan-profiles", Switch, ""),
    key("server", List, ""),
    key("snmp-retries", Number, "0"),
    key("ssl-cert-file", Path, ""),
    key("ssl-fingerprint", List, ""),
    key("ssl-keystore", Text, ""),
    key("stdout", Switch, ""),
    key("tag", Text, ""),
    key("tasks", List, ""),
    key("timeout", Number, "180"),
    key("user", Text, ""),
    key("vardir", Path, ""),
];

/// The key of that name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_there_once_and_in_order() {
        assert!(KEYS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(find("server").is_some() && find("Server").is_none());
    }
}
