//! Processors, from `lsattr -E -l proc0` (lsattr) of each of them: an attribute a line, with its value and what it means.

use airlock_model::Row;

const MOST: usize = 1024;

/// The attributes of a device: name and value.
pub fn attributes(text: &str) -> Vec<(&str, &str)> {
    let pairs = text.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        Some((words.next()?, words.next()?))
    });
    pairs.take(MOST).collect()
}

/// The row of a processor in the section `cpus`; none for one that is switched off.
pub fn processor(attributes: &[(&str, &str)]) -> Option<Row> {
    let get = |name: &str| attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    if get("state").is_some_and(|state| state != "enable") {
        return None;
    }
    let kind = get("type")?;
    // Older systems say the model with the family in front: `PowerPC_POWER6`.
    let mut row = Row::new().with("name", kind.strip_prefix("PowerPC_").unwrap_or(kind)).with("manufacturer", "IBM");
    row.maybe("speed", get("frequency").and_then(|hertz| hertz.parse::<u64>().ok()).map(|hertz| hertz / 1_000_000));
    row.maybe("thread", get("smt_threads").and_then(|threads| threads.parse::<u64>().ok()));
    row.set("core", 1_i64);
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_has_attributes() {
        let said = attributes(
            "frequency   4204000000     Processor Speed       False\nsmt_enabled true           Processor SMT enabled False\nsmt_threads 2              Processor SMT threads False\nstate       enable         Processor state       False\ntype        PowerPC_POWER6 Processor type        False\n",
        );
        let row = processor(&said).unwrap();
        assert_eq!(row.text("name"), Some("POWER6"));
        assert_eq!((row.integer("speed"), row.integer("thread")), (Some(4204), Some(2)));
        assert_eq!(processor(&attributes("type X\nstate disable\n")), None);
        assert_eq!(processor(&attributes("\n\u{e9}\n")), None);
    }
}
