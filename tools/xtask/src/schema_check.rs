//! `cargo xtask schema-check`: inventory documents against a JSON schema, taken at its strictest. Servers differ in what
//! they let pass; a field that the schema does not name is a violation here, at any depth. The schema is a local file
//! and nothing that it refers to is fetched.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A violation's text repeats the value; that much of it is shown.
const MAX_TEXT: usize = 300;

#[derive(Args)]
pub(crate) struct Options {
    /// The JSON schema
    #[arg(long)]
    schema: PathBuf,
    /// The documents to check
    #[arg(required = true)]
    documents: Vec<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut schema = read(&options.schema)?;
    let closed = close(&mut schema);
    let validator = validator(&schema).with_context(|| format!("{} is no schema", options.schema.display()))?;
    let mut failed = 0_usize;
    for path in &options.documents {
        let document = read(path)?;
        let violations = violations(&validator, &document);
        for violation in &violations {
            println!("{}: {violation}", path.display());
        }
        let (sections, rows) = counts(&document);
        if violations.is_empty() {
            println!("ok {}: {sections} sections, {rows} rows", path.display());
        } else {
            failed += 1;
            println!("FAILED {}: {} violations in {sections} sections, {rows} rows", path.display(), violations.len());
        }
    }
    println!("{} documents, {failed} failed ({closed} kinds of object, none of which may have further fields)", {
        options.documents.len()
    });
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &Path) -> Result<Value> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is no JSON", path.display()))
}

fn validator(schema: &Value) -> Result<jsonschema::Validator> {
    jsonschema::options().should_validate_formats(true).build(schema).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Each violation as `pointer: text`; the document itself is called `/`.
fn violations(validator: &jsonschema::Validator, document: &Value) -> Vec<String> {
    validator
        .iter_errors(document)
        .map(|error| {
            let pointer = error.instance_path().to_string();
            let pointer = if pointer.is_empty() { "/" } else { pointer.as_str() };
            let mut text = error.to_string();
            if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
                text.truncate(end);
                text.push('…');
            }
            format!("{pointer}: {text}")
        })
        .collect()
}

/// Forbids further fields in every object that the schema describes, and says how many these are. Follows the places
/// where draft 7 has schemas: a field that is itself called `properties` is not taken for the keyword.
fn close(schema: &mut Value) -> usize {
    let Value::Object(keywords) = schema else { return 0 };
    let mut closed = 0;
    for (keyword, value) in keywords.iter_mut() {
        closed += match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "definitions" | "$defs" | "dependencies", Value::Object(named)) => {
                named.values_mut().map(close).sum()
            }
            ("items" | "allOf" | "anyOf" | "oneOf", Value::Array(list)) => list.iter_mut().map(close).sum(),
            ("items" | "additionalItems" | "contains" | "not" | "if" | "then" | "else", one) => close(one),
            _ => 0,
        };
    }
    if keywords.get("properties").is_some_and(Value::is_object) {
        keywords.insert("additionalProperties".into(), Value::Bool(false));
        closed += 1;
    }
    closed
}

/// Sections and rows below `content`, for people to see that something was checked.
fn counts(document: &Value) -> (usize, usize) {
    let Some(content) = document.get("content").and_then(Value::as_object) else { return (0, 0) };
    let rows = content.values().map(|section| section.as_array().map_or(1, Vec::len)).sum();
    (content.len(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": { "when": { "type": "object", "properties": { "date": { "type": "string", "format": "date" } } } },
            "type": "object",
            "required": ["content"],
            "additionalProperties": true,
            "properties": {
                "content": {
                    "type": "object",
                    "properties": {
                        "cpus": { "type": "array", "items": {
                            "type": "object",
                            "properties": { "speed": { "type": "integer" }, "made": { "$ref": "#/definitions/when" } }
                        } },
                        "properties": { "type": "object", "properties": { "a": { "type": "string" } } }
                    }
                }
            }
        })
    }

    fn check(document: &Value) -> Vec<String> {
        let mut schema = schema();
        assert_eq!(close(&mut schema), 5);
        violations(&validator(&schema).unwrap(), document)
    }

    #[test]
    fn what_the_schema_names_is_right() {
        let document = json!({ "content": {
            "cpus": [{ "speed": 3000, "made": { "date": "2024-03-17" } }], "properties": { "a": "b" }
        } });
        assert_eq!(check(&document), Vec::<String>::new());
        assert_eq!(counts(&document), (2, 2));
    }

    #[test]
    fn further_fields_are_violations_at_any_depth() {
        for (document, pointer) in [
            (json!({ "content": {}, "x": 1 }), "/: "),
            (json!({ "content": { "x": [] } }), "/content: "),
            (json!({ "content": { "cpus": [{}, { "x": 1 }] } }), "/content/cpus/1: "),
            (json!({ "content": { "cpus": [{ "made": { "x": 1 } }] } }), "/content/cpus/0/made: "),
            (json!({ "content": { "properties": { "b": "" } } }), "/content/properties: "),
        ] {
            let found = check(&document);
            assert_eq!(found.len(), 1, "{document}: {found:?}");
            assert!(found[0].starts_with(pointer), "{document}: {found:?}");
        }
    }

    #[test]
    fn types_required_fields_and_formats_are_checked() {
        assert!(check(&json!({}))[0].contains("content"));
        assert!(
            check(&json!({ "content": { "cpus": [{ "speed": "3000" }] } }))[0].starts_with("/content/cpus/0/speed: ")
        );
        assert_eq!(check(&json!({ "content": { "cpus": [{ "made": { "date": "17/03/2024" } }] } })).len(), 1);
    }

    #[test]
    fn a_long_value_is_not_repeated_in_full() {
        let found = check(&json!({ "content": { "cpus": [{ "speed": "ä".repeat(5000) }] } }));
        assert!(found[0].chars().count() < MAX_TEXT + 100, "{}", found[0].len());
    }

    #[test]
    fn documents_are_read_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, value: &Value| {
            let path = folder.path().join(name);
            std::fs::write(&path, value.to_string()).unwrap();
            path
        };
        let schema = write("schema.json", &schema());
        let right = write("right.json", &json!({ "content": {} }));
        let wrong = write("wrong.json", &json!({ "content": [] }));
        let code = |documents| run(&Options { schema: schema.clone(), documents }).unwrap();
        assert_eq!(code(vec![right.clone()]), ExitCode::SUCCESS);
        assert_eq!(code(vec![right, wrong]), ExitCode::FAILURE);
        assert!(run(&Options { schema, documents: vec![folder.path().join("absent")] }).is_err());
    }
}
