//! A managed machine: a server whose identity is proven, an owner who grants it what a test says, rounds of the agent.

use crate::agent::Agent;
use crate::fakeglpi::{Authority, FakeGlpi};
use crate::program::{Output, run};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The server `hq`, the agent, and a folder of the machine that a test's jobs are about.
pub struct Managed {
    pub server: FakeGlpi,
    pub agent: Agent,
    pub folder: tempfile::TempDir,
    pub authority: Authority,
}

/// What every server here is granted: an inventory.
const INVENTORY: &str = "[[grant]]\nserver = [\"hq\"]\ntask = [\"inventory\"]\nverb = \"inventory.read\"\n\
                         categories = [\"hardware\", \"software\"]\n\
                         [[grant]]\nserver = [\"hq\"]\ntask = [\"inventory\", \"collect\"]\nverb = \"report.send\"\n";

impl Managed {
    /// At an address of the loopback interface. `grants` comes after what every policy has; `{folder}` in it is the folder.
    pub fn new(grants: &str) -> Self {
        Self::at("127.0.0.1:0", "localhost", grants)
    }

    /// At an address of a test's own network.
    pub fn at(address: &str, name: &str, grants: &str) -> Self {
        let authority = Authority::new("An authority of a test");
        let server = FakeGlpi::on(address, Some(&authority.identity(&[name])));
        Self::of(server, authority, grants)
    }

    /// By a server that proves who it is by that authority.
    pub fn of(server: FakeGlpi, authority: Authority, grants: &str) -> Self {
        let agent = Agent::of(&server);
        let folder = tempfile::tempdir().unwrap();
        let managed = Self { server, agent, folder, authority };
        managed.grants(grants);
        managed
    }

    /// The policy, from now on.
    pub fn grants(&self, grants: &str) {
        self.grants_with("", grants);
    }

    /// The same, with more that the owner says of the server.
    pub fn grants_with(&self, server: &str, grants: &str) {
        let ca = self.authority.file(self.agent.confdir.path());
        let head = format!(
            "policy_version = 1\nid = \"t\"\nlayer = \"local\"\nmode = \"enforce\"\nserial = 1\n\
             [server.hq]\norigin = \"{}\"\ntls = {{ ca = \"{}\" }}\n{server}",
            self.server.url(""),
            ca.display()
        );
        let grants = grants.replace("{folder}", self.folder.path().to_str().unwrap());
        self.agent.policy(&format!("{head}{INVENTORY}{grants}"));
    }

    /// One round; what became of the server's turn.
    pub fn round(&self) -> Value {
        let output = self.run(&["run", "--json"]);
        let told: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        told[0].clone()
    }

    pub fn run(&self, words: &[&str]) -> Output {
        run(self.agent.command(words))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub fn state(&self) -> &Path {
        self.agent.airlock.vardir()
    }

    /// The codes of what was refused, from the audit.
    pub fn refused(&self) -> Vec<String> {
        let output = self.agent.run(&["audit", "show", "--json"]);
        let lines = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut codes = Vec::new();
        for line in lines {
            collect_codes(&line, &mut codes);
        }
        if codes.is_empty()
            && let Ok(all) = serde_json::from_str::<Value>(&output.stdout)
        {
            collect_codes(&all, &mut codes);
        }
        codes
    }
}

fn collect_codes(value: &Value, codes: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(code) = members.get("code").and_then(Value::as_str) {
                codes.push(code.to_owned());
            }
            members.values().for_each(|value| collect_codes(value, codes));
        }
        Value::Array(list) => list.iter().for_each(|value| collect_codes(value, codes)),
        _ => {}
    }
}

/// A template by which jobs make empty files in the folder: `touch NAME`.
pub const TOUCH: &str = r#"
[[grant]]
name = "empty files"
server = ["hq"]
task = ["deploy"]
verb = "exec.template"
templates = ["touch"]

[template.touch]
program = "/usr/bin/touch"
argv = ["--", "{file}"]
recognise = ["touch {file}"]
[template.touch.args]
file = { type = "path-under", root = "{folder}" }
"#;
