//! XML as a tree. Refused: document types, entities but the five of XML, encodings but UTF-8.

use super::{Budget, Cell, DocumentFault as Fault};
use airlock_model::{short_line, shown};
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// What becomes of attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attributes {
    /// They say nothing in this document.
    Ignored,
    /// They are members like child elements. Text beside members is the member `content` then.
    Members,
}

/// An element that has begun.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    members: Vec<(String, Cell)>,
}

impl Open {
    fn new(element: &BytesStart<'_>, attributes: Attributes, budget: &Budget, depth: usize) -> Result<Self, Fault> {
        budget.take(depth)?;
        let mut open = Self { name: element.name().as_ref().to_owned(), ..Self::default() };
        if attributes == Attributes::Members {
            let broken = |why: String| Fault::Xml {
                at: 0,
                why: format!("in the element {}: {}", shown(&open.name), short_line(&why, 100)),
            };
            for attribute in element.attributes() {
                budget.take(depth + 1)?;
                let attribute = attribute.map_err(|error| broken(error.to_string()))?;
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| broken(e.to_string()))?;
                open.members.push((attribute.key.as_ref().to_owned(), Cell::Text(value.into_owned())));
            }
        }
        Ok(open)
    }

    fn done(mut self, attributes: Attributes) -> (String, Cell) {
        let text = self.text.trim();
        if self.members.is_empty() {
            return (self.name, Cell::Text(text.to_owned()));
        }
        // Else text beside elements is layout.
        if attributes == Attributes::Members && !text.is_empty() {
            self.members.push(("content".to_owned(), Cell::Text(text.to_owned())));
        }
        (self.name, Cell::Object(self.members))
    }
}

/// The document's element and its name; none when there is no element. Elements are kept on a stack of our own: depth is
/// bounded by the budget, not by the thread.
pub(crate) fn root(text: &str, attributes: Attributes, budget: &Budget) -> Result<Option<(String, Cell)>, Fault> {
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Open> = Vec::new();
    let mut root: Option<(String, Cell)> = None;
    loop {
        let broken = |at: u64, why: &str| Fault::Xml { at, why: short_line(why, 200) };
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| broken(at, &error.to_string()))?;
        match event {
            Event::Start(element) => {
                let open = Open::new(&element, attributes, budget, stack.len()).map_err(|fault| located(fault, at))?;
                stack.push(open);
            }
            Event::Empty(element) => {
                let empty = Open::new(&element, attributes, budget, stack.len()).map_err(|fault| located(fault, at))?;
                close(empty.done(attributes), &mut stack, &mut root).map_err(|why| broken(at, why))?;
            }
            Event::End(_) => {
                let open = stack.pop().ok_or_else(|| broken(at, "an end without a beginning"))?;
                close(open.done(attributes), &mut stack, &mut root).map_err(|why| broken(at, why))?;
            }
            Event::Text(text) => add(&mut stack, &text.xml10_content()).map_err(|why| broken(at, why))?,
            Event::CData(text) => add(&mut stack, &text.xml10_content()).map_err(|why| broken(at, why))?,
            Event::GeneralRef(reference) => add(&mut stack, &resolve(&reference)?).map_err(|why| broken(at, why))?,
            Event::DocType(_) => return Err(Fault::DocumentType),
            Event::Decl(declaration) => utf8(&declaration)?,
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => {
                return match (stack.pop(), root) {
                    (Some(open), _) => {
                        Err(broken(at, &format!("the end of the file within the element {}", shown(&open.name))))
                    }
                    (None, root) => Ok(root),
                };
            }
        }
    }
}

/// An element's fault does not know where the element is.
fn located(fault: Fault, at: u64) -> Fault {
    match fault {
        Fault::Xml { why, .. } => Fault::Xml { at, why },
        other => other,
    }
}

fn close(done: (String, Cell), stack: &mut [Open], root: &mut Option<(String, Cell)>) -> Result<(), &'static str> {
    match stack.last_mut() {
        Some(parent) => parent.members.push(done),
        None if root.is_none() => *root = Some(done),
        None => return Err("a second element beside the first"),
    }
    Ok(())
}

fn add(stack: &mut [Open], text: &str) -> Result<(), &'static str> {
    match stack.last_mut() {
        Some(open) => open.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err("text outside of the element"),
    }
    Ok(())
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, Fault> {
    let unknown = || Fault::Entity { name: short_line(&reference.xml10_content(), 40) };
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character.to_string()),
        Ok(None) => resolve_xml_entity(&reference.xml10_content()).map(str::to_owned).ok_or_else(unknown),
        Err(_) => Err(unknown()),
    }
}

fn utf8(declaration: &BytesDecl<'_>) -> Result<(), Fault> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(Ok(name)) => Err(Fault::Encoding { found: short_line(&name, 40) }),
        Some(Err(error)) => Err(Fault::Xml { at: 0, why: error.to_string() }),
    }
}
