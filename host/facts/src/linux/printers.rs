//! Printers: those of CUPS, from its files or, for users who may not read them, from its service; and printers on the USB
//! that nobody has set up yet.
//!
//! Format: printers.conf(5), PPD 4.3 (`*NickName`, `*DefaultResolution`), Documentation/ABI/stable/sysfs-bus-usb.

use super::usb;
use crate::Scan;
use crate::cups::{self, Printer, unescaped};
use crate::output::lpstat;
use airlock_model::Row;
use std::collections::BTreeSet;
use std::io::ErrorKind;

const FILE: &str = "/etc/cups/printers.conf";
const DESCRIPTIONS: &str = "/etc/cups/ppd";

/// Where the service listens.
const SOCKETS: [&str; 2] = ["/run/cups/cups.sock", "/var/run/cups/cups.sock"];

const USB: &str = "/sys/bus/usb/devices";

/// Base class of printers, as sysfs writes it.
const CLASS: &str = "07";

pub(super) fn collect(scan: &Scan<'_>) {
    let printers = of_cups(scan);
    for printer in &printers {
        scan.row(printer.row());
    }
    on_usb(scan, &printers);
}

fn of_cups(scan: &Scan<'_>) -> Vec<Printer> {
    match scan.roots().text(FILE) {
        Ok(text) => {
            let mut printers = cups::printers(&text);
            printers.iter_mut().for_each(|printer| describe(scan, printer));
            return printers;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(_) => {}
    }
    let service = SOCKETS.iter().any(|socket| scan.roots().exists(socket));
    if service && scan.has_tool("lpstat") {
        return scan.output("lpstat", &lpstat::ARGUMENTS).map(|text| lpstat::printers(&text)).unwrap_or_default();
    }
    // Says that the file cannot be read.
    scan.text(FILE);
    Vec::new()
}

/// What the printer's description says besides: the file is there for printers with a driver.
fn describe(scan: &Scan<'_>, printer: &mut Printer) {
    if printer.name.contains('/') {
        return;
    }
    let Ok(text) = scan.roots().text(format!("{DESCRIPTIONS}/{}.ppd", printer.name)) else { return };
    let value = |keyword: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(keyword)?.strip_prefix(':'))?.trim();
        Some(value.trim_matches('"').to_owned()).filter(|value| !value.is_empty())
    };
    printer.resolution = value("*DefaultResolution").filter(|text| text.starts_with(|c: char| c.is_ascii_digit()));
    printer.driver = printer.driver.take().or_else(|| value("*NickName"));
}

/// Printers that hang on the USB and that none of these stands for.
fn on_usb(scan: &Scan<'_>, known: &[Printer]) {
    let uris: Vec<String> = known.iter().filter_map(|printer| printer.uri.as_deref().map(unescaped)).collect();
    let names = scan.names(USB);
    let mut told = BTreeSet::new();
    for (device, interface) in names.iter().filter_map(|name| Some((name.split_once(':')?.0, name))) {
        if told.contains(device) || scan.attr(format!("{USB}/{interface}/bInterfaceClass")).as_deref() != Some(CLASS) {
            continue;
        }
        told.insert(device);
        let Some(found) = usb::device(scan, device) else { continue };
        let stands_for = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| uris.iter().any(|uri| !text.is_empty() && uri.contains(text.as_str())))
        };
        if stands_for(&found.serial) || (found.serial.is_none() && stands_for(&found.name)) {
            continue;
        }
        let whole: Vec<&str> = [&found.maker, &found.name].into_iter().flatten().map(String::as_str).collect();
        let name = found.name.clone().unwrap_or_else(|| format!("{:04x}:{:04x}", found.vendor, found.product));
        let mut row = Row::new().with("name", name);
        row.set("description", whole.join(" ")).set("port", "USB").set("network", false).maybe("serial", found.serial);
        scan.row(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn plug(machine: &TestMachine, name: &str, product: &str, serial: &str) {
        machine.file(format!("{USB}/{name}/uevent"), "PRODUCT=3f0/c111/100\nTYPE=0/0/0\nMINOR=4\n");
        machine.file(format!("{USB}/{name}/product"), format!("{product}\n"));
        machine.file(format!("{USB}/{name}/manufacturer"), "Maker\n");
        machine.file(format!("{USB}/{name}/serial"), format!("{serial}\n"));
        machine.file(format!("{USB}/{name}:1.0/bInterfaceClass"), "08\n");
        machine.file(format!("{USB}/{name}:1.1/bInterfaceClass"), "07\n");
    }

    #[test]
    fn of_cups_and_of_the_usb() {
        let machine = TestMachine::new();
        machine.file(FILE, "<Printer Office>\nDeviceURI usb://Maker/L2?serial=AB12\n</Printer>\n");
        machine.file(format!("{DESCRIPTIONS}/Office.ppd"), "*NickName: \"Maker L2 PS\"\n*DefaultResolution: 600dpi\n");
        plug(&machine, "1-1", "L2", "AB12");
        plug(&machine, "1-2", "L3", "CD34");
        machine.file(format!("{USB}/1-4:1.0/bInterfaceClass"), "03\n");
        let rows = machine.rows(collect);
        let [office, other] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((office.text("driver"), office.text("resolution")), (Some("Maker L2 PS"), Some("600dpi")));
        assert_eq!((other.text("name"), other.text("description")), (Some("L3"), Some("Maker L3")));
        assert_eq!(other.text("serial"), Some("CD34"));
    }

    #[test]
    fn from_the_service_where_the_file_is_not_to_be_read() {
        let mut machine = TestMachine::new();
        // A folder in the place of the file cannot be read by anybody.
        machine.folder(FILE);
        let (rows, missing) = machine.collect(collect);
        assert!(rows.is_empty());
        assert_eq!(missing.len(), 1);
        machine.file(SOCKETS[0], "");
        let argv: Vec<&str> = ["lpstat"].into_iter().chain(lpstat::ARGUMENTS).collect();
        machine.command(&argv, "device for Office: ipp://host/office\nprinter Office is idle.\n");
        let rows = machine.rows(collect);
        assert_eq!((rows[0].text("name"), rows[0].text("status")), (Some("Office"), Some("Idle")));
    }
}
