//! The same thing said twice.

use airlock_task::{Row, Value};
use std::collections::HashSet;

/// Keeps the first of several rows that agree in all of `fields`.
pub(super) fn drop_repeats(mut rows: Vec<Row>, fields: &[&str]) -> Vec<Row> {
    let mut seen: HashSet<Vec<Option<&Value>>> = HashSet::with_capacity(rows.len());
    let first: Vec<bool> = rows.iter().map(|row| seen.insert(fields.iter().map(|f| row.get(f)).collect())).collect();
    let mut first = first.into_iter();
    rows.retain(|_| first.next().unwrap_or(true));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_go_and_versions_stay() {
        let row = |version: &str| Row::new().with("name", "zsh").with("version", version);
        let kept = drop_repeats(vec![row("1"), row("2"), row("1")], &["name", "version"]);
        assert_eq!(kept, [row("1"), row("2")]);
    }
}
