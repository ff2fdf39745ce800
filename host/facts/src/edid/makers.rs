//! Names of makers by their three letters (PNP ids, <https://uefi.org/PNP_ID_List>).
//!
//! The makers of nearly all screens are known here, so that a screen is called alike on every machine and nothing has to
//! be read. Others are looked up in what the system has: `pnp.ids` of hwdata, or udev's list. A maker in none of them is
//! called by the letters. A list that somebody gives comes before the table.

use crate::Roots;

/// Letters that another maker uses than the one that registered them.
const USED: &[(&str, &str)] = &[("AIC", "AG Neovo")];

/// As registered; a maker whose registered name nobody knows goes by the one on its screens.
#[rustfmt::skip]
const COMMON: &[(&str, &str)] = &[
    ("ACI", "Asus Computer Inc"),
    ("ACR", "Acer Technologies"),
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

/// Lists of makers where distributions put them.
const LISTS: [&str; 2] = ["/usr/share/hwdata/pnp.ids", "/usr/share/misc/pnp.ids"];

/// udev's list: a line `acpi:ABC*:`, below it the name as a property.
const UDEV_LIST: &str = "/usr/lib/udev/hwdb.d/20-acpi-vendor.hwdb";

/// Where names of makers come from.
#[derive(Debug)]
pub enum Makers<'a> {
    /// The table above, then what a machine has installed.
    Installed(&'a Roots),
    /// The text of a list (`pnp.ids`, `edid.ids`), then the table above.
    List(&'a str),
}

impl Makers<'_> {
    /// A maker by its three letters; by these themselves when nobody knows them.
    pub fn name(&self, letters: &str) -> String {
        let built_in = |table: &[(&str, &str)]| {
            table.iter().find(|(known, _)| *known == letters).map(|(_, name)| (*name).to_owned())
        };
        let found = built_in(USED).or_else(|| match self {
            Self::List(list) => in_list(list, letters).or_else(|| built_in(COMMON)),
            Self::Installed(roots) => built_in(COMMON).or_else(|| installed(roots, letters)),
        });
        found.unwrap_or_else(|| letters.to_owned())
    }
}

fn installed(roots: &Roots, letters: &str) -> Option<String> {
    let listed = LISTS.iter().find_map(|list| in_list(&roots.text(list).ok()?, letters));
    listed.or_else(|| in_udev_list(&roots.text(UDEV_LIST).ok()?, letters))
}

/// Lines of three letters and a name, with a tab between them; in some lists two underscores between spaces.
fn in_list(list: &str, letters: &str) -> Option<String> {
    list.lines().find_map(|line| {
        let rest = line.strip_prefix(letters)?;
        name(rest.strip_prefix('\t').or_else(|| rest.strip_prefix(" __ "))?)
    })
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
        let maker = |letters: &str| Makers::Installed(machine.roots()).name(letters);
        assert_eq!(maker("DEL"), "Dell Inc.");
        assert_eq!(maker("QQQ"), "QQQ");
        let udev = "\nacpi:QQQ*:\nacpi:QQR*:\n\nacpi:QQS*:\n ID_X=1\n ID_VENDOR_FROM_DATABASE=Made Up Ltd\n";
        machine.file(UDEV_LIST, udev);
        assert_eq!(maker("QQS"), "Made Up Ltd");
        assert_eq!(maker("QQQ"), "QQQ");
        machine.file("/usr/share/misc/pnp.ids", "QQR\t\nQQS Other\nQQS\tMade Up Inc\n");
        assert_eq!(maker("QQS"), "Made Up Inc");
        assert_eq!(maker("QQR"), "QQR");
    }

    #[test]
    fn a_given_list_comes_first() {
        let makers = Makers::List("# a remark\nDEL __ Another Dell\nQQS __ \nQQT __ Made Up\n");
        assert_eq!(makers.name("DEL"), "Another Dell");
        assert_eq!((makers.name("QQT"), makers.name("QQS")), ("Made Up".into(), "QQS".into()));
        assert_eq!(makers.name("BOE"), "BOE");
    }
}
