//! What a printer prints with, and how much of it is left (Printer-MIB, RFC 3805).

use crate::device::Device;
use crate::sections::Sections;
use crate::{Gone, Syntax, Table, value};

/// prtMarkerSuppliesDescription, …ColorantIndex, …Type, …SupplyUnit, …MaxCapacity, …Level; prtMarkerColorantValue.
const NAME: &str = "1.3.6.1.2.1.43.11.1.1.6.1";
const COLOR: &str = "1.3.6.1.2.1.43.11.1.1.3.1";
const KIND: &str = "1.3.6.1.2.1.43.11.1.1.5.1";
const UNIT: &str = "1.3.6.1.2.1.43.11.1.1.7.1";
const MOST: &str = "1.3.6.1.2.1.43.11.1.1.8.1";
const LEVEL: &str = "1.3.6.1.2.1.43.11.1.1.9.1";
const COLORANT: &str = "1.3.6.1.2.1.43.12.1.1.4.1";

pub fn read(device: &Device, sections: &mut Sections) -> Result<(), Gone> {
    device.walk(&[NAME, COLOR, KIND, UNIT, MOST, LEVEL, COLORANT])?;
    let [names, colors, kinds, units, mosts, levels, colorants] =
        [NAME, COLOR, KIND, UNIT, MOST, LEVEL, COLORANT].map(|root| device.column(root));
    let (names, colors, kinds, units) = (names?, colors?, kinds?, units?);
    let (mosts, levels, colorants) = (mosts?, levels?, colorants?);
    let (colors, kinds, units) = (Table::of(&colors, COLOR), Table::of(&kinds, KIND), Table::of(&units, UNIT));
    let (mosts, levels) = (Table::of(&mosts, MOST), Table::of(&levels, LEVEL));
    let colorants = Table::of(&colorants, COLORANT);
    for (row, name) in Table::of(&names, NAME).iter() {
        let name = value::text(name).unwrap_or_default();
        let number = |table: &Table| table.get(row).and_then(value::integer);
        let Some(kind) = number(&kinds).and_then(|kind| kind_of(kind, &name)) else { continue };
        let colorant = number(&colors)
            .and_then(|at| u32::try_from(at).ok())
            .filter(|at| *at != 0)
            .and_then(|at| colorants.at(at))
            .and_then(value::text);
        let named = match kind {
            "TONER" | "DRUM" | "CARTRIDGE" | "DEVELOPER" => format!("{kind}{}", color(colorant.as_deref(), &name)),
            _ => kind.to_owned(),
        };
        let left = number(&levels).and_then(|level| left(level, number(&mosts)?, number(&units)));
        if let Some(left) = left {
            sections.supplies.insert(named, left);
        }
    }
    Ok(())
}

/// PrtMarkerSuppliesTypeTC. Of what is only "other", the description tells.
fn kind_of(kind: i64, description: &str) -> Option<&'static str> {
    Some(match kind {
        1 => {
            let description = description.to_lowercase();
            let told = [("maintenance", "MAINTENANCEKIT"), ("fuser", "FUSERKIT"), ("transfer", "TRANSFERKIT")];
            return told.iter().find(|(word, _)| description.contains(word)).map(|(_, kind)| *kind);
        }
        3 | 21 => "TONER",
        4 | 8 => "WASTETONER",
        5 | 6 | 12 => "CARTRIDGE",
        9 => "DRUM",
        10 => "DEVELOPER",
        15 => "FUSERKIT",
        18 => "MAINTENANCEKIT",
        20 => "TRANSFERKIT",
        32 => "STAPLES",
        _ => return None,
    })
}

/// The colour in upper case: the colorant's first word, else what the description names, else black.
fn color(colorant: Option<&str>, description: &str) -> String {
    let word = |text: &str| -> String {
        text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default().to_uppercase()
    };
    if let Some(color) = colorant.map(word).filter(|color| !color.is_empty() && color.is_ascii()) {
        return color;
    }
    let description = description.to_lowercase();
    let colors = [
        ("cyan", "CYAN"),
        ("magenta", "MAGENTA"),
        ("yellow", "YELLOW"),
        ("jaune", "YELLOW"),
        ("black", "BLACK"),
        ("noir", "BLACK"),
    ];
    colors.iter().find(|(word, _)| description.contains(word)).map_or("BLACK", |(_, color)| color).to_owned()
}

/// Per cent where the whole is known, a number with its unit where it is not; −2 and −3 are words of their own.
fn left(level: i64, most: i64, unit: Option<i64>) -> Option<String> {
    match (level, most) {
        (-2, _) => Some("WARNING".to_owned()),
        (-3, _) => Some("OK".to_owned()),
        (_, -2) => Some(with_unit(level, unit)),
        (level, most) if level >= 0 && most > 0 => Some(level.checked_mul(100)?.checked_div(most)?.to_string()),
        _ => None,
    }
}

/// PrtMarkerSuppliesSupplyUnitTC, in the units that people read.
fn with_unit(level: i64, unit: Option<i64>) -> String {
    match unit {
        Some(19) => level.to_string(),
        Some(18) => format!("{level}items"),
        Some(17) => format!("{level}m"),
        Some(16) => format!("{level}feet"),
        Some(15) => format!("{}ml", level / 10),
        Some(13) => format!("{}g", level / 10),
        Some(11) => format!("{level}hours"),
        Some(8) => format!("{level}sheets"),
        Some(7) => format!("{level}impressions"),
        Some(4) => format!("{}mm", level / 1000),
        _ => format!("{level}?"),
    }
}

/// What is left of a supply whose level and whole are objects of a maker's own.
pub fn share(level: Option<&Syntax>, most: Option<&Syntax>) -> Option<String> {
    left(level.and_then(value::integer)?, most.and_then(value::integer)?, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_what_people_read() {
        assert_eq!(left(30, 120, Some(13)).as_deref(), Some("25"));
        assert_eq!(left(125, -2, Some(15)).as_deref(), Some("12ml"));
        assert_eq!(left(-3, 100, None).as_deref(), Some("OK"));
        assert_eq!(left(-2, -2, None).as_deref(), Some("WARNING"));
        assert_eq!(left(5, 0, None), None);
        assert_eq!(left(i64::MAX, 3, None), None);
        assert_eq!(left(-9, 100, None), None);
    }

    #[test]
    fn a_supply_is_called_by_its_kind_and_colour() {
        assert_eq!(kind_of(1, "Fuser 220V"), Some("FUSERKIT"));
        assert_eq!(kind_of(1, "something"), None);
        assert_eq!(color(Some("light cyan"), ""), "LIGHT");
        assert_eq!(color(None, "Toner Jaune"), "YELLOW");
        assert_eq!(color(Some("黒"), "toner"), "BLACK");
    }
}
