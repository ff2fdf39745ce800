//! SMBIOS as dmidecode prints it, inventory devices as ipmitool prints them, batteries.

use super::Module;

pub(super) const MODULES: &[Module] = &[];
