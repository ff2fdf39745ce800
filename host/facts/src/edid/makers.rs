//! Names of makers by their three letters (PNP ids, <https://uefi.org/PNP_ID_List>).
//!
//! The makers of nearly all screens are known here, so that a screen is called alike on every machine and nothing has to
//! be read. Others are looked up in what the system has: `pnp.ids` of hwdata, or udev's list. A maker in none of them is
//! called by the letters.

use crate::Roots;

/// As registered; a maker whose registered name nobody knows goes by the one on its screens.
#[rustfmt::skip]
const COMMON: &[(&str, &str)] = &[
    ("ACI", "Asus Computer Inc"),
    ("ACR", "Acer Technologies"),
    ("AIC", "AG Neovo"),
    ("AOC", "AOC International (USA) Ltd."),
    ("APP", "Apple Computer Inc"),
    ("AUO", "AU Optronics"),
    ("AUS", "ASUSTek Computer Inc"),
    ("BNQ", "BenQ Corporation"),
    ("BOE", "BOE"),
    ("CMN", "Chimei Innolux Corporation"),
    ("CMO", "Chi Mei Optoelectronics corp."),
    ("CPQ", "Compaq Computer Company"),
    ("DEL", "Dell Inc."),
    ("EIZ", "EIZO"),
    ("ENC", "Eizo Nanao Corporation"),
    ("FUS", "Fujitsu Siemens Computers GmbH"),
    ("GBT", "Giga-Byte Technology Co., Ltd."),
    ("GSM", "Goldstar Company Ltd"),
    ("HPN", "HP Inc."),
    ("HSD", "Hannspree Inc"),
    ("HWP", "Hewlett Packard"),
    ("INL", "InnoLux Display Corporation"),
    ("IVM", "Iiyama North America"),
    ("IVO", "InfoVision Optoelectronics (Kunshan) Co., Ltd."),
    ("LEN", "Lenovo Group Limited"),
    ("LGD", "LG Display"),
    ("LPL", "LG Philips"),
    ("MEI", "Panasonic Industry Company"),
    ("MEL", "Mitsubishi Electric Corporation"),
    ("MSI", "Microstep"),
    ("NEC", "NEC Corporation"),
    ("NOK", "Nokia Display Products"),
    ("PHL", "Philips Consumer Electronics Company"),
    ("QDS", "Quanta Display Inc."),
    ("RHT", "Red Hat, Inc."),
    ("SAM", "Samsung Electric Company"),
    ("SDC", "Samsung Display Corp."),
    ("SEC", "Seiko Epson Corporation"),
    ("SHP", "Sharp Corporation"),
    ("SNY", "Sony Corporation"),
    ("TOS", "Toshiba Corporation"),
    ("VIZ", "VIZIO, Inc"),
    ("VSC", "ViewSonic Corporation"),
    ("XMI", "Xiaomi Corporation"),
];

/// Lines of three letters, a tab, a name.
const LISTS: [&str; 2] = ["/usr/share/hwdata/pnp.ids", "/usr/share/misc/pnp.ids"];

/// udev's list: a line `acpi:ABC*:`, below it the name as a property.
const UDEV_LIST: &str = "/usr/lib/udev/hwdb.d/20-acpi-vendor.hwdb";

pub(crate) fn maker_name(roots: &Roots, letters: &str) -> String {
    let common = COMMON.iter().find(|(known, _)| *known == letters).map(|(_, name)| (*name).to_owned());
    let listed = || LISTS.iter().find_map(|list| in_list(&roots.text(list).ok()?, letters));
    let of_udev = || in_udev_list(&roots.text(UDEV_LIST).ok()?, letters);
    common.or_else(listed).or_else(of_udev).unwrap_or_else(|| letters.to_owned())
}

fn in_list(list: &str, letters: &str) -> Option<String> {
    list.lines().find_map(|line| name(line.strip_prefix(letters)?.strip_prefix('\t')?))
}

fn in_udev_list(list: &str, letters: &str) -> Option<String> {
    let pattern = format!("\nacpi:{letters}*:");
    let (_, rest) = list.split_once(pattern.as_str())?;
    let mut properties = rest.lines().skip(1).take_while(|line| line.starts_with(' '));
    properties.find_map(|line| name(line.trim_start().strip_prefix("ID_VENDOR_FROM_DATABASE=")?))
}

fn name(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn letters_are_in_order() {
        assert!(COMMON.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn known_listed_or_unknown() {
        let machine = TestMachine::new();
        assert_eq!(maker_name(machine.roots(), "DEL"), "Dell Inc.");
        assert_eq!(maker_name(machine.roots(), "QQQ"), "QQQ");
        let udev = "\nacpi:QQQ*:\nacpi:QQR*:\n\nacpi:QQS*:\n ID_X=1\n ID_VENDOR_FROM_DATABASE=Made Up Ltd\n";
        machine.file(UDEV_LIST, udev);
        assert_eq!(maker_name(machine.roots(), "QQS"), "Made Up Ltd");
        assert_eq!(maker_name(machine.roots(), "QQQ"), "QQQ");
        machine.file("/usr/share/misc/pnp.ids", "QQR\t\nQQS Other\nQQS\tMade Up Inc\n");
        assert_eq!(maker_name(machine.roots(), "QQS"), "Made Up Inc");
        assert_eq!(maker_name(machine.roots(), "QQR"), "QQR");
    }
}
