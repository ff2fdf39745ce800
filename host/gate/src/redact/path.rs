//! What a redaction rule is about: a place in the documents that leave, by the names of the internal model.
//!
//! `content.users` is a section, `content.users.*.login` a field of a list's rows, `content.bios.ssn` a field of a
//! section that appears once; `deviceid` and `tag` stand beside the content. A section whose rows are nested in another
//! one's (`databases` in `databases_services`) may be named alone or below its parent. Names that the schema does not
//! have are refused: a rule that withholds nothing by mistake would let everything through.

use crate::near::hint;
use airlock_model::{Field, Section, Shape, schema};
use std::fmt;
use std::str::FromStr;

/// A place in the documents that leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldPath {
    Member(Member),
    Section(&'static Section),
    Field(&'static Section, &'static Field),
}

/// What stands beside the content and may be redacted. The rest of an envelope are words of the protocol (`action`,
/// `itemtype`, `partial`) and the program's own name (`versionclient`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// The name under which a server knows this agent. A document needs one, so it is never dropped: where it would be,
    /// it is hashed.
    DeviceId,
    Tag,
}

impl Member {
    pub const ALL: &[Member] = &[Member::DeviceId, Member::Tag];

    pub fn name(self) -> &'static str {
        match self {
            Member::DeviceId => "deviceid",
            Member::Tag => "tag",
        }
    }
}

/// Why a path is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PathError(String);

impl FromStr for FieldPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let refuse = |why: String| Err(PathError(why));
        if let Some(member) = Member::ALL.iter().find(|member| member.name() == text) {
            return Ok(FieldPath::Member(*member));
        }
        let members = || Member::ALL.iter().map(|member| member.name());
        let Some(rest) = text.strip_prefix("content.") else {
            let hint = hint(text.split('.').next().unwrap_or_default(), members().chain(["content"]));
            return refuse(format!("{text:?} begins neither with `content.` nor is it `deviceid` or `tag`{hint}"));
        };
        let mut words = rest.split('.');
        let name = words.next().unwrap_or_default();
        let Some(mut section) = schema::section(name) else {
            let hint = hint(name, schema::SECTIONS.iter().map(|section| section.name));
            return refuse(format!("no section is named {name:?}{hint}"));
        };
        loop {
            let mut word = words.next();
            if section.shape == Shape::List && word.is_some() {
                if word != Some("*") {
                    let name = section.name;
                    return refuse(format!("{name} is a list: after it comes `*`, as in content.{name}.*.FIELD"));
                }
                word = words.next();
            }
            let Some(word) = word else { return Ok(FieldPath::Section(section)) };
            if let Some(child) = section.children().find(|child| child.name == word) {
                section = child;
                continue;
            }
            let field = std::iter::once(word).chain(words).collect::<Vec<_>>().join(".");
            return match section.field(&field) {
                Some(field) => Ok(FieldPath::Field(section, field)),
                None => {
                    let hint = hint(&field, section.fields.iter().map(|field| field.name));
                    refuse(format!("{} has no field {field:?}{hint}", section.name))
                }
            };
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldPath::Member(member) => f.write_str(member.name()),
            FieldPath::Section(section) => write!(f, "content.{}", section.name),
            FieldPath::Field(section, field) => {
                let star = if section.shape == Shape::List { "*." } else { "" };
                write!(f, "content.{}.{star}{}", section.name, field.name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_model::schema::SECTIONS;

    fn parse(text: &str) -> Result<String, String> {
        text.parse::<FieldPath>().map(|path| path.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_section_and_field_has_a_path_that_comes_back() {
        for section in SECTIONS {
            let path = FieldPath::Section(section);
            assert_eq!(path.to_string().parse(), Ok(path));
            for field in section.fields {
                let path = FieldPath::Field(section, field);
                assert_eq!(path.to_string().parse(), Ok(path), "{path}");
            }
        }
        assert_eq!(parse("deviceid").as_deref(), Ok("deviceid"));
        assert_eq!(parse("tag").as_deref(), Ok("tag"));
        assert_eq!(parse("content.users.*").as_deref(), Ok("content.users"));
    }

    #[test]
    fn nested_rows_are_found_alone_and_below_their_parent() {
        let below = "content.databases_services.*.databases.*.name";
        assert_eq!(parse(below).as_deref(), Ok("content.databases.*.name"));
        assert_eq!(
            parse("content.operatingsystem.timezone.name").as_deref(),
            Ok("content.operatingsystem.timezone.name")
        );
    }

    #[test]
    fn a_path_that_names_nothing_is_refused_with_a_hint() {
        for (path, says) in [
            ("content.user.*.login", "did you mean users?"),
            ("content.users.*.logn", "did you mean login?"),
            ("content.users.login", "content.users.*.FIELD"),
            ("content.bios.*.ssn", "no field \"*.ssn\""),
            ("contents.users", "did you mean content?"),
            ("deviceID", "did you mean deviceid?"),
            ("content", "begins neither"),
            ("content.", "no section is named \"\""),
            ("content.users.*.", "no field \"\""),
            ("content.Users", "did you mean users?"),
            ("", "begins neither"),
        ] {
            let error = parse(path).unwrap_err();
            assert!(error.contains(says), "{path}: {error}");
        }
    }
}
