//! `cargo xtask snmpsim`: devices as snmpsim plays them from recordings, asked over a real socket, beside the same recordings
//! read as files: both have to give the same inventory. snmpsim is installed from PyPI into a virtual environment of its own
//! below the target folder; where it cannot be had, that is said and nothing else is done.

use crate::daemon::airlock;
use crate::network::walk_of;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;
use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// And what it needs without saying so.
const PACKAGES: &[&str] = &["snmpsim==1.2.2", "pysmi==2.0.0"];
const RESPONDER: &str = "bin/snmpsim-command-responder";
/// It reads all recordings first, and makes an index of each.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Args)]
#[command(after_help = "\
Needs python3 with venv, and PyPI the first time. The devices listen on 127.0.0.1, each under a community of its own.

Examples:
  cargo xtask snmpsim switch.snmprec core.walk
  cargo xtask snmpsim --airlock target/release/airlock *.snmprec")]
pub(crate) struct Options {
    /// Devices as recorded (snmpwalk -On, or .snmprec)
    #[arg(required = true)]
    walks: Vec<PathBuf>,
    /// The program [default: airlock of the same build as this one]
    #[arg(long)]
    airlock: Option<PathBuf>,
    /// Where snmpsim is installed [default: beside this program]
    #[arg(long)]
    venv: Option<PathBuf>,
}

/// snmpsim; it ends with this.
struct Simulator(Child);

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let airlock = options.airlock.clone().map_or_else(airlock, Ok)?;
    let venv = match &options.venv {
        Some(venv) => venv.clone(),
        None => std::env::current_exe()?.with_file_name("snmpsim"),
    };
    install(&venv).context("snmpsim cannot be had here, and nothing was tried")?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    let mut devices = Vec::new();
    for (number, path) in options.walks.iter().enumerate() {
        let community = format!("device{number}");
        let is_recording = path.extension().is_some_and(|ending| ending == "snmprec");
        let ending = if is_recording { "snmprec" } else { "snmpwalk" };
        fs::copy(path, data.join(format!("{community}.{ending}"))).with_context(|| path.display().to_string())?;
        let file = folder.path().join(format!("{community}.walk"));
        fs::write(&file, walk_of(path)?)?;
        devices.push((community, path, file));
    }
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let _simulator = start(&venv, folder.path(), &data, port)?;
    let mut wrong = 0;
    for (community, path, file) in &devices {
        for version in ["1", "2c"] {
            let credential = format!("version:{version},community:{community}");
            let common = ["netinventory", "--json", "--host", "127.0.0.1", "--credentials", &credential];
            let port = port.to_string();
            let file = file.to_string_lossy();
            let live = sections(&airlock, &[common.as_slice(), &["--port", &port, "--timeout", "5"]].concat())?;
            let read = sections(&airlock, &[common.as_slice(), &["--file", &file]].concat())?;
            let differences = differences(&live, &read);
            let rows = live.as_object().map_or(0, |all| all.values().filter_map(Value::as_array).map(Vec::len).sum());
            println!("{:<44} {version:>3} {rows:>6} rows  {}", path.display(), verdict(&differences));
            wrong += usize::from(!differences.is_empty());
        }
    }
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verdict(differences: &[String]) -> String {
    match differences {
        [] => "the same".to_owned(),
        all => format!("DIFFERENT: {}", all.join("; ")),
    }
}

fn install(venv: &Path) -> Result<()> {
    if venv.join(RESPONDER).is_file() {
        return Ok(());
    }
    let done = |command: &mut Command| -> Result<()> {
        let output = command.output().with_context(|| format!("{command:?}"))?;
        ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(())
    };
    // The system's own: it comes with what snmpsim's indexes are made with (dbm).
    let system = Path::new("/usr/bin/python3");
    let python = if system.is_file() { system } else { Path::new("python3") };
    done(Command::new(python).args(["-m", "venv"]).arg(venv))?;
    done(Command::new(venv.join("bin/pip")).args(["install", "--quiet"]).args(PACKAGES))
}

/// Until it answers.
fn start(venv: &Path, folder: &Path, data: &Path, port: u16) -> Result<Simulator> {
    let log = fs::File::create(folder.join("log"))?;
    let mut command = Command::new(venv.join(RESPONDER));
    command
        .arg(format!("--data-dir={}", data.display()))
        .arg(format!("--cache-dir={}", folder.join("cache").display()));
    command.arg(format!("--agent-udpv4-endpoint=127.0.0.1:{port}"));
    // It does not run as root.
    command.args(["--process-user=nobody", "--process-group=nogroup"]);
    if !nix::unistd::geteuid().is_root() {
        command = without_users(&command);
    }
    open_to_all(folder)?;
    let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn().context("snmpsim")?;
    let mut simulator = Simulator(child);
    let began = Instant::now();
    // A question that every device answers: whether one does is all that counts.
    while !answers(port)? {
        let said = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        if simulator.0.try_wait()?.is_some() {
            bail!("snmpsim ended: {}", said());
        }
        ensure!(began.elapsed() < PATIENCE, "snmpsim does not answer: {}", said());
    }
    Ok(simulator)
}

fn without_users(command: &Command) -> Command {
    let mut plain = Command::new(command.get_program());
    plain.args(command.get_args().filter(|word| !word.to_string_lossy().starts_with("--process-")));
    plain
}

/// Whoever it runs as reads the recordings, and keeps its index.
fn open_to_all(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(folder.join("cache"))?;
    for (path, mode) in [(folder.to_owned(), 0o755), (folder.join("data"), 0o755), (folder.join("cache"), 0o777)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    for file in fs::read_dir(folder.join("data"))? {
        fs::set_permissions(file?.path(), fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

fn answers(port: u16) -> Result<bool> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect((Ipv4Addr::LOCALHOST, port))?;
    socket.set_read_timeout(Some(Duration::from_millis(500)))?;
    let asked = socket.send(&crate::network::question("device0"));
    let heard = asked.is_ok() && socket.recv(&mut [0; 2048]).is_ok();
    if !heard {
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(heard)
}

/// Nothing where it did not answer.
fn sections(airlock: &Path, words: &[&str]) -> Result<Value> {
    let output = Command::new(airlock).args(words).stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line: Value = serde_json::from_str(text.trim())
        .with_context(|| format!("{words:?}: {}", String::from_utf8_lossy(&output.stderr).trim()))?;
    Ok(line.get("sections").cloned().unwrap_or_default())
}

/// By section: how many rows are only here or only there.
fn differences(live: &Value, read: &Value) -> Vec<String> {
    let rows = |all: &Value, section: &str| -> Vec<String> {
        let mut rows: Vec<String> =
            all.get(section).and_then(Value::as_array).into_iter().flatten().map(Value::to_string).collect();
        rows.sort();
        rows
    };
    let names =
        |all: &Value| -> Vec<String> { all.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect() };
    let mut sections = [names(live), names(read)].concat();
    sections.sort();
    sections.dedup();
    if sections.is_empty() {
        return vec!["no answer".to_owned()];
    }
    let one = |section: String| {
        let (live, read) = (rows(live, &section), rows(read, &section));
        let only = |these: &[String], those: &[String]| these.iter().filter(|row| !those.contains(row)).count();
        (live != read).then(|| format!("{section}: {} only live, {} only read", only(&live, &read), only(&read, &live)))
    };
    sections.into_iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_is_said_and_no_answer_is_no_likeness() {
        let (one, other) = (json!({ "a": [{ "x": 1 }, { "x": 2 }] }), json!({ "a": [{ "x": 2 }, { "x": 1 }] }));
        assert!(differences(&one, &other).is_empty());
        assert_eq!(differences(&one, &json!({ "a": [{ "x": 1 }] })), ["a: 1 only live, 0 only read"]);
        assert_eq!(differences(&json!(null), &json!(null)), ["no answer"]);
    }
}
