//! The agent with servers, as its owner sets it up: `airlock.toml`, policies, and what is kept in its folders.

use crate::fakeglpi::FakeGlpi;
use crate::program::{Airlock, Output, run};
use serde_json::Value;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// An agent with settings of its own.
pub struct Agent {
    pub airlock: Airlock,
    pub confdir: tempfile::TempDir,
}

impl Agent {
    pub fn new(settings: &str) -> Self {
        let agent = Self { airlock: Airlock::new(), confdir: tempfile::tempdir().unwrap() };
        agent.settings(settings);
        agent
    }

    pub fn of(server: &FakeGlpi) -> Self {
        Self::new(&hq(server))
    }

    pub fn settings(&self, text: &str) {
        fs::write(self.confdir.path().join("airlock.toml"), text).unwrap();
    }

    pub fn policy(&self, text: &str) {
        let folder = self.confdir.path().join("policy.d");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("50-test.toml"), text).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        run(self.command(arguments))
    }

    /// The command, for those who want to change it before it is run, or to end it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let confdir = format!("--confdir={}", self.confdir.path().display());
        self.airlock.command(&[&[confdir.as_str()], arguments].concat())
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr))
    }

    /// What is remembered of a server.
    pub fn remembered(&self, server: &str) -> Value {
        let path = self.airlock.vardir().join("servers").join(server).join("server.json");
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    pub fn outbox(&self, server: &str) -> Vec<String> {
        let folder = self.airlock.vardir().join("servers").join(server).join("outbox");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

/// Settings with one server, `hq`.
pub fn hq(server: &FakeGlpi) -> String {
    hq_at(&server.url("/front/inventory.php"))
}

/// The same, at an address.
pub fn hq_at(url: &str) -> String {
    format!("[schedule]\ndelay = 2\n[[server]]\nname = \"hq\"\nurl = \"{url}\"\n")
}

/// Whether it comes true within three minutes: nobody waits for that but on a machine with much else to do.
pub fn until(done: impl Fn() -> bool) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(180) {
        if done() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    done()
}
