//! The description of a board that its loader hands to the kernel, where there is no SMBIOS (Devicetree Specification).

use crate::Roots;
use crate::smbios::meaningful;

/// The text of a property; several texts run together. None where there is none, or one that says nothing.
pub(super) fn text(roots: &Roots, property: &str) -> Option<String> {
    let text = roots.text(format!("/sys/firmware/devicetree/base/{property}")).ok()?;
    meaningful(&text)
}
