use super::*;
use crate::linux::{ata, pci};
use crate::testing::TestMachine;
use std::fs;

/// A device below /sys/devices with its link in a class, and a link `device` to where its attributes are.
fn device(machine: &TestMachine, class: &str, path: &str, device: &str, files: &[(&str, &[u8])]) {
    machine.folder(format!("/sys/devices/{device}"));
    let up = "../".repeat(path.split('/').count());
    machine.link(format!("/sys/devices/{path}/device"), format!("{up}{device}"));
    for (name, bytes) in files {
        machine.file(format!("/sys/devices/{path}/{name}"), bytes);
    }
    let name = path.rsplit('/').next().unwrap();
    let up = "../".repeat(class.split('/').count());
    machine.link(format!("/sys/{class}/{name}"), format!("{up}devices/{path}"));
}

fn texts<'a>(row: &'a Row, fields: &[&str]) -> Vec<&'a str> {
    fields.iter().map(|field| row.text(field).unwrap_or("-")).collect()
}

#[test]
fn an_ata_disk_in_its_own_words() {
    let machine = TestMachine::new();
    pci::tests::device(&machine, "0000:00:1f.2", "PCI_CLASS=10601\nPCI_ID=8086:2922\n", "0x02\n");
    let place = "pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0";
    let page = ata::tests::page("SN-1", "82.00A82", "A MODEL WITH A LONG NAME", 0);
    let files: &[(&str, &[u8])] = &[
        ("size", b"4194304\n"),
        ("removable", b"0\n"),
        ("device/vendor", b"ATA     \n"),
        ("device/model", b"A MODEL WITH A L\n"),
        ("device/rev", b"0A82\n"),
        ("device/wwid", b"naa.5000c50012345678\n"),
        ("device/vpd_pg89", &page),
    ];
    device(&machine, "block", &format!("{place}/block/sda"), place, files);
    device(&machine, "class/scsi_generic", &format!("{place}/scsi_generic/sg0"), place, &[("device/type", b"0\n")]);
    let rows = machine.rows(collect);
    let [disk] = rows.as_slice() else { panic!("{rows:?}") };
    let fields = ["name", "manufacturer", "model", "firmware", "serial", "type", "description", "interface", "wwn"];
    let expected =
        ["sda", "-", "A MODEL WITH A LONG NAME", "82.00A82", "SN-1", "disk", "SATA", "SATA", "wwn-5000c50012345678"];
    assert_eq!(texts(disk, &fields), expected);
    assert_eq!(disk.integer("disksize"), Some(2147));
    assert_eq!(texts(disk, &["scsi_coid", "scsi_chid", "scsi_unid", "scsi_lun"]), ["0", "0", "0", "0"]);
}

#[test]
fn a_stick_a_namespace_and_a_card() {
    let machine = TestMachine::new();
    let stick = "pci0000:00/0000:00:04.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:1";
    let files: &[(&str, &[u8])] = &[
        ("dev", b"8:16\n"),
        ("size", b"524288\n"),
        ("removable", b"1\n"),
        ("device/vendor", b"Maker   \n"),
        ("device/vpd_pg80", b"\0\x80\0\x03abcdef"),
    ];
    device(&machine, "block", &format!("{stick}/block/sdb"), stick, files);
    let files: &[(&str, &[u8])] = &[
        ("size", b"8388608"),
        ("wwid", b"eui.0025385b71b0f5a1\n"),
        ("device/model", b"A Drive      \n"),
        ("device/firmware_rev", b"1.0 \n"),
        ("device/serial", b"NV-1   \n"),
    ];
    let subsystem = "virtual/nvme-subsystem/nvme-subsys0";
    device(&machine, "block", &format!("{subsystem}/nvme0n1"), subsystem, files);
    device(
        &machine,
        "block",
        "pci0000:00/0000:01:00.0/nvme/nvme0/nvme0c0n1",
        "pci0000:00/0000:01:00.0/nvme/nvme0",
        &[],
    );
    let card = "pci0000:00/0000:00:05.0/mmc_host/mmc0/mmc0:c469";
    let files: &[(&str, &[u8])] =
        &[("device/name", b"SD64G\n"), ("device/serial", b"0x1234\n"), ("device/fwrev", b"0x0\n")];
    device(&machine, "block", &format!("{card}/block/mmcblk0"), card, files);
    device(&machine, "block", &format!("{card}/block/mmcblk0boot0"), card, &[]);
    device(&machine, "block", "virtual/block/anything", "virtual/block", &[("size", b"1000000")]);
    machine.file("proc/partitions", "major minor  #blocks  name\n\n 179 0 65536 mmcblk0\n");
    let rows = machine.rows(collect);
    let [card, namespace, stick] = rows.as_slice() else { panic!("{rows:?}") };
    let fields = ["name", "model", "firmware", "serial", "type", "description", "wwn"];
    assert_eq!(texts(card, &fields), ["mmcblk0", "SD64G", "-", "0x1234", "disk", "MMC", "-"]);
    assert_eq!(card.integer("disksize"), Some(67));
    assert_eq!(texts(namespace, &fields), ["nvme0n1", "A Drive", "1.0", "NV-1", "disk", "PCI", "eui.0025385b71b0f5a1"]);
    assert_eq!(texts(stick, &fields), ["sdb", "-", "-", "abc", "removable", "USB", "-"]);
    assert_eq!(texts(stick, &["manufacturer", "scsi_coid", "scsi_lun"]), ["Maker", "6", "1"]);
}

#[test]
fn drives_without_medium_and_tapes() {
    let machine = TestMachine::new();
    let disc = "pci0000:00/0000:00:1f.2/ata2/host1/target1:0:0/1:0:0:0";
    device(&machine, "block", &format!("{disc}/block/sr0"), disc, &[("dev", b"11:0\n"), ("size", b"2097151\n")]);
    let record = "E:ID_ATA=1\nE:ID_ATA_SATA=1\nE:ID_MODEL_ENC=A\\x20DVD\\x20\nE:ID_SERIAL_SHORT=CD-1\n";
    machine.file("run/udev/data/b11:0", record);
    let tape = "pci0000:00/0000:00:07.0/host4/port-4:0/end_device-4:0/target4:0:0/4:0:0:0";
    device(&machine, "class/scsi_generic", &format!("{tape}/scsi_generic/sg3"), tape, &[("device/type", b"1\n")]);
    device(
        &machine,
        "block",
        "platform/floppy.0/block/fd0",
        "platform/floppy.0",
        &[("size", b"0\n"), ("device/cmos", b"0\n")],
    );
    let rows = machine.rows(collect);
    let [disc, tape] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(texts(disc, &["name", "model", "serial", "type", "interface"]), ["sr0", "A DVD", "CD-1", "cd", "SATA"]);
    assert_eq!(disc.get("disksize"), None);
    assert_eq!(texts(tape, &["name", "type", "description", "interface"]), ["sg3", "tape", "SCSI", "SAS"]);
}

#[test]
fn hostile_files_do_no_harm() {
    let machine = TestMachine::new();
    let files: &[(&str, &[u8])] = &[
        ("dev", b"../../../etc/passwd\n"),
        ("size", b"18446744073709551615\n"),
        ("device/vendor", b"\xff\xfe\x00\n"),
        ("device/vpd_pg80", b"\0\x80\xff\xff\xf0\x9f"),
        ("device/wwid", b"naa\n"),
    ];
    device(&machine, "block", "a:b:c:d/block/sda", "odd", files);
    device(&machine, "block", "é/block/mmcblké", "odd2", &[("size", b"-1\n")]);
    assert_eq!(machine.rows(collect).len(), 2);
}

#[test]
fn made_up_devices_are_known_by_name() {
    for name in ["loop0", "dm-1", "md127", "zram0", "nvme0c1n1", "mmcblk0rpmb"] {
        assert!(is_made_up(name), "{name}");
    }
    for name in ["sda", "nvme0n1", "mmcblk1", "vda", "sr0"] {
        assert!(!is_made_up(name), "{name}");
    }
}

#[test]
fn what_holds_the_disk_is_the_device_also_without_a_link() {
    let machine = TestMachine::new();
    let card = "pci0000:00/0000:00:05.0/mmc_host/mmc0/mmc0:c469";
    device(&machine, "block", &format!("{card}/block/mmcblk0"), card, &[("device/name", b"SD64G\n")]);
    fs::remove_file(machine.path(format!("/sys/devices/{card}/block/mmcblk0/device"))).unwrap();
    assert_eq!(machine.rows(collect)[0].text("model"), Some("SD64G"));
}

/// A machine whose `sda` is an ATA disk of which nothing but SCSI's words are known.
fn cut_disk() -> TestMachine {
    let machine = TestMachine::new();
    let place = "pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0";
    pci::tests::device(&machine, "0000:00:1f.2", "PCI_CLASS=10601\nPCI_ID=8086:2922\n", "0x02\n");
    let files: &[(&str, &[u8])] =
        &[("device/vendor", b"ATA\n"), ("device/model", b"ACME A MODEL WIT\n"), ("device/rev", b"0A82\n")];
    device(&machine, "block", &format!("{place}/block/sda"), place, files);
    machine
}

#[test]
fn a_disk_whose_words_are_cut_is_asked() {
    let mut machine = cut_disk();
    assert_eq!(machine.rows(collect)[0].text("model"), Some("ACME A MODEL WIT"));
    let text = "Device Model:  ACME A MODEL WITH 1\nFirmware Version: 82.00A82\nSerial Number: SN-1\nLU WWN Device Id: 5 000c50 012345678\n";
    machine.command(&["smartctl", "-n", "standby", "-i", "/dev/sda"], text);
    let rows = machine.rows(collect);
    let expected = ["ACME A MODEL WITH 1", "82.00A82", "SN-1", "wwn-5000c50012345678", "SATA"];
    assert_eq!(texts(&rows[0], &["model", "firmware", "serial", "wwn", "interface"]), expected);

    let mut asleep = cut_disk();
    asleep.command(&["smartctl", "-n", "standby", "-i", "/dev/sda"], "Device is in STANDBY mode, exit(2)\n");
    let (rows, missing) = asleep.collect(collect);
    assert_eq!(rows[0].text("firmware"), Some("0A82"));
    assert_eq!(missing, ["/dev/sda sleeps and was not asked for what it is"]);
}

#[test]
fn paths_to_one_disk_are_one_disk() {
    let machine = TestMachine::new();
    for (name, address) in [("sda", "1:0:0:0"), ("sdb", "2:0:0:0"), ("sdc", "2:0:0:1")] {
        let place = format!("pci0000:00/0000:00:05.0/host1/rport-1:0-0/target/{address}");
        device(&machine, "block", &format!("{place}/block/{name}"), &place, &[("device/vendor", b"ACME\n")]);
    }
    machine.file("/sys/block/dm-0/dm/uuid", "mpath-36000c29\n");
    machine.folder("/sys/block/dm-0/slaves/sda");
    machine.folder("/sys/block/dm-0/slaves/sdb");
    let rows = machine.rows(collect);
    let names: Vec<&str> = rows.iter().filter_map(|row| row.text("name")).collect();
    assert_eq!(names, ["sda", "sdc"]);
}

#[test]
fn the_disks_of_an_array_stand_for_it() {
    let mut machine = TestMachine::new();
    machine.folder("/sys/bus/pci/drivers/megaraid_sas/0000:03:00.0");
    let array = "pci0000:00/0000:03:00.0/host0/target0:2:0/0:2:0:0";
    let files: &[(&str, &[u8])] = &[("device/vendor", b"ACME\n"), ("device/model", b"RAID Controller\n")];
    device(&machine, "block", &format!("{array}/block/sda"), array, files);
    let plain = "pci0000:00/0000:03:00.0/host0/target0:0:4/0:0:4:0";
    let files: &[(&str, &[u8])] = &[("device/vendor", b"ACME\n"), ("device/vpd_pg80", b"\0\x80\0\x04SN-2")];
    device(&machine, "block", &format!("{plain}/block/sdb"), plain, files);
    let names = |rows: &[Row]| rows.iter().map(|row| texts(row, &["name", "serial"]).join(" ")).collect::<Vec<_>>();
    assert_eq!(names(&machine.rows(collect)), ["sda -", "sdb SN-2"]);

    let drive = |serial: &str| {
        format!(
            "Enclosure Device ID: 32\nPD Type: SAS\nRaw Size: 1.0 GB [0x200000 Sectors]\nInquiry Data: ACME    DISK            A001{serial}\n"
        )
    };
    let text = format!("Adapter #0\n{}{}", drive("SN-1"), drive("SN-2"));
    machine.command(&["MegaCli64", "-PDList", "-aALL", "-NoLog"], text);
    let rows = machine.rows(collect);
    assert_eq!(names(&rows), ["sdb SN-2", "DISK SN-1"]);
    assert_eq!(rows[1].integer("disksize"), Some(1073));
}

#[test]
fn the_other_tools_of_controllers() {
    let mut machine = TestMachine::new();
    for driver in ["aacraid", "3w-9xxx", "smartpqi"] {
        machine.folder(format!("/sys/bus/pci/drivers/{driver}/0000:04:00.0"));
    }
    machine.command(&["arcconf", "list"], "   Controller 1: : Optimal\n");
    machine.command(
        &["arcconf", "getconfig", "1", "pd"],
        "Device #0\n Device is a Hard drive\n Model : A\n Serial number : S1\n",
    );
    machine.command(&["tw_cli", "info"], "c0    9650SE-2LP   2       2\n");
    machine.command(&["tw_cli", "info", "c0"], "p0   OK   u0   69.25 GB\n");
    let port = ["tw_cli", "info", "c0", "p0", "model", "serial", "capacity", "firmware"];
    machine.command(&port, "/c0/p0 Model = B\n/c0/p0 Serial = S2\n");
    machine.command(&["ssacli", "ctrl", "all", "show"], "Smart Array in Slot 3\n");
    let drive = ["ssacli", "ctrl", "slot=3", "pd", "all", "show", "detail"];
    machine.command(&drive, "physicaldrive 1I:1:1\n Model: HP EG1\n Serial Number: S3\n");
    let rows = machine.rows(collect);
    let found: Vec<_> = rows.iter().map(|row| texts(row, &["name", "model", "serial"])).collect();
    assert_eq!(found, [["A", "A", "S1"], ["c0/p0", "B", "S2"], ["HP EG1", "EG1", "S3"]]);
}

#[test]
fn without_a_path_only_the_name_tells_the_link() {
    let machine = TestMachine::of(&[
        ("/sys/block/sda/device/vendor", "ATA     \n"),
        ("/sys/block/sdb/device/vendor", "Maker-  \n"),
        ("/sys/block/vda/device/vendor", "0x1af4\n"),
    ]);
    machine.file("/sys/block/vdb/device/vendor", "0x1234\n");
    machine.file("/usr/share/misc/pci.ids", "1234  A Maker\n");
    let rows = machine.rows(collect);
    let fields = ["name", "manufacturer", "description", "interface"];
    assert_eq!(texts(&rows[0], &fields), ["sda", "-", "SATA", "-"]);
    assert_eq!(texts(&rows[1], &fields), ["sdb", "Maker", "SCSI", "-"]);
    assert_eq!(texts(&rows[2], &fields), ["vda", "Red Hat, Inc.", "Virtual", "-"]);
    assert_eq!(rows[3].text("manufacturer"), Some("A Maker"));
}
