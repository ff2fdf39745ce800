//! What management controllers know.

use super::dmidecode::{canonical_makers, memory_rows, power_supply_rows, step_file};
use super::memory_part::memory_part;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::output::{dmidecode::Dmidecode, hponcfg, ipmitool};
use anyhow::Context;
use serde_json::{Map, Value};

/// The text that a step gives to a module; none when no step does.
fn text(question: &Question, module: &str) -> anyhow::Result<Option<String>> {
    step_file(question, module).map(|file| question.value_text(file)).transpose()
}

fn units(question: &Question) -> anyhow::Result<String> {
    text(question, "generic/ipmi/fru/")?.context("no step with the units")
}

pub(super) fn cards(question: &Question) -> Answer {
    let text = units(question)?;
    Ok(names::rows(canonical_makers(ipmitool::controllers(&ipmitool::units(&text)))))
}

/// The rows by the names of their places.
pub(super) fn memories(question: &Question) -> Answer {
    let text = units(question)?;
    let firmware = self::text(question, "generic/dmidecode/")?.unwrap_or_default();
    let mut rows = memory_rows(&firmware);
    ipmitool::complete_memories(&mut rows, &ipmitool::units(&text));
    let mut places = Map::new();
    for mut row in rows {
        if let Some(part) = row.text("model").and_then(memory_part) {
            row.set("manufacturer", part.maker);
        }
        places.insert(row.text("caption").unwrap_or_default().to_owned(), names::row(row));
    }
    Ok(Value::Object(places))
}

/// Sorted by their serial numbers.
pub(super) fn power_supplies(question: &Question) -> Answer {
    let text = units(question)?;
    let firmware = self::text(question, "generic/dmidecode/")?.unwrap_or_default();
    let known = ipmitool::power_supplies(&ipmitool::units(&text));
    let mut rows = ipmitool::complete_power_supplies(Dmidecode::parse(&firmware).power_supplies(), known);
    rows.sort_by_key(|row| row.text("serialnumber").map(str::to_owned));
    Ok(power_supply_rows(rows))
}

/// Whose controller it is stands in the place of whether it is one; a state begins with a capital.
pub(super) fn ilo(question: &Question) -> Answer {
    let row = hponcfg::interface(&question.param_text("file")?).context("no controller")?;
    let mut answer = names::row(row);
    names::change(&mut answer, "STATUS", |status| if status == "up" { "Up".to_owned() } else { "Down".to_owned() });
    if let Value::Object(interface) = &mut answer {
        interface.insert("MANAGEMENT".to_owned(), Value::from("iLO"));
    }
    Ok(answer)
}
