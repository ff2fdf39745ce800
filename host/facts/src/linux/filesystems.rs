//! Mounted file systems that hold data, with what fits and what is free.
//!
//! A full file system is a row like any other. One that another machine or a program answers for is asked last and on
//! a thread of its own: when no answer comes, its row has no sizes and that is said.

use super::encryption::{self, Encryption};
use super::mounts::{self, Answer, Mount};
use super::superblock::{Identity, Kind};
use super::udev::{self, Record};
use crate::Scan;
use crate::output::asmcmd;
use airlock_model::Row;
use nix::errno::Errno;
use nix::sys::statvfs::statvfs;
use std::cell::OnceCell;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// More mounts of other machines than anybody has; the rest is said.
const MOST_FOREIGN: usize = 256;

/// How long foreign file systems have to answer, together.
const PATIENCE: Duration = Duration::from_secs(3);

/// Megabytes that fit, and that are free for users; none where nothing fits at all, which shows something else than data.
type Sizes = Result<Option<(u64, u64)>, Errno>;

pub(super) fn collect(scan: &Scan<'_>) {
    mounted(scan);
    disk_groups(scan);
}

/// What Oracle's storage manager has, on a machine where an instance of it is set up.
fn disk_groups(scan: &Scan<'_>) {
    let is_set_up =
        scan.roots().text("/etc/oratab").is_ok_and(|table| table.lines().any(|line| line.starts_with("+ASM")));
    if is_set_up && scan.has_tool("asmcmd") {
        let text = scan.output("asmcmd", &["lsdg"]).unwrap_or_default();
        asmcmd::disk_groups(&text).iter().filter_map(asmcmd::DiskGroup::row).for_each(|row| scan.row(row));
    }
}

fn mounted(scan: &Scan<'_>) {
    let mounts = match scan.text("/proc/self/mountinfo") {
        Some(text) => mounts::of_mountinfo(&text),
        None => scan.text("/proc/mounts").map(|text| mounts::of_mounts(&text)).unwrap_or_default(),
    };
    let volumes = Volumes::default();
    let (local, mut foreign): (Vec<_>, Vec<_>) =
        mounts::with_data(mounts).into_iter().partition(|(_, answer)| *answer == Answer::Local);
    for (mount, _) in local {
        if scan.expired() {
            scan.missing(format_args!("out of time: file systems from {} on are left out", mount.point));
            return;
        }
        add(scan, &volumes, &mount, recorded(scan, &mount.point, || sizes(&mount.point)));
    }
    if foreign.len() > MOST_FOREIGN {
        scan.missing(format_args!("{} file systems of other machines are left out", foreign.len() - MOST_FOREIGN));
        foreign.truncate(MOST_FOREIGN);
    }
    let until = scan.deadline().min(Instant::now() + PATIENCE);
    let ask = |point: &str| scan.roots().is_live().then(|| ask(point.to_owned()));
    let asked: Vec<_> = foreign.into_iter().map(|(mount, _)| (ask(&mount.point), mount)).collect();
    for (answer, mount) in asked {
        let wait = |answer: Receiver<Sizes>| answer.recv_timeout(until.saturating_duration_since(Instant::now()));
        let answer = || answer.map_or(Err(Errno::ETIMEDOUT), |answer| wait(answer).unwrap_or(Err(Errno::ETIMEDOUT)));
        add(scan, &volumes, &mount, recorded(scan, &mount.point, answer));
    }
}

/// What the system call says; for a captured machine what it said then, none when that is not known.
fn recorded(scan: &Scan<'_>, point: &str, ask: impl FnOnce() -> Sizes) -> Option<Sizes> {
    let answer = scan.roots().answer(&format!("statvfs {point}"), || {
        Some(match ask() {
            Ok(Some((total, free))) => format!("{total} {free}"),
            Ok(None) => "nothing".to_owned(),
            Err(error) => format!("error {}", error as i32),
        })
    })?;
    let mut words = answer.split(' ');
    Some(match (words.next()?, words.next()) {
        ("error", Some(number)) => Err(Errno::from_raw(number.parse().ok()?)),
        (total, Some(free)) => Ok(Some((total.parse().ok()?, free.parse().ok()?))),
        _ => Ok(None),
    })
}

fn sizes(point: &str) -> Sizes {
    let stat = statvfs(point)?;
    let megabytes = |blocks: u64| {
        let bytes = u128::from(blocks) * u128::from(stat.fragment_size());
        u64::try_from(bytes >> 20).unwrap_or(u64::MAX)
    };
    Ok((stat.blocks() > 0).then(|| (megabytes(stat.blocks()), megabytes(stat.blocks_available()))))
}

fn ask(point: String) -> Receiver<Sizes> {
    let (answer, receiver) = channel();
    // Where no thread can be had the sender is dropped, which reads as no answer.
    drop(std::thread::Builder::new().stack_size(64 << 10).spawn(move || answer.send(sizes(&point))));
    receiver
}

/// Adds the row of a mount, unless nothing fits in it. Without an answer the row says what is known all the same.
fn add(scan: &Scan<'_>, volumes: &Volumes, mount: &Mount, sizes: Option<Sizes>) {
    let mut row = row(scan, volumes, mount);
    match sizes {
        None => {}
        Some(Ok(None)) => return,
        Some(Ok(Some((total, free)))) => drop(row.set("total", total).set("free", free)),
        Some(Err(Errno::ETIMEDOUT)) => scan.missing(format_args!("size of {}: no answer", mount.point)),
        Some(Err(error)) => scan.missing(format_args!("size of {}: {}", mount.point, error.desc())),
    }
    scan.row(row);
}

fn row(scan: &Scan<'_>, volumes: &Volumes, mount: &Mount) -> Row {
    let device = volumes.device(scan, mount);
    let mut row = Row::new();
    // The kernel's own name for the root file system, as the loader of the system called it.
    let named = device.name.as_ref().filter(|_| mount.source == "/dev/root").map(|name| format!("/dev/{name}"));
    row.set("volumn", named.as_ref().unwrap_or(&mount.source).as_str())
        .set("type", mount.point.as_str())
        .set("filesystem", mount.kind.as_str());
    if mount.point == "/" {
        row.set("systemdrive", true);
    }
    let identity = identity(scan, mount, &device);
    row.maybe("serial", identity.uuid)
        .maybe("label", identity.label)
        .maybe("createdate", identity.made.and_then(|secs| Some(scan.machine.local_time(secs)?.replace('-', "/"))));
    if let Some(Encryption { format, cipher }) = device.name.as_deref().and_then(|name| encryption::of(scan, name)) {
        row.set("encrypt_status", "Yes").set("encrypt_name", format).maybe("encrypt_algo", cipher);
    }
    row
}

/// udev's record first, then links that are made from it, then the file system's own words. Only ext4 says when it was
/// made, and only there.
fn identity(scan: &Scan<'_>, mount: &Mount, device: &Device) -> Identity {
    let record = device.number.as_ref().map(|number| Record::block(scan.roots(), number)).unwrap_or_default();
    let mut known =
        Identity { uuid: record.decoded("ID_FS_UUID_ENC"), label: record.decoded("ID_FS_LABEL_ENC"), made: None };
    let kind = Kind::of(&mount.kind).filter(|kind| *kind == Kind::Ext || known.uuid.is_none());
    if let (Some(kind), Some(name)) = (kind, &device.name) {
        // By the kernel's name: a mount's source is text that the kernel was given.
        let path = format!("/dev/{}", name.replace('!', "/"));
        let (at, length) = kind.place();
        match encryption::read_at(scan.roots(), &path, at, length) {
            None => {}
            Some(Ok(block)) => {
                let own = kind.identity(&block).unwrap_or_default();
                known = Identity { uuid: known.uuid.or(own.uuid), label: known.label.or(own.label), made: own.made };
            }
            // A container sees the mount, but not the device.
            Some(Err(error)) if error.kind() == ErrorKind::NotFound => {}
            Some(Err(error)) if known.uuid.is_some() => {
                scan.missing(format_args!("creation date of {}: {error}", mount.point))
            }
            Some(Err(error)) => scan.missing(format_args!("label, UUID and creation date of {}: {error}", mount.point)),
        }
    }
    if let Some(name) = device.name.as_deref().filter(|_| known.uuid.is_none()) {
        known.uuid = link_to(scan, "/dev/disk/by-uuid", name);
        known.label = known.label.or_else(|| link_to(scan, "/dev/disk/by-label", name));
    }
    known
}

/// The name of the link in a folder that leads to a device.
fn link_to(scan: &Scan<'_>, folder: &str, device: &str) -> Option<String> {
    let names = scan.names(folder);
    let name =
        names.iter().find(|name| scan.roots().link_name(format!("{folder}/{name}")).as_deref() == Some(device))?;
    Some(udev::decode(name))
}

/// The block device behind a mount, as far as it is known.
#[derive(Debug, Default)]
struct Device {
    /// `dm-3`
    name: Option<String>,
    /// `253:3`
    number: Option<String>,
}

/// The volumes of the device mapper by their names, read when one of them is mounted.
#[derive(Default)]
struct Volumes(OnceCell<Vec<(String, String)>>);

impl Volumes {
    fn device(&self, scan: &Scan<'_>, mount: &Mount) -> Device {
        let own_number = mount.device.clone().filter(|number| !number.starts_with("0:"));
        let number = own_number.or_else(|| {
            // Of btrfs the mount has a number of its own, the device node another.
            let node = || {
                let node = scan.roots().metadata(&mount.source).ok()?;
                let (major, minor) = (nix::sys::stat::major(node.rdev()), nix::sys::stat::minor(node.rdev()));
                (major != 0).then(|| format!("{major}:{minor}"))
            };
            mount.source.starts_with("/dev/").then(|| scan.roots().answer(&format!("node {}", mount.source), node))?
        });
        let by_number = number.as_ref().and_then(|number| scan.roots().link_name(format!("/sys/dev/block/{number}")));
        let name = by_number.or_else(|| self.name_of(scan, mount.source.strip_prefix("/dev/")?));
        let number = number.or_else(|| scan.attr(format!("/sys/class/block/{}/dev", name.as_ref()?)));
        Device { name, number }
    }

    /// The kernel's name of what stands in /dev.
    fn name_of(&self, scan: &Scan<'_>, path: &str) -> Option<String> {
        let Some(mapped) = path.strip_prefix("mapper/") else {
            return (!path.contains('/')).then(|| path.to_owned());
        };
        let volumes = self.0.get_or_init(|| {
            let names = scan.names("/sys/block").into_iter().filter(|name| name.starts_with("dm-"));
            names.filter_map(|name| Some((scan.attr(format!("/sys/block/{name}/dm/name"))?, name))).collect()
        });
        volumes.iter().find(|(known, _)| known == mapped).map(|(_, name)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn labels_and_encryption_of_a_folder() {
        let machine = TestMachine::of(&[
            (
                "/proc/self/mountinfo",
                "1 0 8:1 / / rw - ext4 /dev/root rw\n2 1 0:30 / /srv rw - btrfs /dev/mapper/vg-srv rw\n3 1 0:31 / /n rw - nfs s:/n rw\n",
            ),
            ("/run/udev/data/b8:1", "E:ID_FS_UUID_ENC=aa-bb\nE:ID_FS_LABEL_ENC=my\\x20root\n"),
            ("/sys/block/dm-1/dm/name", "vg-srv\n"),
            ("/sys/block/dm-1/dm/uuid", "CRYPT-LUKS1-00-vg-srv\n"),
        ]);
        machine.link("/sys/dev/block/8:1", "../../block/sda/sda1");
        machine.link("/dev/disk/by-uuid/cc-dd", "../../dm-1");
        let (rows, _) = machine.collect(collect);
        let [whole, srv, net] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((whole.text("volumn"), whole.text("type")), (Some("/dev/sda1"), Some("/")));
        assert_eq!((whole.text("serial"), whole.text("label")), (Some("aa-bb"), Some("my root")));
        assert_eq!(whole.get("systemdrive"), Some(&true.into()));
        assert_eq!(whole.get("encrypt_status"), None);
        assert_eq!((srv.text("serial"), srv.text("encrypt_name")), (Some("cc-dd"), Some("LUKS1")));
        assert_eq!((net.text("volumn"), net.get("total")), (Some("s:/n"), None));
    }

    #[test]
    fn disk_groups_of_an_instance() {
        let mut machine = TestMachine::new();
        machine.command(&["asmcmd", "lsdg"], "State Type Total_MB Free_MB Name\nMOUNTED EXTERN 1000 400 DATA/\n");
        assert!(machine.rows(disk_groups).is_empty());
        machine.file("/etc/oratab", "# a comment\n+ASM1:/u01/grid:N\n");
        assert_eq!(machine.rows(disk_groups)[0].text("label"), Some("DATA"));
    }

    #[test]
    fn sizes_of_this_machine() {
        let (total, free) = sizes("/").unwrap().unwrap();
        assert!(total >= free && total > 0);
        assert_eq!(sizes("/no/such/folder"), Err(Errno::ENOENT));
        assert_eq!(sizes("/proc"), Ok(None));
        assert!(ask("/".to_owned()).recv().unwrap().is_ok());
    }
}
