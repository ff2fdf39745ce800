//! The operating system: kernel, distribution, since when it is installed and running, and the names by which the
//! network knows it.

use super::{host_name, os_release};
use crate::{Machine, Roots, Scan};
use airlock_model::Row;
use jiff::Timestamp;
use std::net::Ipv4Addr;
use std::time::SystemTime;

pub(super) fn collect(scan: &Scan<'_>) {
    let (roots, machine) = (scan.roots(), scan.machine);
    let mut row = Row::new().with("kernel_name", "linux");
    row.maybe("kernel_version", scan.attr("/proc/sys/kernel/osrelease"));
    let release = os_release::read(roots);
    row.maybe("name", release.name)
        .maybe("version", release.version)
        .maybe("full_name", release.full_name)
        .maybe("service_pack", release.service_pack)
        .maybe("install_date", installed(scan))
        .maybe("boot_time", boot_time(roots).and_then(|secs| machine.local_time(secs)))
        .maybe("arch", architecture(roots));
    if let Some(name) = host_name::host_name(roots) {
        let full = host_name::full_name(roots, &name);
        let domain = full.as_deref().and_then(|full| full.split_once('.')).map(|(_, domain)| domain.to_owned());
        row.maybe("hostid", host_id(roots, &name)).maybe("fqdn", full).maybe("dns_domain", domain);
    }
    row.maybe("ssh_key", ssh_key(scan));
    let (zone, now) = (machine.zone(), Timestamp::now());
    row.set("timezone.name", zone.name.clone().unwrap_or_else(|| zone.abbreviation(now)));
    row.set("timezone.offset", zone.offset(now));
    scan.row(row);
}

/// The machine's name for its instruction set (`uname -m`).
pub(super) fn architecture(roots: &Roots) -> Option<String> {
    let uname = || nix::sys::utsname::uname().ok()?.machine().to_str().map(str::to_owned);
    if let Some(name) = roots.answer("uname machine", uname) {
        return Some(name);
    }
    let name = roots.text("/proc/sys/kernel/arch").ok()?.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// When the machine started, in seconds since 1970. `btime` stays the same for as long as the clock is not set.
fn boot_time(roots: &Roots) -> Option<i64> {
    let stat = roots.text("/proc/stat").ok()?;
    stat.lines().rev().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

/// When the system was installed: the birth of a file that the installation made and nothing replaces, or when the
/// package was installed that every system of a distribution has. The files of a captured machine were born with the
/// capture: what stat(1) said there counts.
fn installed(scan: &Scan<'_>) -> Option<String> {
    const DPKG: &str = "/var/lib/dpkg/info/base-files.list";
    const RPM: [&str; 2] = ["/var/lib/rpm", "/usr/lib/sysimage/rpm"];
    let roots = scan.roots();
    if roots.exists(DPKG) {
        return born(scan, DPKG, &["-c", "%w", DPKG]);
    }
    if RPM.iter().any(|folder| roots.exists(folder)) && scan.has_tool("rpm") {
        // Some distributions have no such package: that is no failure.
        let query = ["-q", "--queryformat", "%{INSTALLTIME}\\n", "basesystem"];
        let answer = scan.run("rpm", &query, 4096).ok().filter(|answer| answer.code == 0);
        if let Some(date) = answer.and_then(|answer| installed_by_rpm(scan.machine, &answer.text())) {
            return Some(date);
        }
    }
    roots
        .exists("/lost+found")
        .then(|| born(scan, "/lost+found", &["/lost+found"]))
        .flatten()
        .or_else(|| born(scan, "/", &["/"]))
}

fn born(scan: &Scan<'_>, path: &str, stat: &[&str]) -> Option<String> {
    /// File systems that keep no time of birth answer with the beginning of time.
    const EARLIEST: i64 = 365 * 24 * 3600;
    let roots = scan.roots();
    let born = || {
        let born = roots.metadata(path).ok()?.created().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        Some(born.to_string())
    };
    match roots.answer(&format!("birth {path}"), born).and_then(|born| born.parse().ok()) {
        Some(born) => scan.machine.local_time(Some(born).filter(|born| *born > EARLIEST)?),
        // Whoever captured the machine with its tools has what stat(1) said.
        None if !roots.is_live() => crate::output::stat::birth(&scan.output("stat", stat)?),
        None => None,
    }
}

/// What `rpm -q --queryformat '%{INSTALLTIME}\n'` says: seconds since 1970, in the machine's local time. The first is
/// the oldest of several.
pub fn installed_by_rpm(machine: &Machine, text: &str) -> Option<String> {
    let times = text.lines().take(64).filter_map(|line| line.trim().parse::<i64>().ok());
    machine.local_time(times.filter(|secs| *secs > 0).min()?)
}

/// `gethostid` of the C library: the four bytes of `/etc/hostid`, else the host's IPv4 address with its halves swapped.
fn host_id(roots: &Roots, name: &str) -> Option<String> {
    if let Some(bytes) = roots.bytes("/etc/hostid").ok().and_then(|bytes| bytes.first_chunk().copied()) {
        return Some(format!("{:08x}", u32::from_ne_bytes(bytes)));
    }
    host_name::address(roots, name).map(id_of_address)
}

fn id_of_address(address: Ipv4Addr) -> String {
    format!("{:08x}", u32::from_ne_bytes(address.octets()).rotate_left(16))
}

/// The public key by which the machine's SSH server shows itself: the alphabetically first one, without its comment.
fn ssh_key(scan: &Scan<'_>) -> Option<String> {
    const FOLDER: &str = "/etc/ssh";
    let names = scan.names(FOLDER).into_iter();
    let keys = names.filter(|name| name.starts_with("ssh_host_") && name.ends_with("_key.pub")).filter_map(|name| {
        let text = scan.attr(format!("{FOLDER}/{name}"))?;
        let mut words = text.lines().next()?.split_whitespace();
        let (kind, key) = (words.next()?, words.next()?);
        kind.starts_with("ssh-").then(|| format!("{kind} {key}"))
    });
    keys.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn os(files: &[(&str, &str)]) -> Row {
        TestMachine::of(files).rows(collect).pop().unwrap()
    }

    #[test]
    fn the_system_from_its_files() {
        let row = os(&[
            ("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n"),
            ("proc/sys/kernel/hostname", "vm\n"),
            ("proc/sys/kernel/arch", "x86_64\n"),
            ("proc/stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n"),
            ("etc/hosts", "127.0.0.1 localhost\n127.0.1.1 vm.example.org vm\n"),
            ("etc/timezone", "Etc/UTC\n"),
            ("etc/ssh/ssh_host_rsa_key.pub", "ssh-rsa AAAB root@vm\n"),
            ("etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAC root@vm\n"),
            ("etc/ssh/ssh_host_ecdsa_key.pub", "ecdsa-sha2-nistp256 AAAE root@vm\n"),
        ]);
        assert_eq!((row.text("kernel_name"), row.text("kernel_version")), (Some("linux"), Some("6.1.0-18-amd64")));
        assert_eq!((row.text("arch"), row.text("boot_time")), (Some("x86_64"), Some("2023-11-14 22:13:20")));
        assert_eq!((row.text("fqdn"), row.text("dns_domain")), (Some("vm.example.org"), Some("example.org")));
        assert_eq!(row.text("ssh_key"), Some("ssh-ed25519 AAAC"));
        assert_eq!((row.text("timezone.name"), row.text("timezone.offset")), (Some("Etc/UTC"), Some("+0000")));
        assert_eq!(row.get("install_date"), None);
    }

    #[test]
    fn dates_of_installation_of_a_captured_machine() {
        let list = "/var/lib/dpkg/info/base-files.list";
        let mut debian = TestMachine::of(&[(list, "")]);
        debian.command(&["stat", "-c", "%w", list], "2021-03-04 05:06:07.89 +0100\n");
        assert_eq!(debian.rows(collect)[0].text("install_date"), Some("2021-03-04 05:06:07"));
        let mut fedora = TestMachine::of(&[("/var/lib/rpm/rpmdb.sqlite", "")]);
        fedora.command(&["rpm", "-q", "--queryformat", "%{INSTALLTIME}\\n", "basesystem"], "1700000000\nx\n");
        assert_eq!(fedora.rows(collect)[0].text("install_date"), Some("2023-11-14 22:13:20"));
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn host_ids_are_those_of_the_c_library() {
        assert_eq!(id_of_address(Ipv4Addr::new(127, 0, 1, 1)), "007f0101");
        assert_eq!(
            os(&[("etc/hostname", "vm\n"), ("etc/hostid", "\u{1}\u{2}\u{3}\u{4}")]).text("hostid"),
            Some("04030201")
        );
        assert_eq!(os(&[("etc/hostname", "vm\n"), ("etc/hostid", "\u{1}")]).text("hostid"), None);
    }
}
