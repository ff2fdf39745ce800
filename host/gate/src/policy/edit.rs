//! Changes to policy files, as what they are: some bytes in place of others. Nothing here writes a file.

use super::file::PolicyFile;
use serde::Serialize;

/// A change to one file. At the end of a file nothing is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    pub file: String,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// The files after the changes; a change that is for no file, or for no place in it, is left out.
pub fn apply(files: &[PolicyFile], edits: &[Edit]) -> Vec<PolicyFile> {
    let changed = |file: &PolicyFile| {
        let mut edits: Vec<&Edit> = edits.iter().filter(|edit| edit.file == file.name).collect();
        edits.sort_by_key(|edit| edit.start);
        let mut text = file.text.clone();
        for edit in edits.into_iter().rev() {
            if text.get(edit.start..edit.end).is_some() {
                text.replace_range(edit.start..edit.end, &edit.text);
            }
        }
        PolicyFile::new(file.name.clone(), text)
    };
    files.iter().map(changed).collect()
}
