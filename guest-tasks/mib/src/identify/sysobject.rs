//! What a sysObjectID says: by the owner's database; where there is none, by the maker's number alone.

use super::makers;
use crate::Entry;
use crate::device::Device;

/// A maker that every database knows (Cisco Systems): one that does not is none.
const KNOWN_TO_ALL: &str = "1.3.6.1.4.1.9";

/// `id` must be below `1.3.6.1.4.1`.
pub(super) fn find(device: &Device, id: &str) -> Option<Entry> {
    let own = id.strip_prefix("1.3.6.1.4.1.")?;
    if let Some(entry) = device.sysobject(id) {
        return Some(entry);
    }
    // An owner who has a database has decided what unknown makers are called: nothing.
    if device.sysobject(KNOWN_TO_ALL).is_some() {
        return None;
    }
    let number = own.split('.').next()?.parse().ok()?;
    let (vendor, kind) = makers::maker(number)?;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(Entry { vendor: text(vendor), kind: text(kind), ..Entry::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Walk;

    #[test]
    fn the_owners_database_comes_first_and_makers_only_without_one() {
        let of = |walk: &Walk, id: &str| find(&Device::new(walk), id).map(|e| (e.vendor.unwrap_or_default(), e.model));
        let none = Walk::default();
        assert_eq!(of(&none, "1.3.6.1.4.1.9.1.1"), Some(("Cisco".to_owned(), None)));
        assert_eq!(of(&none, "1.3.6.1.4.1.99999999.1"), None);
        assert_eq!(of(&none, "1.3.6.1.2.1.9"), None);
        let entry = |vendor: &str| Entry { vendor: Some(vendor.to_owned()), ..Entry::default() };
        let owned = Walk::default().with_sysobject(move |id| id.starts_with("1.3.6.1.4.1.9").then(|| entry("Own")));
        assert_eq!(of(&owned, "1.3.6.1.4.1.9.1.1"), Some(("Own".to_owned(), None)));
        assert_eq!(of(&owned, "1.3.6.1.4.1.2636.1"), None);
    }
}
