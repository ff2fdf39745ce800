//! Where the paths of a job lead: absolute ones on the machine, all others in the job's own folder.
//!
//! A path is what it says. `$HOME`, `%TEMP%` and `~` are names like others: the environment of this machine is no business
//! of a server. A `..` is refused, and so is what no path has.

/// The longest path of a job.
const LONGEST: usize = 4096;

/// The place that a path means.
pub(crate) fn of(path: &str) -> Result<String, String> {
    if path.is_empty() {
        return Err("an empty path".to_owned());
    }
    if path.len() > LONGEST || path.contains('\0') {
        return Err("not a path: too long, or with a byte 0".to_owned());
    }
    let mut steps = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => return Err(format!("{} is not plain: it has ..", shown(path))),
            step => steps.push(step),
        }
    }
    let steps = steps.join("/");
    Ok(if path.starts_with('/') { format!("/{steps}") } else { format!("work:{steps}") })
}

/// What is called `name` in a folder.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.ends_with(['/', ':']) { format!("{folder}{name}") } else { format!("{folder}/{name}") }
}

/// The folder that a place is in; none: it is a folder that everything is in.
pub(crate) fn folder(place: &str) -> Option<&str> {
    let (start, rest) = split(place);
    if rest.is_empty() {
        return None;
    }
    match rest.rfind('/') {
        Some(at) => place.get(..start.len() + at),
        None => Some(start),
    }
}

/// The last name of a place.
pub(crate) fn name(place: &str) -> &str {
    let (_, rest) = split(place);
    rest.rsplit('/').next().unwrap_or_default()
}

/// What everything is in (`/` or `work:`), and the way from there.
pub(crate) fn split(place: &str) -> (&str, &str) {
    let at = if place.starts_with('/') { 1 } else { "work:".len() };
    place.split_at_checked(at).unwrap_or((place, ""))
}

/// A path as the server's operator reads it: as the server wrote it, on one line and not too long.
pub(crate) fn shown(path: &str) -> String {
    airlock_model::short_line(path, 200)
}

/// Said of a path that has what other agents would take for a variable.
pub(crate) fn literally(path: &str) -> &'static str {
    let dollar =
        path.split('$').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '{' || c == '_'));
    let percent = path.split('%').count() > 2;
    if dollar || percent { " (names of variables in paths are taken literally here)" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_the_machines_and_others_the_jobs() {
        for (path, place) in [
            ("/opt//acme/./x/", "/opt/acme/x"),
            ("/", "/"),
            (".", "work:"),
            ("./a/b", "work:a/b"),
            ("work:x", "work:work:x"),
            ("$HOME/x", "work:$HOME/x"),
            (r"C:\x", r"work:C:\x"),
        ] {
            assert_eq!(of(path).as_deref(), Ok(place), "{path}");
        }
        for path in ["", "..", "/opt/../etc", "a/..", "a\0b", &"x".repeat(5000)] {
            assert!(of(path).is_err(), "{path}");
        }
    }

    #[test]
    fn folders_and_names_of_places() {
        for (place, above, last) in [
            ("/a/b", Some("/a"), "b"),
            ("/a", Some("/"), "a"),
            ("/", None, ""),
            ("work:a/b", Some("work:a"), "b"),
            ("work:a", Some("work:"), "a"),
            ("work:", None, ""),
        ] {
            assert_eq!((folder(place), name(place)), (above, last), "{place}");
            if let Some(above) = above {
                assert_eq!(join(above, last), place);
            }
        }
    }

    #[test]
    fn variables_are_named_and_not_resolved() {
        for path in ["$HOME/x", "/x/${A}", "%TEMP%/x", "/a/%A%"] {
            assert!(!literally(path).is_empty(), "{path}");
        }
        for path in ["/a/b", "/price $5", "100%", "/a$"] {
            assert_eq!(literally(path), "", "{path}");
        }
    }
}
