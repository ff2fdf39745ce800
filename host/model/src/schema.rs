//! Which sections and fields there are: `schema/*.toml`, read when this crate is built.

use crate::Row;

/// How a section appears: once, or as a list of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    List,
    Object,
}

/// Which documents may carry a section or field: GLPI's JSON, FusionInventory's XML, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Both,
    Json,
    Xml,
}

/// What a value may be. Dates are texts in ISO form; the encoders write them as their document wants them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
    Boolean,
    /// `YYYY-MM-DD`
    Date,
    /// `YYYY-MM-DD hh:mm:ss`, local time; or with `Z` or `±hh:mm:ss` behind it
    Datetime,
    /// Either of the two above.
    DateOrDatetime,
    Texts,
}

/// How much harm a value does in the wrong hands. A server without a policy of its own sees nothing above
/// [`Sensitivity::Internal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// True of thousands of machines: a model's name, a version.
    Public,
    /// Identifies this machine or its place in the network: serials, addresses.
    Internal,
    /// About people: logins, homes, who was here when.
    Personal,
    /// May hold a password or a key: environments, command lines, licence keys.
    Secret,
}

/// A section of the inventory, such as `cpus`.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// The JSON name, lower case; also the name by which tasks and policies speak of it.
    pub name: &'static str,
    /// The XML element.
    pub xml: &'static str,
    /// The category that people switch off with `--no-category`.
    pub category: &'static str,
    pub shape: Shape,
    pub document: Document,
    /// For a section whose rows are nested in those of another one: `databases` in `databases_services`. Such a row
    /// names its parent's row in the field `of`.
    pub parent: Option<&'static str>,
    pub sensitivity: Sensitivity,
    pub description: &'static str,
    /// Sorted by name.
    pub fields: &'static [Field],
}

/// A field of a section, such as `speed` of `cpus`.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The JSON name, lower case. `timezone.name` is the member `name` of the object `timezone`.
    pub name: &'static str,
    pub xml: &'static str,
    pub kind: Kind,
    pub unit: Option<&'static str>,
    pub description: &'static str,
    /// A row without it is not sent.
    pub required: bool,
    /// A text may have several lines.
    pub lines: bool,
    pub sensitivity: Sensitivity,
    /// The section's own category, but for the fields of `hardware`, which belong to several.
    pub category: &'static str,
    /// The only texts that are valid here; empty when any text is.
    pub values: &'static [&'static str],
    pub document: Document,
}

include!(concat!(env!("OUT_DIR"), "/sections.rs"));

/// The section that a document calls so: by its XML element or its JSON name, in upper or lower case.
pub fn section_called(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.xml.eq_ignore_ascii_case(name) || section.name.eq_ignore_ascii_case(name))
}

/// The section of that name.
pub fn section(name: &str) -> Option<&'static Section> {
    let at = SECTIONS.binary_search_by(|section| section.name.cmp(name)).ok()?;
    SECTIONS.get(at)
}

impl Section {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        let at = self.fields.binary_search_by(|field| field.name.cmp(name)).ok()?;
        self.fields.get(at)
    }

    /// The field that a document calls so, in upper or lower case. An XML element's name goes before a JSON name.
    pub fn field_called(&self, name: &str) -> Option<&'static Field> {
        let by = |of: fn(&Field) -> &str| self.fields.iter().find(|field| of(field).eq_ignore_ascii_case(name));
        by(|field| field.xml).or_else(|| by(|field| field.name))
    }

    /// The sections whose rows are nested in the rows of this one.
    pub fn children(&self) -> impl Iterator<Item = &'static Section> {
        SECTIONS.iter().filter(|section| section.parent == Some(self.name))
    }

    /// The first required field that the row does not have. A field of a nested object (`timezone.name`) is required
    /// where the object is there at all.
    pub fn lacking(&self, row: &Row) -> Option<&'static Field> {
        self.fields.iter().find(|field| {
            field.required
                && row.get(field.name).is_none()
                && field.object().is_none_or(|object| row.iter().any(|(name, _)| object_of(name) == Some(object)))
        })
    }
}

impl Field {
    /// The nested object that the field belongs to: `timezone` for `timezone.name`.
    pub fn object(&self) -> Option<&'static str> {
        object_of(self.name)
    }
}

fn object_of(name: &str) -> Option<&str> {
    name.split_once('.').map(|(object, _)| object)
}

/// Every category that some section or field belongs to, sorted.
pub fn categories() -> Vec<&'static str> {
    let mut all: Vec<&'static str> = SECTIONS
        .iter()
        .flat_map(|section| section.fields.iter().map(|field| field.category).chain([section.category]))
        .filter(|category| *category != "none")
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}
