//! Which values of a row a document carries, and in which order: what both encoders have in common.
//!
//! A report is checked when rows are emitted, but it may also come out of a file; so what the schema does not know, or
//! what lacks a required field, is not encoded here either. [`airlock_model::Report::loose_ends`] tells of it.

use airlock_model::{Document, Field, Row, Section, Value};

/// True if a section or field with this mark belongs in the document.
pub(crate) fn carries(mark: Document, document: Document) -> bool {
    mark == Document::Both || mark == document
}

/// The fields of a section in the order of a document, filled with the values of one row at a time.
pub(crate) struct Facts<'a> {
    section: &'static Section,
    fields: Vec<&'static Field>,
    values: Vec<Option<&'a Value>>,
    /// Where the schema's fields, in its own order, are in `fields`.
    places: Vec<Option<usize>>,
    /// Some field is required, so rows have to be looked at.
    demands: bool,
}

impl<'a> Facts<'a> {
    /// The fields of the section that `document` carries: sorted by JSON name or by XML element.
    pub(crate) fn new(section: &'static Section, document: Document) -> Self {
        // A child names its parent's row only for us.
        let sent =
            |field: &&Field| carries(field.document, document) && !(section.parent.is_some() && field.name == "of");
        let mut fields: Vec<&'static Field> = section.fields.iter().filter(sent).collect();
        if document == Document::Xml {
            fields.sort_by_key(|field| field.xml);
        }
        let place = |field: &Field| fields.iter().position(|sent| sent.name == field.name);
        let places = section.fields.iter().map(place).collect();
        let demands = fields.iter().any(|field| field.required);
        Self { section, values: vec![None; fields.len()], fields, places, demands }
    }

    /// Takes the values of a row in place of those of the last one. False if there is nothing that can be sent.
    pub(crate) fn take(&mut self, row: &'a Row) -> bool {
        self.values.fill(None);
        let mut some = false;
        for (name, value) in row.iter().filter(|(_, value)| !value.is_empty()) {
            let Ok(at) = self.section.fields.binary_search_by(|field| field.name.cmp(name)) else { continue };
            let Some(slot) = self.places.get(at).copied().flatten().and_then(|place| self.values.get_mut(place)) else {
                continue;
            };
            *slot = Some(value);
            some = true;
        }
        some && (!self.demands || self.whole(row))
    }

    /// Takes nested objects out that lack a required field. False if the row itself lacks one.
    fn whole(&mut self, row: &Row) -> bool {
        for lacking in self.section.fields.iter().filter(|field| field.required && row.get(field.name).is_none()) {
            let Some(object) = lacking.object() else { return false };
            for (field, value) in self.fields.iter().zip(&mut self.values) {
                if field.object() == Some(object) {
                    *value = None;
                }
            }
        }
        self.values.iter().any(Option::is_some)
    }

    /// What there is to write, in the document's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static Field, &'a Value)> + '_ {
        self.fields.iter().zip(&self.values).filter_map(|(field, value)| Some((*field, (*value)?)))
    }
}
