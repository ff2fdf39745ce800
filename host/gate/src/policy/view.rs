//! What a grant shows of the inventory.

use airlock_model::{Field, Section, Sensitivity, schema};

/// What a grant shows of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The categories that are shown; `None` is all of them.
    pub categories: Option<Vec<String>>,
    /// Nothing more sensitive than this is shown.
    pub ceiling: Sensitivity,
}

impl Default for View {
    /// Nothing.
    fn default() -> Self {
        Self { categories: Some(vec![]), ceiling: Sensitivity::Public }
    }
}

impl View {
    pub fn everything() -> Self {
        Self { categories: None, ceiling: Sensitivity::Secret }
    }

    pub fn shows(&self, field: &Field) -> bool {
        field.sensitivity <= self.ceiling && self.has_category(field.category)
    }

    /// A section that is itself too sensitive is not shown at all: that a field of it is harmless (the name of a
    /// variable) does not make it so.
    pub fn shows_some_of(&self, section: &Section) -> bool {
        section.sensitivity <= self.ceiling && section.fields.iter().any(|field| self.shows(field))
    }

    pub fn has_category(&self, category: &str) -> bool {
        self.categories.as_ref().is_none_or(|some| some.iter().any(|c| c == category))
    }

    /// What both show.
    pub(super) fn narrowed(&self, other: &View) -> View {
        let categories = match (&self.categories, &other.categories) {
            (Some(a), Some(_)) => Some(a.iter().filter(|c| other.has_category(c)).cloned().collect()),
            (Some(one), None) | (None, Some(one)) => Some(one.clone()),
            (None, None) => None,
        };
        View { categories, ceiling: self.ceiling.min(other.ceiling) }
    }

    /// What either shows.
    pub(super) fn widened(&self, other: &View) -> View {
        let categories = match (&self.categories, &other.categories) {
            (Some(a), Some(b)) => {
                let more = b.iter().filter(|category| !a.contains(category));
                Some(a.iter().chain(more).cloned().collect())
            }
            _ => None,
        };
        View { categories, ceiling: self.ceiling.max(other.ceiling) }
    }

    /// The same without these categories.
    pub(super) fn without(&self, hidden: &[&str]) -> View {
        let all = || all_categories().into_iter().map(str::to_owned).collect();
        let mut categories: Vec<String> = self.categories.clone().unwrap_or_else(all);
        categories.retain(|category| !hidden.contains(&category.as_str()));
        View { categories: Some(categories), ceiling: self.ceiling }
    }
}

/// Every category that a field of the schema is in.
pub(super) fn all_categories() -> Vec<&'static str> {
    let fields = schema::SECTIONS.iter().flat_map(|section| section.fields);
    let mut all: Vec<&str> = fields.map(|field| field.category).collect();
    all.extend(schema::SECTIONS.iter().map(|section| section.category));
    all.sort_unstable();
    all.dedup();
    all
}
