use super::*;

#[test]
fn sockets_of_an_x86_know_their_kind() {
    let text = "System Configuration: Lab One\n\n==== Memory Device Sockets ====\n\nType    Status Set Device Locator      Bank Locator\n------- ------ --- ------------------- --------------------\nDDR3    in use 0   DIMM0               BANK0\nDDR3    in use 0   DIMM1               BANK1\n\n==== Upgradeable Slots ====\n\nID  Status    Type             Description\n--- --------- ---------------- ----------------------------\n1   available PCI Express      SLOT ONE of three that are there\n2   in use    PCI Express      SLOT2\n";
    let rows = memories(text);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].text("type"), Some("DDR3"));
    assert_eq!(rows[1].integer("numslots"), Some(1));
    let rows = slots(text);
    assert_eq!(rows[0].text("designation"), Some("SLOT ONE of three that are there"));
    assert_eq!(rows[0].text("status"), Some("free"));
    assert_eq!(rows[1].text("status"), Some("used"));
    assert_eq!(rows[1].text("name"), Some("2"));
}

#[test]
fn modules_share_the_size_of_their_bank() {
    let text = "=== Physical Memory Configuration ===\nSegment Table:\n---------\nBase           Segment  Interleave  Bank     Contains\nAddress        Size     Factor      Size     Modules\n---------\n0x0            8 GB     4           4 GB     MB/CH0/R0/D0,MB/CH0/R0/D1\n                                    4 GB     MB/CH1/R0/D0\n                                             MB/CH1/R0/D1\n\n=== IO Devices ===\nSlot +            Bus   Name +                            Model\nStatus            Type  Path\n----------------------\nMB/PCIE0          PCIE  scsi-pciex1000,50                 LSI,1068E\n                        /pci@0/scsi@0\n";
    let rows = memories(text);
    assert_eq!(rows.iter().map(|row| row.integer("capacity")).collect::<Vec<_>>(), [Some(2048); 4]);
    assert_eq!(slots(text).len(), 1);
    assert_eq!(slots(text)[0].text("designation"), Some("scsi-pciex1000,50"));
}

#[test]
fn logical_banks_have_modules() {
    let text = "==== Memory Configuration ====\n\n           Logical  Logical\n      MC   Bank     Bank         DIMM\n Brd  ID   num      size         Size\n----  ---  ----     ------       ------\n  A    0     0      2048MB        512MB\n";
    assert_eq!(memories(text).len(), 4);
    let text = "==== Memory Configuration ====\n\n       Memory  DIMM    # of\nLSB    Group   Size    DIMMs\n---    ------  ------  -----\n 00    A       1024MB      2\n 01    A       1024MB      99999999999\n";
    assert_eq!(memories(text).len(), 2 + 256);
}

#[test]
fn ranks_are_summed_by_group() {
    let text = "=== Memory Configuration ===\nBank Table:\n-----\nID       ControllerID  GroupID   Size\n-----\n0        0             0         512MB\n1        0             0         512MB\n\nMemory Module Groups:\n-----\nControllerID   GroupID  Labels\n-----\n0              0        MB/B0/D0,MB/B0/D1\n";
    let rows = memories(text);
    assert_eq!(rows.iter().map(|row| row.integer("capacity")).collect::<Vec<_>>(), [Some(512); 2]);
}

#[test]
fn damaged_reports_give_what_is_whole() {
    for text in [
        "",
        "====",
        "=== IO Cards ===\n--- ---\n",
        "=== Memory ===\n---- -- é --\nx/y\n",
        "=== IO \u{e9} ===\nSlot +\n--\né é é",
    ] {
        let _ = (memories(text), slots(text));
    }
}
