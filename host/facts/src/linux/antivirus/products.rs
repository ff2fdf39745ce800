//! Programs against malware that are told by their files: where they are installed, and which service of theirs runs.

use crate::Scan;
use crate::linux::units::is_running;
use crate::output::antivirus::Antivirus;

struct Product {
    folder: &'static str,
    company: &'static str,
    name: &'static str,
    service: Option<&'static str>,
    /// A file with its version in a line of that name.
    version: Option<(&'static str, &'static str)>,
}

const PRODUCTS: &[Product] = &[
    Product {
        folder: "/opt/eset/efs",
        company: "ESET",
        name: "ESET Server Security",
        service: Some("efs"),
        version: None,
    },
    Product {
        folder: "/opt/eset/eea",
        company: "ESET",
        name: "ESET Endpoint Antivirus",
        service: Some("eea"),
        version: None,
    },
    Product {
        folder: "/opt/sophos-spl",
        company: "Sophos",
        name: "Sophos Protection for Linux",
        service: Some("sophos-spl"),
        version: Some(("/opt/sophos-spl/base/VERSION.ini", "PRODUCT_VERSION")),
    },
    Product {
        folder: "/opt/McAfee/ens/tp",
        company: "Trellix",
        name: "Endpoint Security for Linux Threat Prevention",
        service: Some("mfetpd"),
        version: None,
    },
    Product {
        folder: "/opt/f-secure/linuxsecurity",
        company: "WithSecure",
        name: "WithSecure Linux Protection",
        service: None,
        version: None,
    },
    Product {
        folder: "/opt/drweb.com",
        company: "Doctor Web",
        name: "Dr.Web",
        service: Some("drweb-configd"),
        version: None,
    },
];

pub(super) fn collect(scan: &Scan<'_>) {
    for product in PRODUCTS {
        if !scan.roots().exists(product.folder) {
            continue;
        }
        let version = product.version.and_then(|(path, name)| assigned(&scan.attr(path)?, name));
        let found = Antivirus {
            version: version.unwrap_or_default(),
            enabled: product.service.and_then(|service| is_running(scan, service)),
            ..Antivirus::of(product.company, product.name)
        };
        scan.row(found.row());
    }
}

/// `NAME = value`.
fn assigned(text: &str, name: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='))?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn by_folder_and_service() {
        let machine =
            TestMachine::of(&[("opt/sophos-spl/base/VERSION.ini", "PRODUCT_NAME = X\nPRODUCT_VERSION = 1.2.3\n")]);
        machine.folder("opt/eset/efs");
        let rows = machine.rows(collect);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("name"), rows[0].get("enabled")), (Some("ESET Server Security"), None));
        assert_eq!(rows[1].text("version"), Some("1.2.3"));
    }
}
