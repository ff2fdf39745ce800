//! Screens, by the EDID that the kernel has of each.
//!
//! A screen that hangs on two connectors, or that two graphics processors see, is one row: the first. Told apart they
//! are by maker and serial number, and by the whole EDID where the serial number says nothing.
//!
//! Format: Documentation/ABI/testing/sysfs-class-drm; drivers/gpu/drm/drm_sysfs.c: `edid` is empty when nothing is
//! plugged in.

use crate::Scan;
use crate::edid::{Edid, Makers, Serials, base64};
use std::collections::BTreeSet;
use std::io::ErrorKind;

const FOLDER: &str = "/sys/class/drm";

pub(super) fn collect(scan: &Scan<'_>) {
    let mut told = BTreeSet::new();
    for name in scan.names(FOLDER) {
        let Some(connector) = connector(&name) else { continue };
        if scan.expired() {
            scan.missing(format_args!("out of time: screens from {name} on are left out"));
            return;
        }
        let Some(bytes) = edid(scan, &name) else { continue };
        let edid = match Edid::of(&bytes) {
            Ok(edid) => edid,
            Err(refused) => {
                scan.missing(format_args!("screen at {connector}: EDID with {} bytes refused: {refused}", bytes.len()));
                continue;
            }
        };
        if !edid.intact {
            scan.missing(format_args!(
                "screen at {connector}: its EDID has a wrong checksum, what it says may be wrong"
            ));
        }
        let serials = Serials::of(&edid);
        let raw = base64(&bytes);
        let known_by = if serials.tells { &serials.serial } else { &raw };
        if told.insert((edid.maker.clone(), known_by.clone())) {
            let row = edid.row(&Makers::Installed(scan.roots()));
            scan.row(row.with("base64", raw).with("port", connector));
        }
    }
}

/// `HDMI-A-1` of `card0-HDMI-A-1`; the folder has the cards themselves and other things too.
fn connector(name: &str) -> Option<&str> {
    let (card, connector) = name.strip_prefix("card")?.split_once('-')?;
    (!connector.is_empty() && card.bytes().all(|byte| byte.is_ascii_digit())).then_some(connector)
}

/// The bytes, where a screen is plugged in.
fn edid(scan: &Scan<'_>, name: &str) -> Option<Vec<u8>> {
    let path = format!("{FOLDER}/{name}/edid");
    match scan.roots().bytes(&path) {
        Ok(bytes) if bytes.is_empty() => None,
        // A driver may keep the EDID of what was unplugged.
        Ok(bytes) => (scan.attr(format!("{FOLDER}/{name}/status")).as_deref() != Some("disconnected")).then_some(bytes),
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                scan.missing(format_args!("{path}: {error}"));
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edid::tests::block;
    use crate::testing::TestMachine;

    fn plug(machine: &TestMachine, name: &str, status: &str, edid: &[u8]) {
        machine.file(format!("{FOLDER}/{name}/status"), format!("{status}\n"));
        machine.file(format!("{FOLDER}/{name}/edid"), edid);
    }

    #[test]
    fn one_row_a_screen() {
        let machine = TestMachine::new();
        let dell = block("DEL", 7, (12, 2021), &[(0xff, b"SN-1\n"), (0xfc, b"DELL X\n")]);
        let panel = block("QQQ", 0, (0, 2019), &[(0xfe, b"PANEL\n")]);
        plug(&machine, "card0-DP-1", "connected", &dell);
        plug(&machine, "card0-DP-2", "disconnected", &block("DEL", 8, (1, 2021), &[]));
        plug(&machine, "card0-DP-3", "disconnected", b"");
        plug(&machine, "card0-eDP-1", "connected", &panel);
        plug(&machine, "card1-DP-1", "connected", &[dell.clone(), vec![0; 128]].concat());
        plug(&machine, "card1-eDP-1", "connected", &block("QQQ", 0, (0, 2020), &[]));
        machine.folder(format!("{FOLDER}/card0"));
        machine.folder(format!("{FOLDER}/card1-Writeback-1"));
        machine.file(format!("{FOLDER}/version"), "drm 1.1.0\n");
        let rows = machine.rows(collect);
        let [first, second, third] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((first.text("caption"), first.text("description")), (Some("DELL X"), Some("12/2021")));
        assert_eq!((first.text("manufacturer"), first.text("serial")), (Some("Dell Inc."), Some("SN-1")));
        assert_eq!((first.text("port"), first.text("altserial")), (Some("DP-1"), None));
        assert_eq!(first.text("base64"), Some(base64(&dell).as_str()));
        assert_eq!((second.text("caption"), second.text("manufacturer")), (Some("PANEL"), Some("QQQ")));
        assert_eq!((second.text("serial"), third.text("serial")), (Some("00000000"), Some("00000000")));
        assert_eq!((third.text("port"), third.text("caption")), (Some("eDP-1"), None));
    }

    #[test]
    fn damaged_bytes_are_said() {
        let machine = TestMachine::new();
        plug(&machine, "card0-HDMI-A-1", "connected", b"noise");
        let mut bytes = block("DEL", 7, (12, 2021), &[(0xff, b"SN-1\n")]);
        bytes[127] ^= 1;
        plug(&machine, "card0-HDMI-A-2", "connected", &bytes);
        let (rows, missing) = machine.collect(collect);
        assert_eq!(rows.iter().map(|row| row.text("serial")).collect::<Vec<_>>(), [Some("SN-1")]);
        let [refused, doubtful] = missing.as_slice() else { panic!("{missing:?}") };
        assert_eq!(refused, "screen at HDMI-A-1: EDID with 5 bytes refused: shorter than 128 bytes");
        assert!(doubtful.contains("HDMI-A-2") && doubtful.contains("checksum"));
    }

    #[test]
    fn connectors() {
        assert_eq!(connector("card10-HDMI-A-1"), Some("HDMI-A-1"));
        for name in ["card0", "card0-", "renderD128", "version", "cardx-DP-1"] {
            assert_eq!(connector(name), None, "{name}");
        }
    }
}
