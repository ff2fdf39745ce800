//! The release of the system, from `/etc/release`: one line of words, then the copyright.

use airlock_model::Row;

/// What the first line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// The line itself, without the blanks that centre it.
    pub full_name: String,
    /// `10`, `11.4`, `151.1.9`.
    pub version: Option<String>,
    /// Month and year of the update: `8/11`.
    pub date: Option<String>,
    /// The build: `s10s_u10wos_17b`.
    pub id: Option<String>,
    /// The update, as the build's name has it: `u10`.
    pub update: Option<String>,
}

/// Reads the file; none when it has no line with words.
pub fn read(text: &str) -> Option<Release> {
    let full_name = text.lines().map(str::trim).find(|line| !line.is_empty())?.to_owned();
    let mut release = Release::default();
    for word in full_name.split_ascii_whitespace().take(32) {
        let begins_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
        if let Some(version) = word.strip_prefix("oi_") {
            release.version.get_or_insert_with(|| version.to_owned());
        } else if word.contains('/') && begins_with_digit {
            release.date.get_or_insert_with(|| word.to_owned());
        } else if word.starts_with('s') && word.contains('_') {
            let update = word.split('_').find_map(update);
            release.update = release.update.or(update);
            release.id.get_or_insert_with(|| word.to_owned());
        } else if begins_with_digit && word.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            release.version.get_or_insert_with(|| word.to_owned());
        }
    }
    release.full_name = full_name;
    Some(release)
}

impl Release {
    /// The fields of the section `operatingsystem` that the file knows.
    pub fn row(&self) -> Row {
        let words = self.full_name.split_ascii_whitespace();
        let name = words.take_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()) && !word.starts_with("oi_"));
        let mut row = Row::new().with("name", name.collect::<Vec<_>>().join(" "));
        row.set("full_name", self.full_name.as_str()).maybe("version", self.version.as_deref());
        row.maybe("service_pack", self.update.as_deref());
        row
    }
}

/// `u10` of `u10wos`.
fn update(part: &str) -> Option<String> {
    let digits = part.strip_prefix('u')?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits.get(..end).filter(|number| !number.is_empty())?;
    Some(format!("u{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_words_is_told_apart() {
        let release = read("\n     Oracle Solaris 10 1/13 s10x_u11wos_24a X86\n  Copyright (c)\n").unwrap();
        assert_eq!(release.full_name, "Oracle Solaris 10 1/13 s10x_u11wos_24a X86");
        assert_eq!(release.version.as_deref(), Some("10"));
        assert_eq!(release.date.as_deref(), Some("1/13"));
        assert_eq!(release.id.as_deref(), Some("s10x_u11wos_24a"));
        assert_eq!(release.update.as_deref(), Some("u11"));
        let row = release.row();
        assert_eq!((row.text("name"), row.text("service_pack")), (Some("Oracle Solaris"), Some("u11")));
        assert_eq!(read("OpenIndiana Hipster oi_2020 X86").unwrap().version.as_deref(), Some("2020"));
        assert_eq!(read(" \n\t\n"), None);
    }
}
