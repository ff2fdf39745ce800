//! Programs, from `system_profiler SPApplicationsDataType`, as text or as a property list.

mod date;
mod text;
mod xml;

pub use super::publisher::Evidence;
pub use date::{local_date, short_date};
pub use text::from_text;
pub use xml::from_plist;

use super::publisher::{by_copyright, by_framework, by_signature};
use airlock_model::Row;

/// Programs that are read of one list.
const PROGRAMS: usize = 50_000;

/// A program as the tool knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    pub name: String,
    pub version: Option<String>,
    /// The program's folder.
    pub location: Option<String>,
    /// What it says of itself: version and copyright, on one line or several.
    pub info: Option<String>,
    /// What it is built for, in the words of the text form: `Universal`, `Intel`, `64-bit`.
    pub kind: Option<String>,
    /// Whether it is built for Intel's processors of 64 bits; older systems say so.
    pub intel_64: Option<bool>,
    /// Names of the certificates, joined by `, `.
    pub signed_by: Option<String>,
    pub obtained_from: Option<String>,
    /// When it was last changed: `YYYY-MM-DD`, or the tool's own words when they are no date.
    pub modified: Option<String>,
}

impl Application {
    /// A program of a Windows guest that its hypervisor shows as if it were one of this machine.
    pub fn is_foreign(&self) -> bool {
        // `7.4, C:\Program Files\…`; older systems double the backslash.
        let bytes = self.info.as_deref().unwrap_or_default().as_bytes();
        bytes.windows(4).any(|window| matches!(window, [b' ', b'A'..=b'Z', b':', b'\\']))
    }

    /// Who publishes it, and what tells so.
    pub fn publisher(&self) -> Option<(String, Evidence)> {
        let location = self.location.as_deref().unwrap_or_default();
        let apple = |evidence| Some(("Apple".to_owned(), evidence));
        if by_framework(location) {
            return apple(Evidence::Framework);
        }
        if let Some(name) = self.signed_by.as_deref().and_then(by_signature) {
            return Some((name, Evidence::Signature));
        }
        if self.obtained_from.as_deref() == Some("Apple") {
            return apple(Evidence::Signature);
        }
        if let Some(name) = self.info.as_deref().and_then(by_copyright) {
            return Some((name, Evidence::Copyright));
        }
        let system = location.starts_with("/System/") || self.obtained_from.as_deref() == Some("apple");
        if system { apple(Evidence::System) } else { None }
    }

    /// The first folders that it is in, without a user's home: `Applications/Utilities`, `System/Library`. None for what
    /// lies on a user's desktop or among the downloads.
    pub fn category(&self) -> Option<String> {
        let path = self.location.as_deref()?.strip_prefix('/')?;
        let (path, home) = match path.strip_prefix("Users/").and_then(|rest| rest.split_once('/')) {
            Some((_, rest)) => (rest, true),
            None => (path, false),
        };
        // The last step is the program itself.
        let (folders, _) = path.rsplit_once('/')?;
        if home && matches!(folders.split('/').next(), Some("Desktop" | "Downloads")) {
            return None;
        }
        let end = folders.match_indices('/').nth(1).map_or(folders.len(), |(at, _)| at);
        folders.get(..end).map(str::to_owned)
    }

    /// The user in whose home it is.
    pub fn user(&self) -> Option<&str> {
        let (user, _) = self.location.as_deref()?.strip_prefix("/Users/")?.split_once('/')?;
        Some(user).filter(|user| !matches!(*user, "" | "Shared"))
    }
}

/// Rows of the section `softwares`; programs of a guest system are left out.
pub fn rows(applications: &[Application]) -> Vec<Row> {
    let own = applications.iter().filter(|application| !application.is_foreign());
    own.map(|application| {
        let mut row = Row::new().with("name", application.name.as_str());
        row.maybe("version", application.version.clone())
            .maybe("publisher", application.publisher().map(|(name, _)| name))
            .maybe("arch", application.kind.clone())
            .maybe("install_date", application.modified.clone().filter(|date| airlock_model::dates::is_date(date)))
            .maybe("system_category", application.category())
            .maybe("username", application.user())
            .maybe("folder", application.location.clone());
        row
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(location: &str) -> Application {
        Application { location: Some(location.to_owned()), ..Application::default() }
    }

    #[test]
    fn folders_and_homes() {
        for (location, category, user) in [
            ("/Applications/A.app", Some("Applications"), None),
            ("/System/Library/CoreServices/A.app", Some("System/Library"), None),
            ("/Users/jane/Library/Caches/x/A.app", Some("Library/Caches"), Some("jane")),
            ("/Users/jane/Downloads/A.app", None, Some("jane")),
            ("/Users/jane/A.app", None, Some("jane")),
            ("A.app", None, None),
        ] {
            let found = at(location);
            assert_eq!((found.category().as_deref(), found.user()), (category, user), "{location}");
        }
    }

    #[test]
    fn publishers_by_evidence() {
        assert_eq!(
            at("/System/Library/CoreServices/A.app").publisher(),
            Some(("Apple".to_owned(), Evidence::Framework))
        );
        assert_eq!(at("/System/Applications/A.app").publisher(), Some(("Apple".to_owned(), Evidence::System)));
        assert_eq!(at("/Applications/A.app").publisher(), None);
    }

    #[test]
    fn programs_of_a_guest_are_no_rows() {
        let foreign = Application { info: Some("7.4, C:\\\\a.exe".to_owned()), ..at("/Users/j/A.app") };
        assert!(foreign.is_foreign() && rows(&[foreign]).is_empty());
    }
}
