//! `cargo xtask test`: every test of the workspace in release mode (the program and its tests share one build of the
//! runtime), then the examples in the documentation, which nextest does not run.

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

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    airlock_guest_builder::ensure_wasm_target()?;
    let tests = cargo(test_command(has_nextest(), &options.arguments))?;
    if tests != 0 {
        return Ok(ExitCode::from(tests));
    }
    if !options.arguments.is_empty() {
        eprintln!("The examples in the documentation were left out; without arguments they are tested too.");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(cargo(["test", "--release", "--workspace", "--doc"].map(OsString::from).to_vec())?))
}

fn test_command(nextest: bool, extra: &[OsString]) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = if nextest {
        vec!["nextest".into(), "run".into(), "--release".into()]
    } else {
        eprintln!("cargo-nextest is not there; it would be quicker: cargo install --locked cargo-nextest");
        vec!["test".into(), "--release".into()]
    };
    if !names_packages(extra) {
        arguments.push("--workspace".into());
    }
    if !nextest && extra.is_empty() {
        // The examples get a run of their own.
        arguments.push("--all-targets".into());
    }
    arguments.extend_from_slice(extra);
    arguments
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

    fn shown(nextest: bool, extra: &[&str]) -> String {
        let extra: Vec<OsString> = extra.iter().map(OsString::from).collect();
        let command = test_command(nextest, &extra);
        command.iter().map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn everything_without_arguments() {
        assert_eq!(shown(true, &[]), "nextest run --release --workspace");
        assert_eq!(shown(false, &[]), "test --release --workspace --all-targets");
    }

    #[test]
    fn arguments_are_passed_on() {
        assert_eq!(shown(true, &["usb"]), "nextest run --release --workspace usb");
        assert_eq!(shown(true, &["-p", "airlock-model"]), "nextest run --release -p airlock-model");
        assert_eq!(shown(false, &["--", "-p"]), "test --release --workspace -- -p");
    }
}
