//! Disks, from `iostat -En` (iostat(1M)): a line with the device and its errors, lines with what the device says of itself.

use airlock_model::Row;

const MOST: usize = 65_536;

/// What the tool calls things. Values go on to the next of these words, as they may have blanks.
const LABELS: [&str; 7] = ["Vendor:", "Product:", "Revision:", "Serial No:", "Model:", "Size:", "RPM:"];

pub fn rows(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in text.lines() {
        if line.contains("Soft Errors:") {
            if rows.len() == MOST {
                break;
            }
            rows.push(Row::new().with("name", line.split_ascii_whitespace().next().unwrap_or_default()));
        } else if let Some(row) = rows.last_mut() {
            for (label, value) in labelled(line) {
                take(row, label, value);
            }
        }
    }
    for row in &mut rows {
        if row.text("manufacturer") == Some("ATA") {
            row.remove("manufacturer");
        }
        let serial = row.text("serial").map(|serial| format!("S/N:{serial}"));
        let firmware = row.text("firmware").map(|firmware| format!("FW:{firmware}"));
        let parts: Vec<String> = [serial, firmware].into_iter().flatten().collect();
        row.set("description", parts.join(" "));
    }
    rows
}

fn take(row: &mut Row, label: &str, value: &str) {
    match label {
        "Vendor:" => {
            row.set("manufacturer", value.replace("(R)", ""));
        }
        // Behind a translation from SATA a disk's vendor is the standard; the maker may be the product's first word.
        "Product:" | "Model:" => match value.split_once(' ') {
            Some((maker, model)) if matches!(row.text("manufacturer"), None | Some("ATA")) => {
                row.set("manufacturer", maker).set("model", model.trim());
            }
            _ => {
                row.set("model", value);
            }
        },
        "Revision:" => {
            row.set("firmware", value);
        }
        "Serial No:" => {
            row.set("serial", value);
        }
        "Size:" => {
            row.maybe("disksize", megabytes(value));
        }
        _ => {}
    }
}

/// `73.40GB <73400057856 bytes>` in units of a million bytes, as disks are sold.
fn megabytes(text: &str) -> Option<u64> {
    let (_, exact) = text.split_once('<')?;
    Some(exact.split_once(" bytes")?.0.parse::<u64>().ok()? / 1_000_000)
}

fn labelled(line: &str) -> Vec<(&'static str, &str)> {
    let mut places: Vec<(usize, &'static str)> =
        LABELS.iter().filter_map(|label| Some((line.find(label)?, *label))).collect();
    places.sort_unstable();
    let ends: Vec<usize> = places.iter().skip(1).map(|(at, _)| *at).chain([line.len()]).collect();
    let values = places
        .iter()
        .zip(ends)
        .filter_map(|((at, label), end)| Some((*label, line.get(at + label.len()..end)?.trim())));
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_say_what_they_are() {
        let rows = rows(
            "c0t0d0  Soft Errors: 0 Hard Errors: 0 Transport Errors: 0\nVendor: LAB      Product: FAST 10K         Revision: A1B2 Serial No: 0123 ABCD\nSize: 73.40GB <73400057856 bytes>\nMedia Error: 0 Device Not Ready: 0\nc0t1d0  Soft Errors: 1\nVendor: ATA      Product: Lab SATA500  Revision: 1.0 Serial No:  Size: 0.00GB <0 bytes>\ncmdk0 Soft Errors: 0\nModel: SLOW 5400    Revision:  Serial No: WD-1 Size: 1.00GB <1000000000 bytes>\n",
        );
        assert_eq!(rows[0].text("description"), Some("S/N:0123 ABCD FW:A1B2"));
        assert_eq!(rows[0].text("model"), Some("FAST 10K"));
        assert_eq!(rows[0].integer("disksize"), Some(73_400));
        assert_eq!(rows[1].text("manufacturer"), Some("Lab"));
        assert_eq!(rows[1].text("model"), Some("SATA500"));
        assert_eq!(rows[1].text("serial"), None);
        assert_eq!(rows[1].integer("disksize"), Some(0));
        assert_eq!(rows[2].text("serial"), Some("WD-1"));
        assert_eq!(rows[2].integer("disksize"), Some(1000));
    }

    #[test]
    fn damaged_lines_do_no_harm() {
        assert_eq!(rows("Vendor: x\n").len(), 0);
        assert_eq!(rows("Soft Errors:\nSize: <\u{e9} bytes>Vendor:Product:\n").len(), 1);
    }
}
