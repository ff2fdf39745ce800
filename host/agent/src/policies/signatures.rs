//! Whether policy files are signed by the owner, where a file of the organisation asks for it (`require_signature`): then
//! none of them loads unsigned. Each has its signature beside it, `NN-name.toml.sig`, as the minisign tool makes it, by
//! keys that are trusted as those of the publisher `owner` (`airlock task trust KEY --name owner --names '*.toml'`).

use airlock_gate::policy::{Problem, Rules, Severity};
use airlock_native::trust_store::TrustFolder;
use airlock_native::{Folders, PolicyFiles};
use airlock_trust::{OWNER, TrustStore, signed_by_owner};

/// What is not signed as it has to be; empty where no file asks for signatures.
pub(crate) fn unsigned(rules: &Rules, found: &PolicyFiles, folders: Option<&Folders>) -> Vec<Problem> {
    let Some(asking) = rules.files.iter().find(|file| file.require_signature) else { return vec![] };
    let store = folders.ok_or_else(|| "there is no folder for state (--vardir)".to_owned()).and_then(|folders| {
        TrustFolder::open(folders).and_then(|folder| folder.trust()).map_err(|error| error.to_string())
    });
    let store = match store {
        Ok(store) => store,
        Err(why) => return vec![problem(&asking.name, format!("the owner's keys cannot be read: {why}"))],
    };
    let files = found.files.iter();
    files.filter_map(|file| Some(problem(&file.name, why(file, found, &store, &asking.name)?))).collect()
}

fn why(
    file: &airlock_gate::policy::PolicyFile,
    found: &PolicyFiles,
    store: &TrustStore,
    asking: &str,
) -> Option<String> {
    let name = &file.name;
    let Some(signature) = found.signatures.get(name) else {
        return Some(format!("not signed, and {asking} requires signatures: {name}.sig is missing"));
    };
    let error = signed_by_owner(file.text.as_bytes(), signature, name, store).err()?;
    Some(format!("not signed by the keys of the publisher {OWNER} (airlock task trust), as {asking} requires: {error}"))
}

fn problem(file: &str, message: String) -> Problem {
    let (severity, code, hint) = (Severity::Error, "E030", None);
    Problem { severity, code, file: file.to_owned(), line: 1, column: 1, message, hint }
}
