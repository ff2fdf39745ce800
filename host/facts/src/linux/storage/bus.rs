//! Where a storage device is attached, read from its path among the devices.
//!
//! The path names every bus between the device and the root, so that nothing needs to be asked. What the path does not
//! say for sure is left open.

use crate::Scan;

/// How data gets to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nvme,
    Usb,
    SerialAta,
    /// The older parallel link of ATA.
    Ide,
    Scsi,
    SerialScsi,
    FibreChannel,
    Iscsi,
    Virtio,
    /// SD cards and eMMC.
    Card,
    FireWire,
    Xen,
    Floppy,
    Other,
}

#[derive(Debug)]
pub(super) struct Bus {
    pub(super) kind: Kind,
    /// Host, channel, target and unit of a SCSI device: `0:0:0:0`.
    pub(super) address: Option<String>,
    /// The controller's place on the PCI bus: `0000:00:1f.2`.
    pub(super) slot: Option<String>,
    /// False where nothing but the device's name tells its kind.
    pub(super) is_known: bool,
}

impl Kind {
    /// The bus as inventories name it.
    pub(super) fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::Nvme => "PCI",
            Self::Usb => "USB",
            Self::SerialAta => "SATA",
            Self::Ide => "IDE",
            Self::Scsi | Self::SerialScsi | Self::FibreChannel | Self::Iscsi => "SCSI",
            Self::Virtio => "Virtual",
            Self::Card => "MMC",
            Self::FireWire => "1394",
            Self::Xen => "XEN",
            Self::Floppy | Self::Other => return None,
        })
    }

    /// The link itself, where it is known.
    pub(super) fn interface(self) -> Option<&'static str> {
        match self {
            Self::Nvme => Some("NVME"),
            Self::SerialScsi => Some("SAS"),
            Self::FibreChannel => Some("FC"),
            Self::Iscsi => Some("ISCSI"),
            Self::Xen | Self::Virtio => None,
            other => other.description(),
        }
    }
}

impl Kind {
    /// Whether a disk on it knows the commands by which disks are asked for their names.
    pub(super) fn can_be_asked(self) -> bool {
        matches!(self, Self::Scsi | Self::SerialScsi | Self::SerialAta | Self::Ide | Self::Usb)
    }
}

impl Bus {
    /// From what the link in /sys/block or /sys/class says, and the device's name.
    pub(super) fn of(scan: &Scan<'_>, path: &str, name: &str) -> Self {
        let mut kind = of_name(name);
        let (mut address, mut slot) = (None, None);
        for part in path.split('/') {
            if is_slot(part) {
                slot = Some(part);
            } else if is_address(part) {
                address = Some(part.to_owned());
            } else if kind == Kind::Scsi || kind == Kind::Other {
                kind = of_part(part).unwrap_or(kind);
            }
        }
        if kind == Kind::SerialAta {
            // A link of the ATA driver; its controller tells serial from parallel.
            kind = match slot.and_then(|slot| scan.machine.pci().at(slot)).map(|device| device.class) {
                Some(0x0106) => Kind::SerialAta,
                Some(0x0101) => Kind::Ide,
                _ => Kind::Scsi,
            };
        }
        Self { kind, address, slot: slot.map(str::to_owned), is_known: path.contains('/') }
    }
}

fn of_name(name: &str) -> Kind {
    let kinds = [
        ("nvme", Kind::Nvme),
        ("mmcblk", Kind::Card),
        ("vd", Kind::Virtio),
        ("xvd", Kind::Xen),
        ("hd", Kind::Ide),
        ("fd", Kind::Floppy),
        ("sd", Kind::Scsi),
        ("sr", Kind::Scsi),
        ("sg", Kind::Scsi),
    ];
    kinds.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or(Kind::Other, |(_, kind)| *kind)
}

/// What a folder on the way to a SCSI device says of the link.
fn of_part(part: &str) -> Option<Kind> {
    let counts = |prefix: &str| {
        part.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    let kinds = [
        ("usb", Kind::Usb),
        ("ata", Kind::SerialAta),
        ("end_device-", Kind::SerialScsi),
        ("rport-", Kind::FibreChannel),
        ("session", Kind::Iscsi),
        ("fw", Kind::FireWire),
    ];
    kinds.iter().find(|(prefix, _)| counts(prefix)).map(|(_, kind)| *kind)
}

/// `0000:00:1f.2`
fn is_slot(part: &str) -> bool {
    part.len() >= 12 && part.contains('.') && part.split([':', '.']).count() == 4 && part.split(':').count() == 3
}

/// `6:0:0:0`
fn is_address(part: &str) -> bool {
    part.split(':').count() == 4 && part.split(':').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
