//! The network that a wireless interface is in, which sysfs does not say: iw(8), or iwconfig(8) where that is all there is.

use crate::Scan;
use crate::output::{iw, iwconfig};
use airlock_model::Row;

/// What is known of an interface that is switched on.
pub(super) fn of(scan: &Scan<'_>, name: &str) -> Row {
    // The name comes from the kernel, and must be no option to the tool.
    if name.starts_with('-') {
        return Row::new();
    }
    if scan.has_tool("iw") {
        let info = scan.output("iw", &["dev", name, "info"]).unwrap_or_default();
        let link = scan.output("iw", &["dev", name, "link"]).unwrap_or_default();
        return iw::interface(&info, &link).row();
    }
    let text = scan.output("iwconfig", &[name]).unwrap_or_default();
    let mut found = iwconfig::interfaces(&text).into_iter();
    found.find(|(known, _)| known == name).map(|(_, wireless)| wireless.row()).unwrap_or_default()
}
