//! What other agents say to this one, when it takes the place of a server for them: enough of a message to know whose it is
//! and what it asks. The rest is checked to be a document, and passed on as it is.

use crate::bodies::Format;
use crate::tree::{self, DocumentFault};
use airlock_model::short_line;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;
use std::borrow::Cow;

/// Elements within elements, lists and objects within others.
const DEEPEST: usize = 64;
/// Bytes of a device's id; the name of a file is at most 255 with its ending (NAME_MAX).
const LONGEST_DEVICE: usize = 200;
const LONGEST_ACTION: usize = 40;

/// A message of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub format: Format,
    /// `contact`, `inventory` … of JSON, `PROLOG`, `INVENTORY` … of XML: letters, digits, `-` and `_`.
    pub action: String,
    /// Whose it is, as far as it says: a name that can be a file's.
    pub device: Option<String>,
    /// An inventory that holds some sections only; JSON says so.
    pub is_partial: bool,
}

/// Why a message is none.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeardError {
    #[error(transparent)]
    Document(#[from] DocumentFault),
    #[error("neither JSON nor XML: expected a message of an agent")]
    Neither,
    #[error("the element {found:?}, expected REQUEST")]
    Root { found: String },
    #[error("nothing that is asked: expected {expected}")]
    Action { expected: &'static str },
    #[error(
        "the deviceid {found:?}: expected up to 200 letters, digits, `-`, `_`, `.` and `:`, not beginning with a dot"
    )]
    Device { found: String },
}

/// Reads a message, unpacked.
pub fn heard(bytes: &[u8]) -> Result<Heard, HeardError> {
    let text = tree::text(bytes)?;
    match text.trim_ascii_start().as_bytes().first() {
        Some(b'{') => json(text),
        Some(b'<') => xml(text),
        _ => Err(HeardError::Neither),
    }
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    action: Option<Cow<'a, str>>,
    #[serde(borrow)]
    deviceid: Option<Cow<'a, str>>,
    #[serde(default)]
    partial: bool,
}

fn json(text: &str) -> Result<Heard, HeardError> {
    tree::measure::json(text, &tree::Budget::new(text.len().saturating_add(1), DEEPEST))?;
    // Members that nobody asks for are passed over without being kept.
    let message: Message =
        serde_json::from_str(text).map_err(|error| DocumentFault::Json { why: short_line(&error.to_string(), 200) })?;
    // GLPI takes a message without an action for an inventory.
    let action = action(message.action.as_deref().unwrap_or("inventory"), "an action, such as contact")?;
    let device = message.deviceid.as_deref().map(device).transpose()?;
    Ok(Heard { format: Format::Json, action, device, is_partial: message.partial })
}

fn xml(text: &str) -> Result<Heard, HeardError> {
    let mut reader = Reader::from_str(text);
    let (mut depth, mut within, mut is_done) = (0_usize, Child::Other, false);
    let (mut query, mut device_id) = (None::<String>, None::<String>);
    loop {
        let at = reader.buffer_position();
        let broken = |why: &str| HeardError::from(DocumentFault::Xml { at, why: short_line(why, 200) });
        match reader.read_event().map_err(|error| broken(&error.to_string()))? {
            Event::Start(element) => {
                depth += 1;
                let name = element.name();
                match depth {
                    1 if is_done => return Err(broken("a second element beside the first")),
                    1 if name.as_ref() != "REQUEST" => {
                        return Err(HeardError::Root { found: short_line(name.as_ref(), 40) });
                    }
                    2 => within = Child::of(name.as_ref()),
                    _ => {}
                }
                if depth > DEEPEST {
                    return Err(DocumentFault::Deep { most: DEEPEST }.into());
                }
            }
            Event::End(_) => {
                depth = depth.checked_sub(1).ok_or_else(|| broken("an end without a beginning"))?;
                is_done |= depth == 0;
                if depth == 1 {
                    within = Child::Other;
                }
            }
            Event::Text(text) if depth == 2 => {
                let text = text.xml10_content();
                match within {
                    Child::Query => query.get_or_insert_default().push_str(&text),
                    Child::Device => device_id.get_or_insert_default().push_str(&text),
                    Child::Other => {}
                }
            }
            // Neither a query nor an id has characters that are written so.
            Event::CData(_) | Event::GeneralRef(_) if depth == 2 && within != Child::Other => {
                return Err(broken("expected plain text in QUERY and DEVICEID"));
            }
            Event::DocType(_) => return Err(DocumentFault::DocumentType.into()),
            Event::Eof if depth > 0 => return Err(broken("the end of the document within an element")),
            Event::Eof => break,
            _ => {}
        }
    }
    let expected = "a QUERY, such as PROLOG";
    let action = action(query.as_deref().ok_or(HeardError::Action { expected })?.trim(), expected)?;
    let device = device_id.as_deref().map(|id| device(id.trim())).transpose()?;
    Ok(Heard { format: Format::Xml, action, device, is_partial: false })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Child {
    Query,
    Device,
    Other,
}

impl Child {
    fn of(name: &str) -> Self {
        match name {
            "QUERY" => Self::Query,
            "DEVICEID" => Self::Device,
            _ => Self::Other,
        }
    }
}

fn action(word: &str, expected: &'static str) -> Result<String, HeardError> {
    let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let is_one = plain && !word.is_empty() && word.len() <= LONGEST_ACTION;
    is_one.then(|| word.to_owned()).ok_or(HeardError::Action { expected })
}

/// An id names a file: nothing of it may lead elsewhere, be hidden, or be something else on another system.
fn device(id: &str) -> Result<String, HeardError> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let is_one = !id.is_empty() && id.len() <= LONGEST_DEVICE && !id.starts_with('.') && id.chars().all(plain);
    is_one.then(|| id.to_owned()).ok_or_else(|| HeardError::Device { found: short_line(id, 60) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_both_kinds() {
        let contact = br#" {"action":"contact","deviceid":"pc-2026-01-02-03-04-05","content":{"a":[1,{"b":2}]}}"#;
        let heard_contact = heard(contact).unwrap();
        assert_eq!((heard_contact.format, heard_contact.action.as_str()), (Format::Json, "contact"));
        assert_eq!(heard_contact.device.as_deref(), Some("pc-2026-01-02-03-04-05"));
        let partial = heard(br#"{"deviceid":"p\u0043","partial":true}"#).unwrap();
        assert_eq!((partial.action.as_str(), partial.device.as_deref()), ("inventory", Some("pC")));
        assert!(partial.is_partial);
        let prolog = heard(
            b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<REQUEST><CONTENT><DEVICEID>x/y</DEVICEID></CONTENT>\n  \
            <DEVICEID>pc-1</DEVICEID><QUERY> PROLOG </QUERY><TOKEN>1&amp;2</TOKEN></REQUEST>",
        )
        .unwrap();
        assert_eq!((prolog.action.as_str(), prolog.device.as_deref()), ("PROLOG", Some("pc-1")));
        assert!(heard(b"<REQUEST><QUERY>PROLOG</QUERY></REQUEST>").unwrap().device.is_none());
    }

    #[test]
    fn no_id_leads_elsewhere() {
        for id in [
            "", ".", "..", "../x", "a/b", "a\\\\b", "/etc/x", ".hidden", "a b", "a\\u0000", "a\\n", "a%2f", "~", "a;b",
            "\\u202ea",
        ] {
            let json = format!(r#"{{"action":"inventory","deviceid":"{id}"}}"#);
            assert!(matches!(heard(json.as_bytes()), Err(HeardError::Device { .. })), "{id}");
        }
        for id in ["../x", "a/b", "", "a&#47;b", "<![CDATA[../x]]>", "a&amp;"] {
            let xml = format!("<REQUEST><QUERY>INVENTORY</QUERY><DEVICEID>{id}</DEVICEID></REQUEST>");
            assert!(
                heard(xml.as_bytes()).is_err() || id.is_empty() && heard(xml.as_bytes()).unwrap().device.is_none(),
                "{id}"
            );
        }
        let long = format!(r#"{{"deviceid":"{}"}}"#, "a".repeat(201));
        assert!(heard(long.as_bytes()).is_err());
        assert_eq!(
            heard(r#"{"deviceid":"müller-pc.example:1"}"#.as_bytes()).unwrap().device.as_deref(),
            Some("müller-pc.example:1")
        );
    }

    #[test]
    fn what_is_no_message() {
        let deep = format!("<REQUEST>{}{}<QUERY>A</QUERY></REQUEST>", "<A>".repeat(100), "</A>".repeat(100));
        let deep_json = format!("{{\"a\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
        for text in [
            "",
            "x",
            "[]",
            "{",
            "{}x",
            "{\"action\":1}",
            "{\"action\":\"a b\"}",
            "{\"action\":\"\"}",
            "<",
            "<REQUEST>",
            "<REPLY/>",
            "<REQUEST/>",
            "<REQUEST><QUERY/></REQUEST>",
            "<REQUEST><QUERY>A B</QUERY></REQUEST>",
            "<REQUEST><QUERY>A</QUERY></REQUEST><REQUEST/>x<B></B>",
            "<!DOCTYPE a><REQUEST><QUERY>A</QUERY></REQUEST>",
            "</REQUEST>",
            "<REPLY><QUERY>A</QUERY></REPLY>",
            "<REQUEST><QUERY>A</REQUEST>",
            &deep,
            &deep_json,
        ] {
            assert!(heard(text.as_bytes()).is_err(), "{text}");
        }
        assert!(heard(b"\xff\xfe<").is_err());
    }
}
