//! A slot for cards.

use crate::smbios::{Slot, SlotUsage};
use airlock_model::Row;

/// What is known of a slot; empty for one with neither a name nor a kind.
pub(crate) fn slot(slot: Slot) -> Row {
    let mut row = Row::new();
    if slot.designation.is_none() && slot.kind.is_none() {
        return row;
    }
    let description = slot.kind.map(|kind| match slot.width {
        Some(width) => format!("{width} {kind}"),
        None => kind.into_owned(),
    });
    row.maybe("name", slot.designation).maybe("description", description).maybe("designation", slot.id).maybe(
        "status",
        slot.usage.map(|usage| match usage {
            SlotUsage::Available => "free",
            SlotUsage::InUse => "used",
        }),
    );
    row
}

/// Servers want a name and a kind of every slot.
pub(crate) fn complete_slot(mut row: Row) -> Row {
    if !row.is_empty() {
        let name = row.text("designation").map(|number| format!("Slot {number}"));
        row.otherwise("name", name).otherwise("description", Some("Unknown"));
    }
    row
}
