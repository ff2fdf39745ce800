//! SMBIOS, inventory devices, batteries.

use super::{Target, text};
use airlock_facts::linux::rhn;
use airlock_facts::output::dmidecode::Dmidecode;
use airlock_facts::output::{acpiconf, hponcfg, ipmitool, upower};

fn smbios(bytes: &[u8]) {
    let text = text(bytes);
    let machine = Dmidecode::parse(&text);
    drop((machine.bios(), machine.hardware(), machine.memories(), machine.slots(), machine.ports()));
    drop((machine.power_supplies(), machine.batteries(), machine.processors()));
}

fn units(bytes: &[u8]) {
    let text = text(bytes);
    let units = ipmitool::units(&text);
    let supplies = ipmitool::power_supplies(&units);
    drop(ipmitool::complete_power_supplies(supplies.clone(), supplies));
    ipmitool::complete_memories(&mut ipmitool::controllers(&units), &units);
}

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "dmi/acpiconf",
        run: |bytes| drop(acpiconf::battery(&text(bytes))),
        seeds: &[b"Design capacity:\t5000 mAh\nDesign voltage:\t11400 mV\nModel number:\tA\nSerial number:\t7\nState:\thigh\n"],
    },
    Target {
        name: "dmi/dmidecode",
        run: smbios,
        seeds: &[
            b"Handle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: LENOVO\n\tVersion: Think\n\t\
              UUID: 11223344-5566-7788-99aa-bbccddeeff00\n\nHandle 0x0010, DMI type 16, 23 bytes\n\tError Correction Type: \
              CRC\nHandle 0x0011, DMI type 17, 40 bytes\n\tArray Handle: 0x0010\n\tSize: 16 GB\n\tLocator: A\n\tSpeed: 1 MHz \
              (1 ns)\n\tManufacturer: 80CE000080CE\n\tPart Number: 483941384731\n",
            b"Handle 0x0001\n\tDMI type 22, 26 bytes.\n\tPortable Battery\n\t\tName: A\n\t\tDesign Capacity: 5 mWh\n\t\tSBDS \
              Serial Number: 00FF\nHandle 0x0002, DMI type 39, 22 bytes\n\tName: A\n\tManufacturer: DELL\n\tModel Part Number: \
              0ABC12A03\n\tMax Power Capacity: 0.460 W\n\tStatus: Present, OK\nHandle 0x0003, DMI type 4, 4\n\tID: E3 06 05 \
              00 FD FB 8B 17\n\tStatus: Populated\nHandle 0x0004, DMI type 9, 9\n\tType: x8 PCI\nHandle 0x0005, DMI type 8, \
              9\n\tPort Type: USB\n",
        ],
    },
    Target {
        name: "dmi/hponcfg",
        run: |bytes| drop(hponcfg::interface(&text(bytes))),
        seeds: &[b"<RIBCL VERSION=\"2.1\">\n<ENABLE_NIC VALUE=\"Y\"/>\n<IP_ADDRESS VALUE = \"192.0.2.7\"/>\n"],
    },
    Target {
        name: "dmi/ipmitool/fru",
        run: units,
        seeds: &[
            b"FRU Device Description : PS1 (ID 1)\n Board Mfg : DELL\n Board Serial : S\n Board Part Number : 0ABC12A03\n\n\
              FRU Device Description : CPU 1 DIMM 2 (ID 2)\n Serial Number : 7\n\nFRU Device Description : PERC1\n \
              Product Name : A\n",
        ],
    },
    Target {
        name: "dmi/ipmitool/lan",
        run: |bytes| drop(ipmitool::lan(&text(bytes))),
        seeds: &[b"IP Address : 192.0.2.7\nSubnet Mask : 255.255.255.0\nMAC Address : 02:00:5e:00:53:01\n"],
    },
    Target {
        name: "dmi/rhn",
        run: |bytes| drop(rhn::system_id(&text(bytes))),
        seeds: &[b"<member><name>system_id</name><value><string>ID-1</string></value></member>"],
    },
    Target {
        name: "dmi/upower",
        run: |bytes| {
            drop(upower::batteries(&text(bytes)));
            drop(upower::battery(&text(bytes)));
        },
        seeds: &[
            b"/org/x/devices/battery_BAT0\n",
            b"  model: A\n  serial: 0AF0\n  battery\n    energy-full:  51,304 Wh\n    voltage:  12.1 V\n",
        ],
    },
];
