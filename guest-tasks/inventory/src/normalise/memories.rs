//! The section `memories`.

use super::Context;
use crate::memory_part::memory_part;
use airlock_task::Row;

/// A hypervisor describes one module of whatever size; on a virtual machine with a single one, its size is the
/// machine's memory. VMware's description is right as it is.
pub(super) fn normalise(mut rows: Vec<Row>, context: &Context) -> Vec<Row> {
    let is_guest = context.virtual_kind().is_some_and(|kind| kind != "VMware");
    if let ([only], true, Some(memory)) = (rows.as_mut_slice(), is_guest, context.hardware.integer("memory")) {
        only.set("capacity", memory);
    }
    let mut rows = super::devices::canonical_makers(rows);
    rows.iter_mut().for_each(told_by_part_number);
    rows
}

/// The maker's own number says better who made a module than what the firmware took from it, and knows kinds of memory
/// that the firmware does not.
fn told_by_part_number(row: &mut Row) {
    if let Some(part) = row.text("model").and_then(memory_part) {
        row.set("manufacturer", part.maker).otherwise("type", part.kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(kind: &str) -> Context {
        let hardware = Row::new().with("vmsystem", kind).with("memory", 2000_i64);
        Context { hardware, ..Context::default() }
    }

    #[test]
    fn part_numbers_tell_the_maker_and_the_kind() {
        let module = Row::new().with("model", "HMT000S0XXX0X-XX").with("manufacturer", "SK Hynix Inc.");
        let row = normalise(vec![module.clone()], &context("Physical")).remove(0);
        assert_eq!((row.text("manufacturer"), row.text("type")), (Some("Hynix"), Some("DDR3")));
        let row = normalise(vec![module.with("type", "DDR3L")], &context("Physical")).remove(0);
        assert_eq!(row.text("type"), Some("DDR3L"));
    }

    #[test]
    fn a_guests_only_module_is_its_memory() {
        let module = || vec![Row::new().with("capacity", 4096_i64)];
        assert_eq!(normalise(module(), &context("QEMU"))[0].integer("capacity"), Some(2000));
        assert_eq!(normalise(module(), &context("VMware"))[0].integer("capacity"), Some(4096));
        assert_eq!(normalise(module(), &context("Physical"))[0].integer("capacity"), Some(4096));
    }
}
