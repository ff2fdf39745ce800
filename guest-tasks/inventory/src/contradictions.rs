//! Where two sources say different things of the same: it is reported as read, and the contradiction is said.

use crate::normalise::Context;
use airlock_task::Row;
use std::collections::BTreeMap;

/// The part of the built-in memory that a kernel always has, in percent: graphics cards and firmware take some.
const LEAST_OF_MODULES: i64 = 60;

/// What is at odds in a section's rows, in words for people.
pub fn of(section: &str, rows: &[Row], context: &Context) -> Vec<String> {
    match section {
        "memories" => memory(rows, context).into_iter().chain(twins(rows, "serialnumber", "modules")).collect(),
        "storages" => twins(rows, "serial", "disks"),
        "batteries" => twins(rows, "serial", "batteries"),
        _ => Vec::new(),
    }
}

/// The kernel's count of memory against what the firmware says is plugged in.
fn memory(modules: &[Row], context: &Context) -> Option<String> {
    let kernel = context.hardware.integer("memory").filter(|size| *size > 0)?;
    let built_in: i64 = modules.iter().filter_map(|row| row.integer("capacity")).fold(0, i64::saturating_add);
    let fits = kernel <= built_in && kernel.saturating_mul(100) >= built_in.saturating_mul(LEAST_OF_MODULES);
    (built_in > 0 && !fits).then(|| {
        format!("the kernel has {kernel} MB of memory, and the modules that the firmware lists have {built_in} MB")
    })
}

/// Numbers that are there to tell things apart, and do not.
fn twins(rows: &[Row], field: &str, what: &str) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for serial in rows.iter().filter_map(|row| row.text(field)) {
        *seen.entry(serial).or_default() += 1;
    }
    let several = seen.into_iter().filter(|(_, count)| *count > 1);
    several.map(|(serial, count)| format!("{count} {what} have the same serial number {serial}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(sizes: &[i64]) -> Vec<Row> {
        sizes.iter().map(|size| Row::new().with("capacity", *size)).collect()
    }

    fn context(memory: i64) -> Context {
        Context { hardware: Row::new().with("memory", memory), ..Context::default() }
    }

    #[test]
    fn memory_that_does_not_fit_is_said() {
        assert!(of("memories", &modules(&[8192, 8192]), &context(15_900)).is_empty());
        assert!(of("memories", &modules(&[]), &context(15_900)).is_empty());
        let said = of("memories", &modules(&[16_384, 32_768]), &context(1960));
        assert_eq!(said, ["the kernel has 1960 MB of memory, and the modules that the firmware lists have 49152 MB"]);
        assert_eq!(of("memories", &modules(&[4096]), &context(8000)).len(), 1);
    }

    #[test]
    fn numbers_that_tell_nothing_apart_are_said() {
        let disk = |serial: &str| Row::new().with("serial", serial);
        assert!(of("storages", &[disk("A"), disk("B"), Row::new().with("name", "c")], &Context::default()).is_empty());
        let said = of("storages", &[disk("A"), disk("A")], &Context::default());
        assert_eq!(said, ["2 disks have the same serial number A"]);
    }
}
