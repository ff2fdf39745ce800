//! `glpi-agent`, `fusioninventory-agent`. An option that a configuration file has too is called as its key is.

use crate::legacy::getopt::Takes::{Count, MaybeText, Nothing, Number, Text, Texts};
use crate::legacy::getopt::{Known, option};

pub(crate) static AGENT: &[Known] = &[
    // Targets.
    option("server|s", Text, "servers, separated by commas"),
    option("local|l", Text, "folders or files for the inventory, separated by commas; - is standard output"),
    option("listen", Nothing, "keep listening without any server or folder"),
    option("stdout", Nothing, "as --local -"),
    // When.
    option("delaytime", Number, "seconds before the first contact, at most"),
    option("lazy", Nothing, "contact a server only when it is due"),
    option("set-forcerun", Nothing, "make everything due at the next start, and end"),
    option("wait|w", Number, "wait a random time below this many seconds first"),
    // What.
    option("list-tasks", Nothing, "list the tasks, and end"),
    option("tasks", Text, "these tasks, in this order; ... stands for all others"),
    option("no-task", Text, "not these tasks"),
    // Inventory.
    option("no-category", Text, "leave these categories out"),
    option("list-categories", Nothing, "list the categories, and end"),
    option("scan-homedirs", Nothing, "look into users' homes"),
    option("scan-profiles", Nothing, "look into users' profiles").without_effect("users' profiles are Windows' own"),
    option("html", Nothing, "--local as a page"),
    option("json", Nothing, "--local as JSON"),
    option("force|f", Nothing, "make an inventory even if the server asks for none"),
    option("backend-collect-timeout", Number, "seconds that one source of facts may take"),
    option("additional-content", Text, "a file (.xml, .json) to add"),
    option("assetname-support", Number, "how the machine is called"),
    option("partial", Text, "only these categories, once"),
    option("credentials", Texts, "logins for databases").secret().without_effect(
        "databases are read where the system lets root or the service's own account in without a password",
    ),
    option("full-inventory-postpone", Number, "inventories of changes between two whole ones"),
    option("full", Nothing, "a whole inventory"),
    option("required-category", Text, "categories that are always sent")
        .without_effect("what identifies a machine is in every inventory of changes; --full sends everything"),
    option("glpi-version", Text, "the server's version").without_effect("one JSON fits all versions from GLPI 10 on"),
    // Other tasks.
    option("remote", Text, "machines to look at from here").secret(),
    option("remote-workers", Number, "how many at the same time"),
    option("no-p2p", Nothing, "fetch nothing from neighbours")
        .without_effect("nothing is fetched from neighbours unless the policy grants p2p.fetch"),
    // Network.
    option("proxy|P", Text, "a proxy's URL"),
    option("user|u", Text, "HTTP Basic: the user"),
    option("password|p", Text, "HTTP Basic: the password (better: in the configuration)").secret(),
    option("ca-cert-dir", Text, "a folder of certificates to trust"),
    option("ca-cert-file", Text, "a file of certificates to trust"),
    option("ssl-cert-file", Text, "this agent's certificate and key"),
    option("ssl-fingerprint", Text, "certificates to trust, as sha256$HEX"),
    option("ssl-keystore", Text, "which store of certificates").without_effect("it is for macOS and Windows"),
    option("no-ssl-check", Nothing, "ask nothing of a server's certificate"),
    option("no-compression|C", Nothing, "send documents as they are"),
    option("timeout", Number, "seconds for one request"),
    option("oauth-client-id", Text, "OAuth2: the client"),
    option("oauth-client-secret", Text, "OAuth2: its secret (better: in the configuration)").secret(),
    // The web server.
    option("no-httpd", Nothing, "no web server"),
    option("httpd-ip", Text, "the web server's address"),
    option("httpd-port", Number, "its port"),
    option("httpd-trust", Text, "addresses that may wake the agent"),
    // Log.
    option("logger", Text, "stderr, file, syslog"),
    option("logfile", Text, "a file for the log"),
    option("logfile-maxsize", Number, "its size, in MiB"),
    option("logfacility", Text, "the facility of syslog"),
    option("color", Nothing, "colours").without_effect("there are colours when standard error is a terminal"),
    option("debug", Count, "say more; twice: everything"),
    // Configuration.
    option("config", Text, "file, none"),
    option("conf-file", Text, "the configuration file"),
    option("conf-reload-interval", Number, "seconds after which the configuration is read again"),
    // How.
    option("daemon|d", Nothing, "stay, and follow the schedule"),
    option("no-fork", Nothing, "with --daemon: stay in the foreground"),
    option("pidfile", MaybeText, "a file for the number of the process"),
    option("tag|t", Text, "how servers sort this machine"),
    option("vardir", Text, "the folder for state"),
    option("setup", Nothing, "print the folders, and end"),
    option("version", Nothing, "print the version, and end"),
    option("help|h", Nothing, "print this, and end"),
    option("no-win32-ole-workaround", Nothing, "nothing").without_effect("it is for Windows"),
];
