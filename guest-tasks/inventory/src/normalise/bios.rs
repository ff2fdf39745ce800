//! The section `bios`.

use super::Context;
use airlock_task::Row;

/// VirtualBox gives its machines no serial number: their UUID, in lower case, is what tells them apart.
pub(super) fn normalise(mut bios: Row, context: &Context) -> Row {
    let is_virtualbox = ["bversion", "mmodel", "smodel"].iter().any(|field| bios.text(field) == Some("VirtualBox"));
    if is_virtualbox && matches!(bios.text("ssn"), None | Some("0")) {
        let uuid = context.hardware.text("uuid").map(str::to_ascii_lowercase);
        bios.maybe("ssn", uuid);
    }
    bios
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_virtualbox_machine_is_known_by_its_uuid() {
        let context = Context { hardware: Row::new().with("uuid", "AB-CD"), ..Context::default() };
        let bios = normalise(Row::new().with("smodel", "VirtualBox"), &context);
        assert_eq!(bios.text("ssn"), Some("ab-cd"));
    }

    #[test]
    fn other_machines_keep_what_they_have() {
        let context = Context { hardware: Row::new().with("uuid", "AB-CD"), ..Context::default() };
        let bios = Row::new().with("smodel", "ProStation").with("ssn", "S1");
        assert_eq!(normalise(bios.clone(), &context), bios);
        assert_eq!(normalise(Row::new(), &context), Row::new());
    }
}
