//! `lpstat -l -v -p`: printers as the print service tells any user.
//!
//! `device for NAME: URI` lines, and `printer NAME is idle.  enabled since …` with indented lines below, `Description: …`
//! and `Location: …` among them.
//!
//! Format: lpstat(1) of CUPS.

use crate::cups::Printer;

/// The arguments that give this text.
pub const ARGUMENTS: [&str; 3] = ["-l", "-v", "-p"];

/// More printers than any machine has; a print server has thousands.
const MOST: usize = 10_000;

/// The printers, in the order of their devices.
pub fn printers(text: &str) -> Vec<Printer> {
    let mut printers: Vec<Printer> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        let heading = line.strip_prefix("device for ").and_then(|rest| rest.split_once(": "));
        let state = line.strip_prefix("printer ").and_then(|rest| rest.split_once(' '));
        let name = heading.or(state).map(|(name, _)| name);
        if let Some(name) = name {
            if printers.len() >= MOST && !places.contains_key(name) {
                current = None;
                continue;
            }
            let place = *places.entry(name).or_insert_with(|| {
                printers.push(Printer { name: name.to_owned(), ..Printer::default() });
                printers.len() - 1
            });
            current = Some(place);
        }
        let Some(printer) = current.and_then(|place| printers.get_mut(place)) else { continue };
        if let Some((_, uri)) = heading {
            printer.uri = Some(uri.trim().to_owned());
        } else if let Some((_, state)) = state {
            printer.status = status(state);
        } else if let Some((field, value)) = line.trim().split_once(": ") {
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match field {
                "Description" => printer.description = value,
                "Location" => printer.location = value,
                "Alerts" => {
                    let alerts = value.unwrap_or_default();
                    let alerts = alerts.split_ascii_whitespace().filter(|a| *a != "none" && !a.ends_with("-report"));
                    printer.reasons = alerts.map(str::to_owned).collect();
                }
                _ => {}
            }
        }
    }
    printers
}

/// In the words of printers.conf(5), which knows printers at work as idle.
fn status(state: &str) -> Option<String> {
    let known = [("is idle", "Idle"), ("now printing", "Idle"), ("disabled", "Stopped")];
    known.iter().find(|(words, _)| state.starts_with(words)).map(|(_, status)| (*status).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_and_states() {
        let text = "device for Far: ipp://host/far\ndevice for Office: usb://Maker/L2?serial=AB12\n\
            printer Far disabled since Mon 1 Jan 2024 -\n\treason unknown\n\tDescription: Far one\n\tAlerts: media-empty x-report\n\
            printer Office is idle.  enabled since Mon\n\tForm mounted:\n\tDescription: \n\tAlerts: none\n\tLocation: Room: 1\n";
        let all = printers(text);
        let [far, office] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((far.status.as_deref(), far.description.as_deref()), (Some("Stopped"), Some("Far one")));
        assert_eq!(far.reasons, ["media-empty"]);
        assert_eq!((office.status.as_deref(), office.location.as_deref()), (Some("Idle"), Some("Room: 1")));
        assert_eq!((office.serial().as_deref(), office.description.as_deref()), (Some("AB12"), None));
    }

    #[test]
    fn other_text_gives_nothing() {
        for text in ["", "lpstat: No destinations added.\n", "printer\n", "device for x\n", "Description: x\n"] {
            assert!(printers(text).is_empty(), "{text}");
        }
    }
}
