//! MacOS and Windows.

use super::{Target, text};
use airlock_facts::macos::{self, applications, ioreg, plist::Plist, profile::Entry, storage};
use airlock_facts::windows::{self, registry::Key, wmi};

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "macos/ioreg",
        run: |bytes| {
            let text = text(bytes);
            drop(ioreg::Value::parse(&text));
            macos::usb::devices(&text, "IOUSBDevice").iter().for_each(|device| drop(macos::usb::row(device)));
        },
        seeds: &[
            b"+-o A@1  <class IOUSBDevice, id 0x1>\n  | {\n  |   \"idVendor\" = 1\n  |   \"x\" = {\"a\"=(1,<00>),\"b\"=<\"t\">}\n  | }\n",
            b"{\"a\"=(1,\"b\",{\"c\"=Yes}),\"d\"=<00ff>}",
        ],
    },
    Target {
        name: "macos/network",
        run: |bytes| {
            let text = text(bytes);
            drop(macos::network::rows(&macos::network::interfaces(&text), &macos::network::ports(&text)));
        },
        seeds: &[
            b"en0: flags=8863<UP> mtu 1500\n\tether 02:00:00:00:00:01 \n\tinet 192.0.2.1 netmask 0xffffff00\n\tinet6 fe80::1%en0 prefixlen 64\n\tmedia: autoselect (10GbaseT <x>)\n\tstatus: active\nHardware Port: Ethernet\nDevice: en0\n",
        ],
    },
    Target {
        name: "macos/plist",
        run: |bytes| {
            let Some(report) = Plist::parse(&text(bytes)) else { return };
            drop(applications::rows(&applications::from_plist(&report, 3600)));
            let disks = [
                storage::serial_ata(&report),
                storage::usb(&report),
                storage::fire_wire(&report),
                storage::card_reader(&report),
                storage::disc_burning(&report),
            ];
            disks.iter().flatten().for_each(|disk| drop(storage::row(disk)));
        },
        seeds: &[
            b"<plist><array><dict><key>_dataType</key><string>SPUSBDataType</string><key>_items</key><array><dict><key>_name</key><string>D</string><key>bsd_name</key><string>disk1</string><key>size</key><string>7,3 GB</string></dict></array></dict></array></plist>",
            b"<plist><array><dict><key>_dataType</key><string>SPApplicationsDataType</string><key>_items</key><array><dict><key>_name</key><string>A</string><key>info</key><string>1, Copyright (c) 2001 A, Inc.</string><key>lastModified</key><date>2024-02-26T05:47:45Z</date><key>path</key><string>/Users/a/b/c.app</string></dict></array></dict></array></plist>",
        ],
    },
    Target {
        name: "macos/profile",
        run: |bytes| {
            let text = text(bytes);
            let profile = Entry::parse(&text);
            drop(applications::rows(&applications::from_text(&profile)));
            drop(macos::memory::rows(&macos::memory::modules(&profile)));
            drop(macos::cpu::processors(&text, &profile).map(|found| macos::cpu::rows(&found)));
            drop((macos::video::rows(&profile), macos::power::battery(&profile), macos::power::charger(&profile)));
            drop((macos::system::operating_system(&profile), macos::system::boot_time(&text)));
            drop((macos::antivirus::sentinel_one(&text), macos::firewall::process(&text)));
        },
        seeds: &[
            b"Memory:\n\n    Memory Slots:\n\n      ECC: Disabled\n\n        BANK 0/DIMM0:\n\n          Size: 2 GB\n          Part Number: 0x4142\n",
            b"Applications:\n\n    A:\n\n      Last Modified: 1/13/11 6:16 PM\n      Get Info String: 1.0, \xc2\xa9 2001 A, Inc.\n      Signed by: Developer ID Application: A (AB)\n      Location: /Users/a/b/c.app\n",
            b"Hardware:\n\n    Hardware Overview:\n\n      Chip: Apple M1\n      Memory: 8 GB\nGraphics/Displays:\n\n    G:\n\n      VRAM (Total): 1 GB\n      Displays:\n        D:\n          Resolution: 1 x 2\n",
        ],
    },
    Target {
        name: "windows/registry",
        run: |bytes| {
            let text = windows::decode(bytes);
            let Some(key) = Key::parse(&text) else { return };
            drop(windows::software::uninstall(&key, "x86_64", &[]));
            drop((windows::license::rows(&key), windows::software::sql_server_edition(&key)));
            drop(windows::printer::usb_serial("USB001", &key, &key));
            drop(windows::user::last(&key, &[], None));
        },
        seeds: &[
            b"Windows Registry Editor Version 5.00\n\n[H\\A]\n@=\"x\"\n[H\\A\\B]\n\"DisplayName\"=\"a \\\"b\\\"\"\n\"n\"=dword:0000000b\n\"h\"=hex(7):61,00,\\\n  00,00,00,00\n\"InstallDate\"=\"20200101\"\n",
            b"[H\\A\\B\\7&1&0&USB001\\Device Parameters]\n\"PortName\"=\"USB001\"\n",
        ],
    },
    Target {
        name: "windows/tools",
        run: |bytes| {
            let text = windows::decode(bytes);
            drop((windows::battery::rows(&text), windows::software::appx_packages(&text)));
            drop(windows::license::product_key(bytes));
        },
        seeds: &[
            b"<BatteryReport><Batteries><Battery><Id>B</Id><DesignCapacity>1</DesignCapacity></Battery></Batteries></BatteryReport>",
            b"NAME: A\nPUBID: cw5n1h2txyewy\nINSTALLDATE: 01/02/2020 x\n\nNAME: B\n",
        ],
    },
    Target {
        name: "windows/wmi",
        run: |bytes| {
            let list = wmi::instances(&windows::decode(bytes));
            let sources = windows::drive::Sources { disks: &list, volumes: &list, system: list.first(), encryption: &list };
            drop((windows::drive::rows(sources), windows::storage::rows(&list), windows::printer::rows(&list)));
            drop((windows::cpu::rows(&list, None, &[]), windows::video::rows(&list, None), windows::usb::devices(&list)));
            drop(windows::memory::rows(&windows::memory::modules(&list), &windows::memory::arrays(&list)));
            drop(windows::network::rows(&windows::network::interfaces(&list, &list)));
            drop(windows::software::hot_fixes(&list, "x86_64"));
        },
        seeds: &[
            b"DeviceID=C:\nDriveType=3\nSize=1000000000\nSerialNumber=42563132\nCapacity=1\nFormFactor=8\n\nDeviceID=USB\\VID_046A&amp;PID_0009\\1\n",
            b"Index=1\nMACAddress=02:00:00:00:00:01\nPNPDeviceID=PCI\\VEN_8086&DEV_24F3&SUBSYS_01308086\\1\nIPAddress={\"192.0.2.1\",\"fe80::1\"}\nIPSubnet={\"255.255.255.0\",\"64\"}\n",
        ],
    },
];
