//! The type of a device.

use super::{Identity, first_word, names};
use crate::device::Device;
use crate::{Gone, vendors};

/// Fills in maker and type from the description, where the database says nothing.
pub(super) fn by_description(identity: &mut Identity) {
    if identity.manufacturer.is_some() && identity.kind.is_some() {
        return;
    }
    let Some(description) = identity.description.as_deref() else { return };
    let (mut maker, mut kind) = match first_word::find(description) {
        Some((maker, kind)) => (Some(maker), (!kind.is_empty()).then_some(kind)),
        None => (None, None),
    };
    if description.contains("Switch") {
        kind = kind.or(Some("NETWORKING"));
    }
    if description.contains("JETDIRECT") {
        kind = kind.or(Some("PRINTER"));
    }
    if is_qnap(description) {
        (maker, kind) = (maker.or(Some("Qnap")), kind.or(Some("STORAGE")));
    }
    identity.manufacturer = identity.manufacturer.take().or(maker.map(str::to_owned));
    identity.kind = identity.kind.take().or(kind.map(str::to_owned));
}

/// `Linux TS-` and digits: how these storage servers call themselves.
fn is_qnap(description: &str) -> bool {
    let after = description.split_once("Linux TS-").map(|(_, rest)| rest);
    after.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// What the maker's own module says comes first; what has supplies or a printer among its devices is a printer.
pub(super) fn settle(device: &Device, identity: &mut Identity) -> Result<(), Gone> {
    if let Some(kind) = vendors::first(device, identity, |vendor| vendor.kind)? {
        identity.kind = Some(kind);
    }
    if identity.kind.is_none() && (device.text(names::SUPPLY)?.is_some() || device.text(names::DEVICE)?.is_some()) {
        identity.kind = Some("PRINTER".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(description: &str) -> (Option<String>, Option<String>) {
        let mut identity = Identity { description: Some(description.to_owned()), ..Identity::default() };
        by_description(&mut identity);
        (identity.manufacturer, identity.kind)
    }

    #[test]
    fn a_description_says_maker_and_type() {
        let words = |maker: &str, kind: &str| {
            let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            (text(maker), text(kind))
        };
        assert_eq!(of("Cisco Internetwork thing"), words("Cisco", "NETWORKING"));
        assert_eq!(of("Invented Ethernet Switch"), words("", "NETWORKING"));
        assert_eq!(of("HP ETHERNET MULTI-ENVIRONMENT,JETDIRECT"), words("Hewlett-Packard", "PRINTER"));
        assert_eq!(of("Linux TS-451 4.2"), words("Qnap", "STORAGE"));
        assert_eq!(of("Linux TS-X"), words("", ""));
    }
}
