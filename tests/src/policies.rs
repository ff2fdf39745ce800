//! Policies of the tests: what an owner would write for the server `hq`, whose identity is proven, and its task `hostile`.

use airlock_gate::policy::{Circumstances, PolicyFile, Rules};
use airlock_gate::{Asker, Policy};

const HEAD: &str = r#"
policy_version = 1
id = "tests"
serial = 1
layer = "local"

[server.hq]
origin = "https://glpi.example"
tls = { ca = "system" }
"#;

/// The rules for a run of a task for a server, with this after the head.
pub fn policy_for(asker: &Asker, text: &str) -> Policy {
    let rules = Rules::parse(&[PolicyFile::new("50-tests.toml", format!("{HEAD}{text}"))]);
    let rules = rules.unwrap_or_else(|problems| panic!("{problems:#?}"));
    // Keys that signed are what a publisher is known by, as on a machine.
    let publisher_is_given = asker.publisher_keys.is_empty();
    rules.for_run(asker, &Circumstances { publisher_is_given, ..rules.usual_circumstances(asker) })
}

/// The rules for the hostile task of `hq`.
pub fn policy(text: &str) -> Policy {
    policy_for(&asker("hq", "hostile"), text)
}

pub fn asker(server: &str, task: &str) -> Asker {
    Asker { server: Some(server.to_owned()), task: task.to_owned(), ..Asker::default() }
}

/// A grant for everybody of `verb`, with what else is in it.
pub fn grant(verb: &str, arguments: &str) -> String {
    format!("[[grant]]\nserver = [\"*\"]\ntask = [\"*\"]\nverb = \"{verb}\"\n{arguments}\n")
}
