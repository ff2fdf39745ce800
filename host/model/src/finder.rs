//! Finding the fields of many rows. Rows of one section mostly name the same fields in the same order, so the answer
//! for the last row is tried before the section is searched.

use crate::{Field, Section};

/// Finds the fields of a section, row after row.
#[derive(Debug)]
pub struct Finder {
    section: &'static Section,
    /// Which field was found at each position of a row.
    known: Vec<usize>,
}

impl Finder {
    pub fn new(section: &'static Section) -> Self {
        Self { section, known: Vec::new() }
    }

    /// The field of that name, with its place in [`Section::fields`]. `position` is where the row has it; a wrong one
    /// costs time and nothing else.
    pub fn find(&mut self, position: usize, name: &str) -> Option<(usize, &'static Field)> {
        let fields = self.section.fields;
        let known = self.known.get(position).and_then(|at| Some((*at, fields.get(*at)?)));
        if let Some(known) = known.filter(|(_, field)| field.name == name) {
            return Some(known);
        }
        let at = fields.binary_search_by(|field| field.name.cmp(name)).ok()?;
        // As many as there are fields are remembered: a row may be longer.
        if position < fields.len() {
            self.known.resize(self.known.len().max(position + 1), usize::MAX);
            if let Some(known) = self.known.get_mut(position) {
                *known = at;
            }
        }
        Some((at, fields.get(at)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::SECTIONS;

    #[test]
    fn finds_what_the_section_has_whatever_the_position() {
        for section in SECTIONS {
            let mut finder = Finder::new(section);
            for round in 0..3 {
                for (i, field) in section.fields.iter().enumerate() {
                    assert_eq!(finder.find(i, field.name), Some((i, field)));
                    assert_eq!(finder.find(i * round, field.name), Some((i, field)));
                    assert_eq!(finder.find(usize::MAX, field.name), Some((i, field)));
                }
                assert_eq!(finder.find(0, "nothing"), None);
            }
        }
    }
}
