//! `glpi-wakeonlan`, `fusioninventory-wakeonlan`.

use crate::legacy::getopt::Takes::{Count, Nothing, Text};
use crate::legacy::getopt::{Known, option};

pub(crate) static WAKEONLAN: &[Known] = &[
    option("mac", Text, "the machine to wake: xx:xx:xx:xx:xx:xx"),
    option("methods", Text, "ethernet, udp"),
    option("debug", Count, "say more"),
    option("help|h", Nothing, "print this, and end"),
    option("version", Nothing, "print the version, and end"),
];
