//! `glpi-injector`, `fusioninventory-injector`.

use crate::legacy::getopt::Takes::{Nothing, Text};
use crate::legacy::getopt::{Known, option};

pub(crate) static INJECTOR: &[Known] = &[
    option("directory|d", Text, "send the inventories in this folder"),
    option("recursive|R", Nothing, "and in those below it"),
    option("file|f", Text, "send this file"),
    option("stdin", Nothing, "send what comes from standard input"),
    option("url|u", Text, "the server"),
    option("useragent", Text, "how this program calls itself"),
    option("xml-ua|x", Nothing, "as the program that made the inventory calls itself"),
    option("json-ua", Nothing, "as --xml-ua"),
    option("remove|r", Nothing, "take a file away when the server has accepted it"),
    option("no-ssl-check", Nothing, "ask nothing of the server's certificate"),
    option("ssl-cert-file", Text, "this agent's certificate and key"),
    option("proxy|P", Text, "a proxy's URL"),
    option("no-compression|C", Nothing, "send documents as they are"),
    option("oauth-client-id", Text, "OAuth2: the client"),
    option("oauth-client-secret", Text, "OAuth2: its secret").secret(),
    option("verbose|v", Nothing, "say what is sent"),
    option("debug", Nothing, "say more"),
    option("help|h", Nothing, "print this, and end"),
];
