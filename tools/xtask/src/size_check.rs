//! `cargo xtask size-check`: the promise about the program's size, kept by a number. What counts is the stripped
//! program, as packages carry it; without `strip` the file's own size is taken, which can only be more.

use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// As on disks: a million bytes.
const MEGABYTE: u64 = 1_000_000;

#[derive(Args)]
pub(crate) struct Options {
    /// The program
    file: PathBuf,
    /// The size that it must stay below, in megabytes of a million bytes
    #[arg(long, default_value_t = 25)]
    max_mb: u64,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let whole = size(&options.file)?;
    let stripped = stripped_size(&options.file)?;
    if stripped.is_none() {
        eprintln!("`strip` (binutils) is not there or cannot strip this file: its size as it is counts");
    }
    let counted = stripped.unwrap_or(whole);
    let limit = options.max_mb.saturating_mul(MEGABYTE);
    let verdict = if counted < limit { "ok" } else { "TOO BIG" };
    println!(
        "{verdict}: {} MB stripped, {} MB as it is, limit {} MB ({})",
        megabytes(counted),
        megabytes(whole),
        options.max_mb,
        options.file.display()
    );
    Ok(if counted < limit { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn size(file: &Path) -> Result<u64> {
    Ok(std::fs::metadata(file).with_context(|| format!("reading {}", file.display()))?.len())
}

fn stripped_size(file: &Path) -> Result<Option<u64>> {
    let folder = tempfile::tempdir()?;
    let output = folder.path().join("stripped");
    let done = Command::new("strip")
        .arg("-o")
        .arg(&output)
        .arg(file)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if done { size(&output).map(Some) } else { Ok(None) }
}

fn megabytes(bytes: u64) -> String {
    let hundredths = bytes / (MEGABYTE / 100);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn megabytes_have_two_places() {
        assert_eq!(megabytes(24_999_999), "24.99");
        assert_eq!(megabytes(1_050_000), "1.05");
        assert_eq!(megabytes(0), "0.00");
    }

    #[test]
    fn the_limit_itself_is_too_big() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("program");
        std::fs::write(&file, vec![0; 1_000_000]).unwrap();
        let options = |max_mb| Options { file: file.clone(), max_mb };
        assert_eq!(run(&options(1)).unwrap(), ExitCode::FAILURE);
        assert_eq!(run(&options(2)).unwrap(), ExitCode::SUCCESS);
    }

    #[test]
    fn an_absent_file_is_an_error() {
        assert!(size(Path::new("/nonexistent/program")).is_err());
    }
}
