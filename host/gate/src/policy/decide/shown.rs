//! Which sections a grant shows something of, as bits: asked for each call, worked out once.

use crate::policy::view::View;
use airlock_model::{Sensitivity, schema};
use std::collections::HashMap;
use std::sync::Arc;

/// What a grant shows.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) view: View,
    sections: Vec<bool>,
}

impl Shown {
    pub(super) fn new(view: View) -> Self {
        let sections = schema::SECTIONS.iter().map(|section| view.shows_some_of(section)).collect();
        Self { view, sections }
    }

    /// Whether something of each of these sections is shown.
    pub(super) fn all(&self, sections: &[usize]) -> bool {
        sections.iter().all(|section| self.sections.get(*section) == Some(&true))
    }
}

/// Grants that show the same share what they show.
#[derive(Default)]
pub(super) struct Shows(HashMap<(Option<Vec<String>>, u8), Arc<Shown>>);

impl Shows {
    pub(super) fn of(&mut self, view: &View) -> Arc<Shown> {
        let ceiling = match view.ceiling {
            Sensitivity::Public => 0,
            Sensitivity::Internal => 1,
            Sensitivity::Personal => 2,
            Sensitivity::Secret => 3,
        };
        let key = (view.categories.clone(), ceiling);
        Arc::clone(self.0.entry(key).or_insert_with(|| Arc::new(Shown::new(view.clone()))))
    }
}
