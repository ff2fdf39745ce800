//! A power supply.

use super::of_dell;
use crate::smbios::PowerSupply;
use airlock_model::Row;

/// What is known of a power supply; empty for a battery, and for one that has neither a name nor a number: it may be an
/// empty bay, or a form that nobody filled in.
pub(crate) fn power_supply(supply: PowerSupply) -> Row {
    let mut row = Row::new();
    if supply.state.as_ref().is_some_and(|state| state.battery) {
        return row;
    }
    let part = supply.part_number.map(|number| match of_dell(supply.manufacturer.as_deref(), &number) {
        Some((part, _)) => part.to_owned(),
        None => number,
    });
    row.maybe("name", supply.name).maybe("partnum", part).maybe("serialnumber", supply.serial);
    if row.is_empty() {
        return row;
    }
    row.maybe("manufacturer", supply.manufacturer)
        .maybe("location", supply.location)
        .maybe("power_max", supply.power.map(i64::from));
    if let Some(state) = supply.state {
        row.maybe("plugged", state.present.then_some(state.plugged))
            .set("status", state.status)
            .set("hotreplaceable", state.hot_replaceable);
    }
    row
}
