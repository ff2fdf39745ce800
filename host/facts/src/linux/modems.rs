//! Modems: cards on the PCI buses, devices on the USB that a modem's driver runs, and mobile modems of the kernel's WWAN
//! framework. ModemManager, where it runs, knows the equipment numbers.
//!
//! A USB device of the class for modems need not be one (boards and converters use it for their serial ports): it counts
//! when it calls itself a modem.
//!
//! Format: Documentation/ABI/stable/sysfs-bus-usb; drivers/net/wwan/wwan_core.c.

use super::usb;
use crate::output::mmcli;
use crate::{Scan, pci};
use airlock_model::Row;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const USB: &str = "/sys/bus/usb";
const WWAN: &str = "/sys/class/wwan";

/// Drivers of mobile modems; `cdc_acm` runs modems and much else.
const MOBILE: [&str; 6] = ["cdc_mbim", "hso", "huawei_cdc_ncm", "qmi_wwan", "sierra_net", "cdc_wdm"];
const CLASSIC: &str = "cdc_acm";

/// systemd keeps a folder for a service while it runs (control groups of version 2 and 1).
const MANAGER: [&str; 2] =
    ["/sys/fs/cgroup/system.slice/ModemManager.service", "/sys/fs/cgroup/systemd/system.slice/ModemManager.service"];

/// A modem, and where the kernel has its device, all links followed.
type Found = (Row, Option<PathBuf>);

pub(super) fn collect(scan: &Scan<'_>) {
    pci::modems(&scan.machine.pci().devices).for_each(|row| scan.row(row));
    on_usb(scan, CLASSIC).into_iter().for_each(|(row, _)| scan.row(row));
    let mut mobile: Vec<Found> = Vec::new();
    for found in MOBILE.iter().flat_map(|driver| on_usb(scan, driver)).chain(wwan(scan)) {
        // Several drivers share one modem, and WWAN has it again.
        if !mobile.iter().any(|(_, place)| place.is_some() && *place == found.1) {
            mobile.push(found);
        }
    }
    if !mobile.is_empty() && MANAGER.iter().any(|service| scan.roots().exists(service)) {
        numbers(scan, &mut mobile);
    }
    mobile.into_iter().for_each(|(row, _)| scan.row(row));
}

/// Devices with an interface that a driver runs.
fn on_usb(scan: &Scan<'_>, driver: &str) -> Vec<Found> {
    // A driver's folder has its interfaces (`1-2:1.0`), each a link, and other things.
    let names = scan.names(format!("{USB}/drivers/{driver}"));
    let devices: BTreeSet<&str> = names.iter().filter_map(|name| Some(name.split_once(':')?.0)).collect();
    let modem = |device: &str| {
        let place = scan.roots().real(format!("{USB}/devices/{device}")).ok();
        let device = usb::device(scan, device)?;
        let name = device.name.clone();
        if driver == CLASSIC && !name.as_ref().is_some_and(|name| name.to_ascii_lowercase().contains("modem")) {
            return None;
        }
        let mut row = Row::new();
        row.maybe("name", name.as_deref())
            .maybe("model", name.as_deref())
            .maybe("manufacturer", device.maker.as_deref())
            .maybe("serial", device.row().text("serial"))
            .set("type", if driver == CLASSIC { "USB" } else { "Mobile" });
        Some((row, place))
    };
    devices.into_iter().filter_map(modem).collect()
}

/// Modems of the WWAN framework: `wwan0`, with `wwan0at0` and the like beside it.
fn wwan(scan: &Scan<'_>) -> Vec<Found> {
    let is_modem = |name: &String| name.strip_prefix("wwan").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    let modem = |name: String| {
        let place = scan.roots().real(format!("{WWAN}/{name}")).ok()?;
        // Below the device that carries it, on whichever bus.
        let carrier =
            place.ancestors().find(|folder| scan.roots().exists(folder.join("vendor")) || is_usb(scan, folder))?;
        let address = carrier.file_name()?.to_str()?;
        let row = match scan.machine.pci().at(address) {
            Some(device) => {
                let mut row = Row::new();
                row.set("name", device.name())
                    .maybe("model", device.device_name.as_deref())
                    .maybe("manufacturer", device.vendor_name.as_deref())
                    .maybe("description", device.class_name.as_deref());
                row
            }
            None => Row::new().with("name", name),
        };
        Some((row.with("type", "Mobile"), Some(carrier.to_owned())))
    };
    scan.names(WWAN).into_iter().filter(is_modem).filter_map(modem).collect()
}

fn is_usb(scan: &Scan<'_>, folder: &Path) -> bool {
    scan.roots().exists(folder.join("idVendor"))
}

/// What ModemManager knows of the modems.
fn numbers(scan: &Scan<'_>, modems: &mut [Found]) {
    if !scan.has_tool("mmcli") {
        return;
    }
    let paths = scan.output("mmcli", &["-L", "-J"]).map(|text| mmcli::list(&text)).unwrap_or_default();
    for path in paths {
        let Some(known) = scan.output("mmcli", &["-m", &path, "-J"]).and_then(|text| mmcli::Modem::of(&text)) else {
            continue;
        };
        let place = known.device.as_deref().map(Path::new);
        let Some((row, _)) = modems.iter_mut().find(|(_, at)| at.is_some() && at.as_deref() == place) else { continue };
        row.maybe("manufacturer", known.maker)
            .maybe("model", known.model)
            .maybe("imei", known.imei.map(|imei| vec![imei]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::pci::tests::device;
    use crate::testing::TestMachine;

    fn usb_device(machine: &TestMachine, name: &str, driver: &str, product: &str) {
        let folder = format!("/sys/devices/pci0/usb1/{name}");
        machine.file(format!("{folder}/uevent"), "PRODUCT=1199/9071/6\nTYPE=0/0/0\nMINOR=4\n");
        machine.file(format!("{folder}/idVendor"), "1199\n");
        machine.file(format!("{folder}/product"), format!("{product}\n"));
        machine.file(format!("{folder}/manufacturer"), "Maker\n");
        machine.link(format!("{USB}/devices/{name}"), format!("../../../devices/pci0/usb1/{name}"));
        for interface in ["1.0", "1.2"] {
            machine.folder(format!("{USB}/drivers/{driver}/{name}:{interface}"));
        }
    }

    #[test]
    fn on_pci_and_usb() {
        let machine = TestMachine::new();
        device(&machine, "0000:05:00.0", "PCI_CLASS=70300\nPCI_ID=14F1:2F50\n", "0x00\n");
        usb_device(&machine, "1-1", "cdc_acm", "A Board");
        usb_device(&machine, "1-2", "cdc_acm", "USB Modem 56k");
        let rows = machine.rows(collect);
        let names: Vec<_> = rows.iter().map(|row| row.text("name").unwrap()).collect();
        assert_eq!(names, ["14f1:2f50", "USB Modem 56k"]);
        assert_eq!((rows[0].text("description"), rows[1].text("manufacturer")), (Some("Modem"), Some("Maker")));
    }

    #[test]
    fn mobile_modems_once_with_their_numbers() {
        let mut machine = TestMachine::new();
        usb_device(&machine, "1-3", "qmi_wwan", "EM7455");
        machine.folder(format!("{USB}/drivers/cdc_wdm/1-3:1.8"));
        machine.folder("/sys/devices/pci0/usb1/1-3/wwan/wwan0");
        machine.link("/sys/class/wwan/wwan0", "../../devices/pci0/usb1/1-3/wwan/wwan0");
        machine.link("/sys/class/wwan/wwan0at0", "../../devices/pci0/usb1/1-3/wwan/wwan0");
        assert_eq!(machine.rows(collect).len(), 1);
        machine.folder(MANAGER[0]);
        machine.command(&["mmcli", "-L", "-J"], r#"{"modem-list":["/Modem/0"]}"#);
        let text = r#"{"modem":{"generic":{"device":"/sys/devices/pci0/usb1/1-3","model":"EM7455 LTE"},"3gpp":{"imei":"1234567890"}}}"#;
        machine.command(&["mmcli", "-m", "/Modem/0", "-J"], text);
        let rows = machine.rows(collect);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.text("name"), row.text("model")), (Some("EM7455"), Some("EM7455 LTE")));
        assert_eq!(row.get("imei").map(|imei| imei.to_text()).as_deref(), Some("1234567890"));
    }
}
