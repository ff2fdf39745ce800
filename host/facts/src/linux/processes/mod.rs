//! Running processes, from `/proc/PID` (proc(5)): two small files each, and the owner from the folder itself.
//!
//! A process that ends while it is read is no error. Command lines are cut at a length that people still read.

mod stat;
mod terminals;

use super::accounts;
use crate::{Roots, Scan};
use airlock_model::Row;
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{SysconfVar, geteuid, sysconf};
use stat::Stat;
use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;
use terminals::Terminals;

/// More of a command line than this tells nobody anything.
const LONGEST: usize = 4 << 10;

/// The unit of times in `/proc/PID/stat`: 1/100 s on every architecture that this runs on.
const TICKS: u64 = 100;

pub(super) fn collect(scan: &Scan<'_>) {
    let mut pids: Vec<u32> = pids(scan.roots());
    if pids.is_empty() {
        return;
    }
    pids.sort_unstable();
    let system = System::of(scan);
    let mut owners = Owners::of(scan);
    let mut terminals = Terminals::default();
    let (mut refused, mut broken) = (0_u32, 0_u32);
    let (mut first_owner, mut of_others) = (None, false);
    let mut buffer = vec![0; LONGEST + 1];
    for pid in pids {
        if scan.expired() {
            scan.missing("processes: out of time");
            break;
        }
        let stat = match head(scan.roots(), &format!("/proc/{pid}/stat"), &mut buffer) {
            Ok(bytes) => Stat::parse(bytes),
            Err(error) => {
                refused += u32::from(error.kind() == ErrorKind::PermissionDenied);
                continue;
            }
        };
        let Some(stat) = stat else {
            broken += 1;
            continue;
        };
        let Some(owner) = scan.roots().owner(&format!("/proc/{pid}")) else { continue };
        let bytes = match stat.is_kernel_thread() {
            true => None,
            false => head(scan.roots(), &format!("/proc/{pid}/cmdline"), &mut buffer).ok(),
        };
        of_others |= *first_owner.get_or_insert(owner) != owner;
        let mut row = Row::new();
        row.set("user", owners.name(owner))
            .set("pid", pid)
            .set("cmd", command(bytes.unwrap_or_default(), &stat))
            .maybe("cpuusage", system.processor_share(&stat))
            .maybe("mem", system.memory_share(&stat))
            .set("virtualmemory", stat.virtual_bytes / 1024)
            .set("tty", terminals.name(scan, stat.terminal))
            .maybe("started", system.started(&stat).and_then(|secs| scan.machine.local_time(secs)));
        scan.row_from(row, || format!("/proc/{pid}"));
    }
    if refused > 0 {
        scan.missing(format_args!("{refused} processes that this user may not look at"));
    }
    if broken > 0 {
        scan.missing(format_args!("{broken} processes whose state makes no sense"));
    }
    // Whoever is alone on a machine has nobody else's to miss, and root sees them all.
    let root = || Some(geteuid().is_root().to_string());
    let sees_all = of_others || scan.roots().answer("root", root).is_some_and(|root| root == "true");
    if !sees_all
        && let Some(mounts) = scan.text("/proc/self/mounts")
        && hides_others(&mounts)
    {
        scan.missing("processes of other users: /proc is mounted with hidepid");
    }
}

/// The beginning of a small file, in one read.
fn head<'a>(roots: &Roots, path: &str, buffer: &'a mut [u8]) -> std::io::Result<&'a [u8]> {
    let count = roots.open(path)?.read(buffer)?;
    let head = buffer.get(..count).unwrap_or_default();
    if let Some(recorder) = roots.recorder() {
        recorder.file(Path::new(path), head);
    }
    Ok(head)
}

/// The numbers of the processes: of all that is in /proc, nothing else is worth a name.
fn pids(roots: &Roots) -> Vec<u32> {
    if !roots.is_live() || roots.recorder().is_some() {
        let names = roots.names("/proc").unwrap_or_default();
        return names.iter().filter_map(|name| name.parse().ok()).collect();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// Arguments separated by spaces; the name in brackets for what has none, as ps writes it.
fn command(bytes: &[u8], stat: &Stat) -> String {
    let whole = bytes.len() <= LONGEST;
    let text = String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes));
    let mut command = text.replace(char::is_control, " ");
    command.truncate(command.trim_end().len());
    if command.is_empty() {
        return format!("[{}]{}", stat.name, if stat.zombie { " <defunct>" } else { "" });
    }
    if !whole {
        if command.ends_with(char::REPLACEMENT_CHARACTER) {
            command.pop();
        }
        command.push('…');
    }
    command
}

/// What shares are parts of.
#[derive(Debug)]
struct System {
    /// Seconds since 1970 at which the machine started, and thousandths.
    boot_millis: Option<i64>,
    uptime_ticks: Option<u64>,
    memory_kib: Option<u64>,
    page: u64,
}

impl System {
    fn of(scan: &Scan<'_>) -> Self {
        let roots = scan.roots();
        let uptime = roots.text("/proc/uptime").ok();
        let page = roots.answer("page size", || Some(sysconf(SysconfVar::PAGE_SIZE).ok()??.to_string()));
        Self {
            boot_millis: roots
                .answer("boot", || boot_by_clocks().map(|millis| millis.to_string()))
                .map_or_else(|| boot_by_file(scan), |millis| millis.parse().ok()),
            uptime_ticks: uptime.and_then(|text| ticks(text.split_ascii_whitespace().next()?)),
            memory_kib: roots.text("/proc/meminfo").ok().and_then(|text| memory(&text)),
            page: page.and_then(|bytes| bytes.parse().ok()).unwrap_or(4096),
        }
    }

    /// Time on a processor in percent of the time since the start.
    fn processor_share(&self, stat: &Stat) -> Option<String> {
        let elapsed = self.uptime_ticks?.saturating_sub(stat.start) / TICKS;
        tenths(stat.ticks.saturating_mul(1000) / TICKS, elapsed.max(1))
    }

    fn memory_share(&self, stat: &Stat) -> Option<String> {
        tenths(stat.resident_pages.saturating_mul(self.page / 1024).saturating_mul(1000), self.memory_kib?)
    }

    fn started(&self, stat: &Stat) -> Option<i64> {
        let after = i64::try_from(stat.start.checked_mul(1000 / TICKS)?).ok()?;
        Some(self.boot_millis?.checked_add(after)?.div_euclid(1000))
    }
}

/// `12.3` from thousandths of a whole.
fn tenths(thousandths: u64, whole: u64) -> Option<String> {
    let share = thousandths.checked_div(whole)?;
    Some(format!("{}.{}", share / 10, share % 10))
}

/// Both clocks run alike, so that their difference stays the same until somebody sets the time: a process starts at the
/// same second whenever it is asked.
fn boot_by_clocks() -> Option<i64> {
    let now = clock_gettime(ClockId::CLOCK_REALTIME).ok()?;
    let since_boot = clock_gettime(ClockId::CLOCK_BOOTTIME).ok()?;
    let seconds = now.tv_sec().checked_sub(since_boot.tv_sec())?;
    seconds.checked_mul(1000)?.checked_add((now.tv_nsec() - since_boot.tv_nsec()).div_euclid(1_000_000))
}

fn boot_by_file(scan: &Scan<'_>) -> Option<i64> {
    let text = scan.roots().text("/proc/stat").ok()?;
    let seconds: i64 = text.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    seconds.checked_mul(1000)
}

/// `12345.67` seconds.
fn ticks(seconds: &str) -> Option<u64> {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let part = format!("{part:0<2}");
    whole.parse::<u64>().ok()?.checked_mul(TICKS)?.checked_add(part.get(..2)?.parse().ok()?)
}

fn memory(meminfo: &str) -> Option<u64> {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    total.trim().split(' ').next()?.parse().ok()
}

/// Names of the local accounts. An account that only a directory service knows is given by its number: asking the
/// service may take longer than the inventory.
struct Owners {
    names: HashMap<u32, String>,
}

impl Owners {
    fn of(scan: &Scan<'_>) -> Self {
        let text = scan.text("/etc/passwd").unwrap_or_default();
        let mut names = HashMap::new();
        for account in accounts::accounts(&text) {
            // The first line of several with one number is the one that the C library finds.
            names.entry(account.id).or_insert_with(|| account.login.to_owned());
        }
        Self { names }
    }

    fn name(&mut self, id: u32) -> &str {
        self.names.entry(id).or_insert_with(|| id.to_string())
    }
}

/// True when /proc shows a user only their own processes (proc(5), mount options).
fn hides_others(mounts: &str) -> bool {
    let mut of_proc = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        (fields.next()? == "/proc" && fields.next()? == "proc").then(|| fields.next())?
    });
    of_proc.any(|options| {
        options.split(',').any(|option| {
            let hidden = option.strip_prefix("hidepid=");
            matches!(hidden, Some("1" | "2" | "4" | "noaccess" | "invisible" | "ptraceable"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    const STAT: &str = "S 1 7 7 34816 7 4194560 100 0 0 0 250 50 0 0 20 0 1 0 9000 409600000 2560 1844674407370955161";

    fn collected(files: &[(&str, &[u8])]) -> (Vec<Row>, Vec<String>) {
        TestMachine::of(files).collect(collect)
    }

    #[test]
    fn a_process_is_a_row() {
        let me = nix::unistd::geteuid();
        let passwd = format!("first:x:{me}:0:::\nsecond:x:{me}:0:::\n");
        let (rows, missing) = collected(&[
            ("etc/passwd", passwd.as_bytes()),
            ("proc/uptime", b"100.00 50.00\n"),
            ("proc/meminfo", b"MemTotal:        102400 kB\n"),
            ("proc/stat", b"cpu 1 2 3\nbtime 1700000000\n"),
            ("proc/10/stat", format!("10 (kworker/0:0) {}", STAT.replacen("4194560", "69238880", 1)).as_bytes()),
            ("proc/7/stat", format!("7 (a) b (c) {STAT}").as_bytes()),
            ("proc/7/cmdline", b"/bin/a\0--b\0c d\n\0\0"),
            ("proc/8/stat", b"8 (gone"),
            ("proc/9/cmdline", b"no stat"),
            ("proc/self/mounts", b"proc /proc proc rw,relatime 0 0\n"),
        ]);
        assert_eq!(missing, ["1 processes whose state makes no sense"]);
        let expected = Row::new()
            .with("user", "first")
            .with("pid", 7_u32)
            .with("cmd", "/bin/a --b c d")
            .with("cpuusage", "30.0")
            .with("mem", "10.0")
            .with("virtualmemory", 400_000_u32)
            .with("tty", "pts/0")
            .with("started", "2023-11-14 22:14:50");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], expected);
        assert_eq!(rows[1].text("cmd"), Some("[kworker/0:0]"));
    }

    #[test]
    fn enormous_numbers_do_no_harm() {
        let largest = u64::MAX;
        let text =
            format!("7 (a) Z 1 7 7 -1 7 {largest} 0 0 0 0 {largest} {largest} 0 0 0 0 1 0 {largest} {largest} -5");
        let stat = Stat::parse(text.as_bytes()).unwrap();
        let system = System { boot_millis: Some(i64::MAX), uptime_ticks: Some(0), memory_kib: Some(0), page: u64::MAX };
        assert_eq!(system.started(&stat), None);
        assert_eq!(system.memory_share(&stat), None);
        assert!(system.processor_share(&stat).is_some());
        assert_eq!(command(b"", &stat), "[a] <defunct>");
    }

    #[test]
    fn long_command_lines_are_cut_and_marked() {
        let stat = Stat::parse(format!("7 (a) {STAT}").as_bytes()).unwrap();
        let long = command(&vec![b'x'; LONGEST + 1], &stat);
        assert_eq!((long.chars().count(), long.chars().last()), (LONGEST + 1, Some('…')));
        let split = command("ü".repeat(LONGEST).get(..LONGEST + 2).unwrap().as_bytes(), &stat);
        assert_eq!(split.chars().count(), LONGEST / 2 + 1);
        assert!(command(&[b'x'; LONGEST], &stat).ends_with('x'));
        assert_eq!(command(b"\xff\xfe\0", &stat), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn hidden_processes_are_said() {
        assert!(hides_others("proc /proc proc rw,nosuid,hidepid=2,gid=4 0 0\n"));
        assert!(hides_others("none / ext4 rw 0 0\nproc /proc proc rw,hidepid=invisible 0 0\n"));
        assert!(!hides_others("proc /proc proc rw,hidepid=0 0 0\nx /proc\n\nproc /mnt/proc proc hidepid=2 0 0\n"));
        let stat = format!("7 (a) {STAT}");
        let (rows, missing) =
            collected(&[("proc/self/mounts", b"proc /proc proc rw,hidepid=2 0 0\n"), ("proc/7/stat", stat.as_bytes())]);
        assert_eq!(rows.len(), 1);
        assert_eq!(missing, ["processes of other users: /proc is mounted with hidepid"]);
    }
}
