//! What a contact answer says of the tasks that the server has.

use super::lenient::{self, list, member, texts};
use airlock_model::{Notes, shown};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The most tasks of one answer: there are eight.
const TASKS: usize = 64;
/// The most categories, ids and uses that are taken from one list.
const LIST: usize = 500;

/// One task that the server has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskOffer {
    /// Who serves it: `glpi` by this protocol, `glpiinventory` by the PROLOG and the addresses of `getConfig`.
    pub server: Option<String>,
    /// That server's version.
    pub version: Option<String>,
    /// Categories that the server does not want. None when it does not say; the owner decides whether it may.
    pub no_category: Option<Vec<String>>,
    /// Parameters that the server holds ready for inventory modules (see [`crate::requests::get_params`]).
    pub params: Vec<ParamsOffer>,
}

/// Parameters that modules of a category may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParamsOffer {
    /// Such as `database`.
    pub category: String,
    /// What to ask for, by id.
    pub ids: Vec<String>,
    /// What each id is for, such as `mysql`; under the empty id what all are for.
    pub uses: BTreeMap<String, Vec<String>>,
}

/// Reads `tasks`: an object of objects, or the empty list that PHP writes for none.
pub(super) fn offers(tasks: &Value, notes: &mut Notes) -> BTreeMap<String, TaskOffer> {
    let mut offers = BTreeMap::new();
    let Value::Object(tasks) = tasks else {
        if !matches!(tasks, Value::Array(list) if list.is_empty()) && !tasks.is_null() {
            notes.add("tasks: no object, left out".to_owned());
        }
        return offers;
    };
    for (name, said) in tasks {
        match (lenient::task(name), said) {
            (None, _) => lenient::no_name_of_a_task(notes, name),
            (Some(name), _) if offers.len() == TASKS && !offers.contains_key(&name) => {
                notes.add(format!("tasks: more than {TASKS}, the rest left out"));
            }
            (Some(name), Value::Object(said)) => {
                offers.insert(name, offer(said, notes));
            }
            (Some(name), _) => {
                offers.insert(name, TaskOffer::default());
            }
        }
    }
    offers
}

fn offer(said: &Map<String, Value>, notes: &mut Notes) -> TaskOffer {
    lenient::unknown(said, &["server", "version", "no-category", "params"], "tasks: ", notes);
    TaskOffer {
        server: member(said, "server"),
        version: member(said, "version"),
        no_category: said.get("no-category").map(|value| short(texts(value), "no-category", notes)),
        params: said.get("params").map(|params| offered(params, notes)).unwrap_or_default(),
    }
}

fn offered(params: &Value, notes: &mut Notes) -> Vec<ParamsOffer> {
    let mut all = Vec::new();
    for entry in list(params).iter().take(LIST) {
        let Some((entry, category)) = entry.as_object().and_then(|entry| Some((entry, member(entry, "category")?)))
        else {
            notes.add("params: an entry without a category, left out".to_owned());
            continue;
        };
        let ids = entry.get("params_id").map(|ids| short(texts(ids), "params_id", notes)).unwrap_or_default();
        let mut uses = BTreeMap::new();
        for (key, value) in entry.iter().take(LIST) {
            let id = match key.strip_prefix("use") {
                Some("") => "",
                Some(id) => match id.strip_prefix('[').and_then(|id| id.strip_suffix(']')) {
                    Some(id) => id,
                    None => continue,
                },
                None => continue,
            };
            uses.insert(id.to_owned(), short(texts(value), "use", notes));
        }
        all.push(ParamsOffer { category, ids, uses });
    }
    all
}

fn short(mut texts: Vec<String>, what: &str, notes: &mut Notes) -> Vec<String> {
    if texts.len() > LIST {
        texts.truncate(LIST);
        notes.add(format!("{}: more than {LIST}, the rest left out", shown(what)));
    }
    texts
}
