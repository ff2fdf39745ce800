//! What a body is packed in, and the content types that say so.

/// What a body is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// RFC 1950.
    Zlib,
    /// RFC 1952.
    Gzip,
    /// Nothing.
    Plain,
}

/// What kind of document a plain body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Json,
    Xml,
}

impl Coding {
    /// The `Content-Type` of a request whose body is packed so.
    pub fn content_type(self, format: Format) -> &'static str {
        match (self, format) {
            (Self::Zlib, _) => "application/x-compress-zlib",
            (Self::Gzip, _) => "application/x-compress-gzip",
            (Self::Plain, Format::Json) => "application/json",
            (Self::Plain, Format::Xml) => "application/xml",
        }
    }

    /// What the bytes begin like: a zlib header (RFC 1950, 2.2: method 8, a window of at most 32 KiB, a sum divisible by
    /// 31, no dictionary) or gzip's magic numbers with method 8 (RFC 1952, 2.3.1).
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            // Of the texts that could begin so, none is XML or JSON.
            [first @ (0x08 | 0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78), second, ..]
                if (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31) && second & 0x20 == 0 =>
            {
                Self::Zlib
            }
            _ => Self::Plain,
        }
    }
}

/// What a `Content-Type` says of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label<'a> {
    /// Packed, and perhaps in what.
    Packed(Option<Coding>),
    /// Packed in something that was not asked for.
    Other(&'a str),
    /// Nothing about packing.
    Silent,
}

/// Reads a `Content-Type` (RFC 9110, 8.3.1); parameters and the case of letters say nothing here.
pub(crate) fn label(content_type: &str) -> Label<'_> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let is = |names: &[&str]| names.iter().any(|name| kind.eq_ignore_ascii_case(name));
    if is(&["application/x-compress-zlib", "application/x-zlib", "application/zlib"]) {
        Label::Packed(Some(Coding::Zlib))
    } else if is(&["application/x-compress-gzip", "application/x-gzip", "application/gzip"]) {
        Label::Packed(Some(Coding::Gzip))
    } else if is(&["application/x-compress", "application/x-compressed"]) {
        Label::Packed(None)
    } else if is(&[
        "application/x-br",
        "application/x-compress-br",
        "application/x-deflate",
        "application/x-compress-deflate",
    ]) {
        Label::Other(kind)
    } else {
        Label::Silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_any_case_and_with_parameters() {
        assert_eq!(label("Application/x-compress-ZLIB; charset=x"), Label::Packed(Some(Coding::Zlib)));
        assert_eq!(label("application/x-gzip"), Label::Packed(Some(Coding::Gzip)));
        assert_eq!(label("application/x-compressed"), Label::Packed(None));
        assert_eq!(label("application/x-br"), Label::Other("application/x-br"));
        assert_eq!(label("text/html; charset=UTF-8"), Label::Silent);
        assert_eq!(label(""), Label::Silent);
    }

    #[test]
    fn what_is_written_is_labelled_as_it_is_read() {
        for coding in [Coding::Zlib, Coding::Gzip] {
            assert_eq!(label(coding.content_type(Format::Xml)), Label::Packed(Some(coding)));
        }
        for format in [Format::Json, Format::Xml] {
            assert_eq!(label(Coding::Plain.content_type(format)), Label::Silent);
        }
    }

    #[test]
    fn texts_are_not_taken_for_packed() {
        for text in ["", "{", "{\"a\":1}", "<?xml", "<REPLY/>", " \n{", "\u{feff}{", "x", "hello", "Xml", "8 "] {
            assert_eq!(Coding::of(text.as_bytes()), Coding::Plain, "{text:?}");
        }
    }
}
