//! Cards and backplanes of servers, with the numbers that PCI does not tell.

use super::Unit;
use airlock_model::Row;

/// What the makers of servers call them; a number may follow.
const KINDS: &[&str] = &["BP", "Ethernet Adptr", "NDC", "PERC", "SAS Ctlr"];

/// The rows of the section `controllers`.
pub fn controllers(units: &[Unit<'_>]) -> Vec<Row> {
    units.iter().filter_map(controller).collect()
}

fn controller(unit: &Unit<'_>) -> Option<Row> {
    let kind = unit.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    if !KINDS.contains(&kind) {
        return None;
    }
    let (part, revision) = unit.part();
    let mut row = Row::new();
    row.maybe("name", unit.product())
        .maybe("manufacturer", unit.maker())
        .maybe("model", part)
        .maybe("serial", unit.serial())
        .maybe("rev", revision);
    (!row.is_empty()).then(|| row.with("type", kind))
}

#[cfg(test)]
mod tests {
    use super::super::units;
    use super::*;

    #[test]
    fn cards_but_nothing_else() {
        let text = "FRU Device Description : PERC2 (ID 10)\n Board Mfg : DELL\n Board Product : Lab Cntlr. 7\n \
                    Board Serial : S-1\n Board Part Number : 0ABC12A03\n\nFRU Device Description : PERCH1 (ID 11)\n \
                    Board Serial : S-2\n\nFRU Device Description : BP0 (ID 12)\n Board Extra : x\n";
        let rows = controllers(&units(text));
        assert_eq!(rows.len(), 1);
        let row = ["name", "manufacturer", "model", "serial", "rev", "type"].map(|field| rows[0].text(field).unwrap());
        assert_eq!(row, ["Lab Cntlr. 7", "DELL", "0ABC12", "S-1", "A03", "PERC"]);
    }
}
