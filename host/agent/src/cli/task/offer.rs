//! A component that was verified, in words: whose it is, what it asks for, and what is different from the installed one.

use crate::admission::{Admitted, rights};
use crate::terminal::visible;
use airlock_native::trust_store::Installed;
use airlock_trust::Freshness;
use serde_json::{Value, json};
use std::fmt::Write;

/// Rights that the new one has and the installed one does not, and the other way round.
pub(crate) fn difference(admitted: &Admitted, installed: &Installed) -> (Vec<String>, Vec<String>) {
    let (new, old) = (rights(&admitted.verified.manifest.imports), rights(&installed.imports));
    let more = new.iter().filter(|right| !old.contains(right)).cloned().collect();
    let less = old.iter().filter(|right| !new.contains(right)).cloned().collect();
    (more, less)
}

pub(crate) fn in_words(admitted: &Admitted, installed: Option<&Installed>) -> String {
    let (verified, manifest) = (&admitted.verified, &admitted.verified.manifest);
    let mut text = format!("{} {} of {}\n", manifest.name, manifest.version, verified.publisher);
    let _ = writeln!(text, "  counter  {}", manifest.counter);
    let keys: Vec<String> = verified.keys.iter().map(ToString::to_string).collect();
    let _ = writeln!(text, "  signed   {}", keys.join(", "));
    let _ = writeln!(text, "  expires  {}{}", manifest.expires, aged(verified.freshness));
    let _ = writeln!(text, "  sha256   {}", manifest.sha256);
    let _ = writeln!(text, "  kind     {}", admitted.world.name());
    for import in admitted.inspection.imports.iter().filter(|import| import.is_right) {
        let _ = writeln!(text, "  asks for {}: {}", visible(&import.name), import.meaning);
    }
    if let Some(installed) = installed {
        text.push_str(&changes(admitted, installed));
    }
    if let Some(request) = &admitted.package.request {
        text.push_str(&wishes(request));
    }
    text
}

/// What would be different.
fn changes(admitted: &Admitted, installed: &Installed) -> String {
    if installed.manifest_sha256 == admitted.verified.manifest_sha256 {
        return "  This is the installed one.\n".to_owned();
    }
    let (more, less) = difference(admitted, installed);
    let mut text = format!("  installed is {} (counter {})\n", installed.version, installed.counter);
    for (sign, list) in [("+", more), ("-", less)] {
        for right in list {
            let _ = writeln!(text, "    {sign} {right}");
        }
    }
    if installed.sha256 == admitted.verified.manifest.sha256 {
        text.push_str("    the same component under a newer manifest\n");
    }
    text
}

/// What the publisher would like: shown, and nothing else is done with it.
pub(crate) fn wishes(request: &[u8]) -> String {
    let mut text =
        "  Its publisher asks you to grant the following. Nothing of it is in force; what you agree with, you\n  \
        write into your own policy:\n"
            .to_owned();
    for line in visible(&String::from_utf8_lossy(request)).lines() {
        let _ = writeln!(text, "    | {line}");
    }
    text
}

fn aged(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Fresh => "",
        Freshness::Expired => " (past: ask for a newer one)",
        Freshness::Frozen => " (long past: it no longer runs if its kind can change anything)",
    }
}

pub(crate) fn as_json(admitted: &Admitted, installed: Option<&Installed>) -> String {
    format!("{:#}\n", value(admitted, installed))
}

pub(crate) fn value(admitted: &Admitted, installed: Option<&Installed>) -> Value {
    let (verified, manifest) = (&admitted.verified, &admitted.verified.manifest);
    let keys: Vec<String> = verified.keys.iter().map(ToString::to_string).collect();
    let imports: Vec<Value> = admitted
        .inspection
        .imports
        .iter()
        .map(|import| json!({"name": import.name, "meaning": import.meaning, "right": import.is_right}))
        .collect();
    let changes = installed.map(|installed| {
        let (more, less) = difference(admitted, installed);
        json!({"installed": installed.version, "asks_for_more": more, "asks_for_less": less,
            "same_component": installed.sha256 == manifest.sha256})
    });
    let request = admitted.package.request.as_deref().map(String::from_utf8_lossy);
    json!({
        "name": manifest.name.to_string(),
        "version": manifest.version.to_string(),
        "counter": manifest.counter,
        "publisher": verified.publisher.to_string(),
        "keys": keys,
        "issued": manifest.issued.to_string(),
        "expires": manifest.expires.to_string(),
        "freshness": match verified.freshness {
            Freshness::Fresh => "fresh",
            Freshness::Expired => "expired",
            Freshness::Frozen => "frozen",
        },
        "size": manifest.size,
        "sha256": manifest.sha256,
        "kind": admitted.world.name(),
        "imports": imports,
        "changes": changes,
        "request": request,
    })
}
