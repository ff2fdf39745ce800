use super::*;
use airlock_model::Value;

const MACHINE: &str = "# dmidecode 3.5
Getting SMBIOS data from sysfs.
SMBIOS 3.4 present.

Handle 0x0000, DMI type 0, 26 bytes
BIOS Information
\tVendor: Lab Firmware
\tVersion: 1.42
\tRelease Date: 03/17/2024
\tCharacteristics:
\t\tPCI is supported

Handle 0x0001, DMI type 1, 27 bytes
System Information
\tManufacturer: LENOVO
\tProduct Name: 20LABCTO
\tVersion: ThinkLab 7
\tSerial Number: To be filled by O.E.M.
\tUUID: 11223344-5566-7788-99aa-bbccddeeff00

Handle 0x0002, DMI type 2, 15 bytes
Base Board Information
\tManufacturer: Lab Boards
\tProduct Name: Riser
\tFeatures:
\t\tBoard is replaceable

Handle 0x0003, DMI type 2, 15 bytes
Base Board Information
\tManufacturer: Lab Boards
\tProduct Name: Main board
\tFeatures:
\t\tBoard is a hosting board

Handle 0x0004, DMI type 3, 22 bytes
Chassis Information
\tType: Notebook
\tSerial Number: C-1
\tAsset Tag: No Asset Tag

Handle 0x0010, DMI type 16, 23 bytes
Physical Memory Array
\tError Correction Type: Single-bit ECC

Handle 0x0011, DMI type 17, 40 bytes
Memory Device
\tArray Handle: 0x0010
\tSize: 16 GB
\tForm Factor: SODIMM
\tLocator: DIMM_A1
\tType: DDR4
\tSpeed: 2400 MHz (0.4 ns)
\tManufacturer: 80CE000080CE
\tSerial Number: M-1
\tPart Number: M000A0K00XX0-XXX    

Handle 0x0012, DMI type 17, 40 bytes
Memory Device
\tArray Handle: 0x0010
\tSize: No Module Installed
\tForm Factor: Unknown
\tLocator: DIMM_A2
\tType: Unknown
\tSpeed: Unknown
\tManufacturer: Not Specified

Handle 0x0020, DMI type 9, 17 bytes
System Slot Information
\tDesignation: SLOT 2
\tType: x8 PCI Express 3 x8
\tCurrent Usage: In Use
\tID: 2

Handle 0x0021, DMI type 8, 9 bytes
Port Connector Information
\tInternal Reference Designator: J7
\tInternal Connector Type: None
\tExternal Reference Designator: NIC 1
\tExternal Connector Type: RJ-45
\tPort Type: Network Port

Handle 0x0022, DMI type 39, 22 bytes
System Power Supply
\tLocation: Bay 1
\tName: PWR-650
\tManufacturer: DELL
\tSerial Number: S-1
\tModel Part Number: 0ABC12A03
\tMax Power Capacity: 650 W
\tStatus: Present, OK
\tType: Switching
\tPlugged: Yes
\tHot Replaceable: No

Handle 0x0023, DMI type 22, 26 bytes
Portable Battery
\tManufacturer: Cells
\tName: LAB-57
\tDesign Capacity: 57000 mWh
\tDesign Voltage: 11400 mV
\tSBDS Serial Number: 1234
\tSBDS Manufacture Date: 2023-01-02
\tSBDS Chemistry: LiP

Handle 0x0024, DMI type 4, 48 bytes
Processor Information
\tType: Central Processor
\tFamily: Core i7
\tManufacturer: Intel(R) Corporation
\tID: E3 06 05 00 FD FB 8B 17
\tVersion: Lab(R) CPU(TM) 7700
\tExternal Clock: 100 MHz
\tMax Speed: 4200 MHz
\tCurrent Speed: 2400 MHz
\tStatus: Populated, Enabled
\tCore Count: 8
\tCore Enabled: 6
\tThread Count: 12

Handle 0x0025, DMI type 4, 48 bytes
Processor Information
\tType: Central Processor
\tStatus: Unpopulated
";

fn texts(row: &Row, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| row.get(name).map(Value::to_text).unwrap_or_default()).collect()
}

#[test]
fn the_machine_its_board_and_its_case() {
    let machine = Dmidecode::parse(MACHINE);
    let names = ["bdate", "smanufacturer", "smodel", "ssn", "mmodel", "assettag"];
    assert_eq!(texts(&machine.bios(), &names), ["2024-03-17", "LENOVO", "ThinkLab 7", "C-1", "Main board", ""]);
    let hardware = machine.hardware();
    assert_eq!(hardware.text("uuid"), Some("11223344-5566-7788-99aa-bbccddeeff00"));
    assert_eq!(hardware.text("chassis_type"), Some("Notebook"));
    for none in ["Not Settable", "00000000-0000-0000-0000-000000000000", "112233445566-7788-99aa-bbccddeeff00-"] {
        let text = MACHINE.replace("11223344-5566-7788-99aa-bbccddeeff00", none);
        assert_eq!(Dmidecode::parse(&text).hardware().text("uuid"), None, "{none}");
    }
}

#[test]
fn places_for_memory() {
    let rows = Dmidecode::parse(MACHINE).memories();
    let names = ["numslots", "caption", "description", "capacity", "speed", "type", "manufacturer", "memorycorrection"];
    assert_eq!(
        rows.iter().map(|row| texts(row, &names)).collect::<Vec<_>>(),
        [
            ["1", "DIMM_A1", "SODIMM", "16384", "2400", "DDR4", "Samsung", "Single-bit ECC"],
            ["2", "DIMM_A2", "", "", "", "", "", "Single-bit ECC"]
        ]
    );
    let old = "Handle 0x0006\n\tDMI type 6, 12 bytes.\n\tMemory Module Information\n\t\tType: ECC DIMM SDRAM\n\
               \t\tInstalled Size: 64 MB (Single-bank Connection)\n";
    let rows = Dmidecode::parse(old).memories();
    assert_eq!((rows[0].integer("capacity"), rows[0].text("type")), (Some(64), Some("ECC DIMM SDRAM")));
}

#[test]
fn slots_and_ports() {
    let machine = Dmidecode::parse(MACHINE);
    let names = ["name", "description", "designation", "status"];
    assert_eq!(texts(&machine.slots()[0], &names), ["SLOT 2", "x8 PCI Express 3 x8", "2", "used"]);
    let names = ["caption", "description", "name", "type"];
    assert_eq!(texts(&machine.ports()[0], &names), ["NIC 1", "RJ-45", "J7", "Network Port"]);
}

#[test]
fn power() {
    let machine = Dmidecode::parse(MACHINE);
    let names = ["name", "partnum", "serialnumber", "power_max", "status", "location", "plugged", "hotreplaceable"];
    let rows = machine.power_supplies();
    assert_eq!(texts(&rows[0], &names), ["PWR-650", "0ABC12", "S-1", "650", "Present, OK", "Bay 1", "yes", "no"]);
    let names = ["name", "serial", "chemistry", "date", "voltage", "capacity"];
    assert_eq!(texts(&machine.batteries()[0], &names), ["LAB-57", "4660", "LiP", "2023-01-02", "11400", "57000"]);
    let form = MACHINE.replace("LAB-57", "Not Specified").replace("Serial Number: 1234", "Serial Number: 0000");
    assert_eq!(Dmidecode::parse(&form).batteries(), []);
}

#[test]
fn only_processors_that_work() {
    let processors = Dmidecode::parse(MACHINE).processors();
    assert_eq!(processors.len(), 1);
    let processor = &processors[0];
    assert_eq!(processor.id.as_deref(), Some("178BFBFD000506E3"));
    assert_eq!((processor.family.as_deref(), processor.external_clock), (Some("Core i7"), Some(100)));
    assert_eq!((processor.cores, processor.enabled_cores, processor.threads), (Some(8), Some(6), Some(12)));
}

#[test]
fn no_text_makes_it_panic() {
    let read_all = |text: &str| {
        let machine = Dmidecode::parse(text);
        machine.bios();
        machine.hardware();
        machine.memories();
        machine.slots();
        machine.ports();
        machine.power_supplies();
        machine.batteries();
        machine.processors();
    };
    for end in (0..MACHINE.len()).step_by(7) {
        read_all(&MACHINE[..end]);
    }
    read_all(&MACHINE.replace(": ", ":é"));
    read_all(&MACHINE.replace('\n', "\r\n"));
    read_all(&"Handle 0x0, DMI type 17,\n".repeat(20_000));
    assert_eq!(Dmidecode::parse("/dev/mem: Permission denied\n").memories(), []);
}
