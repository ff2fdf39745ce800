//! The firmware, the machine and its board.

use super::iso_date;
use crate::smbios::{Identity, System};
use airlock_model::Row;

/// What the firmware says for the section `bios`.
pub(crate) fn bios(identity: &Identity) -> Row {
    let (firmware, system) = (&identity.firmware, &identity.system);
    let (board, chassis) = (&identity.board, &identity.chassis);
    let own = |text: &Option<String>, generic: &str| text.clone().filter(|text| !text.ends_with(generic));
    let mut row = Row::new();
    row.maybe("bmanufacturer", firmware.vendor.clone())
        .maybe("bversion", firmware.version.clone())
        .maybe("bdate", firmware.date.as_deref().and_then(iso_date))
        .maybe("smanufacturer", system.manufacturer.clone())
        .maybe("smodel", model(system))
        .maybe("ssn", system.serial.clone().or_else(|| chassis.serial.clone()))
        .maybe("skunumber", own(&system.sku, "SKU#"))
        .maybe("mmanufacturer", board.manufacturer.clone())
        .maybe("mmodel", board.product.clone())
        .maybe("msn", board.serial.clone())
        .maybe("assettag", own(&chassis.asset_tag, "Tag#"));
    row
}

/// Lenovo keeps the name that people know (`ThinkPad T480`) in the version, and a type number (`20L5CTO1WW`) in the
/// product.
fn model(system: &System) -> Option<String> {
    const NAMES: &[&str] = &["Think", "Idea", "Yoga", "Netfinity", "Netvista", "Intelli"];
    let lenovo = system.manufacturer.as_deref().is_some_and(|maker| maker.eq_ignore_ascii_case("LENOVO"));
    let named = |version: &String| {
        NAMES.iter().any(|name| version.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    system.version.clone().filter(|version| lenovo && named(version)).or_else(|| system.product.clone())
}
