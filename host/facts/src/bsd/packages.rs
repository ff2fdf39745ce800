//! Packages, from `pkg info` and `pkg_info` of the BSDs (pkg-info(8), pkg_info(1)): name with version, blanks, a summary.

use airlock_model::Row;

const MOST: usize = 100_000;

pub fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let (package, summary) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        // A version has no hyphen; a name may.
        let (name, version) = package.rsplit_once('-').filter(|(name, _)| !name.is_empty())?;
        let mut row = Row::new().with("name", name);
        // The summary is its makers' own line, with the blanks that it ends in.
        row.set("version", version).set("comments", summary.trim_start());
        Some(row)
    };
    text.lines().filter_map(row).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hyphen_divides_name_and_version() {
        let rows = rows("lab-tools-1.2_3,1     Tools of the lab\nbare-1\nnothing\n-1 x\n\n");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text("name"), Some("lab-tools"));
        assert_eq!(rows[0].text("version"), Some("1.2_3,1"));
        assert_eq!(rows[0].text("comments"), Some("Tools of the lab"));
        assert_eq!(rows[1].text("comments"), None);
    }
}
