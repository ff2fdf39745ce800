//! The record of apk, Alpine's package manager: paragraphs of `X:value` lines (Alpine wiki, "Apk spec", "Installed database").

use crate::output::package::Package;

/// The packages, one after the other. Lines about their files are passed over.
pub(crate) fn packages(text: &str) -> impl Iterator<Item = Package<'_>> {
    text.split("\n\n").map(|paragraph| {
        let mut package = Package { from: "apk", ..Package::default() };
        for line in paragraph.lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name {
                "P" => package.name = value.into(),
                "V" => package.version = value.into(),
                "A" => package.arch = value,
                "I" => package.bytes = value.parse().ok(),
                "T" => package.comments = value.into(),
                // Files come behind what is said of the package.
                "F" => break,
                _ => {}
            }
        }
        package
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_packages() {
        let text =
            "C:Q1abc=\nP:lab\nV:1.2-r0\nA:x86_64\nI:4096\nT:A lab: small\nF:etc\nP:no field\n\nP:other\nV:2\nI:x\n\n\n";
        let found: Vec<_> = packages(text).filter(|package| !package.name.is_empty()).map(|p| p.row()).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text("comments"), Some("A lab: small"));
        assert_eq!(found[0].integer("filesize"), Some(4096));
        assert_eq!(found[1].len(), 3);
        assert!(packages("garbage").all(|package| package.name.is_empty()));
    }
}
