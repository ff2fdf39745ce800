//! File systems, from Win32_LogicalDisk and Win32_Volume, with Win32_OperatingSystem for the system's own drive and
//! Win32_EncryptableVolume for BitLocker.

use super::wmi::Instance;
use airlock_model::Row;

/// Instances of the classes; each may be empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    pub disks: &'a [Instance],
    pub volumes: &'a [Instance],
    pub system: Option<&'a Instance>,
    pub encryption: &'a [Instance],
}

/// There are no more letters; what comes later is no drive.
const LETTERS: usize = 26;

/// Rows of the section `drives`: drives with a letter first, then volumes without one.
pub fn rows(sources: Sources<'_>) -> Vec<Row> {
    let system = sources.system.and_then(|system| system.text("SystemDrive"));
    let letters = sources.disks.iter().take(LETTERS).map(|disk| {
        let letter = disk.text("DeviceID").or_else(|| disk.text("Name"));
        let provider = disk.text("ProviderName").unwrap_or_default();
        let serial = disk.text("VolumeSerialNumber").map(str::to_owned);
        let filesystem = file_system(disk.text("FileSystem"), disk.number("DriveType"), provider);
        let mut row = common(disk, letter, letter == system && system.is_some(), disk.number("Size"));
        row.maybe("filesystem", filesystem)
            .maybe("serial", serial.filter(|serial| !serial.bytes().all(|b| b == b'0')))
            .maybe("label", disk.text("VolumeName"))
            .maybe("volumn", disk.text("VolumeName"));
        encrypted(&mut row, letter, sources.encryption);
        row
    });
    let others = sources.volumes.iter().filter(|volume| volume.text("DriveLetter").is_none()).map(|volume| {
        let name = volume.text("Name").unwrap_or_default();
        let label = volume.text("Label");
        // Its place in another file system, if it has one.
        let place = Some(name).filter(|name| !name.is_empty() && !name.starts_with("\\\\")).or(label);
        let mut row = common(volume, place, false, volume.number("Capacity"));
        row.maybe("filesystem", volume.text("FileSystem"))
            .maybe("serial", volume.unsigned("SerialNumber").filter(|&n| n != 0).map(|serial| format!("{serial:08X}")))
            .maybe("label", label)
            .maybe("volumn", label);
        row
    });
    letters.chain(others).collect()
}

fn common(source: &Instance, letter: Option<&str>, system: bool, size: Option<u64>) -> Row {
    let megabytes = |bytes: Option<u64>| bytes.map(|bytes| bytes >> 20);
    let mut row = Row::new();
    row.maybe("letter", letter)
        .maybe("description", source.text("Description"))
        .maybe("type", source.number("DriveType").and_then(kind))
        .set("systemdrive", system)
        .maybe("total", megabytes(size))
        .maybe("free", megabytes(source.number("FreeSpace")));
    row
}

/// Win32_LogicalDisk.DriveType.
fn kind(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "Unknown",
        1 => "No Root Directory",
        2 => "Removable Disk",
        3 => "Local Disk",
        4 => "Network Drive",
        5 => "Compact Disc",
        6 => "RAM Disk",
        _ => return None,
    })
}

/// On a network drive Windows tells the file system of the server: the protocol matters here. Providers of virtual
/// machines name theirs.
fn file_system(found: Option<&str>, drive: Option<u64>, provider: &str) -> Option<String> {
    match (found, drive) {
        (Some(name), Some(4)) if provider.starts_with("\\\\") && name.eq_ignore_ascii_case("NTFS") => {
            Some("CIFS".to_owned())
        }
        (found, _) => found.map(str::to_owned),
    }
}

fn encrypted(row: &mut Row, letter: Option<&str>, encryption: &[Instance]) {
    let volume = encryption.iter().find(|volume| letter.is_some() && volume.text("DriveLetter") == letter);
    let Some(volume) = volume else { return };
    let status = match volume.number("ConversionStatus") {
        Some(0) => "No",
        Some(1) => "Yes",
        Some(_) => "Partially",
        // The older property says whether keys protect it.
        None if volume.number("ProtectionStatus") == Some(1) => "Yes",
        None => "No",
    };
    row.set("encrypt_status", status);
    if status != "No" {
        row.set("encrypt_name", "BitLocker").maybe("encrypt_algo", volume.number("EncryptionMethod").and_then(method));
    }
}

/// Win32_EncryptableVolume.GetEncryptionMethod.
fn method(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "AES_128_WITH_DIFFUSER",
        2 => "AES_256_WITH_DIFFUSER",
        3 => "AES_128",
        4 => "AES_256",
        5 => "HARDWARE_ENCRYPTION",
        6 => "XTS_AES_128",
        7 => "XTS_AES_256",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn letters_then_places() {
        let disks = instances(
            "DeviceID=C:\nDriveType=3\nSize=107374182400\nFileSystem=NTFS\n\nDeviceID=N:\nDriveType=4\nFileSystem=NTFS\n\
             ProviderName=\\\\server\\share\n",
        );
        let volumes = instances("Name=C:\\\nDriveLetter=C:\n\nName=\\\\?\\Volume{1}\\\nLabel=Boot\nSerialNumber=-1\n");
        let system = instances("SystemDrive=C:\n");
        let encryption = instances("DriveLetter=C:\nConversionStatus=1\nEncryptionMethod=6\n");
        let rows = rows(Sources { disks: &disks, volumes: &volumes, system: system.first(), encryption: &encryption });
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[0].integer("total"), rows[0].text("encrypt_algo")), (Some(102_400), Some("XTS_AES_128")));
        assert_eq!(rows[1].text("filesystem"), Some("CIFS"));
        assert_eq!((rows[2].text("letter"), rows[2].text("serial")), (Some("Boot"), Some("FFFFFFFF")));
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(rows(Sources::default()).is_empty());
    }
}
