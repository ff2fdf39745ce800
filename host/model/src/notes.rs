//! Notes on what could not be kept, bounded: whoever emits the same mistake a million times is told once, with a count.

use std::fmt;

/// Something that was emitted and could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(pub String);

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many different notes are kept; of further ones only the number is.
const DIFFERENT: usize = 100;

/// Gathers notes: equal ones become one with a count, and of very many only the first are kept.
#[derive(Debug, Default)]
pub struct Notes {
    kept: Vec<(String, usize)>,
    more: usize,
}

impl Notes {
    pub fn add(&mut self, text: String) {
        if let Some((_, times)) = self.kept.iter_mut().find(|(known, _)| *known == text) {
            *times += 1;
        } else if self.kept.len() < DIFFERENT {
            self.kept.push((text, 1));
        } else {
            self.more += 1;
        }
    }

    pub fn done(self) -> Vec<Note> {
        let mut notes: Vec<Note> = self
            .kept
            .into_iter()
            .map(|(text, times)| Note(if times > 1 { format!("{text} ({times} times)") } else { text }))
            .collect();
        if self.more > 0 {
            notes.push(Note(format!("{} more values or rows were left out", self.more)));
        }
        notes
    }
}

/// A text as notes show it: quoted, short, nothing that a terminal would obey.
pub fn shown(text: &str) -> String {
    let mut characters = text.chars().filter(|c| !crate::is_obeyed(*c));
    let mut short: String = characters.by_ref().take(60).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    format!("{short:?}")
}
