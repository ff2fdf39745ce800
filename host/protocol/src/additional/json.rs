//! The content of a JSON inventory file. It is read as a stream, so that the budget holds while it is read.

use super::{Content, Error};
use crate::tree::{Budget, Cell, DocumentFault};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

const EXPECTED: &str = "a JSON object with an object `content`";

pub(super) fn content(text: &str) -> Result<Content, Error> {
    let budget = super::budget();
    let broken = |error: serde_json::Error| Error::from(DocumentFault::Json { why: error.to_string() });
    let mut json = serde_json::Deserializer::from_str(text);
    let content = (&mut json).deserialize_map(Root { budget: &budget }).map_err(broken)?;
    json.end().map_err(broken)?;
    match content {
        Some(Cell::Object(content)) => Ok(content),
        _ => Err(Error::Content { expected: EXPECTED }),
    }
}

/// The whole document, of which only `content` is kept.
struct Root<'b> {
    budget: &'b Budget,
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = Option<Cell>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut content = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "content" {
                content = Some(map.next_value_seed(Seed { budget: self.budget, depth: 1 })?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(content)
    }
}

/// One value at some depth.
#[derive(Clone, Copy)]
struct Seed<'b> {
    budget: &'b Budget,
    depth: usize,
}

impl Seed<'_> {
    fn within(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Cell;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        self.budget.take(self.depth).map_err(D::Error::custom)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of an inventory")
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Cell, E> {
        Ok(Cell::Boolean(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Cell, E> {
        Ok(Cell::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell, E> {
        Ok(i64::try_from(number).map_or_else(|_| Cell::Text(number.to_string()), Cell::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Cell, E> {
        Ok(Cell::Text(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell, E> {
        Ok(Cell::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element_seed(self.within())? {
            list.push(item);
        }
        Ok(Cell::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        let mut object = Vec::new();
        while let Some(key) = map.next_key()? {
            object.push((key, map.next_value_seed(self.within())?));
        }
        Ok(Cell::Object(object))
    }
}
