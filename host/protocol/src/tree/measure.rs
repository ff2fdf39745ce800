//! How large a JSON text would become as a tree, found without building it.
//!
//! Two bytes of text can be a value of thirty: a text of a few megabytes is measured before anything is made of it. Wrong
//! JSON may be measured wrongly, but never as smaller than what a reader can build of it before it notices.

use super::{Budget, DocumentFault};

/// Checks a JSON text against a budget: every value, every member's name, every level.
pub(crate) fn json(text: &str, budget: &Budget) -> Result<(), DocumentFault> {
    let mut depth = 0_usize;
    let mut bytes = text.bytes();
    budget.take(depth)?;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => string(&mut bytes),
            b'{' | b'[' => {
                depth += 1;
                budget.take(depth)?;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' | b':' => budget.take(depth)?,
            _ => {}
        }
    }
    Ok(())
}

/// Skips to the end of a string.
fn string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn brackets_in_texts_are_no_levels() {
        assert_eq!(json(r#"{"a":"[[[[\"[["}"#, &Budget::new(10, 1)), Ok(()));
        assert_eq!(json("[[[]]]", &Budget::new(10, 2)), Err(DocumentFault::Deep { most: 2 }));
        assert_eq!(json("[1,2,3]", &Budget::new(3, 9)), Err(DocumentFault::Many { most: 3 }));
    }

    fn values(value: &Value) -> usize {
        1 + match value {
            Value::Array(list) => list.iter().map(values).sum(),
            Value::Object(members) => members.values().map(|value| 1 + values(value)).sum(),
            _ => 0,
        }
    }

    fn levels(value: &Value) -> usize {
        match value {
            Value::Array(list) => 1 + list.iter().map(levels).max().unwrap_or(0),
            Value::Object(members) => 1 + members.values().map(levels).max().unwrap_or(0),
            _ => 0,
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<i32>().prop_map(Value::from), "[\\[\\]{}:,\"\\\\a]{0,6}".prop_map(Value::from)];
        leaf.prop_recursive(6, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z\\[\"]{0,3}", inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn nothing_is_measured_as_smaller_than_it_is(value in any_json()) {
            let text = value.to_string();
            let few = Budget::new(values(&value) - 1, 99);
            prop_assert_eq!(json(&text, &few), Err(DocumentFault::Many { most: values(&value) - 1 }));
            let levels = levels(&value);
            prop_assert_eq!(json(&text, &Budget::new(9999, levels)), Ok(()));
            if levels > 0 {
                prop_assert_eq!(json(&text, &Budget::new(9999, levels - 1)), Err(DocumentFault::Deep { most: levels - 1 }));
            }
        }
    }
}
