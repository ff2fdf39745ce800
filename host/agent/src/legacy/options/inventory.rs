//! `glpi-inventory`, `fusioninventory-inventory`.

use crate::legacy::getopt::Takes::{Count, Nothing, Number, Text, Texts};
use crate::legacy::getopt::{Known, option};

pub(crate) static INVENTORY: &[Known] = &[
    option("additional-content", Text, "a file (.xml, .json) to add"),
    option("assetname-support", Number, "how the machine is called"),
    option("backend-collect-timeout", Number, "seconds that one source of facts may take"),
    option("credentials", Texts, "logins for databases").secret().without_effect(
        "databases are read where the system lets root or the service's own account in without a password",
    ),
    option("debug", Count, "say more; twice: everything"),
    option("help", Nothing, "print this, and end"),
    option("html", Nothing, "a page"),
    option("json", Nothing, "JSON"),
    option("no-category", Text, "leave these categories out"),
    option("partial", Text, "only these categories, as JSON"),
    option("scan-homedirs", Nothing, "look into users' homes"),
    option("scan-profiles", Nothing, "look into users' profiles").without_effect("users' profiles are Windows' own"),
    option("tag|t", Text, "how servers sort this machine"),
    option("verbose", Nothing, "nothing"),
    option("version", Nothing, "print the version, and end"),
];
