//! SMBIOS tables of a machine that does not exist. Source: DSP0134 (System Management BIOS), sections 5.2.1, 6.1 and 7.

/// The table, and the entry point that says where it was.
pub struct Tables {
    pub entry_point: Vec<u8>,
    pub table: Vec<u8>,
}

/// A workstation of a maker that does not exist: one processor, two places for memory, one of them empty.
pub fn workstation() -> Tables {
    let mut table = Table::default();
    // 7.1 firmware: vendor, version, segment, date, size, characteristics; "targeted content" is on, "virtual" is not.
    let mut firmware = vec![1, 2, 0, 0xf0, 3, 0xff];
    firmware.extend([0; 8]);
    firmware.extend([0, 0x04, 1, 9, 0xff, 0xff]);
    table.add(0, &firmware, &["Example Firmware", "1.09", "02/29/2024"]);
    // 7.2 system: manufacturer, product, version, serial, UUID, wake-up, SKU, family.
    let mut system = vec![1, 2, 3, 4];
    system.extend([0x44, 0x33, 0x22, 0x11, 0x66, 0x55, 0x88, 0x77, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x01]);
    system.extend([6, 5, 0]);
    table.add(1, &system, &["Example Computers", "Bench 3000", "Rev C", "EX-SYS-0042", "SKU-3000"]);
    // 7.3 board: manufacturer, product, version, serial, asset tag, features, place, chassis, kind.
    table.add(2, &[1, 2, 3, 4, 0, 9, 0, 0, 0, 10], &["Example Boards", "EB-17", "A1", "EX-BRD-0042"]);
    // 7.4 chassis: manufacturer, kind (tower), version, serial, asset tag.
    let mut chassis = vec![1, 7, 0, 2, 3];
    chassis.extend([3, 3, 3, 3, 0, 0, 0, 0, 0, 1, 0, 0]);
    table.add(3, &chassis, &["Example Cases", "EX-CAS-0042", "ASSET-7"]);
    table.add(4, &processor(), &["Socket 1", "GenuineIntel", "Example CPU 5000 @ 2.50GHz", "EX-CPU-0042"]);
    // 7.17 array: on the board, system memory, ECC of single bits, 64 GiB, two places.
    table.add(16, &[3, 3, 5, 0, 0, 0, 4, 0xfe, 0xff, 2, 0], &[]);
    table.add(17, &memory(16 * 1024), &["DIMM_A1", "Example Memory", "EX-MEM-0042", "EM16G-3200"]);
    table.add(17, &memory(0), &["DIMM_A2"]);
    table.add(127, &[], &[]);
    Tables { entry_point: entry_point(table.0.len()), table: table.0 }
}

/// 7.5: a processor with four cores of two threads each.
fn processor() -> Vec<u8> {
    let mut data = vec![0; 0x30 - 4];
    let mut set = |at: usize, bytes: &[u8]| data[at - 4..at - 4 + bytes.len()].copy_from_slice(bytes);
    set(0x04, &[1, 3, 0xcd, 2]);
    set(0x08, &[0xa9, 0x06, 0x03, 0x00, 0xff, 0xfb, 0xeb, 0xbf]);
    set(0x10, &[3]);
    for (at, megahertz) in [(0x12, 100_u16), (0x14, 3500), (0x16, 2500)] {
        set(at, &megahertz.to_le_bytes());
    }
    // Enabled, in its socket; serial number; cores, enabled ones, threads.
    set(0x18, &[0x41]);
    set(0x20, &[4]);
    set(0x23, &[4, 4, 8]);
    data
}

/// 7.18: a place of array 0x1005 with a module of so many MiB, or none.
fn memory(mebibytes: u16) -> Vec<u8> {
    let mut data = vec![0; 0x22 - 4];
    let mut set = |at: usize, bytes: &[u8]| data[at - 4..at - 4 + bytes.len()].copy_from_slice(bytes);
    set(0x04, &0x1005_u16.to_le_bytes());
    set(0x0c, &mebibytes.to_le_bytes());
    // DIMM; locator; kind.
    set(0x0e, &[0x09, 0, 1]);
    set(0x12, &[if mebibytes == 0 { 2 } else { 0x1a }]);
    if mebibytes > 0 {
        set(0x15, &3200_u16.to_le_bytes());
        set(0x17, &[2, 3, 0, 4]);
    }
    data
}

/// 5.2.1: the entry point of version 2.8.
fn entry_point(length: usize) -> Vec<u8> {
    let mut bytes = b"_SM_\0\x1f\x02\x08\0\0\0\0\0\0\0\0_DMI_\0".to_vec();
    bytes.extend(u16::try_from(length).unwrap().to_le_bytes());
    bytes.resize(31, 0);
    bytes
}

#[derive(Default)]
struct Table(Vec<u8>, u16);

impl Table {
    /// 6.1: type, length, handle (0x1000 and up), data, texts.
    fn add(&mut self, kind: u8, data: &[u8], texts: &[&str]) {
        self.0.extend([kind, u8::try_from(data.len() + 4).unwrap()]);
        self.0.extend((0x1000 + self.1).to_le_bytes());
        self.1 += 1;
        self.0.extend(data);
        for text in texts {
            self.0.extend(text.as_bytes());
            self.0.push(0);
        }
        self.0.extend(if texts.is_empty() { &[0, 0][..] } else { &[0] });
    }
}
