//! Which values of a row a document carries, and in which order: what both encoders have in common.
//!
//! A report is checked when rows are emitted, but it may also come out of a file; so what the schema does not know, or
//! what lacks a required field, is not encoded here either. [`airlock_model::Report::loose_ends`] tells of it.

use airlock_model::{Document, Field, Finder, Row, Section, Value};

/// True if a section or field with this mark belongs in the document.
pub(crate) fn carries(mark: Document, document: Document) -> bool {
    mark == Document::Both || mark == document
}

/// A field, with its name taken apart as the document writes it.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    pub(crate) field: &'static Field,
    /// The nested object it belongs to.
    pub(crate) object: Option<&'static str>,
    /// Its name in that object, or in the row.
    pub(crate) name: &'static str,
}

impl Column {
    fn new(field: &'static Field, document: Document) -> Self {
        let path = if document == Document::Xml { field.xml } else { field.name };
        let (object, name) = path.rsplit_once('.').map_or((None, path), |(object, name)| (Some(object), name));
        Self { field, object, name }
    }
}

/// The fields of a section in the order of a document, filled with the values of one row at a time.
pub(crate) struct Facts<'a> {
    columns: Vec<Column>,
    values: Vec<Option<&'a Value>>,
    /// Where the schema's fields, in its own order, are in `columns`.
    places: Vec<Option<usize>>,
    finder: Finder,
    /// The fields without which a row or a nested object is not sent.
    required: Vec<&'static Field>,
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
        Self {
            places: section.fields.iter().map(|field| fields.iter().position(|sent| sent.name == field.name)).collect(),
            values: vec![None; fields.len()],
            finder: Finder::new(section),
            required: section.fields.iter().filter(|field| field.required).collect(),
            columns: fields.into_iter().map(|field| Column::new(field, document)).collect(),
        }
    }

    /// Takes the values of a row in place of those of the last one. False if there is nothing that can be sent.
    pub(crate) fn take(&mut self, row: &'a Row) -> bool {
        self.values.fill(None);
        for (position, (name, value)) in row.iter().enumerate() {
            let Some((at, _)) = self.finder.find(position, name) else { continue };
            let place = self.places.get(at).copied().flatten();
            if let Some(slot) = place.and_then(|place| self.values.get_mut(place)).filter(|_| !value.is_empty()) {
                *slot = Some(value);
            }
        }
        self.whole(row) && self.values.iter().any(Option::is_some)
    }

    /// Takes nested objects out that lack a required field. False if the row itself lacks one.
    fn whole(&mut self, row: &Row) -> bool {
        for lacking in self.required.iter().filter(|field| row.get(field.name).is_none()) {
            let Some(object) = lacking.object() else { return false };
            for (column, value) in self.columns.iter().zip(&mut self.values) {
                if column.field.object() == Some(object) {
                    *value = None;
                }
            }
        }
        true
    }

    /// What there is to write, in the document's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Column, &'a Value)> + '_ {
        self.columns.iter().zip(&self.values).filter_map(|(column, value)| Some((*column, (*value)?)))
    }
}
