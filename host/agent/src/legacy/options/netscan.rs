//! `glpi-netdiscovery`, `glpi-netinventory`, and the same of FusionInventory.

use crate::legacy::getopt::Takes::{Count, Nothing, Number, Text, Texts};
use crate::legacy::getopt::{Known, option};

pub(crate) static NETDISCOVERY: &[Known] = &[
    option("first|host", Text, "the first address"),
    option("last", Text, "the last address"),
    option("port", Texts, "SNMP: ports"),
    option("protocol", Texts, "SNMP: protocols"),
    option("community", Texts, "SNMP: communities").secret(),
    option("v1", Nothing, "SNMP: version 1"),
    option("v2c", Nothing, "SNMP: version 2c"),
    option("credentials", Texts, "credentials").secret(),
    option("timeout", Number, "seconds for an answer"),
    option("retries", Number, "how often to ask again"),
    option("backend-collect-timeout", Number, "seconds for a device"),
    option("entity", Text, "the entity in the results"),
    option("threads", Number, "how many at the same time"),
    option("control", Nothing, "print control messages too"),
    option("file", Text, "a recorded walk in place of a device"),
    option("inventory|i", Nothing, "make an inventory of what is found"),
    option("save|s", Text, "a folder for the results"),
    option("debug", Count, "say more"),
    option("help|h", Nothing, "print this, and end"),
    option("version", Nothing, "print the version, and end"),
];

pub(crate) static NETINVENTORY: &[Known] = &[
    option("host", Texts, "devices"),
    option("file", Texts, "recorded walks in place of devices"),
    option("port", Texts, "SNMP: ports"),
    option("protocol", Texts, "SNMP: protocols"),
    option("community", Text, "SNMP: the community").secret(),
    option("credentials", Text, "credentials").secret(),
    option("v1", Nothing, "SNMP: version 1"),
    option("v2c", Nothing, "SNMP: version 2c"),
    option("type", Text, "COMPUTER, NETWORKING, PRINTER, STORAGE, POWER, PHONE or VIDEO"),
    option("timeout", Number, "seconds for an answer"),
    option("retries", Number, "how often to ask again"),
    option("backend-collect-timeout", Number, "seconds for a device"),
    option("threads", Number, "how many at the same time"),
    option("control", Nothing, "print control messages too"),
    option("model", Text, "nothing").without_effect("devices are known by their sysObjectID"),
    option("debug", Count, "say more"),
    option("help|h", Nothing, "print this, and end"),
    option("version", Nothing, "print the version, and end"),
];
