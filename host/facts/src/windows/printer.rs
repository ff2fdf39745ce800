//! Printers, from Win32_Printer; and the serial number of one on USB, from the keys `…\Enum\USBPRINT` and `…\Enum\USB`.

use super::registry::Key;
use super::wmi::Instance;
use airlock_model::Row;

/// Printers that were ever at one port.
const AT_PORT: usize = 64;

/// Rows of the section `printers`.
pub fn rows(printers: &[Instance]) -> Vec<Row> {
    let rows = printers.iter().filter_map(|printer| {
        let text = |name: &str| printer.text(name);
        let resolution = printer.number("HorizontalResolution").zip(printer.number("VerticalResolution"));
        let mut row = Row::new().with("name", text("Name")?);
        row.maybe("comment", text("Comment"))
            .maybe("description", text("Description"))
            .maybe("driver", text("DriverName"))
            .maybe("port", text("PortName"))
            .maybe("network", printer.flag("Network"))
            .maybe("shared", printer.flag("Shared"))
            .maybe("sharename", text("ShareName"))
            .maybe("servername", text("ServerName"))
            .maybe("printprocessor", text("PrintProcessor"))
            .maybe("resolution", resolution.map(|(x, y)| format!("{x}x{y}")))
            .maybe("status", printer.number("PrinterStatus").and_then(status))
            .maybe("errstatus", printer.number("DetectedErrorState").and_then(error));
        Some(row)
    });
    rows.collect()
}

/// Win32_Printer.PrinterStatus.
fn status(number: u64) -> Option<&'static str> {
    const WORDS: [&str; 8] = ["", "Other", "Unknown", "Idle", "Printing", "Warming Up", "Stopped printing", "Offline"];
    WORDS.get(usize::try_from(number).ok()?).copied().filter(|word| !word.is_empty())
}

/// Win32_Printer.DetectedErrorState.
fn error(number: u64) -> Option<&'static str> {
    const WORDS: [&str; 12] = [
        "Unknown",
        "Other",
        "No Error",
        "Low Paper",
        "No Paper",
        "Low Toner",
        "No Toner",
        "Door Open",
        "Jammed",
        "Offline",
        "Service Requested",
        "Output Bin Full",
    ];
    WORDS.get(usize::try_from(number).ok()?).copied()
}

/// The serial number of the printer at a port such as `USB001`. None where its maker gave it none: then Windows makes a
/// name for it, with `&` in it.
pub fn usb_serial(port: &str, usb_print: &Key, usb: &Key) -> Option<String> {
    let printers = usb_print.keys().flat_map(Key::keys);
    let at_port = printers.filter(|printer| {
        printer.key("Device Parameters").and_then(|parameters| parameters.text("PortName")) == Some(port)
    });
    at_port.take(AT_PORT).find_map(|printer| {
        // The same container since Windows 7; before that the printer's name begins with a mark of the USB device.
        let container = printer.text("ContainerID");
        let mark = printer.name.rsplit_once('&').map(|(mark, _)| mark);
        let mut devices = usb.keys().flat_map(Key::keys);
        let device = devices.find(|device| {
            let same = container.is_some_and(|id| device.text("ContainerID") == Some(id));
            same || mark.is_some_and(|mark| device.text("ParentIdPrefix") == Some(mark))
        })?;
        Some(device.name.clone()).filter(|serial| !serial.contains('&'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    fn keys(print: &str, usb: &str, device: &str) -> (Key, Key) {
        let print = format!(
            "[H\\USBPRINT]\n[H\\USBPRINT\\P1\\7&a1&0&USB001]\n{print}\n[H\\USBPRINT\\P1\\7&a1&0&USB001\\Device Parameters]\n\
             \"PortName\"=\"USB001\"\n"
        );
        let usb = format!("[H\\USB]\n[H\\USB\\VID_1&PID_1\\{device}]\n{usb}\n");
        (Key::parse(&print).unwrap(), Key::parse(&usb).unwrap())
    }

    #[test]
    fn by_container_or_by_mark() {
        let (print, usb) = keys("\"ContainerID\"=\"{1}\"", "\"ContainerID\"=\"{1}\"", "SN1");
        assert_eq!(usb_serial("USB001", &print, &usb).as_deref(), Some("SN1"));
        assert_eq!(usb_serial("USB002", &print, &usb), None);
        let (print, usb) = keys("", "\"ParentIdPrefix\"=\"7&a1&0\"", "SN2");
        assert_eq!(usb_serial("USB001", &print, &usb).as_deref(), Some("SN2"));
        let (print, usb) = keys("", "\"ParentIdPrefix\"=\"7&a1&0\"", "5&made&up");
        assert_eq!(usb_serial("USB001", &print, &usb), None);
    }

    #[test]
    fn printers_of_wmi() {
        let rows = rows(&instances(
            "Name=P\nPrinterStatus=3\nShared=FALSE\nHorizontalResolution=600\nVerticalResolution=600\n\nX=1\n",
        ));
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text("status"), rows[0].text("resolution")), (Some("Idle"), Some("600x600")));
    }
}
