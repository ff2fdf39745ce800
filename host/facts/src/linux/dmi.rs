//! The firmware's description of the machine as the kernel hands it out: the SMBIOS table itself, which is root's, else
//! the texts that the kernel decoded into `/sys/class/dmi/id` (drivers/firmware/dmi-id.c), most of which are everybody's.

use crate::smbios::{Board, Chassis, Firmware, Identity, System, Tables, chassis_type_name, meaningful};
use crate::{Roots, Scan};
use std::io::ErrorKind;

const TABLE: &str = "/sys/firmware/dmi/tables/DMI";
const ENTRY_POINT: &str = "/sys/firmware/dmi/tables/smbios_entry_point";
const TEXTS: &str = "/sys/class/dmi/id";

/// What SMBIOS says, from whichever source this user may read. All empty on a machine without.
#[derive(Debug, Default)]
pub(crate) struct Dmi {
    /// The whole table: for root.
    pub(crate) tables: Option<Tables>,
    pub(crate) identity: Identity,
    /// There is SMBIOS, whether or not this user may read it.
    pub(crate) present: bool,
    /// Files that this user may not read.
    root_only: Vec<String>,
}

impl Dmi {
    pub(crate) fn read(roots: &Roots) -> Self {
        let mut dmi = Self::default();
        match roots.bytes(TABLE) {
            Ok(bytes) if !bytes.is_empty() => {
                let tables = Tables::decode(&roots.bytes(ENTRY_POINT).unwrap_or_default(), bytes);
                dmi.identity = Identity::of(&tables);
                dmi.tables = Some(tables);
                dmi.present = true;
                return dmi;
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                dmi.present = true;
                dmi.root_only.push(TABLE.to_owned());
            }
            _ => {}
        }
        if roots.exists(TEXTS) {
            dmi.present = true;
            dmi.identity = dmi.identity_from_texts(roots);
        }
        dmi
    }

    fn identity_from_texts(&mut self, roots: &Roots) -> Identity {
        let mut text = |name: &str| {
            let path = format!("{TEXTS}/{name}");
            match roots.text(&path) {
                Ok(text) => meaningful(&text),
                Err(error) => {
                    if error.kind() == ErrorKind::PermissionDenied {
                        self.root_only.push(path);
                    }
                    None
                }
            }
        };
        Identity {
            firmware: Firmware {
                vendor: text("bios_vendor"),
                version: text("bios_version"),
                date: text("bios_date"),
                virtual_machine: false,
            },
            system: System {
                manufacturer: text("sys_vendor"),
                product: text("product_name"),
                version: text("product_version"),
                serial: text("product_serial"),
                uuid: text("product_uuid").map(|uuid| uuid.to_ascii_lowercase()),
                sku: text("product_sku"),
            },
            board: Board {
                manufacturer: text("board_vendor"),
                product: text("board_name"),
                serial: text("board_serial"),
            },
            chassis: Chassis {
                kind: text("chassis_type").and_then(|kind| chassis_type_name(kind.parse().ok()?)).map(Into::into),
                serial: text("chassis_serial"),
                asset_tag: text("chassis_asset_tag"),
            },
        }
    }

    /// The table, for a collector that has no other source: says it when this user may not read it.
    pub(super) fn tables<'a>(&'a self, scan: &Scan<'_>) -> Option<&'a Tables> {
        if self.tables.is_none() {
            self.say_root_only(scan, |path| path == TABLE);
        }
        self.tables.as_ref()
    }

    /// True when the machine may well have a UUID, but not for this user.
    pub(super) fn hides_uuid(&self) -> bool {
        self.identity.system.uuid.is_none() && !self.root_only.is_empty()
    }

    /// Says which of the files that a collector wants are not for this user.
    pub(super) fn say_root_only(&self, scan: &Scan<'_>, wanted: impl Fn(&str) -> bool) {
        for path in self.root_only.iter().filter(|path| wanted(path)) {
            // Asked again, so that it is said the way it always is.
            scan.attr(path);
        }
    }
}
