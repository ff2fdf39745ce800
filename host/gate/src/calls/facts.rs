//! `inventory.read`: what this machine is.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope};
use airlock_model::{Row, Section, schema};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which sections can be read here, and with which fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactsSections {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SectionInfo {
    pub name: String,
    pub category: String,
    pub fields: Vec<FieldInfo>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldInfo {
    pub name: String,
    pub category: String,
}

/// Which sections will be read soon: the host may begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactsExpect {
    pub sections: Vec<String>,
}

/// One section of this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactsRead {
    pub section: String,
}

/// Rows of a section, and what is missing from them in words for people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub rows: Vec<Row>,
    pub missing: Vec<String>,
}

impl HostCall for FactsSections {
    type Reply = Vec<SectionInfo>;
    const NAME: &'static str = "facts.sections";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    fn redact(_ask: &Ask, reply: &mut Self::Reply, scope: &Scope) {
        let view = &scope.view;
        reply.retain(|info| schema::section(&info.name).is_some_and(|section| view.shows_some_of(section)));
        for info in reply {
            let Some(section) = schema::section(&info.name) else { continue };
            info.fields.retain(|f| section.field(&f.name).is_some_and(|field| view.shows(field)));
        }
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Self::Reply, CallError> {
        Ok(native.facts.sections().into_iter().filter_map(schema::section).map(describe).collect())
    }
}

fn describe(section: &Section) -> SectionInfo {
    let fields = section.fields.iter().map(|f| FieldInfo { name: f.name.into(), category: f.category.into() });
    SectionInfo { name: section.name.into(), category: section.category.into(), fields: fields.collect() }
}

impl HostCall for FactsExpect {
    type Reply = ();
    const NAME: &'static str = "facts.expect";
    /// Advice to the machine: nothing is answered.
    const RECORDED: bool = false;

    fn ask(&self) -> Result<Ask, CallError> {
        // Each once is all there are: a longer list would only make the record of the call long.
        if self.sections.len() > schema::SECTIONS.len() {
            return Err(CallError::Invalid(format!("{} sections are more than there are", self.sections.len())));
        }
        if self.sections.is_empty() {
            // Nothing is asked for.
            return Ok(Ask::run());
        }
        let sections = self.sections.iter().map(|name| known(name)).collect::<Result<Vec<_>, _>>()?;
        Ok(Ask::sections(&sections))
    }

    fn size(&self) -> u64 {
        self.sections.iter().map(|name| name.len() as u64).sum()
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<(), CallError> {
        native.facts.expect(&self.sections);
        Ok(())
    }
}

impl HostCall for FactsRead {
    /// Shared with whoever else reads the same section of the same observation.
    type Reply = Arc<Reading>;
    const NAME: &'static str = "facts.read";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::sections(&[known(&self.section)?]))
    }

    fn reply_size(reply: &Arc<Reading>) -> u64 {
        reply.rows.iter().map(row_size).sum()
    }

    fn redact(ask: &Ask, reply: &mut Arc<Reading>, scope: &Scope) {
        let view = &scope.view;
        let Some(section) = ask.sections.first().and_then(|name| schema::section(name)) else { return };
        if section.fields.iter().all(|field| view.shows(field)) {
            return;
        }
        let reply = Arc::make_mut(reply);
        for row in &mut reply.rows {
            let kept = std::mem::take(row).into_iter();
            *row = kept.filter(|(name, _)| section.field(name).is_some_and(|field| view.shows(field))).collect();
        }
        reply.rows.retain(|row| !row.is_empty());
    }

    fn outcome(reply: &Arc<Reading>) -> String {
        match reply.missing.len() {
            0 => format!("{} rows", reply.rows.len()),
            missing => format!("{} rows, {missing} things missing", reply.rows.len()),
        }
    }

    fn missing<'a>(&'a self, reply: &'a Arc<Reading>) -> Option<(&'a str, &'a [String])> {
        (!reply.missing.is_empty()).then_some((self.section.as_str(), reply.missing.as_slice()))
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Arc<Reading>, CallError> {
        native.facts.read(&self.section).await
    }
}

fn known(name: &str) -> Result<&'static Section, CallError> {
    schema::section(name).ok_or_else(|| CallError::Invalid(format!("no section is named {name:?}")))
}

/// About what a row takes on its way across the boundary, in bytes.
pub(super) fn row_size(row: &Row) -> u64 {
    use airlock_model::Value;
    row.iter()
        .map(|(name, value)| {
            let payload = match value {
                Value::Text(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                Value::Texts(texts) => texts.iter().map(|t| t.len() + 8).sum(),
                Value::Integer(_) | Value::Boolean(_) => 8,
            };
            (name.len() + payload + 16) as u64
        })
        .sum()
}
