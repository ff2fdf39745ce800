//! ClamAV: the head of its database, and `clamd --version` (ClamAV documentation, "CVD", clamd(8)).
//!
//! A database begins with 512 bytes of text: `ClamAV-VDB:05 Sep 2023 03-26 -0400:27022:…`, the time it was built and its
//! version.

use crate::units::spelled;

/// When a database was built, `YYYY-MM-DD`, and its version; none for what is no database.
pub(crate) fn database(head: &[u8]) -> Option<(String, &str)> {
    let head = head.get(..head.len().min(512))?;
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
    };
    let mut fields = text.strip_prefix("ClamAV-VDB:")?.split(':');
    // The time has a hyphen where others have a colon: only the day is of use.
    let words: Vec<&str> = fields.next()?.split_whitespace().take(3).collect();
    let built = spelled(&words.join(" "))?;
    let version = fields.next().filter(|version| version.bytes().all(|b| b.is_ascii_digit()))?;
    Some((built, version))
}

/// `1.0.3` of `ClamAV 1.0.3/27022/Tue Sep  5 07:26:16 2023`.
pub(crate) fn version(text: &str) -> Option<&str> {
    let version = text.trim().strip_prefix("ClamAV ")?.split(['/', '\n']).next()?;
    (!version.is_empty()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_database_and_the_version() {
        let head = b"ClamAV-VDB:05 Sep 2023 03-26 -0400:27022:2040000:90:md5:sig:lab:1693898776   \0\xff\xfe";
        assert_eq!(database(head), Some(("2023-09-05".to_owned(), "27022")));
        for other in [&b""[..], b"ClamAV-VDB:", b"ClamAV-VDB:yesterday:1", b"ClamAV-VDB:05 Sep 2023 03-26:x"] {
            assert_eq!(database(other), None);
        }
        assert_eq!(version("ClamAV 1.0.3/27022/Tue Sep  5 07:26:16 2023\n"), Some("1.0.3"));
        assert_eq!(version("clamd: error"), None);
    }
}
