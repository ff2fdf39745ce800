//! Software, from `swlist` (swlist(1M)): an indented line a bundle or product: name, version, title.
//!
//! Patches (`PHKL_12345`) are left out: each belongs to the product that it patches, of which there may be hundreds.

use airlock_model::Row;

const MOST: usize = 100_000;

pub fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let line = line.strip_prefix("  ")?.trim();
        let (name, rest) = line.split_once(char::is_whitespace)?;
        let rest = rest.trim_start();
        let (version, title) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let row = Row::new().with("name", name).with("version", version).with("comments", title.trim());
        // The depots that the tool lists are the maker's own.
        Some(row.with("publisher", "HP")).filter(|_| !name.starts_with('#') && !is_patch(name))
    };
    text.lines().filter_map(row).take(MOST).collect()
}

/// `PHCO_`, `PHKL_`, `PHNE_` and `PHSS_`: commands, kernel, network and subsystems.
fn is_patch(name: &str) -> bool {
    let Some((kind, number)) = name.split_once('_') else { return false };
    matches!(kind, "PHCO" | "PHKL" | "PHNE" | "PHSS") && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_bundle() {
        let rows = rows(
            "# Target:  alpha:/\n#\n\n  LAB-One     B.11.23.01.02 Tools of the lab  \n  # x y\n  PHKL_37755   1.0  a fix\n  bare\n",
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text("version"), Some("B.11.23.01.02"));
        assert_eq!(rows[0].text("comments"), Some("Tools of the lab"));
    }
}
