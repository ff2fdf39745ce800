//! Keyboards, mice and other input devices, from `/proc/bus/input/devices` (Documentation/input/input.rst).
//!
//! Buttons of the case and the lid are no input devices in an inventory, nor is what can only be told to beep, nor the
//! firmware's part of a display, which reports keys for brightness.

use crate::Scan;
use crate::smbios::meaningful;
use airlock_model::Row;

/// More than any machine has; the rest is said.
const MOST: usize = 1024;
/// Places of what nobody types on: ACPI's buttons and displays (drivers/acpi/{button,acpi_video}.c), buttons of a board.
const BUTTONS: [&str; 3] = ["/button/", "/video/", "gpio-keys"];
/// Events that somebody's hand causes, as bits of `EV`: keys, relative and absolute positions.
const BY_HAND: u64 = 0b1110;

/// One row a device; one with several parts that the kernel sees apart has one for each.
pub(super) fn collect(scan: &Scan<'_>) {
    let Some(text) = scan.text("/proc/bus/input/devices") else { return };
    let mut blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    for block in blocks.by_ref().take(MOST) {
        if let Some(row) = row(block) {
            scan.row(row);
        }
    }
    let left = blocks.count();
    if left > 0 {
        scan.missing(format_args!("{left} input devices are left out"));
    }
}

fn row(block: &str) -> Option<Row> {
    let value = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let place = value("P: Phys=")?;
    if !place.contains("input") || BUTTONS.iter().any(|button| place.contains(button)) {
        return None;
    }
    let events = value("B: EV=").and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    if events.is_some_and(|events| events & BY_HAND == 0) {
        return None;
    }
    let name = meaningful(value("N: Name=")?.trim_matches('"'))?;
    let mut row = Row::new().with("caption", name.clone()).with("description", name);
    row.maybe("type", kind(value("H: Handlers=").unwrap_or_default()));
    Some(row)
}

/// What the kernel made of it: the keyboard's handler also takes part in what is no keyboard but a mouse with keys.
fn kind(handlers: &str) -> Option<&str> {
    let mut first = None;
    let mut keyboard = false;
    for handler in handlers.split_whitespace() {
        if is_mouse(handler) {
            return Some("Pointing");
        }
        keyboard |= handler == "kbd";
        first = first.or(Some(handler));
    }
    if keyboard { Some("Keyboard") } else { first }
}

fn is_mouse(handler: &str) -> bool {
    handler
        .strip_prefix("mouse")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn device(name: &str, place: &str, handlers: &str, events: &str) -> String {
        format!(
            "I: Bus=0003 Vendor=0001 Product=0002 Version=0003\nN: Name=\"{name}\"\nP: Phys={place}\n\
             S: Sysfs=/devices/x\nU: Uniq=\nH: Handlers={handlers} \nB: PROP=0\nB: EV={events}\n\n"
        )
    }

    fn rows(text: &str) -> Vec<[Option<String>; 3]> {
        let rows = TestMachine::of(&[("proc/bus/input/devices", text)]).rows(collect);
        rows.iter().map(|row| ["caption", "description", "type"].map(|f| row.text(f).map(str::to_owned))).collect()
    }

    fn types(text: &str) -> Vec<String> {
        rows(text).into_iter().filter_map(|[_, _, kind]| kind).collect()
    }

    #[test]
    fn keyboards_mice_and_others() {
        let text = [
            device("AT keyboard", "isa0060/serio0/input0", "sysrq kbd leds event0", "120013"),
            device("USB mouse", "usb-0000:00:04.0-2/input0", "mouse0 event1", "17"),
            device("Gamepad", "usb-0000:00:04.0-3/input0", "event2 js0", "20000b"),
            device("Mouse with keys", "usb-0000:00:04.0-4/input1", "sysrq kbd mouse1 event3", "1f"),
        ];
        let text = text.concat();
        assert_eq!(types(&text), ["Keyboard", "Pointing", "event2", "Pointing"]);
        let name = Some("AT keyboard".to_owned());
        assert_eq!(rows(&text)[0], [name.clone(), name, Some("Keyboard".to_owned())]);
    }

    #[test]
    fn what_is_no_input_device() {
        let text = [
            device("Lid Switch", "PNP0C0D/button/input0", "event1", "21"),
            device("Power Button", "LNXPWRBN/button/input0", "kbd event5", "3"),
            device("Video Bus", "LNXVIDEO/video/input0", "kbd event6", "3"),
            device("gpio-keys", "gpio-keys/input0", "kbd event7", "3"),
            device("Headphone", "ALSA", "event2", "21"),
            device("PC Speaker", "isa0061/input0", "kbd event3", "40001"),
            device("", "usb-1/input0", "kbd event4", "120013"),
        ];
        assert!(rows(&text.concat()).is_empty());
    }

    #[test]
    fn odd_text_gives_what_can_be_read() {
        assert!(rows("").is_empty() && rows("\n\n\n\nP: Phys=input\n\nN: Name=\"x\"\n").is_empty());
        let bell = Some("Bell".to_owned());
        assert_eq!(rows("N: Name=\"Bell\u{7}\nP: Phys=a/input0\nB: EV=zz"), [[bell.clone(), bell, None]]);
        let many = device("x", "a/input0", "kbd", "2").repeat(MOST + 3);
        let (rows, missing) = TestMachine::of(&[("proc/bus/input/devices", many)]).collect(collect);
        assert_eq!((rows.len(), missing.len()), (MOST, 1));
    }
}
