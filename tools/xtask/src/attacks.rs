//! `cargo xtask attacks`: runs the tests of every attack and of its benign twin, and prints which were survived.
//!
//! The attacks are listed in `tests/attacks/*.toml`; the tests of `WR-01` are those of `tests/tests/attacks` whose names
//! begin with `wr_01_`, its twins with `wr_01_twin`. An attack passes when at least one test and one twin ran and all of
//! them passed: refusing everything is no defence, and an attack without a test is a failure here, not a gap.

mod table;

use crate::run_tests;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

#[derive(Args)]
pub(crate) struct Options {
    /// Only attacks whose id begins so: `WR`, `PO-0`
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Build with this profile of cargo
    #[arg(long, default_value = "release", value_name = "NAME")]
    profile: String,
}

/// An attack, as its list describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attack {
    id: String,
    title: String,
    severity: String,
    /// What the tests look at, by the numbers of `tests/attacks/README.md`.
    oracles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    attack: Vec<Attack>,
}

/// How the tests of one attack went.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Tests {
    attacks: usize,
    twins: usize,
    failed: Vec<String>,
}

impl Tests {
    fn verdict(&self) -> &'static str {
        match (self.attacks, self.twins, self.failed.is_empty()) {
            (0, _, _) => "NO TEST",
            (_, _, false) => "FAILED",
            (_, 0, _) => "NO TWIN",
            _ => "passed",
        }
    }

    fn passed(&self) -> bool {
        self.verdict() == "passed"
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let begins = options.id.as_deref().unwrap_or("").to_ascii_uppercase();
    let attacks: Vec<Attack> = attacks(&root)?.into_iter().filter(|attack| attack.id.starts_with(&begins)).collect();
    if attacks.is_empty() {
        bail!("no attack's id begins with {begins}");
    }
    let results = tests(options)?;
    let rows: Vec<(Attack, Tests)> = attacks
        .into_iter()
        .map(|attack| {
            let tests = tests_of(&attack.id, &results);
            (attack, tests)
        })
        .collect();
    if options.json {
        println!("{:#}", table::json(&rows));
    } else {
        print!("{}", table::text(&rows));
    }
    let survived = rows.iter().all(|(_, tests)| tests.passed());
    Ok(if survived { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn attacks(root: &Path) -> Result<Vec<Attack>> {
    let folder = root.join("tests/attacks");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut attacks = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let list: List = toml::from_str(&text).with_context(|| file.display().to_string())?;
        attacks.extend(list.attack);
    }
    attacks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(attacks)
}

/// Every test of the attacks by its name, and whether it passed. Cargo's own runner says both in lines that have not
/// changed for years: `test wr::wr_01_… ... ok`.
fn tests(options: &Options) -> Result<BTreeMap<String, bool>> {
    airlock_guest_builder::ensure_wasm_target()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--profile", &options.profile]).args(run_tests::product()).args(["--test", "attacks"]);
    if let Some((group, number)) = options.id.as_deref().map(|id| id.split_once('-').unwrap_or((id, ""))) {
        command.arg(format!("{}_{number}", group.to_ascii_lowercase()));
    }
    // Attacks are about time and memory: two at once, or they would be each other's.
    let output = command
        .args(["--", "--test-threads", "2"])
        .stderr(Stdio::inherit())
        .output()
        .context("cargo does not start")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let results = parse(&text);
    if results.is_empty() {
        bail!("no test ran ({}):\n{text}", output.status);
    }
    if !output.status.success() {
        eprintln!("{text}");
    }
    Ok(results)
}

fn parse(text: &str) -> BTreeMap<String, bool> {
    let result = |line: &str| {
        let (name, result) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
        let name = name.rsplit("::").next()?.to_owned();
        // A test that is ignored did not run: it counts as one that failed.
        Some((name, result.trim() == "ok"))
    };
    text.lines().filter_map(result).collect()
}

fn tests_of(id: &str, results: &BTreeMap<String, bool>) -> Tests {
    let begins = format!("{}_", id.to_ascii_lowercase().replace('-', "_"));
    let mut tests = Tests::default();
    for (name, passed) in results.iter().filter(|(name, _)| name.starts_with(&begins)) {
        let twin = name.strip_prefix(&begins).is_some_and(|rest| rest.starts_with("twin"));
        *(if twin { &mut tests.twins } else { &mut tests.attacks }) += 1;
        if !passed {
            tests.failed.push(name.clone());
        }
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\nrunning 4 tests\ntest wr::wr_01_a_loop_ends ... ok\ntest wr::wr_01_twin_a_long_one_passes ... ok\n\
                        test wr::wr_02_a_loop_at_the_start ... FAILED\ntest po::po_01_a_typo ... ignored\n\ntest result: FAILED\n";

    #[test]
    fn a_test_and_a_twin_make_a_pass() {
        let results = parse(SAID);
        assert_eq!(results.len(), 4);
        assert_eq!(tests_of("WR-01", &results).verdict(), "passed");
        assert_eq!(tests_of("WR-02", &results).verdict(), "FAILED");
        assert_eq!(tests_of("WR-03", &results).verdict(), "NO TEST");
        assert_eq!(tests_of("PO-01", &results).verdict(), "FAILED");
        let alone = BTreeMap::from([("wr_04_tables".to_owned(), true)]);
        assert_eq!(tests_of("WR-04", &alone).verdict(), "NO TWIN");
    }

    #[test]
    fn the_lists_parse_and_every_test_belongs_to_an_attack() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let attacks = attacks(&root).unwrap();
        assert!(attacks.len() >= 59, "{}", attacks.len());
        for attack in &attacks {
            assert!(["S1", "S2", "S3"].contains(&attack.severity.as_str()), "{attack:?}");
        }
    }
}
