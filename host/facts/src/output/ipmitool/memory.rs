//! Modules of memory, of which some firmware does not know more than that they are there.

use super::Unit;
use airlock_model::Row;

/// Fills in the rows of memory what the module in the same place says of itself. A place is known by its numbers: the
/// processor's and its own, as in `PROC 1 DIMM 2D` and `CPU 1 DIMM 2`.
pub fn complete_memories(rows: &mut [Row], units: &[Unit<'_>]) {
    let modules: Vec<(Place, &Unit<'_>)> =
        units.iter().filter_map(|unit| Some((Place::of(unit.name)?, unit))).collect();
    for row in rows.iter_mut().filter(|row| row.get("capacity").is_some()) {
        let Some(place) = row.text("caption").and_then(Place::of) else { continue };
        let Some((_, module)) = modules.iter().find(|(known, _)| *known == place) else { continue };
        let part = module.text("Part Number").map(|part| part.trim_end_matches(['-', ' ']).to_owned());
        if is_bare(row) {
            row.remove("serialnumber");
        }
        row.otherwise("serialnumber", module.text("Serial Number"))
            .otherwise("model", part)
            .otherwise("manufacturer", module.text("Manufacturer"))
            .otherwise("type", module.text("Memory Type").and_then(|kind| kind.split(' ').next().map(str::to_owned)));
    }
}

/// A module of which the firmware has no serial number, or only the form for one.
pub(crate) fn is_bare(row: &Row) -> bool {
    row.get("capacity").is_some() && row.text("serialnumber").is_none_or(|serial| serial.starts_with("SerNum"))
}

/// The numbers of a processor and of a place beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    processor: u16,
    module: u16,
}

impl Place {
    fn of(name: &str) -> Option<Self> {
        let (before, module) = name.split_once("DIMM")?;
        let processor = before.strip_prefix("PROC").or_else(|| before.strip_prefix("CPU"))?;
        Some(Self { processor: number(processor)?, module: number(module)? })
    }
}

/// The first number of a text, at its beginning but for spaces.
fn number(text: &str) -> Option<u16> {
    let text = text.trim_start_matches([' ', '_']);
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::units;
    use super::*;

    #[test]
    fn a_module_fills_in_its_place() {
        let text = "FRU Device Description : CPU 2 DIMM 3 (ID 7)\n Memory Type : DDR3 SDRAM\n Manufacturer : Cells\n \
                    Serial Number : 0a1b\n Part Number : P-1--- \n";
        let place = |name: &str| Row::new().with("caption", name).with("capacity", 8192_i64);
        let mut rows = [
            place("PROC 2 DIMM 3D").with("manufacturer", "LAB").with("serialnumber", "SerNum3"),
            place("PROC 1 DIMM 3D"),
            place("A1"),
        ];
        let others = rows[1..].to_vec();
        complete_memories(&mut rows, &units(text));
        let module = ["serialnumber", "model", "manufacturer", "type"].map(|field| rows[0].text(field).unwrap());
        assert_eq!(module, ["0a1b", "P-1", "LAB", "DDR3"]);
        assert_eq!(rows[1..], others);
        let mut empty = [Row::new().with("caption", "CPU2_DIMM3")];
        complete_memories(&mut empty, &units(text));
        assert_eq!(empty[0].len(), 1, "an empty place stays one");
    }

    #[test]
    fn places() {
        assert_eq!(Place::of("CPU0_DIMM12"), Place::of("CPU0 DIMM12 SPD"));
        for none in ["DIMM_A1", "CPU DIMM", "PROC 1 DIMM A", "CPU 99999999 DIMM 1", ""] {
            assert_eq!(Place::of(none), None, "{none}");
        }
    }
}
