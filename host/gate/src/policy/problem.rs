//! What is wrong with a policy, for the person who wrote it: where, what was expected, and what was probably meant.

use serde::Serialize;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// A problem with a number that stays the same: `E0…` keep a policy from loading, `W…` do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub severity: Severity,
    pub code: &'static str,
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The numbers, and what each is about.
pub const CODES: &[(&str, &str)] = &[
    (E_SYNTAX, "not TOML"),
    (E_KEY, "a key that the language does not have"),
    (E_VERB, "a verb that the language does not have"),
    (E_TYPE, "a value of another type than its key takes"),
    (E_MISSING, "a key that has to be there"),
    (E_VALUE, "a value that its key does not take"),
    (E_NAME, "a name that nothing has"),
    (E_TWICE, "the same name for two different things"),
    (E_SIZE, "larger than a policy may be"),
    (E_ARGUMENT, "an argument that the verb does not have"),
    (E_VERSION, "another version of the language"),
    (E_TEMPLATE_TYPE, "an argument of a command without a type that can be checked"),
    (E_PLACEHOLDER, "a command whose words and arguments do not fit together"),
    (E_OVERLAP, "what may be written is what may be run"),
];

/// Of what loads and does nothing in this version.
pub const NO_EFFECT: &str = "W405";

pub(super) const E_SYNTAX: &str = "E001";
pub(super) const E_KEY: &str = "E002";
pub(super) const E_VERB: &str = "E003";
pub(super) const E_TYPE: &str = "E004";
pub(super) const E_MISSING: &str = "E005";
pub(super) const E_VALUE: &str = "E006";
pub(super) const E_NAME: &str = "E007";
pub(super) const E_TWICE: &str = "E008";
pub(super) const E_SIZE: &str = "E009";
pub(super) const E_ARGUMENT: &str = "E010";
pub(super) const E_VERSION: &str = "E011";
pub(super) const E_TEMPLATE_TYPE: &str = "E012";
pub(super) const E_PLACEHOLDER: &str = "E013";
pub(super) const E_OVERLAP: &str = "E020";

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warn",
        })
    }
}

/// `error  E012  50-hq.toml:44:8  the argument …; did you mean …?`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { severity, code, file, line, column, message, hint } = self;
        write!(f, "{severity:<6} {code}  {file}:{line}:{column}  {message}")?;
        hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}
