//! The categories that people name on the command line.

use crate::exit::Usage;
use crate::table::table;
use airlock_model::schema;

/// Categories of sections that only devices on the network have are of no use here; those of `inventory.md` all are.
pub(crate) fn known() -> Vec<&'static str> {
    schema::categories()
}

/// The categories with the sections that each governs.
pub(crate) fn listing() -> String {
    let rows: Vec<Vec<String>> = known()
        .into_iter()
        .map(|category| {
            let of = schema::SECTIONS.iter().filter(|s| s.fields.iter().any(|f| f.category == category));
            vec![category.to_owned(), of.map(|s| s.name).collect::<Vec<_>>().join(", ")]
        })
        .collect();
    table(&["category", "sections"], &rows)
}

/// Refuses names that are no category, with the nearest that is one.
pub(crate) fn check(option: &str, names: &[String]) -> Result<(), Usage> {
    let known = known();
    for name in names {
        if known.contains(&name.as_str()) {
            continue;
        }
        let hint = airlock_gate::near::hint(name, known.iter().copied());
        return Err(Usage(format!("{option} {name}: no such category{hint} (airlock inventory --list-categories)")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_helped() {
        let error = check("--no-category", &["sofware".into()]).unwrap_err();
        assert!(error.0.contains("did you mean software?"), "{error}");
        assert!(check("--no-category", &["process".into(), "os".into()]).is_ok());
    }
}
