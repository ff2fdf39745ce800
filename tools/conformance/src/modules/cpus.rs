//! Processors and boards.

use super::Module;
use crate::case::{Answer, Question};
use crate::{manufacturer, names};
use airlock_facts::linux::cpu;
use airlock_facts::linux::cpu::cpuinfo::{Block, Board, Cpuinfo};
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "linux/alpha/cpu", answer: kernels_words },
    Module { name: "linux/arm/board", answer: board },
    Module { name: "linux/arm/cpu", answer: kernels_words },
    Module { name: "linux/i386/cpu", answer: i386 },
    Module { name: "linux/mips/cpu", answer: kernels_words },
    Module { name: "linux/powerpc/cpu", answer: kernels_words },
    Module { name: "linux/sparc/cpu", answer: kernels_words },
];

fn kernels_words(question: &Question) -> Answer {
    Ok(names::rows(Cpuinfo::parse(&question.param_text("file")?).rows()))
}

/// The module's name for the instruction set is the same for all of the family.
fn i386(question: &Question) -> Answer {
    let dmidecode = match question.input("dmidecode") {
        Some(input) => question.text(&input.path)?,
        None => String::new(),
    };
    let rows = cpu::of_texts(&question.param_text("file")?, &dmidecode);
    let rows = rows.into_iter().map(|mut row| {
        row.set("arch", "i386");
        if let Some(maker) = row.text("manufacturer").map(manufacturer::canonical) {
            row.set("manufacturer", maker);
        }
        row
    });
    Ok(names::rows(rows))
}

fn board(question: &Question) -> Answer {
    if question.kind.contains("bios") {
        let given = question.param("board").cloned().unwrap_or_default();
        let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
        let (hardware, model) = (text("hardware"), text("model"));
        return Ok(names::row(Board { hardware, model, revision: text("revision"), serial: text("serial") }.row()));
    }
    let text = question.param_text("file")?;
    Ok(match Cpuinfo::parse(&text).board() {
        Some(board) => json!({
            "hardware": board.hardware, "model": board.model, "revision": board.revision, "serial": board.serial,
        }),
        None => json!({"not-a-board": 1}),
    })
}

/// What dmidecode alone says, with the makers' own names.
pub(super) fn of_dmidecode(question: &Question) -> Answer {
    Ok(names::rows(cpu::of_texts("", &question.param_text("file")?)))
}

/// The blocks about processors, as lists of their lines.
pub(super) fn blocks(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    let lines = |block: &Block<'_>| {
        let line =
            |(key, value): (&str, &str)| (key.to_lowercase(), Value::from(airlock_facts::units::single_spaced(value)));
        Value::Object(block.lines().map(line).collect::<Map<_, _>>())
    };
    Ok(Cpuinfo::parse(&text).blocks().iter().map(lines).collect())
}
