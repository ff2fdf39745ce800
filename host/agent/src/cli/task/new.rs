//! `airlock task new`: a task that builds, with tests that pass, as a place to begin.
//!
//! What it needs of Airlock (interfaces, SDK, model) is in the program and is written beside it: a task can be written on
//! a machine that has nothing of Airlock but the program.

use super::kit::Kit;
use crate::exit::Usage;
use crate::terminal;
use airlock_native::{is_there, make_folder, write_document};
use anyhow::Context;
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "\
The task reports software that left a version file. From there:
  cd NAME
  cargo test                        its thoughts, as plain Rust
  cargo build-task                  the component: target/NAME.component.wasm
  airlock task test cases --task target/NAME.component.wasm
  airlock task keygen NAME          once: NAME.key, which is secret, and NAME.pub
  airlock task sign target/NAME.component.wasm --key NAME.key …
README.md in the new folder says the same at length.")]
pub(crate) struct Options {
    /// The task's name: small letters, digits and hyphens; also the folder that is made
    #[arg(value_name = "NAME")]
    name: String,
    /// Make the folder there [default: here]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
}

/// The files of a new task. `{{name}}` is its name, `{{crate}}` its name as Rust writes it.
const TEMPLATE: &[(&str, &str)] = &[
    ("src/lib.rs", include_str!("../../../../../guest-tasks/template/src/lib.rs.txt")),
    ("src/version.rs", include_str!("../../../../../guest-tasks/template/src/version.rs.txt")),
    ("cases/found/mock.toml", include_str!("../../../../../guest-tasks/template/cases/found/mock.toml")),
    ("cases/found/policy.toml", include_str!("../../../../../guest-tasks/template/cases/policy.toml")),
    ("cases/found/job.json", include_str!("../../../../../guest-tasks/template/cases/found/job.json")),
    ("cases/found/expected.json", include_str!("../../../../../guest-tasks/template/cases/found/expected.json")),
    ("cases/refused/mock.toml", include_str!("../../../../../guest-tasks/template/cases/refused/mock.toml")),
    ("cases/refused/policy.toml", include_str!("../../../../../guest-tasks/template/cases/policy.toml")),
    ("cases/refused/job.json", include_str!("../../../../../guest-tasks/template/cases/refused/job.json")),
    ("cases/refused/error.txt", include_str!("../../../../../guest-tasks/template/cases/refused/error.txt")),
    ("README.md", include_str!("../../../../../guest-tasks/template/README.md")),
    (".cargo/config.toml", "[alias]\nbuild-task = \"run --quiet --package build-task --\"\n"),
    ("airlock/build-task/Cargo.toml", include_str!("../../../../../guest-tasks/template/build-task/Cargo.toml.txt")),
    ("airlock/build-task/src/main.rs", include_str!("../../../../../guest-tasks/template/build-task/src/main.rs.txt")),
    (".gitignore", "/target\n*.key\n"),
];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let name = checked(&options.name)?;
    let folder = options.path.clone().unwrap_or_default().join(name);
    if is_there(&folder) {
        return Err(Usage(format!("{} is there already; nothing was written", folder.display())).into());
    }
    let kit = Kit::unpacked()?;
    let put = |path: &Path, text: &str| -> anyhow::Result<()> {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            make_folder(parent).with_context(|| parent.display().to_string())?;
        }
        write_document(&path, text.as_bytes()).with_context(|| path.display().to_string())
    };
    for (path, text) in TEMPLATE {
        put(Path::new(path), &filled(text, name))?;
    }
    put(Path::new("Cargo.toml"), &manifest(name, kit.text("Cargo.toml")?)?)?;
    // Versions of what the kit is made of, as this program was built with them; cargo takes out what is not needed.
    put(Path::new("Cargo.lock"), kit.text("Cargo.lock")?)?;
    for (path, text) in kit.files() {
        put(&Path::new("airlock").join(path), text)?;
    }
    let shown = terminal::visible(&folder.display().to_string());
    Ok(terminal::print(&format!("{shown}: a task that builds, with its tests; README.md says how to go on\n"))?)
}

fn filled(text: &str, name: &str) -> String {
    text.replace("{{name}}", name).replace("{{crate}}", &name.replace('-', "_"))
}

/// A name that cargo, policies and signed manifests all take.
fn checked(name: &str) -> anyhow::Result<&str> {
    let begins = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let fine = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let ours = name.starts_with("airlock-")
        || airlock_builtin::task(name).is_some()
        || ["test", "std", "core"].contains(&name);
    if begins && fine && name.len() <= 64 && !name.ends_with('-') && !ours {
        return Ok(name);
    }
    let why = if ours { "is taken" } else { "is no task's name: small letters, digits and hyphens, a letter first" };
    Err(Usage(format!("{name:?} {why}")).into())
}

/// The packages that the kit needs, in the versions of this program.
fn manifest(name: &str, workspace: &str) -> anyhow::Result<String> {
    let mut text = filled(include_str!("../../../../../guest-tasks/template/Cargo.toml.txt"), name);
    for package in ["anyhow", "rustc-hash", "serde", "serde_json", "toml", "wit-bindgen", "wit-component"] {
        let begins = format!("{package} = ");
        let line = workspace.lines().find(|line| line.starts_with(&begins));
        let line = line.with_context(|| format!("the program's own manifest lacks {package}"))?;
        let _ = writeln!(text, "{line}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for good in ["acme-version", "a1"] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "A", "a_b", "../a", "a/b", "inventory", "airlock-x", "a-", "1a", "test"] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_manifest_is_one() {
        let table: toml::Table =
            manifest("acme-version", Kit::unpacked().unwrap().text("Cargo.toml").unwrap()).unwrap().parse().unwrap();
        assert_eq!(table["package"]["name"].as_str(), Some("acme-version"));
        assert!(table["workspace"]["dependencies"]["wit-bindgen"].get("features").is_some());
    }
}
