//! The environment of this process: variables that people set for the machine's services often hold passwords, so the
//! schema calls their values secret. A folder that stands for a machine has no environment.

use crate::Scan;
use airlock_model::Row;
use std::ffi::OsString;

pub(super) fn collect(scan: &Scan<'_>) {
    if scan.roots().is_live() {
        rows(scan, std::env::vars_os());
    }
}

fn rows(scan: &Scan<'_>, variables: impl Iterator<Item = (OsString, OsString)>) {
    let text = |name: OsString| name.into_string().unwrap_or_else(|other| other.to_string_lossy().into_owned());
    let mut known: Vec<(String, String)> = variables
        .map(|(key, value)| (text(key), text(value)))
        // A row lives by both: a variable that is set to nothing cannot be told.
        .filter(|(key, value)| !key.is_empty() && !value.is_empty())
        .collect();
    known.sort_unstable();
    for (key, value) in known {
        scan.row(Row::new().with("key", key).with("val", value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn variables_are_rows_by_name_and_bytes_that_are_no_text_are_marked() {
        let odd = OsString::from_vec(b"a\xffb".to_vec());
        let variables: [(OsString, OsString); 3] =
            [("Z".into(), odd), ("A".into(), "1=2".into()), ("E".into(), "".into())];
        let (rows, missing) = TestMachine::new().collect(|scan| {
            rows(scan, variables.into_iter());
            collect(scan);
        });
        assert_eq!(
            rows,
            [Row::new().with("key", "A").with("val", "1=2"), Row::new().with("key", "Z").with("val", "a\u{fffd}b")]
        );
        assert!(missing.is_empty());
    }
}
