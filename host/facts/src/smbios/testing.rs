//! Tables made by hand, for tests.

/// Puts structures one after another.
pub(crate) struct Builder(Vec<u8>, u16);

impl Builder {
    pub(crate) fn new() -> Self {
        Self(Vec::new(), 0x1000)
    }

    /// A structure: what follows its header, and its texts. Handles count up from 0x1000.
    pub(crate) fn add(mut self, kind: u8, data: &[u8], texts: &[&str]) -> Self {
        self.0.extend([kind, u8::try_from(data.len() + 4).unwrap()]);
        self.0.extend(self.1.to_le_bytes());
        self.1 += 1;
        self.0.extend(data);
        for text in texts {
            self.0.extend(text.as_bytes());
            self.0.push(0);
        }
        self.0.extend(if texts.is_empty() { &[0, 0][..] } else { &[0] });
        self
    }

    pub(crate) fn end(self) -> Vec<u8> {
        self.add(127, &[], &[]).0
    }
}

pub(crate) fn entry_point(major: u8, minor: u8) -> Vec<u8> {
    let mut bytes = b"_SM_\0\x1f".to_vec();
    bytes.extend([major, minor]);
    bytes.resize(31, 0);
    bytes
}

/// What follows the header of a memory device whose only texts are its locator and, where given, what comes after.
pub(crate) fn device(array: u16, size: u16, extended: u32) -> Vec<u8> {
    let mut data = vec![0; 0x22 - 4];
    data[..2].copy_from_slice(&array.to_le_bytes());
    data[0x0c - 4..0x0e - 4].copy_from_slice(&size.to_le_bytes());
    data[0x0e - 4] = 0x09;
    data[0x10 - 4] = 1;
    data[0x1c - 4..0x20 - 4].copy_from_slice(&extended.to_le_bytes());
    data
}

/// A module in its place: texts are locator, manufacturer, serial number, part number.
pub(crate) fn module(array: u16, size: u16) -> Vec<u8> {
    let mut data = device(array, size, 0);
    data[0x12 - 4] = 0x1a;
    data[0x15 - 4..0x17 - 4].copy_from_slice(&3200u16.to_le_bytes());
    (data[0x17 - 4], data[0x18 - 4], data[0x1a - 4]) = (2, 3, 4);
    data
}

/// A processor that works: texts are manufacturer, version, serial number.
pub(crate) fn processor(status: u8, cores: u8, enabled: u8) -> Vec<u8> {
    let mut data = vec![0; 0x30 - 4];
    (data[0x05 - 4], data[0x06 - 4], data[0x07 - 4], data[0x10 - 4], data[0x20 - 4]) = (3, 0xb3, 1, 2, 3);
    data[0x08 - 4..0x10 - 4].copy_from_slice(&[0xe3, 0x06, 0x05, 0x00, 0xfd, 0xfb, 0x8b, 0x17]);
    data[0x12 - 4..0x14 - 4].copy_from_slice(&100u16.to_le_bytes());
    data[0x14 - 4..0x16 - 4].copy_from_slice(&4200u16.to_le_bytes());
    data[0x16 - 4..0x18 - 4].copy_from_slice(&2400u16.to_le_bytes());
    (data[0x18 - 4], data[0x23 - 4], data[0x24 - 4], data[0x25 - 4]) = (status, cores, enabled, enabled);
    data
}

/// A laptop with two boards, two sockets of which one is empty, and three places for memory of which one is empty.
pub(crate) fn whole_machine() -> Vec<u8> {
    let mut firmware = vec![0; 0x18 - 4];
    (firmware[0], firmware[1], firmware[0x08 - 4], firmware[0x13 - 4]) = (1, 2, 3, 0x10);
    let mut system = vec![1, 2, 3, 4];
    system.extend([0x44, 0x33, 0x22, 0x11, 0x66, 0x55, 0x88, 0x77, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00]);
    system.extend([6, 5, 0]);
    let board = |features, kind| [1, 2, 0, 3, 0, features, 0, 0, 0, kind];
    let mut chassis = vec![1, 0x89, 0, 2, 3];
    chassis.resize(0x16 - 4, 0);
    let mut builder = Builder::new().add(16, &[3, 3, 6], &[]);
    builder = builder
        .add(0, &firmware, &["Lab Firmware", "1.42", "03/17/2024"])
        .add(1, &system, &["Lab Computers", "Model 1", "Rev B", "To be filled by O.E.M.", "SKU-1"])
        .add(2, &board(0, 4), &["Lab Boards", "Riser", "R-1"])
        .add(2, &board(1, 10), &["Lab Boards", "Main board", "B-1"])
        .add(3, &chassis, &["Lab Cases", "C-1", "TAG-1"])
        .add(4, &processor(0x41, 8, 6), &["Intel(R) Corporation", "Lab(R) CPU(TM) 7700", "P-1"])
        .add(4, &processor(0x00, 0, 0), &["-", "-", "-"])
        .add(17, &module(0x1000, 16384), &["DIMM_A1", "Micron", "M-1", "8ATF2G64HZ-3G2E1"])
        .add(17, &device(0x1000, 0, 0), &["DIMM_A2"])
        .add(8, &[1, 0x00, 2, 0x12, 0x10], &["JUSB1", "USB1"])
        .add(22, &[0, 1, 0, 0, 2, 2, 1, 0, 1, 0, 0, 0, 1, 0, 0x61, 0x56, 3, 2, 0, 0, 0, 0], &["Cells", "LAB-57", "LiP"])
        .add(39, &[1, 1, 2, 3, 4, 5, 6, 7, 0x8a, 0x02, 0xa3, 0x11], &["Bay 1", "PWR-650", "Maker", "S", "A", "P", "R"])
        .add(9, &[1, 0xb6, 0x0d, 3, 4, 1, 0, 0, 0], &["PCIEX16_1"])
        .add(17, &module(0x1000, 16384), &["DIMM_B1", "0x2C00", "M-2", "4D3437314135323434424230"]);
    builder.end()
}
