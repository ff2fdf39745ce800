//! A JSON document, looked at strictly: every member one that the schema has, with a value of its kind, all in order.

use airlock_model::{Document, Field, Kind, Section, Shape, schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Ends the test if something is not as the schema has it.
pub(crate) fn assert_strict(text: &str) {
    serde_json::from_str::<InOrder>(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let document: Value = serde_json::from_str(text).unwrap();
    let members: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    for member in &members {
        assert!(["action", "content", "deviceid", "itemtype", "partial", "tag"].contains(member), "{member}");
    }
    assert_eq!(document["action"], "inventory");
    assert_eq!(document["itemtype"], "Computer");
    for (name, value) in document["content"].as_object().unwrap() {
        if name == "versionclient" {
            assert!(value.as_str().unwrap().starts_with("Airlock_v"), "{value}");
            continue;
        }
        let section = schema::section(name).unwrap_or_else(|| panic!("the schema has no section {name}"));
        assert_ne!(section.document, Document::Xml, "{name}");
        match section.shape {
            Shape::Object => assert_row(section, value.as_object().unwrap_or_else(|| panic!("{name}: {value}"))),
            Shape::List => {
                let rows = value.as_array().unwrap_or_else(|| panic!("{name}: {value}"));
                assert!(!rows.is_empty(), "{name} is empty");
                rows.iter().for_each(|row| assert_row(section, row.as_object().unwrap()));
            }
        }
    }
}

fn assert_row(section: &'static Section, row: &Map<String, Value>) {
    for (name, value) in row {
        if let Value::Object(object) = value {
            for (inner, value) in object {
                assert_value(section, &format!("{name}.{inner}"), value);
            }
        } else {
            assert_value(section, name, value);
        }
    }
    for field in section.fields.iter().filter(|field| field.required && !field.name.contains('.')) {
        assert!(row.contains_key(field.name), "{}: no {} in {row:?}", section.name, field.name);
    }
}

fn assert_value(section: &'static Section, name: &str, value: &Value) {
    let at = format!("{}.{name}: {value}", section.name);
    let field: &Field = section.field(name).unwrap_or_else(|| panic!("the schema has no {at}"));
    assert_ne!(field.document, Document::Xml, "{at}");
    let fits = match field.kind {
        Kind::Integer => value.as_u64().is_some(),
        Kind::Boolean => value.is_boolean(),
        Kind::Texts => value.is_array() || value.is_string(),
        Kind::Text | Kind::Date | Kind::Datetime | Kind::DateOrDatetime => {
            value.as_str().is_some_and(|text| !text.is_empty())
        }
    };
    assert!(fits, "{at} is not a {:?}", field.kind);
    if let (false, Some(text)) = (field.values.is_empty(), value.as_str()) {
        assert!(field.values.contains(&text), "{at} is not one of {:?}", field.values);
    }
}

/// Any JSON whose members come in order, and each once.
struct InOrder;

impl<'de> Deserialize<'de> for InOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InOrder)
    }
}

impl<'de> Visitor<'de> for InOrder {
    type Value = InOrder;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without null")
    }

    fn visit_bool<E>(self, _: bool) -> Result<InOrder, E> {
        Ok(InOrder)
    }

    fn visit_u64<E>(self, _: u64) -> Result<InOrder, E> {
        Ok(InOrder)
    }

    fn visit_i64<E>(self, _: i64) -> Result<InOrder, E> {
        Ok(InOrder)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<InOrder, E> {
        if text.chars().any(char::is_control) { Err(E::custom(format!("{text:?}"))) } else { Ok(InOrder) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<InOrder, A::Error> {
        while items.next_element::<InOrder>()?.is_some() {}
        Ok(InOrder)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<InOrder, A::Error> {
        let mut last: Option<String> = None;
        while let Some(name) = members.next_key::<String>()? {
            if last.as_ref().is_some_and(|last| *last >= name) {
                return Err(de::Error::custom(format!("{name} comes after {}", last.unwrap_or_default())));
            }
            last = Some(name);
            members.next_value::<InOrder>()?;
        }
        Ok(InOrder)
    }
}
