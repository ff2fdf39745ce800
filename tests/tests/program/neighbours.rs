//! What neighbours get of a daemon that hands out the inventory (`[listener.inventory]`): what the policy grants `neighbours`,
//! and nothing that it grants servers.

use airlock_tests::program::{Output, run};
use airlock_tests::served::{STRANGER, Served};
use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine};
use sha2::{Digest, Sha256};
use std::fs;

const TOKEN: &str = "a-token-for-the-inventory";

struct Scene {
    served: Served,
    _folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, TOKEN).unwrap();
        let served = Served::new(&format!("[listener.inventory]\ntoken_file = \"{}\"\n", path.display()));
        Self { served, _folder: folder }
    }

    /// The policy, from now on.
    fn policy(&self, text: &str) {
        let folder = self.served.confdir().join("policy.d");
        fs::create_dir_all(&folder).unwrap();
        let head = "policy_version = 1\nid = \"t\"\nlayer = \"local\"\nserial = 1\n[server.hq]\norigin = \"https://hq.example\"\n";
        fs::write(folder.join("50-t.toml"), format!("{head}{text}")).unwrap();
    }

    /// What a neighbour gets that knows the token: the status code, and the whole answer.
    fn get(&self) -> (u16, String) {
        let (status, begun) = self.served.ask(STRANGER, "GET /inventory/session", &["X-Request-ID: a"]);
        assert_eq!(status, 200, "{begun}");
        let nonce = begun.lines().find_map(|line| line.strip_prefix("x-auth-nonce: ")).unwrap();
        let payload = BASE64_STANDARD_NO_PAD.encode(Sha256::digest(format!("{nonce}++{TOKEN}").as_bytes()));
        self.served.ask(STRANGER, "GET /inventory/get", &["X-Request-ID: a", &format!("X-Auth-Payload: {payload}")])
    }

    fn run(&self, words: &[&str]) -> Output {
        let confdir = format!("--confdir={}", self.served.confdir().display());
        run(self.served.airlock.command(&[&[confdir.as_str()], words].concat()))
    }
}

fn grant(to: &str, rest: &str) -> String {
    format!("[[grant]]\nserver = {to}\ntask = \"inventory\"\nverb = {rest}\n")
}

#[test]
fn without_a_policy_neighbours_see_what_is_no_secret_and_about_nobody() {
    let scene = Scene::new();
    let (status, answer) = scene.get();
    assert!(status == 200 && answer.contains("<QUERY>INVENTORY</QUERY>") && answer.contains("<HARDWARE>"), "{answer}");
    for kept in ["<ENVS>", "<PROCESSES>", "<USERS>", "<LOCAL_USERS>", "<LASTLOGGEDUSER>"] {
        assert!(!answer.contains(kept), "{kept}: {answer}");
    }
}

#[test]
fn what_is_granted_to_servers_is_not_granted_to_neighbours() {
    let scene = Scene::new();
    let everything = |to: &str| grant(to, "\"inventory.read\"\ncategories = [\"*\"]") + &grant(to, "\"report.send\"");
    scene.policy(&(everything("\"*\"") + &everything("\"hq\"")));
    let (status, answer) = scene.get();
    assert!(status == 403 && answer.contains("grants its neighbours no inventory"), "{answer}");
    // Said to the owner, who can ask why.
    let listed = || scene.run(&["audit", "show", "--denied"]).stdout;
    assert!(airlock_tests::agent::until(|| listed().contains("the inventory from 127.0.0.9")), "{}", listed());
    let question = ["policy", "explain", "--server", "neighbours", "--task", "inventory", "--verb", "report.send"];
    let explained = scene.run(&question);
    assert!(explained.stdout.contains("NO_GRANT") && explained.stdout.contains("\"neighbours\""), "{explained:?}");
}

#[test]
fn neighbours_get_what_they_are_granted_and_it_is_written_down() {
    let scene = Scene::new();
    let shows = grant("\"neighbours\"", "\"inventory.read\"\ncategories = [\"hardware\"]");
    let leaves = grant("\"neighbours\"", "\"report.send\"\nredact = \"names\"");
    let names =
        "[redact.names]\nunknown = \"keep\"\n[[redact.names.rule]]\npath = \"content.hardware.name\"\nop = \"drop\"\n";
    scene.policy(&(shows.clone() + &leaves + names));
    let (status, answer) = scene.get();
    assert!(status == 200 && answer.contains("<HARDWARE>") && !answer.contains("<SOFTWARES>"), "{answer}");
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    assert!(!name.is_empty() && !answer.contains(&format!("<NAME>{name}</NAME>")), "{answer}");
    let sent = scene.run(&["sent"]).stdout;
    assert!(sent.contains("neighbours") && sent.contains("127.0.0.9"), "{sent}");
    let linted = scene.run(&["policy", "lint"]);
    assert!(!linted.stdout.contains("neighbours"), "{linted:?}");
    // What it does not take to see it.
    scene.policy(&(shows + &leaves + names + &grant("\"neighbours\"", "\"files.read\"\npaths = [\"/opt/**\"]")));
    let linted = scene.run(&["policy", "lint"]);
    assert!(linted.stdout.contains("a grant of files.read to neighbours"), "{linted:?}");
    // All of them stopped means these too.
    let stopped = scene.run(&["stop"]);
    assert!(stopped.status.success(), "{stopped:?}");
    assert_ne!(scene.get().0, 200);
}
