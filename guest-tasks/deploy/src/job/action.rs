//! The actions of a job.

use super::read::{list, member, number, object, plain, text};
use super::{Refusal, checks};
use crate::check::Check;
use serde_json::{Map, Value};

/// Output lines that are told when the job does not say how many.
const LINES: i64 = 10;
/// Return checks of a command, values of one, and folders of an action.
const MOST: usize = 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub name: Option<String>,
    pub checks: Vec<Check>,
    pub work: Work,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    Command {
        /// The free command line.
        exec: Option<String>,
        /// Output lines that the server wants; below 0: all.
        lines: i64,
        /// None: the job asks for no check.
        returned: Option<Vec<Returned>>,
        /// Names of the variables that the job would set.
        variables: Vec<String>,
    },
    Copy {
        from: Option<String>,
        to: Option<String>,
    },
    Move {
        from: Option<String>,
        to: Option<String>,
    },
    Make {
        list: Vec<String>,
    },
    Delete {
        list: Vec<String>,
    },
}

/// A check of what a command returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub kind: Option<ReturnedKind>,
    pub values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnedKind {
    OkCode,
    ErrorCode,
    OkPattern,
    ErrorPattern,
}

impl Action {
    pub(super) fn read(value: &Value) -> Result<Self, Refusal> {
        let action = object(value, "an action")?;
        let mut keys = action.iter();
        let (Some((key, parameters)), None) = (keys.next(), keys.next()) else { return Err(Refusal::NotOneKey) };
        // By its exact name: nothing that merely looks like an action is taken for one.
        let work: fn(&Map<String, Value>) -> Result<Work, Refusal> = match key.as_str() {
            "cmd" => command,
            "copy" => |p| Ok(Work::Copy { from: text(p, "from"), to: text(p, "to") }),
            "move" => |p| Ok(Work::Move { from: text(p, "from"), to: text(p, "to") }),
            "mkdir" => |p| Ok(Work::Make { list: places(p)? }),
            "delete" => |p| Ok(Work::Delete { list: places(p)? }),
            _ => return Err(Refusal::UnknownAction(key.clone())),
        };
        let parameters = object(parameters, "an action's parameters")?;
        Ok(Self { name: text(parameters, "name"), checks: checks(parameters)?, work: work(parameters)? })
    }
}

fn places(parameters: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let places = list(parameters, "list").ok_or(Refusal::NotAList("an action's list"))?;
    if places.len() > MOST {
        return Err(Refusal::TooMany { what: "an action's list", most: MOST });
    }
    Ok(places.iter().filter_map(plain).collect())
}

fn command(parameters: &Map<String, Value>) -> Result<Work, Refusal> {
    let returned = match member(parameters, "retChecks") {
        Some(Value::Array(checks)) => Some(checks.iter().take(MOST).map(Returned::read).collect()),
        _ => None,
    };
    let variables = match member(parameters, "envs") {
        Some(Value::Object(variables)) => variables.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let lines = number(parameters, "logLineLimit").unwrap_or(LINES);
    Ok(Work::Command { exec: text(parameters, "exec"), lines, returned, variables })
}

impl Returned {
    fn read(value: &Value) -> Self {
        let member = |key: &str| value.as_object().and_then(|check| text(check, key));
        let kind = match member("type").as_deref() {
            Some("okCode") => Some(ReturnedKind::OkCode),
            Some("errorCode") => Some(ReturnedKind::ErrorCode),
            Some("okPattern") => Some(ReturnedKind::OkPattern),
            Some("errorPattern") => Some(ReturnedKind::ErrorPattern),
            _ => None,
        };
        let values = match value.get("values") {
            Some(Value::Array(values)) => values.iter().take(MOST).filter_map(plain).collect(),
            Some(one) => plain(one).into_iter().collect(),
            None => Vec::new(),
        };
        Self { kind, values }
    }
}
