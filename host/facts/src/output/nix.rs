//! Packages of Nix by the paths of its store, one a line, as `nix-store --query --requisites` and `--gc --print-live` print
//! them (Nix manual, "Store path").
//!
//! A path is `/nix/store/HASH-NAME`, and the name of a package ends with its version. What has none is no package but a
//! file that Nix made: it is left out, as are recipes, sources and patches, which are for building.

use crate::output::package::Package;
use airlock_model::Row;
use std::collections::BTreeSet;

const STORE: &str = "/nix/store/";

/// Parts of one package that are installed apart.
const OUTPUTS: [&str; 14] =
    ["bin", "data", "debug", "dev", "devdoc", "dist", "doc", "info", "lib", "locale", "man", "out", "static", "tools"];

/// Ends of what is only for building.
const FOR_BUILDING: [&str; 12] =
    [".drv", ".patch", ".diff", ".sh", ".tar", ".gz", ".bz2", ".xz", ".lz", ".zst", ".zip", ".gem"];

/// One row a package and version, in the order of the text.
pub fn packages(text: &str) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    text.lines().filter_map(|line| package(line.trim())).filter(|package| seen.insert(*package)).map(row).collect()
}

pub(crate) fn row((name, version): (&str, &str)) -> Row {
    Package { name: name.into(), version: version.into(), from: "nix", ..Package::default() }.row()
}

/// `hello` and `2.12.1` of `/nix/store/…-hello-2.12.1-doc`.
pub(crate) fn package(path: &str) -> Option<(&str, &str)> {
    let (hash, name) = path.strip_prefix(STORE)?.split('/').next()?.split_once('-')?;
    if hash.len() != 32 || !hash.bytes().all(|b| b.is_ascii_alphanumeric()) || name.len() > 255 {
        return None;
    }
    if FOR_BUILDING.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let name = match name.rsplit_once('-') {
        Some((rest, output)) if OUTPUTS.contains(&output) => rest,
        _ => name,
    };
    // The version is what stands behind the first hyphen that no letter follows (Nix manual, `builtins.parseDrvName`).
    let mut at = name.match_indices('-').map(|(at, _)| at);
    let at = at.find(|at| name.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))?;
    Some((name.get(..at).filter(|name| !name.is_empty())?, name.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> String {
        format!("/nix/store/0c7c96gikmzv87i7lv3vq5s1cmfjd6zf-{name}")
    }

    #[test]
    fn paths_become_packages_once() {
        let names = [
            "lab-tool-1.2",
            "lab-tool-1.2-doc",
            "lab-tool-1.3pre5-bin",
            "etc",
            "x.drv",
            "lab-2.tar.gz",
            "python3.11-lab-0.1",
            "lab-2-fix.patch",
            "lab-tool-1.2/bin",
        ];
        let text: String = names.iter().map(|name| path(name) + "\n").collect();
        let row = |name, version| Row::new().with("name", name).with("version", version).with("from", "nix");
        let wanted = [row("lab-tool", "1.2"), row("lab-tool", "1.3pre5"), row("python3.11-lab", "0.1")];
        assert_eq!(packages(&text), wanted);
    }

    #[test]
    fn other_lines_are_none() {
        for line in
            ["", "/nix/store/", "/nix/store/short-lab-1", "/usr/lab-1", "finding garbage collector roots...", "-1"]
        {
            assert_eq!(package(line), None, "{line}");
        }
        assert_eq!(package(&path("-1")), None);
        assert_eq!(package(&path("1-2")), Some(("1", "2")));
    }
}
