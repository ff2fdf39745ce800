//! Solaris, AIX, HP-UX, the BSDs.

use super::{Target, text};
use airlock_facts::{aix, bsd, hpux, solaris};

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "unix/solaris/psrinfo",
        run: |bytes| {
            let text = text(bytes);
            let physical = solaris::psrinfo::physical_processors(&text);
            let _ = solaris::psrinfo::rows(&physical, &solaris::psrinfo::virtual_processors(&text));
        },
        seeds: &[
            b"The physical processor has 2 cores and 4 virtual processors (0-3)\n  The core has 2 virtual processors (0 2)\n    x86 (GenuineIntel family 6 clock 3292 MHz)\n      Intel(r) Core(tm) i3-2120 CPU @ 3.30GHz\n",
            b"The physical processor has 16 virtual processors (0-15)\n  UltraSPARC-T2 (chipid 0, clock 1415 MHz)\n",
            b"Status of processor 0 as of: 01/02/03\n  The sparcv9 processor operates at 450 MHz,\n",
        ],
    },
    Target {
        name: "unix/solaris/prtdiag",
        run: |bytes| {
            let text = text(bytes);
            let _ = (solaris::prtdiag::memories(&text), solaris::prtdiag::slots(&text));
        },
        seeds: &[
            b"==== Memory Device Sockets ====\n\nType    Status Set Device Locator\n------- ------ --- --------------\nDDR3    in use 0   DIMM0\n\n==== Upgradeable Slots ====\n\nID  Status    Type             Description\n--- --------- ---------------- -----------\n1   available PCI Express      SLOT ONE\n",
            b"=== Physical Memory Configuration ===\nSegment Table:\n---------\n0x0  8 GB  4  4 GB  MB/CH0/R0/D0,MB/CH0/R0/D1\n              4 GB  MB/CH1/R0/D0\n                    MB/CH1/R0/D1\n\n=== IO Devices ===\nSlot +   Bus   Name +\n------\nMB/PCIE0 PCIE  scsi-pciex1000,50\n         /pci@0/scsi@0\n",
            b"==== Memory Configuration ====\n\n       Memory  DIMM    # of\nLSB    Group   Size    DIMMs\n---    ------  ------  -----\n 00    A       1024MB      2\n",
            b"=== Memory Configuration ===\nBank Table:\n0  0  0  512MB\nMemory Module Groups:\n0  0  MB/B0/D0,MB/B0/D1\n",
        ],
    },
    Target {
        name: "unix/solaris/prtconf",
        run: |bytes| {
            let tree = solaris::prtconf::read(&text(bytes));
            let _ = (tree.model(), tree.megabytes());
        },
        seeds: &[
            b"System Configuration:  Lab  sun4u\nMemory size: 512 Megabytes\n\nNode 0xf1\n    banner-name:  'Lab One'\n    reg:  0000.0001\n\n    Node 0xf2\n        compatible: 'a' + 'b'\n        name:  'first'\n",
        ],
    },
    Target {
        name: "unix/solaris/smbios",
        run: |bytes| {
            let _ = solaris::smbios::bios(&solaris::smbios::structures(&text(bytes)));
        },
        seeds: &[
            b"ID    SIZE TYPE\n0     54   SMB_TYPE_BIOS (type 0) (BIOS information)\n\n  Vendor: Lab\n  Release Date: 12/31/2006\n\nID    SIZE TYPE\n1     72   SMB_TYPE_SYSTEM (system information)\n\n  Product: One\n",
        ],
    },
    Target {
        name: "unix/solaris/packages",
        run: |bytes| {
            let text = text(bytes);
            let _ = (solaris::packages::rows(&text), solaris::packages::install_date(&text));
        },
        seeds: &[
            b"          Name: lab/one\n       Summary: The first\n       Version: 1.2\nLast Install Time: Sun Oct 31 20:36:45 2021\n          Size: 1.50 MB\n\n   PKGINST:  LABtwo\n      NAME:  The second\n  INSTDATE:  Nov 30 2018 12:44\n",
        ],
    },
    Target {
        name: "unix/solaris/drives",
        run: |bytes| {
            let text = text(bytes);
            let (df, mount) = text.split_once('\u{c}').unwrap_or((&text, ""));
            let _ = solaris::drives::rows(df, mount);
        },
        seeds: &[
            b"Filesystem            kbytes    used   avail capacity  Mounted on\n/    0    2048    4096    31%    /\nswap   2048    1024    1024     1%    /tmp\n\x0c/ on / type zfs read/write on Thu\n",
        ],
    },
    Target {
        name: "unix/solaris/network",
        run: |bytes| {
            let text = text(bytes);
            let _ = (solaris::network::rows(&text), solaris::fibre_channel::rows(&text));
            let _ = (solaris::network::speed_of_kstat(&text), solaris::network::speed_of_dladm(&text, "net0"));
        },
        seeds: &[
            b"lo0: flags=1<UP,LOOPBACK,RUNNING> mtu 8232 index 1\n\tinet 127.0.0.1 netmask ff000000 \nnet0: flags=2<BROADCAST> mtu 1500 index 2\n\tinet6 fe80::1:2/10 \n\tether 8:0:27:1:2:3 \n",
            b"HBA Port WWN: 2100\n\tOS Device Name: /dev/cfg/c5\n\tState: online\n\tCurrent Speed: 8Gb\n\tNode WWN: 2000\n",
            b"LINK   MEDIA      STATE   SPEED  DUPLEX   DEVICE\nnet0   Ethernet   up      10000  full     ixgbe0\n",
        ],
    },
    Target {
        name: "unix/solaris/iostat",
        run: |bytes| {
            let _ = solaris::iostat::rows(&text(bytes));
        },
        seeds: &[
            b"c0t0d0  Soft Errors: 0 Hard Errors: 0\nVendor: ATA      Product: Lab FAST 10K         Revision: A1B2 Serial No: 0123 ABCD\nSize: 73.40GB <73400057856 bytes>\n",
        ],
    },
    Target {
        name: "unix/solaris/names",
        run: |bytes| {
            let text = text(bytes);
            let _ = (solaris::release::read(&text).map(|release| release.row()), solaris::showrev::read(&text).row());
            let _ = (solaris::zpool::rows(&text), solaris::cfgadm::slots(&text));
        },
        seeds: &[
            b"rpool\t1073741824\t536870912\t1234567890\npcisch0:hpc1_slot0  unknown  empty  unconfigured unknown\n",
            b"     Oracle Solaris 10 1/13 s10x_u11wos_24a X86\n  Copyright (c)\n",
            b"Hostname: alpha\nDomain:\nKernel version: SunOS 5.10 Generic_1-2\n",
        ],
    },
    Target {
        name: "unix/aix/lsvpd",
        run: |bytes| {
            let text = text(bytes);
            let records = aix::lsvpd::records(&text);
            let _ = aix::bios::row(&records, &aix::lsconf::read(&text), "7 lab", &text);
            let _ = aix::memory::rows(&records);
            let _ = aix::storages::disks(&aix::storages::devices(&text), &records);
        },
        seeds: &[
            b"*FC ????????\n*DS System VPD\n*TM 1111-222\n*SE AB12\n*FC ????????\n*DS Memory DIMM\n*YL U1-P1-C1\n*SZ 4096\n*FC ????????\n*AX hdisk0\n*MF LAB\n*FN 1\nhdisk0:Lab Disk\n",
            b"System Model: IBM,1111-333\nMachine Serial Number: CD34\n\nNetwork Information\n\tHost Name: alpha\nPartition  Name : lab7\n",
        ],
    },
    Target {
        name: "unix/aix/tables",
        run: |bytes| {
            let text = text(bytes);
            let adapters = aix::lsdev::adapters(&text);
            let _ = (aix::lsdev::videos(&adapters), aix::lsdev::slots(&adapters), aix::lslpp::rows(&text));
            let _ = aix::lsattr::processor(&aix::lsattr::attributes(&text));
            let _ = (aix::drives::kinds(&text), aix::lscfg::hardware_addresses(&text));
        },
        seeds: &[
            b"lab0:15:LAB Graphics Adapter\n/usr/lib/objrepos:lab.rte:1.2.3.4::COMMITTED:F:Lab Runtime :\n",
            b"frequency   4204000000     Processor Speed       False\ntype        PowerPC_POWER6 Processor type        False\n",
            b"  ent1   U1-P1  Lab Adapter\n\n      Network Address.............00010203040A\n",
        ],
    },
    Target {
        name: "unix/aix/lvm",
        run: |bytes| {
            let text = text(bytes);
            let _ = aix::lvm::physical_volume(&text).row("hdisk0");
            let _ = (aix::lvm::logical_volume(&text).row("lv0"), aix::lvm::volume_group(&text).row("labvg"));
        },
        seeds: &[
            b"PHYSICAL VOLUME:    hdisk9                   VOLUME GROUP:     labvg\nPV IDENTIFIER:      00c1 VG IDENTIFIER     00c2\nPP SIZE:            64 megabyte(s)           LOGICAL VOLUMES:  17\nTOTAL PPs:          10 (640 megabytes)    VG DESCRIPTORS:   2\n",
            b"LOGICAL VOLUME:     lv0                 VOLUME GROUP:   labvg\nTYPE:               jfs2                   WRITE VERIFY:   off\nMAX LPs:            512                    PP SIZE:        32 megabyte(s)\nLPs:                4                      PPs:            8\n",
        ],
    },
    Target {
        name: "unix/hpux/ioscan",
        run: |bytes| {
            let devices = hpux::ioscan::devices(&text(bytes));
            let _ = (hpux::ioscan::storages(&devices), hpux::ioscan::slots(&devices));
        },
        seeds: &[
            b"scsi:wsio:T:T:F:31:188:0:disk:sdisk:0/1/1.0:5 128 0 :0:root.sba.sdisk:sdisk:CLAIMED:DEVICE:LAB     FAST DISK:0\n                /dev/dsk/c0t0d0   /dev/rdsk/c0t0d0\n",
        ],
    },
    Target {
        name: "unix/hpux/machinfo",
        run: |bytes| {
            let parts = hpux::machinfo::parts(&text(bytes));
            let _ = (hpux::machinfo::bios(&parts), hpux::machinfo::hardware(&parts));
            let _ = hpux::machinfo::processors(&parts).map(|processors| processors.rows());
        },
        seeds: &[
            b"CPU info:\n  2 Intel(R) Itanium 2 9100 series processors (1.42 GHz, 12 MB)\n          533 MT/s bus, CPU version A1\n          4 logical processors (2 per socket)\n\nMemory: 1024 MB (1 GB)\n",
            b"CPU info:\n   Number of CPUs = 4\n   Clock speed = 900 MHz\n      vendor information =       \"GenuineIntel\"\n         processor model:   1   Intel(R) Itanium 2 processor\n",
        ],
    },
    Target {
        name: "unix/hpux/memory",
        run: |bytes| {
            let text = text(bytes);
            let _ = (hpux::memory::cprop(&text), hpux::memory::cstm(&text));
        },
        seeds: &[
            b"[Instance]: 1\n   [Size]: 4 GB\n   [Module Type]: DIMM\n   [Serial Number]: f9\n",
            b"Memory Board Inventory \n   DIMM 0A   1024    DIMM 0B   512\n   01   512\n   Total: 1536 (MB)\n",
        ],
    },
    Target {
        name: "unix/hpux/network",
        run: |bytes| {
            let text = text(bytes);
            let _ = (hpux::network::lanscan(&text), hpux::network::nwmgr(&text));
            let _ = (hpux::network::speed(&hpux::network::lanadmin(&text)), hpux::management::address(&text));
            let routes = hpux::routes::read(&text);
            let _ = hpux::routes::default_gateway(&routes);
        },
        seeds: &[
            b"0x0016353EAC5C lan0 snap1     0  \n",
            b"Name/\n=====\nlan0   UP   0x0017A4770020 lab   10GBASE-KR   lan900\nSpeed = 1000000000\nURL : https://192.0.2.7:443/\n",
            b"192.0.2.5/255.255.255.255 192.0.2.5 UH 0 lan0:1 4136\ndefault/0.0.0.0 192.0.2.1 UG 0 lan0 0\n",
        ],
    },
    Target {
        name: "unix/hpux/tables",
        run: |bytes| {
            let text = text(bytes);
            let _ = (hpux::bdf::file_systems(&text), hpux::swlist::rows(&text), hpux::uptime::seconds(&text));
        },
        seeds: &[
            b"Filesystem          kbytes    used   avail %used Mounted on\n/dev/vg00/lvol3    4096  1024 2048   33% /\nalpha:/a/long/name\n                   8192 1024 7168   12% /net/share\n",
            b"  LAB-One     B.11.23.01.02 Tools of the lab  \n  PHKL_37755   1.0  a fix\n",
            b" 10:49am  up 43 days, 17:59,  2 users,  load average: 0.1",
        ],
    },
    Target {
        name: "unix/bsd",
        run: |bytes| {
            let text = text(bytes);
            let _ = bsd::ifconfig::rows(&bsd::ifconfig::interfaces(&text));
            let _ = (bsd::packages::rows(&text), bsd::mfiutil::rows(&text));
        },
        seeds: &[
            b"em0: flags=8843<UP,BROADCAST> metric 0 mtu 1500\n\tether 00:01:02:03:04:05\n\tinet 192.0.2.10 netmask 0xffffff00\n\tinet6 fe80::1%em0 prefixlen 64\n\tmedia: Ethernet autoselect\nwlan0: flags=2<UP>\n\tssid \"Lab net\" channel 7 (2442 MHz 11g) bssid 00:07:01:02:03:04\n",
            b"lab-tools-1.2_3,1     Tools of the lab\n 0 (  558G) ONLINE <LAB ST600 AB64 serial=3SL1> SAS E1:S0\n",
        ],
    },
];
