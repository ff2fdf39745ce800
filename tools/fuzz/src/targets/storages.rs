//! Disks, RAID controllers, volumes.

use super::{Target, text};
use airlock_facts::output::{
    Disk, arcconf, asmcmd, blkid, cryptsetup, df, hdparm, hpacucli, lsblk, lshal, lsi, lvm, megacli, megasasctl, nvme,
    proc_scsi, smartctl, storcli, tw_cli,
};

fn rows(disks: impl IntoIterator<Item = Disk>) {
    disks.into_iter().for_each(|disk| drop(disk.measured().row()));
}

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "storages/arcconf",
        run: |bytes| {
            rows(arcconf::disks(&text(bytes)));
            drop(arcconf::controllers(&text(bytes)));
        },
        seeds: &[
            b"Device #0\n  Device is a Hard drive\n  Transfer Speed : SAS 6.0 Gb/s\n  Model : M\n  Size : 286102 MB\n",
            b"Controllers found: 1\n  Controller 1: : Optimal\n",
        ],
    },
    Target {
        name: "storages/asmcmd",
        run: |bytes| asmcmd::disk_groups(&text(bytes)).iter().for_each(|group| drop(group.row())),
        seeds: &[b"State Type Total_MB Free_MB Req_mir_free_MB Usable_file_MB Name\nMOUNTED HIGH 900 400 100 150 A/\n"],
    },
    Target {
        name: "storages/blkid",
        run: |bytes| drop(blkid::contents(&text(bytes))),
        seeds: &[b"/dev/sda1: LABEL=\"a \\\"b\\\"\" UUID=\"aa-bb\" TYPE=\"ext4\"\n"],
    },
    Target {
        name: "storages/cryptsetup",
        run: |bytes| drop(cryptsetup::status(&text(bytes))),
        seeds: &[b"/dev/mapper/a is active and is in use.\n  type:    LUKS2\n  cipher:  aes-xts-plain64\n"],
    },
    Target {
        name: "storages/df",
        run: |bytes| df::file_systems(&text(bytes)).iter().for_each(|one| drop(one.row())),
        seeds: &[
            b"Filesystem Type 1024-blocks Used Available Capacity Mounted on\n/dev/a ext4 12396968 1 6685288 44% /a b\n",
            b"Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 15475632 11 -3 105% /\n",
        ],
    },
    Target {
        name: "storages/hdparm",
        run: |bytes| rows(hdparm::disk(&text(bytes))),
        seeds: &[
            b"\tModel Number:       M 1\n\tTransport:          Serial, SATA\n\tdevice size with M = 1000*1000:      256060 MBytes\nChecksum: correct\n",
        ],
    },
    Target {
        name: "storages/hpacucli",
        run: |bytes| {
            let text = text(bytes);
            rows(hpacucli::disks(&text));
            drop((hpacucli::controllers(&text), hpacucli::slots(&text), hpacucli::drives(&text)));
        },
        seeds: &[
            b"Smart Array P410i in Slot 0 (Embedded)    (sn: S)\n   physicaldrive 1I:1:1 (port 1I:box 1:bay 1, SAS, 600 GB, OK)\n",
            b"physicaldrive 1I:1:1\n  Interface Type: SATA\n  Size: 74.3 GB\n  Model: ATA     ACME DISK-00\n",
        ],
    },
    Target {
        name: "storages/lsblk",
        run: |bytes| rows(lsblk::disks(&text(bytes))),
        seeds: &[
            br#"{"blockdevices":[{"name":"sda","type":"disk","rm":false,"size":2147483648,"model":"M","tran":"sata","wwn":"0x5"}]}"#,
        ],
    },
    Target {
        name: "storages/lshal",
        run: |bytes| {
            rows(lshal::disks(&text(bytes)));
            drop(lshal::volumes(&text(bytes)));
        },
        seeds: &[
            b"udi = '/a'\n  block.device = '/dev/sda'  (string)\n  storage.drive_type = 'disk'  (string)\n  storage.size = 1000000  (0xf4240)  (uint64)\n",
            b"udi = '/b'\n  block.is_volume = true  (bool)\n  volume.size = 106896384  (0x65f1c00)  (uint64)\n",
        ],
    },
    Target {
        name: "storages/lsi",
        run: |bytes| {
            let text = text(bytes);
            rows(lsi::members(&text).into_iter().map(|member| member.disk));
            rows(lsi::disks(&text));
            drop(lsi::controllers(&text));
        },
        seeds: &[
            b"ioc0 phy 1 scsi_id 8 ACME-TST DISK073C3    N   A120, 68 GB, state ONLINE, flags NONE\n",
            b"ioc:0 phys_id:0 scsi_id:1 vendor:ACME product_id:DISK 146 revision:S513 size(GB):136 state: ONLINE flags: NONE\n",
            b"Device is a Hard disk\n  Size (in MB)/(in sectors) : 286102/585937499\n  Model Number : M\n  Drive Type : SAS_HDD\n",
            b" -----  ----\n   0     SAS2008\n",
        ],
    },
    Target {
        name: "storages/lvm/lvs",
        run: |bytes| drop(lvm::logical_volumes(&text(bytes))),
        seeds: &[b"  home VG-1 -wi-ao---- 5901.39 LV-1 2\n"],
    },
    Target {
        name: "storages/lvm/pvs",
        run: |bytes| drop(lvm::physical_volumes(&text(bytes))),
        seeds: &[b"  /dev/sda2 lvm2 a-- 311452.24 0 PV-1 9282 VG-1\n"],
    },
    Target {
        name: "storages/lvm/vgs",
        run: |bytes| drop(lvm::volume_groups(&text(bytes))),
        seeds: &[b"  vg1 2 1 wz--n- 364174.64 4.19 VG-2 4.19\n"],
    },
    Target {
        name: "storages/megacli",
        run: |bytes| {
            let text = text(bytes);
            let drives = megacli::drives(&text);
            drop(drives.iter().map(megacli::Drive::position).collect::<Vec<_>>());
            rows(drives.iter().map(megacli::Drive::disk));
            drop((megacli::volumes(&text), megacli::enclosures(&text), megacli::summary(&text)));
            drop(megacli::pci_place(&text));
        },
        seeds: &[
            b"Adapter #1\nEnclosure Device ID: 32\nDrive's position: DiskGroup: 2, Span: 0, Arm: 1\nPD Type: SATA\nRaw Size: 111.790 GB [0xdf94bb0 Sectors]\nInquiry Data:          SERIAL-0001ACME SSD 120                            F1      \n",
            b"Virtual Drive: 3 (Target Id: 3)\nName  :One\n",
            b"    Enclosure 0:\n    Device ID    : 252\n",
            b"   PD \n  Connector : 01<Internal><Encl Pos 2 >: Slot 7 \n  Vendor Id : ACME \n",
        ],
    },
    Target {
        name: "storages/megasasctl",
        run: |bytes| rows(megasasctl::disks(&text(bytes))),
        seeds: &[b"a0e32s0   ACME DISK 600SS         558GiB  a0d0  online  \n"],
    },
    Target {
        name: "storages/nvme",
        run: |bytes| rows(nvme::disks(&text(bytes))),
        seeds: &[
            br#"{"Devices":[{"DevicePath":"/dev/nvme0n1","ModelNumber":"M","PhysicalSize":4294967296}]}"#,
            br#"{"Devices":[{"Subsystems":[{"Controllers":[{"ModelNumber":"M","Namespaces":[{"NameSpace":"n"}]}],"Namespaces":[{}]}]}]}"#,
        ],
    },
    Target {
        name: "storages/proc-scsi",
        run: |bytes| {
            let _ = proc_scsi::devices(&text(bytes)).iter().any(proc_scsi::Device::is_array);
        },
        seeds: &[
            b"Host: scsi0 Channel: 01 Id: 00 Lun: 00\n  Vendor: ACME     Model: DISK A           Rev: S3C0\n  Type:   Enclosure                        ANSI SCSI revision: 03\n",
        ],
    },
    Target {
        name: "storages/smartctl",
        run: |bytes| {
            let text = text(bytes);
            rows(smartctl::disk(&text));
            rows(smartctl::disk_of_json(&text));
            let _ = smartctl::is_asleep(&text);
        },
        seeds: &[
            b"Model Family:     Western Digital Blue\nDevice Model:     M\nLU WWN Device Id: 5 0014ee 012345678\nUser Capacity:    1,000,204,886,016 bytes [1.00 TB]\n",
            br#"{"device":{"name":"/dev/sda","protocol":"ATA"},"model_name":"M","wwn":{"naa":5,"oui":5358,"id":4886718},"user_capacity":{"bytes":1}}"#,
        ],
    },
    Target {
        name: "storages/storcli",
        run: |bytes| rows(storcli::disks(&text(bytes))),
        seeds: &[
            br#"{"Controllers":[{"Response Data":{"Drive /c0/e32/s0":[{"Size":"1.090 TB","Intf":"SAS","Model":"D"}],"Drive /c0/e32/s0 - Detailed Information":{"Drive /c0/e32/s0 Device attributes":{"SN":"S","Raw size":"1 GB [0x1 Sectors]"}}}}]}"#,
        ],
    },
    Target {
        name: "storages/tw_cli",
        run: |bytes| {
            let text = text(bytes);
            rows(tw_cli::disk(&text, &text));
            drop((tw_cli::cards(&text), tw_cli::units(&text), tw_cli::ports(&text)));
        },
        seeds: &[
            b"/c0/p0 Model = ACME DISK-1\n/c0/p0 Capacity = 69.25 GB (145226112 Blocks)\n",
            b"c0    9650SE-2LP   2       2\nu0    RAID-1    OK\np0    OK   u0   69.25 GB\n",
        ],
    },
];
