//! A device that is being asked: what it said is remembered, so that nothing is asked twice and names go out together.

use crate::{Agent, Bind, Entry, Gone, MOST_NAMES, Syntax, Table, value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many rows of a column are asked for when the first that says something is wanted.
const FEW: u32 = 8;

/// The first rows of a column, and whether there are more.
type Head = (Rc<[Bind]>, bool);

/// An [`Agent`] with a memory. Every method answers from it where it can.
pub struct Device<'a> {
    agent: &'a dyn Agent,
    values: RefCell<BTreeMap<String, Option<Syntax>>>,
    /// Whole columns.
    columns: RefCell<BTreeMap<String, Rc<[Bind]>>>,
    heads: RefCell<BTreeMap<String, Head>>,
}

impl<'a> Device<'a> {
    pub fn new(agent: &'a dyn Agent) -> Self {
        Self { agent, values: RefCell::default(), columns: RefCell::default(), heads: RefCell::default() }
    }

    pub fn agent(&self) -> &'a dyn Agent {
        self.agent
    }

    pub fn sysobject(&self, id: &str) -> Option<Entry> {
        self.agent.sysobject(id)
    }

    /// Asks for many names at once, so that what is looked at later is known.
    pub fn ask<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<(), Gone> {
        let missing: BTreeSet<&str> =
            names.into_iter().filter(|name| !self.values.borrow().contains_key(*name)).collect();
        let missing: Vec<&str> = missing.into_iter().collect();
        for some in missing.chunks(MOST_NAMES) {
            let mut answers = self.agent.get(some)?.into_iter();
            let mut values = self.values.borrow_mut();
            for name in some {
                // An agent that answers with fewer values than names has none for the rest.
                values.insert((*name).to_owned(), answers.next().flatten());
            }
        }
        Ok(())
    }

    pub fn value(&self, name: &str) -> Result<Option<Syntax>, Gone> {
        if !self.values.borrow().contains_key(name) {
            self.ask([name])?;
        }
        Ok(self.values.borrow().get(name).cloned().flatten())
    }

    pub fn text(&self, name: &str) -> Result<Option<String>, Gone> {
        Ok(self.value(name)?.as_ref().and_then(value::text))
    }

    pub fn serial(&self, name: &str) -> Result<Option<String>, Gone> {
        Ok(self.value(name)?.as_ref().and_then(value::serial))
    }

    pub fn mac(&self, name: &str) -> Result<Option<String>, Gone> {
        Ok(self.value(name)?.as_ref().and_then(value::mac))
    }

    pub fn integer(&self, name: &str) -> Result<Option<i64>, Gone> {
        Ok(self.value(name)?.as_ref().and_then(value::integer))
    }

    /// Asks for whole columns at once.
    pub fn walk(&self, roots: &[&str]) -> Result<(), Gone> {
        let missing: Vec<&str> =
            roots.iter().copied().filter(|root| !self.columns.borrow().contains_key(*root)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut answers = self.agent.walk(&missing)?.into_iter();
        for root in missing {
            let rows = answers.next().unwrap_or_default();
            self.columns.borrow_mut().insert(root.to_owned(), rows.into());
        }
        Ok(())
    }

    /// A whole column; [`Table::of`] reads it.
    pub fn column(&self, root: &str) -> Result<Rc<[Bind]>, Gone> {
        if let Some((rows, false)) = self.heads.borrow().get(root) {
            return Ok(Rc::clone(rows));
        }
        self.walk(&[root])?;
        Ok(self.columns.borrow().get(root).cloned().unwrap_or_default())
    }

    /// Asks for the beginnings of columns at once.
    pub fn look(&self, roots: &[&str]) -> Result<(), Gone> {
        let known = |root: &str| self.columns.borrow().contains_key(root) || self.heads.borrow().contains_key(root);
        let missing: Vec<&str> = roots.iter().copied().filter(|root| !known(root)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut answers = self.agent.heads(&missing, FEW)?.into_iter();
        for root in missing {
            let rows = answers.next().unwrap_or_default();
            let more = rows.len() >= usize::try_from(FEW).unwrap_or(usize::MAX);
            let mut values = self.values.borrow_mut();
            for bind in &rows {
                values.entry(bind.oid.clone()).or_insert_with(|| Some(bind.value.clone()));
            }
            self.heads.borrow_mut().insert(root.to_owned(), (rows.into(), more));
        }
        Ok(())
    }

    /// Asks at once for the rest of those columns that have more than the beginning that was looked at.
    pub fn complete(&self, roots: &[&str]) -> Result<(), Gone> {
        let cut = |root: &&str| self.heads.borrow().get(*root).is_none_or(|(_, more)| *more);
        let cut: Vec<&str> = roots.iter().copied().filter(cut).collect();
        self.walk(&cut)
    }

    /// The first value of a column that `read` can read: among its first rows, else in the whole of it.
    pub fn first<T>(&self, root: &str, read: impl Fn(&Syntax) -> Option<T>) -> Result<Option<T>, Gone> {
        self.look(&[root])?;
        let head = self.heads.borrow().get(root).cloned();
        if let Some((rows, more)) = head {
            let found = Table::of(&rows, root).values().find_map(&read);
            if found.is_some() || !more {
                return Ok(found);
            }
        }
        Ok(Table::of(&self.column(root)?, root).values().find_map(&read))
    }

    /// The first value of a column that is some text.
    pub fn first_text(&self, root: &str) -> Result<Option<String>, Gone> {
        self.first(root, value::text)
    }

    /// The first of some names that has a text.
    pub fn first_of(&self, names: &[&str]) -> Result<Option<String>, Gone> {
        self.ask(names.iter().copied())?;
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}
