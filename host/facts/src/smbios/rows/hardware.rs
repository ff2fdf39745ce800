//! The machine as a whole.

use crate::smbios::Identity;
use airlock_model::Row;

/// What the firmware says for the section `hardware`.
pub(crate) fn hardware(identity: &Identity) -> Row {
    let mut row = Row::new();
    row.maybe("uuid", identity.system.uuid.clone()).maybe("chassis_type", identity.chassis.kind.clone());
    row
}
