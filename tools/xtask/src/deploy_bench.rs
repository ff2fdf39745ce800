//! `cargo xtask bench deploy`: a package in parts from a server of our own over loopback, beside `curl | sha512sum` of the same
//! bytes in the same run; its peak memory; and the same package by a program that is killed ten times on the way.
//!
//! The server is in a network namespace of the benchmark's own, at an address that is no interface's: what a server sends
//! is never fetched from the machine's own addresses.

use crate::daemon::airlock;
use crate::measure::{Cost, measure};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha512};
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const MARK: &str = "AIRLOCK_BENCH_DEPLOY";
/// A network for documentation (RFC 5737), all of which is this machine here, and none of it an interface's.
const NETWORK: &str = "198.51.100.0/24";
const ORIGIN: &str = "http://198.51.100.5:8080";
const KILLS: usize = 10;
const BLOCK: usize = 64 << 10;

#[derive(Args)]
#[command(after_help = "\
Needs unshare(1), ip(8), curl and sha512sum; writes the package twice below --folder and removes it.

Examples:
  cargo xtask bench deploy
  cargo xtask bench deploy --mb 256 --part-mb 10 --json")]
pub(crate) struct Options {
    /// The package, in MB
    #[arg(long, default_value_t = 2048, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    mb: u64,
    /// Each of its parts, in MB
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    part_mb: u64,
    /// The program [default: airlock of the same build as this one]
    #[arg(long)]
    airlock: Option<PathBuf>,
    /// Where the program keeps what it downloads [default: a temporary folder]
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Figures {
    mb: u64,
    parts: usize,
    curl_mb_per_second: f64,
    ours_mb_per_second: f64,
    /// Ours stores, checks and puts together what the other only reads.
    ours_to_curl: f64,
    /// Of a program that had its task still to compile.
    peak_mib: f64,
    /// Of the one that went on after the last kill, with its task compiled before.
    peak_again_mib: f64,
    killed: usize,
    /// Parts that were asked for, of which each kill may have cost one that was on its way.
    requests: usize,
}

/// A package that is made as it is asked for: each block of a part is noise behind a number of its own.
struct Package {
    bytes: u64,
    part_bytes: u64,
    noise: Vec<u8>,
    parts: Vec<String>,
    whole: String,
    /// How often each part was asked for.
    asked: Mutex<HashMap<String, usize>>,
}

/// Noise that nobody compresses: xorshift.
fn fill(block: &mut [u8]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for eight in block.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let bytes = state.to_le_bytes();
        for (to, from) in eight.iter_mut().zip(bytes) {
            *to = from;
        }
    }
}

impl Package {
    fn new(mb: u64, part_mb: u64) -> Result<Self> {
        let (bytes, part_bytes) = (mb << 20, part_mb << 20);
        let mut noise = vec![0; BLOCK];
        fill(&mut noise);
        let mut package =
            Self { bytes, part_bytes, noise, parts: vec![], whole: String::new(), asked: Mutex::default() };
        let mut whole = Sha512::new();
        for number in 0..bytes.div_ceil(part_bytes) {
            let mut part = Sha512::new();
            package.pour(number, |block| {
                part.update(block);
                whole.update(block);
                Ok(())
            })?;
            package.parts.push(hex(&part.finalize()));
        }
        package.whole = hex(&whole.finalize());
        Ok(package)
    }

    fn length(&self, part: u64) -> u64 {
        self.part_bytes.min(self.bytes.saturating_sub(part * self.part_bytes))
    }

    fn pour(&self, part: u64, mut into: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        // Made once, and then numbered: the server is not what is measured.
        let mut block = self.noise.clone();
        let first = part * self.part_bytes / BLOCK as u64;
        for number in 0..self.length(part) / BLOCK as u64 {
            let head = block.first_chunk_mut().context("a block has room for its number")?;
            *head = (first + number).to_le_bytes();
            into(&block)?;
        }
        Ok(())
    }

    fn requests(&self) -> usize {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    fn answer(&self, mut stream: TcpStream) -> Result<()> {
        let (mut request, mut some) = (Vec::new(), [0; 4096]);
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = stream.read(&mut some)?;
            ensure!(count > 0, "nothing was asked");
            request.extend_from_slice(some.get(..count).unwrap_or_default());
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let numbers: Vec<u64> = match self.parts.iter().position(|part| part == name) {
            Some(number) => {
                *self.asked.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default() += 1;
                vec![u64::try_from(number)?]
            }
            None => (0..u64::try_from(self.parts.len())?).collect(),
        };
        let length: u64 = numbers.iter().map(|number| self.length(*number)).sum();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
        for number in numbers {
            self.pour(number, |block| Ok(stream.write_all(block)?))?;
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if std::env::var_os(MARK).is_none() {
        let mut again = Command::new("unshare");
        again.arg("-Urn").arg(std::env::current_exe()?).args(std::env::args_os().skip(1)).env(MARK, "1");
        let status = again.status().context("unshare(1) of util-linux")?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    ip(&["link", "set", "lo", "up"])?;
    ip(&["route", "add", "local", NETWORK, "dev", "lo"])?;
    let airlock = options.airlock.clone().map_or_else(airlock, Ok)?;
    let package = Arc::new(Package::new(options.mb, options.part_mb)?);
    let listener = TcpListener::bind("0.0.0.0:8080")?;
    let server = Arc::clone(&package);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let server = Arc::clone(&server);
            // Whoever is killed on the way hangs up.
            std::thread::spawn(move || drop(server.answer(stream)));
        }
    });
    let figures = figures(options, &airlock, &package)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        let Figures { mb, parts, curl_mb_per_second, ours_mb_per_second, ours_to_curl, .. } = &figures;
        let Figures { peak_mib, peak_again_mib, killed, requests, .. } = &figures;
        println!("{mb} MB in {parts} parts");
        println!("curl | sha512sum    {curl_mb_per_second:>8.0} MB/s");
        println!(
            "airlock             {ours_mb_per_second:>8.0} MB/s ({ours_to_curl:.2} of it), peak {peak_mib:.1} MiB with its task to compile"
        );
        println!(
            "killed {killed} times   {requests:>8} requests for {parts} parts, complete, peak {peak_again_mib:.1} MiB then"
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn figures(options: &Options, airlock: &Path, package: &Package) -> Result<Figures> {
    let folder = match &options.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("policy.toml"), policy())?;
    std::fs::write(at("job.json"), serde_json::to_vec(&job(package))?)?;
    let curl = format!("test \"$(curl -s {ORIGIN}/whole | sha512sum | cut -d' ' -f1)\" = {}", package.whole);
    let curl: Vec<OsString> = ["sh", "-c", &curl].iter().map(OsString::from).collect();
    let curl = measure(&curl)?;
    let ours = measure(&command(airlock, folder.path(), "once"))?;
    let once = package.requests();
    ensure!(once == package.parts.len(), "{once} requests for {} parts", package.parts.len());
    std::fs::remove_dir_all(at("once"))?;
    package.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    let (killed, again) = killed(&command(airlock, folder.path(), "killed"), package)?;
    let requests = package.requests();
    ensure!(requests <= package.parts.len() + killed, "{requests} requests: more than one part a kill came again");
    let speed = |cost: Cost| f64_of(options.mb) / (f64_of(cost.wall_us) / 1e6);
    Ok(Figures {
        mb: options.mb,
        parts: package.parts.len(),
        curl_mb_per_second: speed(curl),
        ours_mb_per_second: speed(ours),
        ours_to_curl: speed(ours) / speed(curl),
        peak_mib: f64_of(ours.peak_kib) / 1024.0,
        peak_again_mib: f64_of(again.peak_kib) / 1024.0,
        killed,
        requests,
    })
}

fn f64_of(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// Runs it, kills it ten times on the way, each time after another part of the package, and lets it end then.
fn killed(command: &[OsString], package: &Package) -> Result<(usize, Cost)> {
    let (program, arguments) = command.split_first().context("no command")?;
    let start = || Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let kills = KILLS.min(package.parts.len());
    for kill in 1..=kills {
        let mut child = start()?;
        // Somewhere in the middle of a part.
        let (enough, began) = (package.parts.len() * kill / (kills + 1) + kill, Instant::now());
        while package.requests() < enough.max(1) {
            if let Some(status) = child.try_wait()? {
                bail!("it ended before it was killed ({status})");
            }
            ensure!(began.elapsed() < Duration::from_secs(600), "it does not go on");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill()?;
        child.wait()?;
    }
    let last = measure(command).with_context(|| format!("after {kills} kills it did not complete"))?;
    Ok((kills, last))
}

fn command(airlock: &Path, folder: &Path, state: &str) -> Vec<OsString> {
    let at = |name: &str| OsString::from(folder.join(name));
    let job = OsString::from(format!("@{}", folder.join("job.json").display()));
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    [
        vec![airlock.into()],
        words(&["--vardir"]),
        vec![at(state)],
        words(&["--policy"]),
        vec![at("policy.toml")],
        words(&["task", "run", "deploy", "--server", "bench", "--job"]),
        vec![job],
    ]
    .concat()
}

fn policy() -> String {
    format!(
        "policy_version = 1\nid = \"bench\"\nserial = 1\nlayer = \"local\"\n[server.bench]\norigin = \"https://glpi.example\"\n\
         tls = {{ ca = \"system\" }}\n[[grant]]\nserver = [\"bench\"]\ntask = [\"deploy\"]\nverb = \"pkg.fetch\"\n\
         origins = [\"{ORIGIN}\"]\n"
    )
}

fn job(package: &Package) -> serde_json::Value {
    let whole = &package.whole;
    json!({
        "job": { "uuid": "0123456789abc", "associatedFiles": [whole], "checks": [], "actions": [] },
        "files": { whole: {
            "name": "package.img", "uncompress": 0, "p2p": 0, "p2p-retention-duration": 60,
            "mirrors": [format!("{ORIGIN}/p/")], "multiparts": package.parts,
        } },
    })
}

fn ip(words: &[&str]) -> Result<()> {
    let status = Command::new("ip").args(words).status().context("ip(8) of iproute2")?;
    ensure!(status.success(), "network namespaces are not to be had here");
    Ok(())
}
