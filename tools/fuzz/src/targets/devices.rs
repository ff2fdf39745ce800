//! Monitors, PCI, USB, graphics, printers, modems.

use super::{Target, text};
use airlock_facts::cups;
use airlock_facts::edid::{Edid, Makers};
use airlock_facts::macos::screens;
use airlock_facts::output::{
    ddcprobe, lpstat, lspci, lsusb, mmcli, nvidia_settings, nvidia_smi, xdpyinfo, xorg_log, xrandr,
};
use airlock_facts::pci;

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "devices/edid",
        run: |bytes| {
            if let Ok(edid) = Edid::of(bytes) {
                edid.row(&Makers::List("ABC\tMade Up\n"));
            }
        },
        seeds: &[EDID],
    },
    Target {
        name: "devices/edid/makers",
        run: |bytes| drop(Makers::List(&text(bytes)).name("ABC")),
        seeds: &[b"# remark\nABA __ First\nABC\tMade Up\n"],
    },
    Target {
        name: "devices/lspci",
        run: |bytes| {
            let devices = lspci::devices(&text(bytes));
            pci::controllers(&devices).for_each(drop);
            pci::sounds(&devices).for_each(drop);
            pci::modems(&devices).for_each(drop);
            pci::videos(&devices).for_each(drop);
        },
        seeds: &[
            b"00:02.0 VGA compatible controller [0300]: Maker [M/A] G1 [Card 5] [1002:9488] (rev 07) (prog-if 00 [VGA])\n\tSubsystem: Board Ltd Device [106b:00b6]\n\tMemory at c0000000 (64-bit, prefetchable) [size=256M]\n\tKernel driver in use: radeon\n",
            b"Slot:\t00:1f.3\nClass:\tAudio device [0403]\nVendor:\tMaker [8086]\nDevice:\tSound [a3f0]\nSVendor:\tBoard [1028]\nSDevice:\tDevice [0a54]\nRev:\t02\nDriver:\tsnd_x\n",
        ],
    },
    Target {
        name: "devices/lsusb",
        run: |bytes| lsusb::devices(&text(bytes)).iter().for_each(|device| drop(device.row())),
        seeds: &[b"Bus 001 Device 004: ID 413c:8161 Maker Inc. Reader\n  bDeviceClass            0\n  idVendor           0x413c Maker Inc.\n  idProduct          0x8161 Reader\n  iSerial                 3 S/N:ABCDEF Rev:1\n    bmAttributes         0xc0\n      bInterfaceClass         3 Human\n      bInterfaceSubClass      1 Boot\n"],
    },
    Target {
        name: "devices/ddcprobe",
        run: |bytes| drop(ddcprobe::video(&ddcprobe::properties(&text(bytes)))),
        seeds: &[b"vbe: VESA 3.0 detected.\noem: A BIOS\nmemory: 16384kb\nmode: 640x480x256\ndtiming: 1680x1050@59\n"],
    },
    Target {
        name: "devices/xorg-log",
        run: |bytes| drop(xorg_log::XorgLog::of(&text(bytes)).video()),
        seeds: &[b"[ 1.0] (--) PCI:*(0:1:5:0) 1002:9715:1458:d000 rev 0\n(--) RADEON(0): Chipset: \"Card 9\" (ChipID = 0x9715)\n(II) RADEON(0): Output VGA-0 using initial mode 1920x1080\n(II) V(0): VESA VBE Total Mem: 8128 kB\n(II) NVIDIA(0): NVIDIA GPU Card (G9) at PCI:5:0:0\n(--) V(0): Virtual size is 1024x768\n"],
    },
    Target {
        name: "devices/xrandr",
        run: |bytes| {
            let found = xrandr::XRandr::of(&text(bytes));
            found.resolution();
            found.monitors(&Makers::List(""));
        },
        seeds: &[b"Screen 0: minimum 8 x 8, current 3000 x 1050, maximum 9 x 9\neDP-1 connected primary 1680x1050+0+0 (0x47)\n\tEDID: \n\t\t00ffffffffffff00\n\tx: y\nVGA-1 disconnected\n"],
    },
    Target {
        name: "devices/xdpyinfo",
        run: |bytes| drop(xdpyinfo::resolution(&text(bytes))),
        seeds: &[b"screen #0:\n  dimensions:    1280x800 pixels (1x1 millimeters)\n"],
    },
    Target {
        name: "devices/nvidia-settings",
        run: |bytes| nvidia_settings::cards(&text(bytes)).iter().for_each(|card| drop(card.row(None))),
        seeds: &[b"Attributes queryable via h:0.0:\n  ScreenPosition: x=0, y=0, width=1280, height=800\nAttributes queryable via h:0[gpu:0]:\n  VideoRam: 4194304\n  PCIBus: 10\n  PCIID: 4318,333\n"],
    },
    Target {
        name: "devices/nvidia-smi",
        run: |bytes| drop(nvidia_smi::cards(&text(bytes))),
        seeds: &[b"00000000:01:00.0, 4096\n00000000:02:00.0, [N/A]\n"],
    },
    Target {
        name: "devices/mmcli",
        run: |bytes| {
            mmcli::list(&text(bytes));
            mmcli::Modem::of(&text(bytes));
        },
        seeds: &[b"{\"modem-list\":[\"/a/Modem/0\"],\"modem\":{\"generic\":{\"device\":\"/sys/x\"},\"3gpp\":{\"imei\":\"1\"}}}"],
    },
    Target {
        name: "devices/cups",
        run: |bytes| cups::printers(&text(bytes)).iter().for_each(|printer| drop(printer.row())),
        seeds: &[b"<DefaultPrinter Office>\nInfo Maker \\#4\nDeviceURI usb://u:p@Maker/L2?serial=AB%2012\nState Stopped\nReason x\nShared No\n</DefaultPrinter>\n"],
    },
    Target {
        name: "devices/lpstat",
        run: |bytes| lpstat::printers(&text(bytes)).iter().for_each(|printer| drop(printer.row())),
        seeds: &[b"device for Far: ipp://host/far?uuid=1\nprinter Far disabled since Mon -\n\tDescription: Far one\n\tAlerts: media-empty\n"],
    },
    Target {
        name: "devices/macos-screens",
        run: |bytes| drop(screens::distinct(screens::screens(&text(bytes), &Makers::List("")))),
        seeds: &[b"+-o AppleDisplay  <class AppleDisplay, id 0x3>\n    {\n      \"IODisplayEDID\" = <00ff>\n      \"DisplayAttributes\" = {\"ProductAttributes\"={\"SerialNumber\"=7,\"ProductName\"=\"S\"}}\n    }\n"],
    },
];

/// A base block with a name and a serial number; its checksum is not looked at.
const EDID: &[u8] = include_bytes!("../../seeds/edid");
