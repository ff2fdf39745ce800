//! Between the boundary's types and ours.

use crate::bindings::types;
use airlock_gate::{CallError, Denial, Reason, Spent};
use airlock_model::{Row, Value};
use std::borrow::Cow;

pub(crate) fn row_to_wit(row: Row) -> Vec<types::Field> {
    row.into_iter().map(|(name, value)| types::Field { name: name.into_owned(), value: value_to_wit(value) }).collect()
}

pub(crate) fn row_from_wit(row: Vec<types::Field>) -> Row {
    row.into_iter().map(|field| (Cow::Owned(field.name), value_from_wit(field.value))).collect()
}

fn value_to_wit(value: Value) -> types::Value {
    match value {
        Value::Text(text) => types::Value::Text(text),
        Value::Integer(number) => types::Value::Integer(number),
        Value::Boolean(yes) => types::Value::Boolean(yes),
        Value::Bytes(bytes) => types::Value::Bytes(bytes),
        Value::Texts(texts) => types::Value::Texts(texts),
    }
}

fn value_from_wit(value: types::Value) -> Value {
    match value {
        types::Value::Text(text) => Value::Text(text),
        types::Value::Integer(number) => Value::Integer(number),
        types::Value::Boolean(yes) => Value::Boolean(yes),
        types::Value::Bytes(bytes) => Value::Bytes(bytes),
        types::Value::Texts(texts) => Value::Texts(texts),
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
