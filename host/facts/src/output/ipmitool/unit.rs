//! One unit of `ipmitool fru print`.

use crate::smbios::meaningful;
use crate::smbios::rows::of_dell;

/// More than a controller can number.
const MOST_UNITS: usize = 512;
/// More fields than a unit has areas for.
const MOST_FIELDS: usize = 256;

/// A unit: its name, and its fields as they are printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit<'a> {
    /// As the controller calls it, without its number: `PS1`, `CPU 1 DIMM 2`.
    pub name: &'a str,
    fields: Vec<(&'a str, &'a str)>,
}

/// The units that are there, in the order in which they are printed. One of which nothing is known is left out: it is not
/// present, or does not answer.
pub fn units(text: &str) -> Vec<Unit<'_>> {
    let mut units: Vec<Unit<'_>> = Vec::new();
    for line in text.lines() {
        let Some((label, value)) = line.split_once(':') else { continue };
        let (label, value) = (label.trim(), value.trim());
        if label == "FRU Device Description" {
            if units.len() == MOST_UNITS {
                break;
            }
            let name = value.rsplit_once("(ID ").map_or(value, |(name, _)| name).trim_end();
            units.push(Unit { name, fields: Vec::new() });
        } else if let Some(unit) = units.last_mut()
            && unit.fields.len() < MOST_FIELDS
        {
            unit.fields.push((label, value));
        }
    }
    units.retain(|unit| !unit.fields.is_empty());
    units
}

impl<'a> Unit<'a> {
    /// A field as it is printed.
    pub(super) fn value(&self, label: &str) -> Option<&'a str> {
        self.fields.iter().find(|(known, _)| *known == label).map(|(_, value)| *value)
    }

    /// A field, if it says something.
    pub(super) fn text(&self, label: &str) -> Option<String> {
        self.value(label).and_then(meaningful)
    }

    /// A field of the board's area, else one of the product's.
    pub(super) fn either(&self, board: &str, product: &str) -> Option<String> {
        self.text(board).or_else(|| self.text(product))
    }

    pub(super) fn maker(&self) -> Option<String> {
        self.either("Board Mfg", "Product Manufacturer")
    }

    pub(super) fn product(&self) -> Option<String> {
        self.either("Board Product", "Product Name")
    }

    pub(super) fn serial(&self) -> Option<String> {
        self.either("Board Serial", "Product Serial")
    }

    /// The part number and the revision, which may be in it.
    pub(super) fn part(&self) -> (Option<String>, Option<String>) {
        let number = self.either("Board Part Number", "Product Part Number");
        let maker = self.maker();
        match number.as_deref().and_then(|number| of_dell(maker.as_deref(), number)) {
            Some((part, revision)) => (Some(part.to_owned()), Some(revision.to_owned())),
            None => (number, self.text("Product Version")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "FRU Device Description : Builtin FRU Device (ID 0)\n Board Mfg             : LAB\n\n\
                        FRU Device Description : PS2 (ID 2)\n Device not present (Timeout)\n\n\
                        FRU Device Description : OEM fru (ID 17)\n\n\
                        FRU Device Description : NIC\n Board Mfg : DELL\n Board Part Number     : 0ABC12A07\n \
                        Product Serial : 00:11:22:33:44:55 \n Board Serial :   \n";

    #[test]
    fn units_that_are_there() {
        let units = units(TEXT);
        assert_eq!(units.iter().map(|unit| unit.name).collect::<Vec<_>>(), ["Builtin FRU Device", "NIC"]);
        assert_eq!(units[1].part(), (Some("0ABC12".to_owned()), Some("A07".to_owned())));
        assert_eq!(units[1].serial().as_deref(), Some("00:11:22:33:44:55"));
        assert_eq!((units[0].part(), units[0].serial()), ((None, None), None));
    }

    #[test]
    fn no_end_of_units_and_fields() {
        let many = "FRU Device Description : X (ID 1)\n".to_owned() + &" A : b\n".repeat(1000);
        assert_eq!(units(&many)[0].fields.len(), MOST_FIELDS);
        assert_eq!(units(&"FRU Device Description : X\n A : b\n".repeat(1000)).len(), MOST_UNITS);
        assert_eq!(units("Could not open device at /dev/ipmi0: No such file or directory\n"), []);
    }
}
