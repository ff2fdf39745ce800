//! ClamAV, from the heads of its databases and the state of its service.

use crate::Scan;
use crate::linux::units::is_running;
use crate::output::antivirus::{Antivirus, clamav};
use std::io::Read;
use std::time::Duration;

/// The database that changes every day, fetched whole or put together from differences.
const DATABASES: [&str; 2] = ["/var/lib/clamav/daily.cld", "/var/lib/clamav/daily.cvd"];

/// The names that distributions give to the service.
const SERVICES: [&str; 3] = ["clamav-daemon", "clamd@scan", "clamd"];

/// ClamAV itself warns of a database that is older.
const RECENT: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) fn collect(scan: &Scan<'_>) {
    let tools = ["clamd", "clamscan"];
    let installed =
        |tool: &&str| ["/usr/sbin", "/usr/bin"].iter().any(|folder| scan.roots().exists(format!("{folder}/{tool}")));
    let Some(tool) = tools.iter().find(|tool| installed(tool)) else { return };
    let mut found = Antivirus::of("Cisco", "ClamAV");
    if let Some(text) = scan.output(tool, &["--version"]) {
        found.version = clamav::version(&text).unwrap_or_default().to_owned();
    }
    let mut states = SERVICES.iter().filter_map(|service| is_running(scan, service)).peekable();
    found.enabled = states.peek().is_some().then(|| states.any(|running| running));
    for path in DATABASES {
        let mut head = Vec::new();
        let read = scan.roots().open(path).and_then(|file| file.take(512).read_to_end(&mut head));
        if read.is_err() {
            continue;
        }
        if let Some((built, version)) = clamav::database(&head) {
            found.uptodate = recent(scan, path);
            found.base_version = version.to_owned();
            found.base_creation = built;
            break;
        }
    }
    scan.row(found.row());
}

/// Whether a database was written lately: it is whenever there is a newer one. A captured machine's clock is not known.
fn recent(scan: &Scan<'_>, path: &str) -> Option<bool> {
    if !scan.roots().is_live() {
        return None;
    }
    let written = scan.roots().metadata(path).ok()?.modified().ok()?;
    Some(written.elapsed().unwrap_or_default() < RECENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use airlock_model::Row;

    #[test]
    fn the_database_and_the_service() {
        let mut machine = TestMachine::of(&[
            ("usr/sbin/clamd", ""),
            ("var/lib/clamav/daily.cvd", "ClamAV-VDB:05 Sep 2023 03-26 -0400:27022:1:90:x:y:z:1"),
        ]);
        machine.folder("run/systemd/system");
        machine.folder("sys/fs/cgroup/system.slice");
        machine.file("lib/systemd/system/clamd@.service", "");
        machine.command(&["clamd", "--version"], "ClamAV 1.0.3\n");
        let clamav = Row::new()
            .with("company", "Cisco")
            .with("name", "ClamAV")
            .with("version", "1.0.3")
            .with("enabled", false)
            .with("base_version", "27022")
            .with("base_creation", "2023-09-05");
        assert_eq!(machine.rows(collect), [clamav]);
        assert!(TestMachine::new().rows(collect).is_empty());
    }
}
