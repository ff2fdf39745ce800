//! `cargo xtask order`: writes down which functions of the program run when it starts and does what it does most, for the
//! linker to put them side by side (`host/agent/order.txt`).
//!
//! The system reads a program by the page, with the pages around it; functions that run are a thirtieth of all, and where
//! they lie among the others, half of the program comes to memory with them. What is in the list and no longer in the
//! program does no harm, what is missing only lies elsewhere: the list is made again when the libraries or the compiler are
//! others, as names hold a digest of these. It needs valgrind, which counts, and `nm` (binutils).

use crate::daemon::{airlock, free_port};
use crate::done::done;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The variable at which the build keeps the names of functions (`host/agent/build.rs`).
const SYMBOLS: &str = "AIRLOCK_SYMBOLS";
/// A program that is counted is some fifty times slower.
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// What the linker passes over.
const HEAD: &str =
    "# Functions in the order in which they lie in the program, for the linker. Made by `cargo xtask order`.\n";

#[derive(Args)]
pub(crate) struct Options {
    /// The list
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../host/agent/order.txt"))]
    file: PathBuf,
}

/// Functions by the address of their code.
type Functions = BTreeSet<u64>;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let program = named_program(folder.path())?;
    let names = Names::of(&program)?;
    let counted = Counted { program, folder: folder.path(), names: &names };
    let daemon = counted.daemon()?;
    let inventory = counted.command(&["inventory"])?;
    let discovery = counted.command(&["netdiscovery", "--host", "127.0.0.1", "--timeout", "1"])?;
    // What runs in a daemon that waits comes first, then what every task takes.
    let both: Functions = inventory.intersection(&discovery).copied().collect();
    let mut known = Functions::new();
    let mut list = HEAD.to_owned();
    for (what, group) in
        [("a daemon that waits", daemon), ("every task", both), ("an inventory", inventory), ("a discovery", discovery)]
    {
        let new: Vec<u64> = group.difference(&known).copied().collect();
        list.push_str(&format!("# {what}\n"));
        for name in new.iter().filter_map(|address| names.first(*address)) {
            list.push_str(name);
            list.push('\n');
        }
        eprintln!("{what}: {} functions more", new.len());
        known.extend(new);
    }
    fs::write(&options.file, list).with_context(|| format!("writing {}", options.file.display()))?;
    println!("{}: {} functions; build the program again", options.file.display(), known.len());
    Ok(ExitCode::SUCCESS)
}

/// The program, built with the names of its functions, out of the way of the next build.
fn named_program(folder: &Path) -> Result<PathBuf> {
    eprintln!("building the program with its functions' names");
    let words = ["rustc", "--quiet", "--release", "-p", "airlock-agent", "--bin", "airlock", "--", "-C", "strip=none"];
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    done(Command::new(cargo).args(words).env(SYMBOLS, "1"))?;
    let program = folder.join("airlock");
    fs::copy(airlock()?, &program)?;
    Ok(program)
}

/// Functions have several names where their code came out the same.
struct Names {
    of: BTreeMap<u64, BTreeSet<String>>,
    addresses: BTreeMap<String, Vec<u64>>,
}

impl Names {
    fn of(program: &Path) -> Result<Self> {
        let output = Command::new("nm").args(["-S", "--defined-only"]).arg(program).stdin(Stdio::null()).output();
        let output = output.context("nm (binutils) does not start")?;
        let all = Self::read(&String::from_utf8_lossy(&output.stdout));
        if all.of.is_empty() {
            bail!("nm finds no functions in {}", program.display());
        }
        Ok(all)
    }

    /// `0000000000a2c4f0 00000000000000d7 t _ZN4core3fmt…`
    fn read(text: &str) -> Self {
        let mut all = Self { of: BTreeMap::new(), addresses: BTreeMap::new() };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let (Some(address), Some(_size), Some("t" | "T" | "w" | "W"), Some(name)) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let Ok(address) = u64::from_str_radix(address, 16) else { continue };
            all.of.entry(address).or_default().insert(name.to_owned());
            all.addresses.entry(name.to_owned()).or_default().push(address);
        }
        all
    }

    fn first(&self, address: u64) -> Option<&str> {
        self.of.get(&address)?.first().map(String::as_str)
    }

    /// The functions that are named in what callgrind writes: `fn=(12) NAME`, `cfn=(12) NAME`, a name once.
    fn counted(&self, text: &str) -> Functions {
        let names = text.lines().filter_map(|line| {
            let (_number, name) = line.strip_prefix('c').unwrap_or(line).strip_prefix("fn=(")?.split_once(") ")?;
            // A function that calls itself has a number behind its name.
            Some(name.split('\'').next().unwrap_or(name))
        });
        names.filter_map(|name| self.addresses.get(name)).flatten().copied().collect()
    }
}

/// The program, run by a counter.
struct Counted<'a> {
    program: PathBuf,
    folder: &'a Path,
    names: &'a Names,
}

impl Counted<'_> {
    fn valgrind(&self, output: &Path) -> Command {
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--tool=callgrind", "--demangle=no"]);
        command.arg(format!("--callgrind-out-file={}", output.display())).arg(&self.program);
        command.arg("--vardir").arg(self.folder.join("state")).arg("--confdir").arg(self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// The second time, as what was compiled the first time is kept.
    fn command(&self, words: &[&str]) -> Result<Functions> {
        eprintln!("counting: airlock {}", words.join(" "));
        let output = self.folder.join("counted");
        for _ in 0..2 {
            let mut command = self.valgrind(&output);
            command.args(words).stderr(Stdio::null()).status().context("valgrind does not start: install it")?;
        }
        self.read(&output)
    }

    /// Until it has begun to wait.
    fn daemon(&self) -> Result<Functions> {
        eprintln!("counting: airlock daemon");
        let (output, port) = (self.folder.join("counted-daemon"), free_port()?);
        let settings = format!("[listener]\nenabled = true\nport = {port}\ntrust = [\"127.0.0.1\"]\n");
        fs::write(self.folder.join("airlock.toml"), settings)?;
        let mut command = self.valgrind(&output);
        let mut child = command.args(["daemon", "--no-fork"]).spawn().context("valgrind does not start: install it")?;
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if began.elapsed() > STARTS_WITHIN || child.try_wait()?.is_some() {
                let _ = child.kill();
                bail!("the daemon does not listen at port {port}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        // Whoever listens has something to answer now and then.
        for path in ["/status", "/"] {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
            stream.set_read_timeout(Some(STARTS_WITHIN))?;
            stream.read_to_end(&mut Vec::new())?;
        }
        let id = nix::unistd::Pid::from_raw(i32::try_from(child.id())?);
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM)?;
        child.wait()?;
        self.read(&output)
    }

    fn read(&self, output: &Path) -> Result<Functions> {
        let text = fs::read_to_string(output).with_context(|| format!("reading {}", output.display()))?;
        let functions = self.names.counted(&text);
        match functions.is_empty() {
            true => bail!("valgrind counted no function of the program"),
            false => Ok(functions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_ran_is_found_by_any_of_its_names() {
        let names = Names::read(
            "0000000000000a10 0000000000000002 t two\n0000000000000a10 0000000000000002 T one\n0000000000000b00 0000000000000001 D data\n",
        );
        let ran =
            names.counted("fl=(1) a.rs\nfn=(3) 0x0000000000001050\ncfn=(4) two'2\ncalls=1 5\nfn=(4)\nfn=(5) data\n");
        assert_eq!(ran, Functions::from([0xa10]));
        assert_eq!(names.first(0xa10), Some("one"));
        assert_eq!(names.first(0xb00), None);
    }
}
