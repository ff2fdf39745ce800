//! Firmware and board, from Win32_Bios, Win32_ComputerSystem, Win32_SystemEnclosure and Win32_BaseBoard.

use super::wmi::Instance;
use airlock_model::Row;

/// Instances of the four classes; each class may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    pub bios: Option<&'a Instance>,
    pub system: Option<&'a Instance>,
    pub enclosure: Option<&'a Instance>,
    pub board: Option<&'a Instance>,
}

/// The row of the section `bios`.
pub fn row(sources: Sources<'_>) -> Row {
    let said =
        |source: Option<&Instance>, names: &[&str]| names.iter().find_map(|name| Some(source?.text(name)?.to_owned()));
    let Sources { bios, system, enclosure, board } = sources;
    let mut row = Row::new();
    row.maybe("bmanufacturer", said(bios, &["Manufacturer"]))
        .maybe("bversion", said(bios, &["SMBIOSBIOSVersion", "Version", "Name"]))
        .maybe("bdate", bios.and_then(|bios| bios.date("ReleaseDate")))
        .maybe("biosserial", said(bios, &["SerialNumber"]))
        .maybe("smanufacturer", said(system, &["Manufacturer"]))
        .maybe("smodel", said(system, &["Model"]))
        .maybe("skunumber", said(system, &["SystemSKUNumber"]))
        .maybe("ssn", said(enclosure, &["SerialNumber"]).or_else(|| said(bios, &["SerialNumber"])))
        .maybe("enclosureserial", said(enclosure, &["SerialNumber"]))
        .maybe("assettag", said(enclosure, &["SMBIOSAssetTag"]))
        .maybe("mmanufacturer", said(board, &["Manufacturer"]))
        .maybe("mmodel", said(board, &["Product", "Model"]))
        .maybe("msn", said(board, &["SerialNumber"]));
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn from_four_classes() {
        let bios = instances("SMBIOSBIOSVersion=\nVersion=X - 1\nReleaseDate=20200102000000.000000+000\n");
        let board = instances("Product=Board\n");
        let row = row(Sources { bios: bios.first(), board: board.first(), ..Sources::default() });
        assert_eq!((row.text("bversion"), row.text("bdate")), (Some("X - 1"), Some("2020-01-02")));
        assert_eq!((row.text("mmodel"), row.text("ssn")), (Some("Board"), None));
        assert!(super::row(Sources::default()).is_empty());
    }
}
