//! XML as a tree, for the descriptions and lists that tools write: files of a known form.
//!
//! Refuses what is deeper or has more elements than those have. Names come without their prefix; comments, processing
//! instructions and document types are passed over, entities beyond those of XML itself are left out.

use quick_xml::Reader;
use quick_xml::XmlVersion::Implicit1_0;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

const DEEPEST: usize = 48;
/// Lists of every program of a machine have some ten elements each.
const MOST: usize = 500_000;

/// An element with what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The outermost element; none when the text is no whole XML.
    pub(crate) fn parse(xml: &str) -> Option<Self> {
        let mut reader = Reader::from_str(xml);
        let mut open: Vec<Element> = Vec::new();
        let mut count = 0;
        loop {
            let closed = match reader.read_event().ok()? {
                Event::Start(element) => {
                    count += 1;
                    if open.len() >= DEEPEST || count > MOST {
                        return None;
                    }
                    open.push(Self::of(&element));
                    continue;
                }
                Event::Empty(element) => {
                    count += 1;
                    if count > MOST {
                        return None;
                    }
                    Self::of(&element)
                }
                Event::End(_) => open.pop()?,
                Event::Text(text) => {
                    add(&mut open, &text.xml10_content());
                    continue;
                }
                Event::CData(text) => {
                    add(&mut open, &text.xml10_content());
                    continue;
                }
                Event::GeneralRef(reference) => {
                    add(&mut open, &resolved(&reference));
                    continue;
                }
                Event::Eof => return None,
                _ => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(closed),
                None => return Some(closed),
            }
        }
    }

    fn of(element: &BytesStart<'_>) -> Self {
        let attributes = element.attributes().filter_map(Result::ok).filter_map(|one| {
            let value = one.normalized_value(Implicit1_0).ok()?.into_owned();
            Some((one.key.local_name().as_ref().to_owned(), value))
        });
        Self {
            name: element.local_name().as_ref().to_owned(),
            attributes: attributes.take(DEEPEST).collect(),
            ..Self::default()
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Its own text, trimmed; none when it is empty.
    pub(crate) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// Every element in it, in order.
    pub(crate) fn elements(&self) -> &[Element] {
        &self.children
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of a child.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name)?.text()
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolved(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        Ok(None) => resolve_xml_entity(&reference.xml10_content()).unwrap_or_default().to_owned(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree() {
        let xml =
            "<?xml version='1.0'?><!DOCTYPE x><!-- c --><a:r b='1 &lt; 2'><c/>x &amp; &#65;&nope;<c d='2'>in</c></a:r>";
        let root = Element::parse(xml).unwrap();
        assert_eq!((root.name.as_str(), root.attribute("b"), root.text()), ("r", Some("1 < 2"), Some("x & A")));
        assert_eq!(root.children("c").count(), 2);
        assert_eq!(root.text_of("c"), None);
    }

    #[test]
    fn garbage_is_none() {
        for xml in ["", "text", "<a>", "<a></b>", "</a>"] {
            assert_eq!(Element::parse(xml), None, "{xml}");
        }
        assert_eq!(Element::parse(&"<a>".repeat(100_000)), None);
    }
}
