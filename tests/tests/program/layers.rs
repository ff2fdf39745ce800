//! How the program is put together: nothing depends upward, and what needs no runtime is built without it.

use std::fs;
use std::path::Path;

/// Each crate of `host/`, and those of ours that it may be made of. Whoever adds a line here should know why.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("facts", &["model"]),
    ("protocol", &["model"]),
    ("trust", &["model"]),
    ("net", &["model"]),
    ("gate", &["model"]),
    ("native", &["facts", "gate", "model", "net", "trust"]),
    ("sandbox", &["gate", "model"]),
    ("builtin", &["guest-builder"]),
];

fn manifest(package: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host").join(package).join("Cargo.toml");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).parse().unwrap()
}

/// The crates of ours that a crate is made of, its build script included, its tests not.
fn uses(package: &str) -> Vec<String> {
    let manifest = manifest(package);
    let tables = ["dependencies", "build-dependencies"].into_iter().filter_map(|name| manifest.get(name)?.as_table());
    let names = tables.flat_map(|table| table.keys().cloned().collect::<Vec<_>>());
    names.filter_map(|name| name.strip_prefix("airlock-").map(str::to_owned)).collect()
}

#[test]
fn nothing_depends_upward() {
    for (package, may) in MAY_USE {
        for used in uses(package) {
            assert!(may.contains(&used.as_str()), "airlock-{package} uses airlock-{used}");
        }
    }
}

#[test]
fn only_the_sandbox_knows_wasm() {
    for (package, _) in MAY_USE.iter().filter(|(package, _)| *package != "sandbox") {
        let manifest = manifest(package);
        let Some(dependencies) = manifest.get("dependencies").and_then(|d| d.as_table()) else { continue };
        assert!(!dependencies.keys().any(|name| name.starts_with("wasmtime")), "airlock-{package}");
    }
    let sandbox = manifest("sandbox");
    assert!(sandbox["dependencies"].as_table().unwrap().contains_key("wasmtime"));
}

#[test]
fn nothing_of_wasi_is_in_the_program() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock")).unwrap();
    assert!(lock.contains("name = \"wasmtime\""));
    assert!(!lock.contains("name = \"wasmtime-wasi"), "a dependency brings WASI in");
}
