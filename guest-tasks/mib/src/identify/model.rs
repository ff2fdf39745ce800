//! Model and maker.

use super::{Identity, line, names};
use crate::device::Device;
use crate::{Gone, value, vendors};

/// The database's model, else where the standards keep it for such a type; what the maker's own module says wins over both.
pub(super) fn settle(device: &Device, identity: &mut Identity) -> Result<(), Gone> {
    if identity.model.is_none() {
        identity.model = match identity.kind.as_deref() {
            Some("PRINTER") => line(device, names::DEVICE)?,
            Some("POWER") => line(device, names::UPS_MODEL)?,
            _ => device.first_text(names::ENTITY_MODEL)?.map(|text| value::collapsed(&text)),
        };
    }
    if identity.manufacturer.is_none() {
        identity.manufacturer = line(device, names::PRINTER_MAKER)?;
    }
    if identity.model.as_deref().is_some_and(|model| model.to_lowercase().starts_with("dell")) {
        identity.manufacturer = Some("Dell".to_owned());
    }
    if let Some(maker) = vendors::first(device, identity, |vendor| vendor.manufacturer)? {
        identity.manufacturer = Some(maker);
    }
    if let Some(model) = vendors::first(device, identity, |vendor| vendor.model)? {
        identity.model = Some(model);
    }
    Ok(())
}
