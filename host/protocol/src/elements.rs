//! Writing XML: indented elements, and texts that hold only what XML 1.0 can.

use airlock_model::is_obeyed;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

pub(crate) type Out = Writer<Vec<u8>>;

/// A whole document, with its declaration.
pub(crate) fn document(content: impl FnOnce(&mut Out) -> io::Result<()>) -> String {
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail, and all that is written is UTF-8.
    let declaration = Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None));
    let _written = out.write_event(declaration).and_then(|()| content(&mut out));
    let mut text = String::from_utf8(out.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

pub(crate) fn element(out: &mut Out, name: &str, text: &str) -> io::Result<()> {
    start(out, name)?;
    let text = held(text);
    if text.is_ascii() && !text.contains('\u{7f}') {
        out.write_event(Event::Text(BytesText::new(&text)))?;
    } else {
        out.write_event(Event::Text(BytesText::from_escaped(safe(&text))))?;
    }
    end(out, name)
}

pub(crate) fn start(out: &mut Out, name: &str) -> io::Result<()> {
    out.write_event(Event::Start(BytesStart::new(name)))
}

pub(crate) fn end(out: &mut Out, name: &str) -> io::Result<()> {
    out.write_event(Event::End(BytesEnd::new(name)))
}

/// Escaped, and with it what a terminal would obey: the document says the same, and whoever prints it is safe.
fn safe(text: &str) -> String {
    let escaped = quick_xml::escape::escape(text);
    let mut out = String::with_capacity(escaped.len());
    for character in escaped.chars() {
        if is_obeyed(character) && !matches!(character, '\n' | '\t') {
            let _written = write!(out, "&#x{:x};", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// The text without the characters that XML 1.0 cannot hold. A carriage return can be held but not kept: readers make
/// it a line feed.
fn held(text: &str) -> Cow<'_, str> {
    let can = |c: char| !matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    // Most texts are plain: every byte is looked at, so that many can be at once.
    let plain = text.bytes().fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte));
    if plain || text.chars().all(can) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|c| can(*c)).collect())
    }
}
