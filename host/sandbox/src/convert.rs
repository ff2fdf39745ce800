//! Between the boundary's types and ours.

use crate::bindings::types;
use airlock_gate::{CallError, Denial, Reason, Spent};
use airlock_model::{Row, Value, schema};
use std::borrow::Cow;

/// Rows as a table. The rows are shared with other readers: their texts are copied here, once.
pub(crate) fn table_to_wit(rows: &[Row]) -> types::Table {
    let mut fields: Vec<String> = Vec::new();
    let mut table = Vec::with_capacity(rows.len());
    for row in rows {
        let mut values = vec![types::Value::Absent; fields.len()];
        for (name, value) in row.iter() {
            let value = value_to_wit(value);
            match fields.iter().position(|known| known == name).and_then(|at| values.get_mut(at)) {
                Some(place) => *place = value,
                None => {
                    fields.push(name.to_owned());
                    values.push(value);
                }
            }
        }
        table.push(values);
    }
    for values in &mut table {
        values.resize(fields.len(), types::Value::Absent);
    }
    types::Table { fields, rows: table }
}

/// A task's table as rows. A row with another number of values than there are fields is a defect of the task.
pub(crate) fn rows_from_wit(section: &str, table: types::Table) -> Result<Vec<Row>, CallError> {
    let section = schema::section(section);
    let name = |name: String| match section.and_then(|section| section.field(&name)) {
        Some(field) => Cow::Borrowed(field.name),
        None => Cow::Owned(name),
    };
    let fields: Vec<Cow<'static, str>> = table.fields.into_iter().map(name).collect();
    if let Some((at, name)) = fields.iter().enumerate().find(|(at, name)| fields.iter().take(*at).any(|f| f == *name)) {
        return Err(CallError::Invalid(format!("field {at} of the table, {name:?}, is there twice")));
    }
    let row = |values: Vec<types::Value>| {
        if values.len() != fields.len() {
            let (has, wants) = (values.len(), fields.len());
            return Err(CallError::Invalid(format!("a row of {has} values in a table of {wants} fields")));
        }
        let known = fields.iter().zip(values);
        Ok(known.filter_map(|(name, value)| Some((name.clone(), value_from_wit(value)?))).collect())
    };
    table.rows.into_iter().map(row).collect()
}

fn value_to_wit(value: &Value) -> types::Value {
    match value {
        Value::Text(text) => types::Value::Text(text.clone()),
        Value::Integer(number) => types::Value::Integer(*number),
        Value::Boolean(yes) => types::Value::Boolean(*yes),
        Value::Bytes(bytes) => types::Value::Bytes(bytes.clone()),
        Value::Texts(texts) => types::Value::Texts(texts.clone()),
    }
}

fn value_from_wit(value: types::Value) -> Option<Value> {
    Some(match value {
        types::Value::Absent => return None,
        types::Value::Text(text) => Value::Text(text),
        types::Value::Integer(number) => Value::Integer(number),
        types::Value::Boolean(yes) => Value::Boolean(yes),
        types::Value::Bytes(bytes) => Value::Bytes(bytes),
        types::Value::Texts(texts) => Value::Texts(texts),
    })
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
