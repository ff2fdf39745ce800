//! Turns `schema/*.toml` into the tables of `schema.rs`. A mistake in a schema file is a build error that names the
//! file, the section and the field.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a build script has no other way to fail than to stop, and runs on files of this folder only"
)]
#![expect(clippy::disallowed_methods, reason = "a build script reads and writes files")]

use serde::Deserialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    section: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    name: String,
    xml: Option<String>,
    category: String,
    shape: String,
    #[serde(default)]
    document: Option<String>,
    parent: Option<String>,
    sensitivity: String,
    description: String,
    #[serde(default)]
    field: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    xml: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    unit: Option<String>,
    description: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    lines: bool,
    sensitivity: Option<String>,
    category: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    document: Option<String>,
}

fn main() {
    println!("cargo::rerun-if-changed=schema");
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("schema");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut sections: Vec<Section> = files.iter().flat_map(|f| parse(f)).collect();
    sections.sort_by(|a, b| a.name.cmp(&b.name));
    for pair in sections.windows(2) {
        assert!(pair[0].name != pair[1].name, "section {} is described twice", pair[0].name);
    }
    let mut out = String::from("pub static SECTIONS: &[Section] = &[\n");
    for section in &sections {
        write_section(&mut out, section);
    }
    out.push_str("];\n");
    let target = PathBuf::from(env::var_os("OUT_DIR").unwrap()).join("sections.rs");
    fs::write(target, out).unwrap();
}

fn parse(path: &Path) -> Vec<Section> {
    let text = fs::read_to_string(path).unwrap();
    let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    file.section
}

fn write_section(out: &mut String, s: &Section) {
    let mut fields: Vec<&Field> = s.field.iter().collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(fields.len() <= 128, "{}: more fields than a row is checked for (fit.rs)", s.name);
    for pair in fields.windows(2) {
        assert!(pair[0].name != pair[1].name, "{}.{} is described twice", s.name, pair[0].name);
    }
    let xml = s.xml.clone().unwrap_or_else(|| s.name.to_uppercase());
    writeln!(
        out,
        "Section {{ name: {:?}, xml: {xml:?}, category: {:?}, shape: Shape::{}, document: Document::{}, parent: {:?}, sensitivity: Sensitivity::{}, description: {:?}, fields: &[",
        s.name, s.category, one_of(&s.shape, &["list", "object"]), document(s.document.as_deref()), s.parent, sensitivity(&s.sensitivity), s.description,
    )
    .unwrap();
    for f in fields {
        let xml = f.xml.clone().unwrap_or_else(|| f.name.to_uppercase());
        writeln!(
            out,
            "    Field {{ name: {:?}, xml: {xml:?}, kind: Kind::{}, unit: {:?}, description: {:?}, required: {}, lines: {}, sensitivity: Sensitivity::{}, category: {:?}, values: &{:?}, document: Document::{} }},",
            f.name,
            one_of(&f.kind, &["text", "integer", "boolean", "date", "datetime", "date-or-datetime", "texts"]),
            f.unit,
            f.description,
            f.required,
            f.lines,
            sensitivity(f.sensitivity.as_ref().unwrap_or(&s.sensitivity)),
            f.category.as_ref().unwrap_or(&s.category),
            f.values,
            document(f.document.as_deref()),
        )
        .unwrap();
    }
    out.push_str("] },\n");
}

fn document(word: Option<&str>) -> String {
    one_of(word.unwrap_or("both"), &["both", "json", "xml"])
}

fn sensitivity(word: &str) -> String {
    one_of(word, &["public", "internal", "personal", "secret"])
}

/// The word as a Rust variant, if it is one of `words`: `date-or-datetime` is `DateOrDatetime`.
fn one_of(word: &str, words: &[&str]) -> String {
    assert!(words.contains(&word), "{word:?} is not one of {words:?}");
    word.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}
