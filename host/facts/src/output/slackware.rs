//! Packages of Slackware: the record of each is a file named `NAME-VERSION-ARCH-BUILD`, which begins with its sizes and its
//! description (Slackware's `installpkg` and `makepkg`, slack-desc).

use crate::output::package::{Package, bytes};

/// A package by the name of its record and what that begins with; none for a name that is no package's.
pub(crate) fn package<'a>(name: &'a str, record: &'a str) -> Option<Package<'a>> {
    let mut parts = name.rsplitn(4, '-');
    let build = parts.next().filter(|build| !build.is_empty())?;
    let (arch, version, package) = (parts.next()?, parts.next()?, parts.next()?);
    if arch.is_empty() || version.is_empty() || package.is_empty() || build.contains(char::is_whitespace) {
        return None;
    }
    let mut found = Package { name: package.into(), version: version.into(), arch, ..Package::default() };
    for line in record.lines().take(32) {
        if let Some(size) = line.strip_prefix("UNCOMPRESSED PACKAGE SIZE:") {
            found.bytes = bytes(size);
        } else if let Some(text) = line.strip_prefix(package).and_then(|rest| rest.strip_prefix(':')) {
            // The first line of the description: `name: name (what it is)`.
            let text = text.trim();
            let short = text.strip_prefix(package).map_or(text, str::trim_start);
            let inner = short.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            found.comments = inner.unwrap_or(short).into();
            break;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_and_the_record() {
        let record = "PACKAGE NAME:     lab-tool-1.2-x86_64-3\nCOMPRESSED PACKAGE SIZE:     300K\n\
                      UNCOMPRESSED PACKAGE SIZE:     2.0M\nPACKAGE LOCATION: /tmp\nPACKAGE DESCRIPTION:\n\
                      lab-tool: lab-tool (measures things)\nlab-tool:\nFILE LIST:\n";
        let found = package("lab-tool-1.2-x86_64-3", record).unwrap();
        assert_eq!((found.name.as_ref(), found.version.as_ref(), found.arch), ("lab-tool", "1.2", "x86_64"));
        assert_eq!((found.bytes, found.comments.as_ref()), (Some(2 << 20), "measures things"));
        for other in ["", "a", "a-1", "a-1-noarch", "-1-noarch-1", "a--noarch-1", "a-1-noarch-"] {
            assert_eq!(package(other, ""), None, "{other}");
        }
    }
}
