//! Debian packages, from dpkg's own record of what is installed (deb-control(5), dpkg-query(1)).
//!
//! Only packages that are wholly installed are reported: half-installed ones and configuration left behind are not
//! software that runs. A paragraph without a name or a version is skipped, and said.

use super::days::Days;
use super::distributor::distributor;
use crate::Scan;
use crate::output::package::Package;
use airlock_model::Row;
use nix::fcntl::AtFlags;
use nix::sys::stat::fstatat;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

const STATUS: &str = "/var/lib/dpkg/status";
const INFO: &str = "/var/lib/dpkg/info";

pub(super) fn collect(scan: &Scan<'_>) {
    let Some(file) = scan.open(STATUS) else { return };
    let publisher = distributor(scan.roots());
    let lists = scan.roots().open(INFO).ok();
    if let (Some(recorder), true) = (scan.roots().recorder(), scan.roots().is_live()) {
        // Only the times of the lists are of use.
        let lists =
            fs::read_dir(INFO).into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let lists: Vec<String> = lists.filter(|name| name.ends_with(".list")).collect();
        recorder.names(Path::new(INFO), &lists);
    }
    let mut days = Days::new();
    let mut broken = 0_u32;
    let read = pieces(file, |text| {
        for package in packages(text).filter(Paragraph::installed) {
            if package.name.is_empty() || package.version.is_empty() {
                broken += 1;
                continue;
            }
            if scan.expired() {
                scan.missing("packages of dpkg: out of time");
                return false;
            }
            let installed = lists.as_ref().and_then(|lists| written(lists, &package));
            scan.row(row(&package, publisher.as_deref(), installed.and_then(|secs| days.of(scan, secs))));
        }
        true
    });
    if let Err(error) = read {
        scan.missing(format_args!("{STATUS}: {error}"));
    }
    if broken > 0 {
        scan.missing(format_args!("{STATUS}: {broken} packages without name or version"));
    }
}

/// How much of the file is looked at in one go, as long as it holds a whole paragraph.
const PIECE: usize = 64 << 10;
/// No paragraph is longer; one that is is cut.
const LONGEST: usize = 4 << 20;

/// Hands the file over in pieces of whole paragraphs, until one is not wanted: the file is longer than anything else that
/// an inventory holds.
fn pieces(mut file: impl Read, mut take: impl FnMut(&str) -> bool) -> std::io::Result<()> {
    let (mut buffer, mut held, mut room) = (vec![0; PIECE], 0, PIECE);
    loop {
        let count = file.read(buffer.get_mut(held..).unwrap_or_default())?;
        held += count;
        let bytes = buffer.get(..held).unwrap_or_default();
        let end = match bytes.windows(2).rposition(|pair| pair == b"\n\n") {
            _ if count == 0 => held,
            Some(end) => end + 2,
            None if held == LONGEST => held,
            None => {
                if held == room {
                    room *= 2;
                    buffer.resize(room, 0);
                }
                continue;
            }
        };
        if !take(&String::from_utf8_lossy(bytes.get(..end).unwrap_or_default())) || count == 0 {
            return Ok(());
        }
        buffer.copy_within(end..held, 0);
        held -= end;
    }
}

/// One paragraph of the status file, as it is written there.
#[derive(Debug, Default, PartialEq, Eq)]
struct Paragraph<'a> {
    name: &'a str,
    version: &'a str,
    architecture: &'a str,
    section: &'a str,
    status: &'a str,
    kibibytes: &'a str,
    multi_arch: &'a str,
}

impl Paragraph<'_> {
    /// `install ok installed`; not `install ok half-installed`.
    fn installed(&self) -> bool {
        self.status.rsplit(' ').next() == Some("installed")
    }

    fn bytes(&self) -> Option<u64> {
        self.kibibytes.parse::<u64>().ok()?.checked_mul(1024)
    }
}

fn row(package: &Paragraph<'_>, publisher: Option<&str>, installed: Option<&str>) -> Row {
    let package = Package {
        name: package.name.into(),
        version: package.version.into(),
        arch: package.architecture,
        bytes: package.bytes(),
        from: "deb",
        category: package.section.into(),
        publisher: publisher.unwrap_or_default().into(),
        installed: installed.unwrap_or_default().into(),
        ..Package::default()
    };
    package.row()
}

/// dpkg notes no date; it writes the list of a package's files when it unpacks the package. The folder of the lists is
/// opened once, as there are thousands of them.
fn written(lists: &File, package: &Paragraph<'_>) -> Option<i64> {
    // Names are checked by nobody else before they become a part of a path.
    if package.name.contains('/') || package.architecture.contains('/') {
        return None;
    }
    let at = |name: String| Some(fstatat(lists, name.as_str(), AtFlags::empty()).ok()?.st_mtime);
    let plain = || at([package.name, ".list"].concat());
    let with_architecture = || at([package.name, ":", package.architecture, ".list"].concat());
    // Only packages of which several architectures can be installed have theirs in the name.
    if package.multi_arch == "same" { with_architecture().or_else(plain) } else { plain().or_else(with_architecture) }
}

/// The paragraphs, one after the other. Lines that belong to no field that is wanted are passed over.
fn packages(text: &str) -> impl Iterator<Item = Paragraph<'_>> {
    let mut lines = text.split('\n').peekable();
    std::iter::from_fn(move || {
        while lines.next_if(|line| line.trim_ascii().is_empty()).is_some() {}
        lines.peek()?;
        let mut package = Paragraph::default();
        while let Some(line) = lines.next_if(|line| !line.trim_ascii().is_empty()) {
            take_field(&mut package, line);
        }
        Some(package)
    })
}

fn take_field<'a>(package: &mut Paragraph<'a>, line: &'a str) {
    // Most lines go on with a description or name relations: one look at the first byte passes them over.
    if !matches!(line.as_bytes().first(), Some(b'P' | b'V' | b'A' | b'S' | b'I' | b'M')) {
        return;
    }
    let Some((name, value)) = line.split_once(':') else { return };
    let field = match name {
        "Package" => &mut package.name,
        "Version" => &mut package.version,
        "Architecture" => &mut package.architecture,
        "Section" => &mut package.section,
        "Status" => &mut package.status,
        "Installed-Size" => &mut package.kibibytes,
        "Multi-Arch" => &mut package.multi_arch,
        _ => return,
    };
    *field = value.trim();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use std::time::{Duration, SystemTime};

    const TEXT: &str = "\
Package: libc6
Status: install ok installed
Section: libs
Installed-Size: 12987
Architecture: amd64
Multi-Arch: same
Version: 2.36-9+deb12u10
Description: GNU C Library
 Package: not a field
 .
 Version: neither

Package: held
Status: hold ok installed
Version: 1:1.0
Architecture: all

Package: gone
Status: deinstall ok config-files
Version: 1

Package: half
Status: install ok half-installed
Version: 1
";

    fn collected(status: &[u8], prepare: impl Fn(&TestMachine)) -> (Vec<Row>, Vec<String>) {
        let machine = TestMachine::of(&[("var/lib/dpkg/status", status)]);
        machine.folder("var/lib/dpkg/info");
        prepare(&machine);
        machine.collect(collect)
    }

    #[test]
    fn installed_packages_are_rows() {
        let (rows, missing) = collected(TEXT.as_bytes(), |machine| {
            machine.file("etc/os-release", "NAME=\"Lab Linux\"\nID=\"lab\"\n");
            let list = File::create(machine.path("var/lib/dpkg/info/libc6:amd64.list")).unwrap();
            list.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
        });
        assert!(missing.is_empty(), "{missing:?}");
        let libc = Row::new()
            .with("name", "libc6")
            .with("version", "2.36-9+deb12u10")
            .with("arch", "amd64")
            .with("filesize", 12987_i64 * 1024)
            .with("from", "deb")
            .with("system_category", "libs")
            .with("publisher", "Lab")
            .with("install_date", "2023-11-14");
        let held = Row::new()
            .with("name", "held")
            .with("version", "1:1.0")
            .with("arch", "all")
            .with("from", "deb")
            .with("publisher", "Lab");
        assert_eq!(rows, [libc, held]);
    }

    #[test]
    fn the_distributor_comes_from_the_lsb_file_first() {
        let (rows, _) = collected(TEXT.as_bytes(), |machine| {
            machine.file("etc/os-release", "ID=lab\n");
            machine.file("etc/lsb-release", "DISTRIB_ID='LabOS'\n");
        });
        assert_eq!(rows[0].text("publisher"), Some("LabOS"));
    }

    #[test]
    fn broken_files_give_what_they_give() {
        let (rows, missing) = collected(b"\0\xff\xfe: \n\n\n\nPackage\nStatus: x installed\n\n:\n", |_| {});
        assert!(rows.is_empty());
        assert_eq!(missing, ["/var/lib/dpkg/status: 1 packages without name or version"]);

        let hostile = "Package: ../../../etc/passwd\nStatus: install ok installed\nVersion: 1\nArchitecture: /\n\
                       Installed-Size: 99999999999999999999999\n\
                       \nPackage: huge\nStatus: install ok installed\nVersion: 2\nInstalled-Size: 18446744073709551615";
        let (rows, missing) = collected(hostile.as_bytes(), |_| {});
        assert!(missing.is_empty());
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get("install_date"), None);
        assert_eq!(rows[0].get("filesize"), None);
        assert_eq!(rows[1].get("filesize"), None);

        let (rows, missing) = collected(b"", |_| {});
        assert!(rows.is_empty() && missing.is_empty());
    }

    #[test]
    fn a_long_file_is_read_in_whole_paragraphs() {
        let paragraph = |number: usize| {
            let description = "x".repeat(number * 97 % 200_000);
            format!("Package: p{number}\nStatus: install ok installed\nVersion: 1\nDescription: {description}\n\n")
        };
        let text: String = (0..300).map(|step| paragraph(step * 7)).collect();
        let mut names = Vec::new();
        let take = |piece: &str| {
            names.extend(packages(piece).map(|package| package.name.to_owned()));
            true
        };
        pieces(text.as_bytes(), take).unwrap();
        assert_eq!(names, (0..300).map(|step| format!("p{}", step * 7)).collect::<Vec<_>>());
        let mut cut = 0;
        pieces("y".repeat(LONGEST * 2 + 1).as_bytes(), |piece| {
            cut += piece.len();
            true
        })
        .unwrap();
        assert_eq!(cut, LONGEST * 2 + 1);
    }

    #[test]
    fn a_machine_without_dpkg_has_nothing_to_say() {
        assert_eq!(TestMachine::new().collect(collect), (Vec::new(), Vec::new()));
    }
}
