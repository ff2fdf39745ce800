//! Programs and licences.

use super::{class, key};
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::windows::registry::Key;
use airlock_facts::windows::{license, software};
use anyhow::Context;
use serde_json::{Value, json};

pub(super) fn answer(question: &Question) -> Answer {
    let arch = match question.param("is64bit").map(|value| value.as_str() == Some("1") || value.as_u64() == Some(1)) {
        Some(true) => "x86_64",
        _ => "i586",
    };
    if question.kind == "get hotfixes list" {
        return Ok(renamed(names::rows(software::hot_fixes(&class(question, "Win32_QuickFixEngineering")?, arch))));
    }
    let editions: Vec<_> = key(question, "Setup")?.iter().filter_map(software::sql_server_edition).collect();
    let programs = key(question, "Uninstall")?.context("no key of programs")?;
    let mut rows = software::uninstall(&programs, arch, &editions);
    // Sizes are not in these lists.
    rows.iter_mut().for_each(|row| drop(row.remove("filesize")));
    let mut rows = renamed(names::rows(rows));
    if let Some(input) = question.input("powershell") {
        let packages = renamed(names::rows(software::appx_packages(&question.text(&input.path)?)));
        let mut all: Vec<Value> =
            [rows, packages].into_iter().flat_map(|list| list.as_array().cloned().unwrap_or_default()).collect();
        let sorting = |row: &Value| {
            ["NAME", "GUID", "PUBLISHER"].map(|name| row.get(name).and_then(Value::as_str).map(str::to_owned))
        };
        all.sort_by_key(sorting);
        rows = Value::Array(all);
    }
    Ok(rows)
}

fn renamed(mut rows: Value) -> Value {
    for row in rows.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        names::rename(row, "INSTALL_DATE", "INSTALLDATE");
    }
    names::change(&mut rows, "INSTALLDATE", names::day_first);
    for row in rows.as_array_mut().into_iter().flatten() {
        if let Some(no) = row.get("NO_REMOVE").and_then(Value::as_bool) {
            names::put(row, "NO_REMOVE", u8::from(no));
        }
    }
    rows
}

/// The first licence of the one exported key.
pub(super) fn licenses(question: &Question) -> Answer {
    let input = question.inputs.iter().find(|input| input.role.starts_with("registry:")).context("no key")?;
    let registration = Key::parse(&question.text(&input.path)?).context("no exported key")?;
    let mut row = license::rows(&registration).into_iter().next().map(names::row);
    for row in row.iter_mut() {
        for (field, yes) in [("OEM", json!(1)), ("TRIAL", json!(1))] {
            let value = match row.get(field) {
                Some(Value::Bool(true)) => yes,
                Some(Value::Bool(false)) => json!(0),
                _ => continue,
            };
            names::put(row, field, value);
        }
    }
    Ok(json!(row))
}
