//! Between the boundary's types and ours.

use crate::bindings::types;
use airlock_gate::{CallError, Denial, Reason, Spent};
use airlock_model::{Row, Value, schema};
use std::borrow::Cow;

/// Rows as a table. The rows are shared with other readers: their texts are copied here, once.
pub(crate) fn table_to_wit(rows: &[Row]) -> types::Table {
    let mut fields: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(Row::iter) {
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    let mut values = Vec::with_capacity(rows.len() * fields.len());
    let mut texts = Vec::new();
    for row in rows {
        // Rows of a section mostly have the same fields in the same order: one walk along both.
        let mut known = row.iter().peekable();
        for field in &fields {
            let value = match known.next_if(|(name, _)| name == field) {
                Some((_, value)) => Some(value),
                None => row.get(field),
            };
            values.push(value.map_or(types::Value::Absent, |value| value_to_wit(value, &mut texts)));
        }
    }
    types::Table { fields: fields.into_iter().map(str::to_owned).collect(), values, texts }
}

/// More fields than any section has.
const MOST_FIELDS: usize = 256;

/// A task's table as rows: each field once, each row complete, each span within the texts. Spans may not say more
/// together than the texts hold: a small message would become any amount of memory here.
pub(crate) fn rows_from_wit(section: &str, table: types::Table) -> Result<Vec<Row>, CallError> {
    let section = schema::section(section);
    let name = |name: String| match section.and_then(|section| section.field(&name)) {
        Some(field) => Cow::Borrowed(field.name),
        None => Cow::Owned(name),
    };
    if table.fields.len() > MOST_FIELDS {
        return Err(CallError::Invalid(format!("a table of {} fields: no section has that many", table.fields.len())));
    }
    let fields: Vec<Cow<'static, str>> = table.fields.into_iter().map(name).collect();
    if let Some((at, name)) = fields.iter().enumerate().find(|(at, name)| fields.iter().take(*at).any(|f| f == *name)) {
        return Err(CallError::Invalid(format!("field {at} of the table, {name:?}, is there twice")));
    }
    let (values, width) = (table.values.len(), fields.len());
    if values.checked_rem(width).unwrap_or(values) != 0 {
        return Err(CallError::Invalid(format!("{values} values do not make rows of {width} fields")));
    }
    let mut texts = Texts { bytes: &table.texts, left: table.texts.len() };
    let mut values = table.values.into_iter();
    let mut rows = Vec::with_capacity(values.len() / width.max(1));
    while values.len() > 0 {
        // Rows mostly have all fields of their table: room for them at once.
        let mut row = Vec::with_capacity(width);
        for (name, value) in fields.iter().zip(values.by_ref().take(width)) {
            if let Some(value) = value_from_wit(value, &mut texts)? {
                row.push((name.clone(), value));
            }
        }
        rows.push(Row::from(row));
    }
    Ok(rows)
}

fn value_to_wit(value: &Value, texts: &mut Vec<u8>) -> types::Value {
    match value {
        Value::Text(text) => types::Value::Text(keep(text.as_bytes(), texts)),
        Value::Integer(number) => types::Value::Integer(*number),
        Value::Boolean(yes) => types::Value::Boolean(*yes),
        Value::Bytes(bytes) => types::Value::Bytes(keep(bytes, texts)),
        Value::Texts(list) => types::Value::Texts(list.iter().map(|text| keep(text.as_bytes(), texts)).collect()),
    }
}

/// Texts of more than 4 GiB do not fit a component's memory: what is past it is empty.
fn keep(bytes: &[u8], texts: &mut Vec<u8>) -> types::Span {
    match (u32::try_from(texts.len()), u32::try_from(bytes.len())) {
        (Ok(start), Ok(length)) if start.checked_add(length).is_some() => {
            texts.extend_from_slice(bytes);
            types::Span { start, length }
        }
        _ => types::Span { start: 0, length: 0 },
    }
}

fn value_from_wit(value: types::Value, texts: &mut Texts<'_>) -> Result<Option<Value>, CallError> {
    Ok(Some(match value {
        types::Value::Absent => return Ok(None),
        types::Value::Text(span) => Value::Text(texts.text(span)?),
        types::Value::Integer(number) => Value::Integer(number),
        types::Value::Boolean(yes) => Value::Boolean(yes),
        types::Value::Bytes(span) => Value::Bytes(texts.part(span)?.to_vec()),
        types::Value::Texts(spans) => {
            Value::Texts(spans.into_iter().map(|span| texts.text(span)).collect::<Result<_, _>>()?)
        }
    }))
}

/// The texts of a task's table, and how many bytes its values may still take out of them.
struct Texts<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl<'a> Texts<'a> {
    fn text(&mut self, span: types::Span) -> Result<String, CallError> {
        match std::str::from_utf8(self.part(span)?) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(CallError::Invalid(format!("the text at byte {} of the table is not UTF-8", span.start))),
        }
    }

    fn part(&mut self, span: types::Span) -> Result<&'a [u8], CallError> {
        let (start, length) = (span.start, span.length);
        let inside = usize::try_from(start).ok().zip(usize::try_from(length).ok());
        let part = inside.and_then(|(start, length)| self.bytes.get(start..)?.get(..length)).ok_or_else(|| {
            CallError::Invalid(format!(
                "a text of {length} bytes at {start} is outside the table's {}",
                self.bytes.len()
            ))
        })?;
        self.left = self.left.checked_sub(part.len()).ok_or_else(|| {
            CallError::Invalid("values that name parts of the table's texts more than once".to_owned())
        })?;
        Ok(part)
    }
}

/// An error as the task gets it. The end of the run is none that a task gets: it travels on as a trap.
pub(crate) fn error_to_wit(error: CallError) -> Result<types::Error, CallError> {
    Ok(match error {
        CallError::Denied(denial) => types::Error::Denied(denial_to_wit(denial)),
        CallError::Exhausted(spent) => types::Error::Exhausted(match spent {
            Spent::Calls => types::Limit::Calls,
            Spent::Bytes => types::Limit::Bytes,
            Spent::Rate => types::Limit::Rate,
            Spent::Time => types::Limit::Time,
            Spent::Handles => types::Limit::Handles,
        }),
        CallError::Cancelled => types::Error::Cancelled,
        CallError::Unsupported => types::Error::Unsupported,
        CallError::Invalid(why) => types::Error::Invalid(why),
        CallError::NotFound => types::Error::NotFound,
        CallError::Timeout => types::Error::Timeout,
        CallError::Failed(why) => types::Error::Failed(why),
        overrun => return Err(overrun),
    })
}

fn denial_to_wit(denial: Denial) -> types::Denial {
    let reason = match denial.reason {
        Reason::NotGranted => types::DenialReason::NotGranted,
        Reason::Forbidden => types::DenialReason::Forbidden,
        Reason::OutsideWindow => types::DenialReason::OutsideWindow,
        Reason::NotApproved => types::DenialReason::NotApproved,
    };
    types::Denial { audit: denial.audit, capability: denial.capability, reason }
}

pub(crate) fn denial_from_wit(denial: types::Denial) -> Denial {
    let reason = match denial.reason {
        types::DenialReason::NotGranted => Reason::NotGranted,
        types::DenialReason::Forbidden => Reason::Forbidden,
        types::DenialReason::OutsideWindow => Reason::OutsideWindow,
        types::DenialReason::NotApproved => Reason::NotApproved,
    };
    Denial { audit: denial.audit, capability: denial.capability, reason }
}
