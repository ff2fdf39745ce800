//! Packages of Gentoo by their full names, `category/name-version` (Package Manager Specification, chapter 3), as
//! `equery list` prints them: alone on a line, or between marks of what is installed and the slot.

use crate::output::package::Package;
use airlock_model::Row;

/// One row a line that names a package.
pub fn packages(text: &str) -> Vec<Row> {
    let named = |line: &str| {
        let (name, version) = line.split_whitespace().find_map(full_name)?;
        Some(Package { name: name.into(), version: version.into(), ..Package::default() }.row())
    };
    text.lines().filter_map(named).collect()
}

/// `app-editors/vim` and `9.0.2167-r1` of `app-editors/vim-9.0.2167-r1`; a slot behind it is left out.
pub(crate) fn full_name(word: &str) -> Option<(&str, &str)> {
    let word = word.split(':').next()?;
    let (category, package) = word.split_once('/')?;
    let (name, version) = split(package)?;
    let plain = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || more.contains(&b))
    };
    if !plain(category, b"+.-") || !plain(name, b"+-") {
        return None;
    }
    Some((word.get(..category.len() + 1 + name.len())?, version))
}

/// The name ends before the first hyphen behind which nothing but a version stands.
pub(crate) fn split(package: &str) -> Option<(&str, &str)> {
    if package.len() > 512 {
        return None;
    }
    let hyphens = package.char_indices().filter(|(_, c)| *c == '-').map(|(at, _)| at);
    hyphens
        .filter_map(|at| Some((package.get(..at)?, package.get(at + 1..)?)))
        .find(|(name, version)| !name.is_empty() && is_version(version))
}

/// `1.2.3b_rc4_p5-r6`: numbers with dots, a letter, suffixes, a revision.
fn is_version(text: &str) -> bool {
    let (text, revision) = text.rsplit_once("-r").unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.split('_');
    let numbers = parts.next().unwrap_or_default();
    let numbers = numbers.strip_suffix(|c: char| c.is_ascii_lowercase()).unwrap_or(numbers);
    let is_suffix = |part: &str| {
        ["alpha", "beta", "pre", "rc", "p"]
            .iter()
            .filter_map(|name| part.strip_prefix(name))
            .any(|number| number.is_empty() || digits(number))
    };
    digits(revision) && numbers.split('.').all(digits) && parts.all(is_suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions() {
        for (word, name, version) in [
            ("app-lab/tool-1.2", "app-lab/tool", "1.2"),
            ("x11-libs/gtk+-3.24.38-r1:3", "x11-libs/gtk+", "3.24.38-r1"),
            ("virtual/jdk-7-zip-1.8.0_p1_rc2", "virtual/jdk-7-zip", "1.8.0_p1_rc2"),
            ("sys-lab/a-9999b", "sys-lab/a", "9999b"),
        ] {
            assert_eq!(full_name(word), Some((name, version)));
        }
        for other in ["", "a-1", "a/b", "a/-1", "/b-1", "a/b-1x2", "a/b-1_q", "a/b-1-rx", "a b/c-1", "ä/b-1"] {
            assert_eq!(full_name(other), None, "{other}");
        }
    }

    #[test]
    fn old_and_new_lists() {
        let text = "[ Searching for all packages in */* among: ]\n * installed packages\n\
                    [I--] [  ] app-lab/tool-1.2 (0)\nsys-lab/other-2_beta3-r1\n";
        let row = |name, version| Row::new().with("name", name).with("version", version);
        assert_eq!(packages(text), [row("app-lab/tool", "1.2"), row("sys-lab/other", "2_beta3-r1")]);
        assert!(packages(&"-1".repeat(4000)).is_empty());
    }
}
