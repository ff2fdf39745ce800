//! `cargo xtask test`: every test of the workspace in release mode, then the examples in the documentation, which nextest
//! does not run, then the example tasks in other languages.
//!
//! What the program is not made of has a run of its own: cargo gives each crate the features that any selected package
//! asks for, and theirs would have the runtime built a second time.

use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `cargo nextest run` (or `cargo test`): packages, filters …; examples are then left out
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// The tools, and the tasks as plain Rust: without the runtime.
const APART: [&str; 14] = [
    "airlock-guest-builder",
    "airlock-xtask",
    "airlock-conformance",
    "airlock-fuzz",
    "airlock-snmp2",
    "airlock-task",
    "airlock-collect",
    "airlock-deploy",
    "airlock-inventory",
    "airlock-mib",
    "airlock-netdiscovery",
    "airlock-netinventory",
    "airlock-wakeonlan",
    "airlock-hostile",
];

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    airlock_guest_builder::ensure_wasm_target()?;
    for arguments in runs(has_nextest(), &options.arguments) {
        let code = cargo(arguments)?;
        if code != 0 {
            return Ok(ExitCode::from(code));
        }
    }
    if options.arguments.is_empty() {
        crate::examples::with_the_tests()?;
        crate::registry::with_the_tests()?;
    } else {
        eprintln!("The examples in the documentation were left out; without arguments they are tested too.");
    }
    Ok(ExitCode::SUCCESS)
}

/// The arguments of each run of cargo, in order.
fn runs(nextest: bool, extra: &[OsString]) -> Vec<Vec<OsString>> {
    let runner: &[&str] = if nextest { &["nextest", "run", "--release"] } else { &["test", "--release"] };
    if !nextest {
        eprintln!("cargo-nextest is not there; it would be quicker: cargo install --locked cargo-nextest");
    }
    if names_packages(extra) {
        return vec![command(runner, &[], extra)];
    }
    let product = product();
    let apart = APART.map(|package| ["-p", package]).concat();
    if !extra.is_empty() {
        return vec![command(runner, &product, extra), command(runner, &apart, extra)];
    }
    // The examples get a run of their own.
    let targets: &[&str] = if nextest { &[] } else { &["--all-targets"] };
    vec![
        command(runner, &[&product[..], targets].concat(), &[]),
        command(runner, &[&apart[..], targets].concat(), &[]),
        command(&["test", "--release", "--doc"], &product, &[]),
    ]
}

/// What the program is made of, and its tests: always selected together, so that everything is built once.
pub(crate) fn product() -> Vec<&'static str> {
    [&["--workspace"][..], &APART.map(|package| ["--exclude", package]).concat()].concat()
}

fn command(runner: &[&str], selection: &[&str], extra: &[OsString]) -> Vec<OsString> {
    runner.iter().chain(selection).map(OsString::from).chain(extra.iter().cloned()).collect()
}

/// `--workspace` next to a package would mean all of them.
fn names_packages(extra: &[OsString]) -> bool {
    let ours = extra.iter().map(|argument| argument.to_string_lossy()).take_while(|argument| argument != "--");
    ours.into_iter().any(|argument| argument.starts_with("-p") || argument.starts_with("--package"))
}

fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn has_nextest() -> bool {
    Command::new(program())
        .args(["nextest", "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The exit code; one for a process that a signal ended.
fn cargo(arguments: Vec<OsString>) -> Result<u8> {
    let program = program();
    let shown: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    eprintln!("$ cargo {}", shown.join(" "));
    let status = Command::new(&program)
        .args(&arguments)
        .status()
        .with_context(|| format!("{} does not start", program.display()))?;
    Ok(status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(nextest: bool, extra: &[&str]) -> Vec<String> {
        let extra: Vec<OsString> = extra.iter().map(OsString::from).collect();
        let words = |run: Vec<OsString>| run.iter().map(|a| a.to_string_lossy().into_owned()).collect::<Vec<_>>();
        runs(nextest, &extra).into_iter().map(|run| words(run).join(" ")).collect()
    }

    #[test]
    fn everything_without_arguments_and_some_apart() {
        let [product, apart, examples] = shown(true, &[]).try_into().unwrap();
        let without = |run: &str| APART.iter().all(|package| run.contains(&format!("--exclude {package}")));
        assert!(product.starts_with("nextest run --release --workspace") && without(&product), "{product}");
        assert!(APART.iter().all(|package| apart.contains(&format!("-p {package}"))), "{apart}");
        assert!(examples.starts_with("test --release --doc --workspace") && without(&examples), "{examples}");
        assert!(shown(false, &[])[0].ends_with(" --all-targets"));
    }

    #[test]
    fn arguments_are_passed_on() {
        assert!(shown(true, &["usb"]).iter().all(|run| run.ends_with(" usb")));
        assert_eq!(shown(true, &["-p", "airlock-model"]), ["nextest run --release -p airlock-model"]);
        assert!(shown(false, &["--", "-p"]).iter().all(|run| run.ends_with(" -- -p")));
    }
}
