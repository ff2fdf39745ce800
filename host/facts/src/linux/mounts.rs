//! What is mounted, and which of it holds data: the choice that `df` makes, told apart from how much fits.
//!
//! Kept is what stands on a block device, and what is known to hold data elsewhere. File systems of the kernel's own,
//! memory, overlays and the images of packages are not; of a device that is mounted in several places, one.
//!
//! Format: Documentation/filesystems/proc.rst, section 3.5 (mountinfo); fstab(5) for /proc/mounts.

use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// `8:1`; none in /proc/mounts, which does not say.
    pub(super) device: Option<String>,
    /// The part of the file system that is shown, `/` for all of it.
    root: String,
    pub(super) point: String,
    pub(super) kind: String,
    pub(super) source: String,
}

/// Whether asking a file system for its size may mean asking another machine or program, which may never answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Local,
    Foreign,
}

/// Beside block devices these hold data. Device numbers of theirs begin with 0.
const ON_NO_DEVICE: [&str; 4] = ["btrfs", "zfs", "bcachefs", "ubifs"];

const ON_OTHER_MACHINES: [&str; 26] = [
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fhgfs",
    "glusterfs",
    "gpfs",
    "hgfs",
    "lustre",
    "ncp",
    "ncpfs",
    "nfs",
    "nfs3",
    "nfs4",
    "orangefs",
    "panfs",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
    "vmhgfs",
];

/// Programs that show something else through FUSE: desktops, containers, packages.
const FUSE_WITHOUT_DATA: [&str; 7] = [
    "fuse.gvfsd-fuse",
    "fuse.gvfs-fuse-daemon",
    "fuse.lxcfs",
    "fuse.portal",
    "fuse.snapfuse",
    "fuse.squashfuse",
    "fuse.vmware-vmblock",
];

/// Types that are never on a device of the machine, even if some device number says so.
const WITHOUT_DATA: [&str; 3] = ["overlay", "rootfs", "autofs"];

const PACKAGE_IMAGES: [&str; 2] = ["/snap/", "/var/lib/snapd/snap/"];

impl Mount {
    /// Whether it holds data, and who answers for it.
    fn answer(&self) -> Option<Answer> {
        let kind = self.kind.as_str();
        if WITHOUT_DATA.contains(&kind) || FUSE_WITHOUT_DATA.contains(&kind) {
            return None;
        }
        if kind == "squashfs" && PACKAGE_IMAGES.iter().any(|folder| self.point.starts_with(folder)) {
            return None;
        }
        if ON_OTHER_MACHINES.contains(&kind) || kind.starts_with("fuse.") {
            return Some(Answer::Foreign);
        }
        let is_on_device = match &self.device {
            Some(device) => !device.starts_with("0:"),
            None => self.source.starts_with("/dev/") && kind != "devtmpfs",
        };
        (is_on_device || ON_NO_DEVICE.contains(&kind)).then_some(Answer::Local)
    }

    /// What two mounts of the same file system have in common.
    fn filesystem(&self) -> &str {
        self.device.as_deref().unwrap_or(&self.source)
    }
}

/// The mounts that hold data, one a file system, in the order in which they were mounted.
pub(super) fn with_data(mounts: Vec<Mount>) -> Vec<(Mount, Answer)> {
    // Of two mounts on one point, the later one is seen.
    let mut on_point: BTreeMap<String, usize> = BTreeMap::new();
    for (at, mount) in mounts.iter().enumerate() {
        on_point.insert(mount.point.clone(), at);
    }
    let seen = mounts.into_iter().enumerate().filter(|(at, mount)| on_point.get(&mount.point) == Some(at));
    let mut kept: Vec<(Mount, Answer)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (_, mount) in seen {
        let Some(answer) = mount.answer() else { continue };
        let place = *places.entry(mount.filesystem().to_owned()).or_insert(kept.len());
        match kept.get_mut(place) {
            // The whole of it before a part of it, then the shortest path.
            Some((known, _)) => {
                if (mount.root.len(), mount.point.len()) < (known.root.len(), known.point.len()) {
                    *known = mount;
                }
            }
            None => kept.push((mount, answer)),
        }
    }
    kept
}

/// The lines of /proc/self/mountinfo.
pub(super) fn of_mountinfo(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mountinfo_line).collect()
}

/// `36 35 98:0 /part /point rw,noatime master:1 - ext4 /dev/root rw`; any number of fields before the hyphen.
fn mountinfo_line(line: &str) -> Option<Mount> {
    let mut fields = line.split(' ').skip(2);
    let (device, root, point) = (fields.next()?, fields.next()?, fields.next()?);
    let mut fields = fields.skip_while(|field| *field != "-").skip(1);
    let (kind, source) = (fields.next()?, fields.next()?);
    Some(Mount {
        device: Some(device.to_owned()),
        root: unescape(root),
        point: unescape(point),
        kind: unescape(kind),
        source: unescape(source),
    })
}

/// The lines of /proc/mounts.
pub(super) fn of_mounts(text: &str) -> Vec<Mount> {
    let mount = |line: &str| {
        let mut fields = line.split(' ').map(unescape);
        let (source, point, kind) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Mount { device: None, root: "/".to_owned(), point, kind, source })
    };
    text.lines().filter_map(mount).collect()
}

/// The kernel writes space, tab, newline, backslash and hash as `\ooo`.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                bytes.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                rest = after;
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Vec<(String, Answer)> {
        with_data(of_mountinfo(text)).into_iter().map(|(mount, answer)| (mount.point, answer)).collect()
    }

    #[test]
    fn keeps_what_holds_data() {
        let text = "21 24 0:19 / /proc rw - proc p rw\n\
            23 24 0:5 / /dev rw - devtmpfs d rw\n\
            24 1 259:3 / / rw,relatime shared:1 master:2 - ext4 /dev/nvme0n1p2 rw\n\
            25 24 0:21 / /run rw - tmpfs tmpfs rw\n\
            26 24 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro\n\
            27 24 7:2 / /mnt/image ro - squashfs /dev/loop2 ro\n\
            28 24 0:40 / /home rw - nfs4 server:/home rw\n\
            29 24 0:41 / /run/user/1/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw\n\
            30 24 0:42 / /srv/tank rw - zfs tank/srv rw\n\
            31 24 0:43 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n\
            32 24 11:0 / /media/My\\040CD\\134 ro - iso9660 /dev/sr0 ro\n";
        let local = |point: &str| (point.to_owned(), Answer::Local);
        let expected = [
            local("/"),
            local("/mnt/image"),
            ("/home".to_owned(), Answer::Foreign),
            local("/srv/tank"),
            local("/media/My CD\\"),
        ];
        assert_eq!(points(text), expected);
    }

    #[test]
    fn one_row_a_file_system() {
        let text = "1 0 8:1 /var /bind rw - ext4 /dev/sda1 rw\n\
            2 0 8:1 / /long/path rw - ext4 /dev/sda1 rw\n\
            3 0 8:1 / /short rw - ext4 /dev/sda1 rw\n\
            4 0 0:30 /@home /home rw - btrfs /dev/sda2 rw\n\
            5 0 0:30 /@ / rw - btrfs /dev/sda2 rw\n\
            6 0 8:3 / /mnt rw - ext4 /dev/sda3 rw\n\
            7 0 8:4 / /mnt rw - ext4 /dev/sda4 rw\n";
        let found: Vec<String> = points(text).into_iter().map(|(point, _)| point).collect();
        assert_eq!(found, ["/short", "/", "/mnt"]);
        let mounts = with_data(of_mountinfo(text));
        assert_eq!(mounts[2].0.source, "/dev/sda4");
    }

    #[test]
    fn proc_mounts_has_no_device_numbers() {
        let text = "sysfs /sys sysfs rw 0 0\nudev /dev devtmpfs rw 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sda1 /again ext4 rw 0 0\n\
            //server/share /mnt/share cifs rw 0 0\n";
        let found = with_data(of_mounts(text));
        let points: Vec<&str> = found.iter().map(|(mount, _)| mount.point.as_str()).collect();
        assert_eq!(points, ["/", "/mnt/share"]);
    }

    #[test]
    fn odd_lines_are_left_out() {
        for text in
            ["", "\n\n", "1 2 3", "1 2 8:1 / / rw", "1 2 8:1 / / rw - ext4", "- - - - - -", "\u{fffd}\\777 \\04"]
        {
            assert!(with_data(of_mountinfo(text)).is_empty(), "{text:?}");
        }
        assert_eq!(unescape("a\\04"), "a\\04");
        assert_eq!(unescape("\\777\\303\\251"), "\\777é");
    }
}
