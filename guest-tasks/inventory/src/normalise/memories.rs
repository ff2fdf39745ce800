//! The section `memories`.

use super::Context;
use airlock_task::Row;

/// A hypervisor describes one module of whatever size; on a virtual machine with a single one, its size is the
/// machine's memory. VMware's description is right as it is.
pub(super) fn normalise(mut rows: Vec<Row>, context: &Context) -> Vec<Row> {
    let is_guest = context.virtual_kind().is_some_and(|kind| kind != "VMware");
    if let ([only], true, Some(memory)) = (rows.as_mut_slice(), is_guest, context.hardware.integer("memory")) {
        only.set("capacity", memory);
    }
    super::devices::canonical_makers(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(kind: &str) -> Context {
        Context { hardware: Row::new().with("vmsystem", kind).with("memory", 2000_i64) }
    }

    #[test]
    fn a_guests_only_module_is_its_memory() {
        let module = || vec![Row::new().with("capacity", 4096_i64)];
        assert_eq!(normalise(module(), &context("QEMU"))[0].integer("capacity"), Some(2000));
        assert_eq!(normalise(module(), &context("VMware"))[0].integer("capacity"), Some(4096));
        assert_eq!(normalise(module(), &context("Physical"))[0].integer("capacity"), Some(4096));
    }
}
