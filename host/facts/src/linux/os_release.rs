//! Which distribution this is: `/etc/os-release` (os-release(5)), and the files that distributions had before it.

use crate::Roots;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Release {
    pub name: Option<String>,
    pub version: Option<String>,
    pub full_name: Option<String>,
    pub service_pack: Option<String>,
}

/// Files of systems without os-release, the more particular ones first, and whose they are.
const OLD_FILES: &[(&str, &str)] = &[
    ("vmware-release", "VMWare"),
    ("arch-release", "ArchLinux"),
    ("debian_version", "Debian"),
    ("fedora-release", "Fedora"),
    ("gentoo-release", "Gentoo"),
    ("knoppix_version", "Knoppix"),
    ("mandriva-release", "Mandriva"),
    ("mandrake-release", "Mandrake"),
    ("oracle-release", "Oracle Linux"),
    ("centos-release", "CentOS"),
    ("redhat-release", "RedHat"),
    ("slackware-version", "Slackware"),
    ("SuSE-release", "SuSE"),
    ("trustix-release", "Trustix"),
    ("issue", "Unknown"),
];

/// The distribution whose files these are.
pub fn read(roots: &Roots) -> Release {
    match roots.text("/etc/os-release").or_else(|_| roots.text("/usr/lib/os-release")) {
        Ok(text) => from_os_release(roots, &text),
        Err(_) => from_old_file(roots).unwrap_or_default(),
    }
}

fn from_os_release(roots: &Roots, text: &str) -> Release {
    let id = value(text, "ID").unwrap_or_default();
    let mut release = Release {
        name: value(text, "NAME"),
        version: value(text, "VERSION").or_else(|| value(text, "VERSION_ID")),
        full_name: value(text, "PRETTY_NAME"),
        service_pack: None,
    };
    match id.as_str() {
        // os-release has the release, this file also the point release.
        "debian" | "raspbian" => {
            let point =
                first_line(roots, "/etc/debian_version").filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
            release.version = point.or(release.version);
        }
        "centos" => {
            let vague = release.version.as_deref().is_none_or(|version| !version.contains('.'));
            let exact =
                vague.then(|| first_line(roots, "/etc/centos-release").and_then(|line| release_in(&line))).flatten();
            release.version = exact.or(release.version);
        }
        id if id.starts_with("sle") || id.contains("suse") => release.service_pack = suse_patch_level(roots),
        _ => {}
    }
    release
}

fn from_old_file(roots: &Roots) -> Option<Release> {
    OLD_FILES.iter().find_map(|(file, name)| {
        let line = first_line(roots, &format!("/etc/{file}"))?;
        // This one has nothing but the version.
        let full_name = if *name == "Debian" { format!("Debian GNU/Linux {line}") } else { line.clone() };
        Some(Release {
            name: Some((*name).to_owned()),
            version: version_in(&line).or_else(|| (*name == "Debian").then(|| line.clone())),
            full_name: Some(full_name),
            service_pack: if *name == "SuSE" { suse_patch_level(roots) } else { None },
        })
    })
}

fn suse_patch_level(roots: &Roots) -> Option<String> {
    let text = roots.text("/etc/SuSE-release").ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "PATCHLEVEL").then(|| value.trim().to_owned())
    })
}

/// The value of a variable, as a shell would read it.
fn value(text: &str, key: &str) -> Option<String> {
    let raw = text.lines().rev().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?.trim();
    let quote = raw.chars().next().filter(|c| *c == '"' || *c == '\'');
    let inner = match quote {
        Some(quote) => raw.get(1..)?.strip_suffix(quote).unwrap_or(raw.get(1..)?),
        None => raw,
    };
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped && quote != Some('\'') {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    (!plain.is_empty()).then_some(plain)
}

fn first_line(roots: &Roots, path: &str) -> Option<String> {
    let text = roots.text(path).ok()?;
    text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
}

/// `7.9.2009 (Core)` in `CentOS Linux release 7.9.2009 (Core)`: the release with its name, as os-release writes it.
fn release_in(line: &str) -> Option<String> {
    let (_, release) = line.split_once(" release ")?;
    Some(release.trim().to_owned()).filter(|release| release.starts_with(|c: char| c.is_ascii_digit()))
}

/// The first word that begins with a digit, such as `6.10` in `CentOS release 6.10 (Final)`.
fn version_in(line: &str) -> Option<String> {
    let word = line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(word.trim_end_matches([',', ';']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn release(files: &[(&str, &str)]) -> Release {
        let machine = TestMachine::new();
        for (name, text) in files {
            machine.file(format!("/etc/{name}"), text);
        }
        read(machine.roots())
    }

    fn texts(release: &Release) -> (&str, &str, &str) {
        let text = |text: &'static str, field: &Option<String>| field.clone().unwrap_or(text.to_owned()).leak() as &str;
        (text("", &release.name), text("", &release.version), text("", &release.full_name))
    }

    #[test]
    fn debian_has_its_point_release_in_a_file_of_its_own() {
        let os = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION=\"12 (bookworm)\"\nID=debian\n";
        let found = release(&[("os-release", os), ("debian_version", "12.5\n")]);
        assert_eq!(texts(&found), ("Debian GNU/Linux", "12.5", "Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(
            release(&[("os-release", os), ("debian_version", "trixie/sid\n")]).version.as_deref(),
            Some("12 (bookworm)")
        );
    }

    #[test]
    fn centos_and_suse() {
        let centos = "NAME=\"CentOS Linux\"\nVERSION=\"7 (Core)\"\nID=\"centos\"\n";
        let found = release(&[("os-release", centos), ("centos-release", "CentOS Linux release 7.9.2009 (Core)\n")]);
        assert_eq!(found.version.as_deref(), Some("7.9.2009 (Core)"));
        let suse = "NAME=SLES\nVERSION='12-SP5'\nID=sles\n";
        let found = release(&[("os-release", suse), ("SuSE-release", "SUSE\nVERSION = 12\nPATCHLEVEL = 5\n")]);
        assert_eq!((found.version.as_deref(), found.service_pack.as_deref()), (Some("12-SP5"), Some("5")));
    }

    #[test]
    fn systems_from_before_os_release() {
        let found = release(&[("centos-release", "CentOS release 6.10 (Final)\n"), ("redhat-release", "x\n")]);
        assert_eq!(texts(&found), ("CentOS", "6.10", "CentOS release 6.10 (Final)"));
        assert_eq!(texts(&release(&[("debian_version", "6.0.10\n")])), ("Debian", "6.0.10", "Debian GNU/Linux 6.0.10"));
        assert_eq!(release(&[]), Release::default());
    }

    #[test]
    fn values_are_read_as_a_shell_would() {
        assert_eq!(value("NAME=\"A \\\"B\\\" \\$C\"\n", "NAME").as_deref(), Some("A \"B\" $C"));
        assert_eq!(value("NAME='A'\nNAME=B\n", "NAME").as_deref(), Some("B"));
        assert_eq!(value("NAME=\"", "NAME"), None);
        assert_eq!(value("NAME=\n", "NAME"), None);
    }
}
