//! `glpi-esx`, `fusioninventory-esx`.

use crate::legacy::getopt::Takes::{Count, Nothing, Number, Text};
use crate::legacy::getopt::{Known, option};

pub(crate) static ESX: &[Known] = &[
    option("host", Text, "the ESX server or vCenter"),
    option("user", Text, "the login"),
    option("password", Text, "its password").secret(),
    option("path", Text, "a folder or file for the result"),
    option("directory", Text, "a folder for the result"),
    option("stdout", Nothing, "the result on standard output"),
    option("timeout|t", Number, "seconds to connect"),
    option("tag", Text, "how servers sort the machines"),
    option("json", Nothing, "JSON"),
    option("dump", Nothing, "nothing").without_effect("dumps are programs in Perl"),
    option("dumpfile", Text, "nothing").without_effect("dumps are programs in Perl"),
    option("debug", Count, "say more"),
    option("help|h", Nothing, "print this, and end"),
    option("version", Nothing, "print the version, and end"),
];
