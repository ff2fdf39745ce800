//! The content of an XML inventory file: `REQUEST/CONTENT`. Attributes say nothing in an inventory and are not read.

use super::{Budget, Cell, Content, Error};
use airlock_model::shown;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesDecl, BytesRef, Event};

const EXPECTED: &str = "an XML element REQUEST with an element CONTENT";

pub(super) fn content(text: &str) -> Result<Content, Error> {
    let (name, root) = root(text)?;
    let no_content = || Error::Content { expected: EXPECTED };
    match root {
        Cell::Object(members) if name == "REQUEST" => {
            let content = members.into_iter().find(|(name, _)| name == "CONTENT").ok_or_else(no_content)?;
            match content.1 {
                Cell::Object(content) => Ok(content),
                // An empty element holds nothing, which is not wrong.
                Cell::Text(text) if text.is_empty() => Ok(Content::new()),
                _ => Err(no_content()),
            }
        }
        _ => Err(no_content()),
    }
}

/// An element that has begun.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    members: Vec<(String, Cell)>,
}

impl Open {
    /// Text beside elements is layout.
    fn done(self) -> (String, Cell) {
        let cell =
            if self.members.is_empty() { Cell::Text(self.text.trim().to_owned()) } else { Cell::Object(self.members) };
        (self.name, cell)
    }
}

/// The document's element, as a tree. Elements are kept on a stack of our own: depth is bounded by the budget, not by
/// the thread.
fn root(text: &str) -> Result<(String, Cell), Error> {
    let budget = Budget::new();
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Open> = Vec::new();
    let mut root: Option<(String, Cell)> = None;
    loop {
        let broken = |at: u64, why: &str| Error::Xml { at, why: why.to_owned() };
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| broken(at, &error.to_string()))?;
        match event {
            Event::Start(element) => {
                budget.take(stack.len())?;
                stack.push(Open { name: element.name().as_ref().to_owned(), ..Open::default() });
            }
            Event::Empty(element) => {
                budget.take(stack.len())?;
                let empty = Open { name: element.name().as_ref().to_owned(), ..Open::default() };
                close(empty, &mut stack, &mut root).map_err(|why| broken(at, why))?;
            }
            Event::End(_) => {
                let open = stack.pop().ok_or_else(|| broken(at, "an end without a beginning"))?;
                close(open, &mut stack, &mut root).map_err(|why| broken(at, why))?;
            }
            Event::Text(text) => add(&mut stack, &text.xml10_content()).map_err(|why| broken(at, why))?,
            Event::CData(text) => add(&mut stack, &text.xml10_content()).map_err(|why| broken(at, why))?,
            Event::GeneralRef(reference) => add(&mut stack, &resolve(&reference)?).map_err(|why| broken(at, why))?,
            Event::DocType(_) => return Err(Error::DocumentType),
            Event::Decl(declaration) => utf8(&declaration)?,
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => {
                return match (stack.pop(), root) {
                    (Some(open), _) => {
                        Err(broken(at, &format!("the end of the file within the element {}", shown(&open.name))))
                    }
                    (None, Some(root)) => Ok(root),
                    (None, None) => Err(Error::Content { expected: EXPECTED }),
                };
            }
        }
    }
}

fn close(open: Open, stack: &mut [Open], root: &mut Option<(String, Cell)>) -> Result<(), &'static str> {
    let done = open.done();
    match stack.last_mut() {
        Some(parent) => parent.members.push(done),
        None if root.is_none() => *root = Some(done),
        None => return Err("a second element beside REQUEST"),
    }
    Ok(())
}

fn add(stack: &mut [Open], text: &str) -> Result<(), &'static str> {
    match stack.last_mut() {
        Some(open) => open.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err("text outside of REQUEST"),
    }
    Ok(())
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, Error> {
    let unknown = || Error::Entity { name: reference.xml10_content().chars().take(40).collect() };
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character.to_string()),
        Ok(None) => resolve_xml_entity(&reference.xml10_content()).map(str::to_owned).ok_or_else(unknown),
        Err(_) => Err(unknown()),
    }
}

fn utf8(declaration: &BytesDecl<'_>) -> Result<(), Error> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(Ok(name)) => Err(Error::Encoding { found: name.chars().take(40).collect() }),
        Some(Err(error)) => Err(Error::Xml { at: 0, why: error.to_string() }),
    }
}
