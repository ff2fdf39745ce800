//! The XML `REPLY` of GLPI, FusionInventory and OCS servers.
//!
//! Attributes and child elements say the same, in any order; some elements are lists even when there is one. An element
//! with members and text has the text as `content`.

use super::expiration::hours;
use super::{Status, expiration, lenient};
use crate::jobs::RawJob;
use crate::tree::Cell;
use airlock_model::{Note, Notes};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// Elements that are lists even when there is one.
pub(super) const LISTS: &[&str] = &["OPTION", "PARAM", "MODEL", "AUTHENTICATION", "RANGEIP", "DEVICE", "GET", "WALK"];
/// The most jobs of one answer.
const OPTIONS: usize = 200;

/// What a server wants after a PROLOG or an inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// An inventory, please. Also GLPI's answer to one.
    Send,
    /// None, thanks.
    Stop,
    /// OCS took the inventory, and has nothing to say of the account.
    NoAccountUpdate,
    /// OCS took the inventory, and has values of the account (see [`Reply::account`]).
    AccountUpdate,
    /// A word that the protocol does not have, in at most 40 bytes: no inventory is wanted.
    Other(String),
}

/// A reply. Its jobs may hold secrets and are kept apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Everything but the jobs, by element: texts, lists, objects.
    pub members: Map<String, Value>,
    /// The `OPTION` elements, one a job.
    pub options: Vec<RawJob>,
    /// What was in the answer and could not be taken.
    pub notes: Vec<Note>,
}

/// The part of a text that is a reply: servers write words before and after it, warnings of PHP among them. A document
/// type is never passed over.
pub(super) fn within(text: &str) -> Option<&str> {
    let head = text.get(..text.floor_char_boundary(4096))?;
    let from = if text.starts_with('<') && !super::error::is_page(text) {
        0
    } else {
        ["<?xml", "<!DOCTYPE", "<!doctype", "<REPLY"].iter().filter_map(|start| head.find(start)).min()?
    };
    let end = "</REPLY>";
    let to = text.rfind(end).map(|at| at + end.len()).or_else(|| text.rfind('>').map(|at| at + 1));
    // Cut off within a tag, it is shown to the reader as it is, who says so.
    to.and_then(|to| text.get(from..to)).or_else(|| text.get(from..))
}

impl Reply {
    pub(crate) fn new(root: Cell) -> Self {
        let mut notes = Notes::default();
        let mut members = match value(root) {
            Value::Object(members) => members,
            // An element without members: <REPLY/>, the answer to a task's messages.
            _ => Map::new(),
        };
        let mut blocks = match members.remove("OPTION") {
            Some(Value::Array(blocks)) => blocks,
            _ => Vec::new(),
        };
        if blocks.len() > OPTIONS {
            notes.add(format!("OPTION: {} of them, the ones after {OPTIONS} left out", blocks.len()));
            blocks.truncate(OPTIONS);
        }
        let options = blocks.into_iter().filter_map(|block| RawJob::option(block, &mut notes)).collect();
        Self { members, options, notes: notes.done() }
    }

    /// `PROLOG_FREQ`: how long until the next contact, in hours on the wire. None when it is missing or makes no sense.
    pub fn frequency(&self) -> Option<Duration> {
        self.text("PROLOG_FREQ").and_then(|text| hours(&text))
    }

    /// `RESPONSE`: what the server wants.
    pub fn response(&self) -> Option<Response> {
        let word = self.text("RESPONSE")?;
        Some(match word.to_ascii_uppercase().as_str() {
            "SEND" => Response::Send,
            "STOP" => Response::Stop,
            "NO_ACCOUNT_UPDATE" => Response::NoAccountUpdate,
            "ACCOUNT_UPDATE" => Response::AccountUpdate,
            _ => Response::Other(word.get(..word.floor_char_boundary(40)).unwrap_or_default().to_owned()),
        })
    }

    /// `ERROR`: the server's words, perhaps several lines. To be escaped before they are shown.
    pub fn error(&self) -> Option<String> {
        self.text("ERROR")
    }

    /// `status`, which GLPI writes to an agent with an id.
    pub fn status(&self) -> Option<Status> {
        self.text("status").map(|word| Status::of(&word))
    }

    /// `expiration`, which GLPI writes to an agent with an id.
    pub fn expiration(&self) -> Option<Duration> {
        self.members.get("expiration").and_then(expiration)
    }

    /// `INVENTORY_ON_STARTUP` of OCS: an inventory whenever the machine starts.
    pub fn on_startup(&self) -> Option<bool> {
        self.members.get("INVENTORY_ON_STARTUP").map(lenient::truth)
    }

    /// `ACCOUNTINFO` of OCS: what it knows of the machine's account, such as its `TAG`.
    pub fn account(&self) -> BTreeMap<String, String> {
        let entries = self.members.get("ACCOUNTINFO").map(lenient::list).unwrap_or_default();
        let pair = |entry: &Value| {
            let entry = entry.as_object()?;
            Some((lenient::member(entry, "KEYNAME")?, lenient::member(entry, "KEYVALUE").unwrap_or_default()))
        };
        entries.iter().take(100).filter_map(pair).collect()
    }

    /// An element's text.
    pub fn text(&self, element: &str) -> Option<String> {
        lenient::member(&self.members, element)
    }
}

/// A tree of elements as a JSON value: a name that comes again is a list.
fn value(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(yes) => Value::Bool(yes),
        Cell::Integer(number) => Value::from(number),
        Cell::Text(text) => Value::String(text),
        Cell::List(list) => list.into_iter().map(value).collect(),
        Cell::Object(members) => {
            let mut object: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for (name, member) in members {
                object.entry(name).or_default().push(value(member));
            }
            let one = |(name, mut values): (String, Vec<Value>)| {
                let single = values.len() == 1 && !LISTS.contains(&name.as_str());
                let value = single.then(|| values.pop()).flatten().unwrap_or(Value::Array(values));
                (name, value)
            };
            Value::Object(object.into_iter().map(one).collect())
        }
    }
}
