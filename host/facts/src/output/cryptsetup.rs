//! What `cryptsetup status NAME` says about an encrypted volume.
//!
//! Source: cryptsetup-status(8).

use super::record::Record;

/// An encrypted volume that is open.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Status {
    /// `LUKS2`, `PLAIN` …
    pub format: Option<String>,
    /// `aes-xts-plain64`
    pub cipher: Option<String>,
}

/// The status of an open volume; none for one that is not.
pub fn status(text: &str) -> Option<Status> {
    let mut lines = text.lines();
    // `/dev/mapper/NAME is active and is in use.`
    if !lines.next()?.contains(" is active") {
        return None;
    }
    let mut record = Record::default();
    for line in lines.take(100) {
        record.add(line);
    }
    let word = |name: &str| record.get(name).filter(|word| !word.is_empty() && *word != "n/a").map(str::to_owned);
    Some(Status { format: word("type"), cipher: word("cipher") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_volumes_have_a_cipher() {
        let text = "/dev/mapper/data is active and is in use.\n  type:    PLAIN\n  cipher:  aes-cbc-essiv:sha256\n  keysize: 256 bits\n";
        let found = status(text).unwrap();
        assert_eq!((found.format.as_deref(), found.cipher.as_deref()), (Some("PLAIN"), Some("aes-cbc-essiv:sha256")));
        assert_eq!(status("/dev/mapper/x is inactive.\n"), None);
        assert_eq!(status(""), None);
        assert_eq!(status("/dev/mapper/x is active.\n  type:    n/a\n"), Some(Status::default()));
    }
}
