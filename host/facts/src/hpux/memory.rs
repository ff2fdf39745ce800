//! Memory modules: from `cprop -detail -c Memory` (System Fault Management), or from the information tool log of `cstm`
//! (Support Tools Manager).

use crate::units::{Base, Number, megabytes};
use airlock_model::Row;

const MOST: usize = 8192;

/// The modules of `cprop`: an instance a module, `[Name]: value` a line. An empty slot has no size.
pub fn cprop(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in text.lines() {
        let Some((name, value)) = line.trim().strip_prefix('[').and_then(|line| line.split_once("]:")) else {
            continue;
        };
        let value = value.trim();
        if name == "Instance" {
            if rows.len() == MOST {
                break;
            }
            rows.push(Row::new());
        }
        let Some(row) = rows.last_mut() else { continue };
        match name {
            "Size" => _ = row.maybe("capacity", megabytes(value, Base::Binary).and_then(Number::whole)),
            "Module Type" => _ = row.set("type", value),
            "Serial Number" => _ = row.set("serialnumber", value),
            "Part Number" => _ = row.set("description", value),
            _ => {}
        }
    }
    rows.retain(|row| row.get("capacity").is_some());
    rows
}

/// A module that `cstm` knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// `0A` or `01`.
    pub slot: String,
    pub megabytes: u64,
}

/// The modules of `cstm`: those of `DIMM Location` tables (Itanium), two in a line, or of `DIMM Slot` tables (PA-RISC).
pub fn cstm(text: &str) -> Vec<Module> {
    let mut found: Vec<Module> = Vec::new();
    let lines = text.lines().skip_while(|line| !line.trim_start().starts_with("Memory Board Inventory")).skip(1);
    let lines = lines.take_while(|line| !line.contains("Total"));
    for line in lines {
        let words: Vec<&str> = line.split_ascii_whitespace().take(16).collect();
        let pairs: Vec<(&str, &str)> = match words.as_slice() {
            ["DIMM", slot, size] => vec![(slot, size)],
            ["DIMM", slot, size, "DIMM", other, more] => vec![(slot, size), (other, more)],
            [slot, size] => vec![(slot, size)],
            _ => continue,
        };
        for (slot, size) in pairs {
            // `----` is an empty slot.
            if let Ok(megabytes) = size.parse::<u64>()
                && found.len() < MOST
            {
                found.push(Module { slot: slot.to_owned(), megabytes });
            }
        }
    }
    found
}

impl Module {
    pub fn row(&self) -> Row {
        let row = Row::new().with("capacity", self.megabytes).with("caption", format!("DIMM {}", self.slot));
        row.with("description", "DIMM").with("type", "DIMM")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_modules() {
        let rows = cprop(
            "[Component]: Memory\n[Instance]: 1\n   [Size]: 4 GB\n   [Module Type]: DIMM\n   [Serial Number]: f9\n   [Part Number]: M393\n[Instance]: 2\n   [Size]: \n[x\n",
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].integer("capacity"), Some(4096));
        assert_eq!(rows[0].text("serialnumber"), Some("f9"));
    }

    #[test]
    fn logs_have_tables_of_two_kinds() {
        let itanium = "Memory Board Inventory \n\n   DIMM Location   Size(MB)   DIMM Location  Size(MB)\n   DIMM 0A   1024    DIMM 0B   512\n   DIMM 1A   ----    DIMM 1B   ----\n   Total: 1536 (MB)\n  DIMM 1D  99\n";
        let modules = cstm(itanium);
        assert_eq!(modules.len(), 2);
        assert_eq!(modules[1].row().text("caption"), Some("DIMM 0B"));
        let risc = "Memory Board Inventory \n   DIMM Slot      Size (MB)\n   ---------      ---------\n          01            512\n          02            256\n   System Total (MB):  768\n";
        assert_eq!(cstm(risc)[1], Module { slot: "02".to_owned(), megabytes: 256 });
        assert!(cstm("DIMM 0A 1024\n").is_empty());
    }
}
