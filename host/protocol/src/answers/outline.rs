//! The beginning of a document as errors show it: names and structure, and none of its values. A server's answer may hold
//! passwords, and errors end in logs.

/// How much of a document is looked at.
const LONGEST: usize = 240;

/// The first words of a document with `…` for every value; other text as it is.
pub(super) fn outline(text: &str) -> String {
    let text = text.trim_start();
    let cut = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
    match cut.as_bytes().first() {
        Some(b'{' | b'[') => json(cut),
        Some(b'<') => xml(cut),
        _ => cut.to_owned(),
    }
}

/// Of texts, only the names of members are shown.
fn json(mut rest: &str) -> String {
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('"') {
        out.push_str(before);
        let end = end_of_text(after);
        let (text, behind) =
            end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?))).unwrap_or((after, ""));
        let is_name = behind.trim_start().starts_with(':');
        out.extend(['"'].into_iter().chain(if is_name { text } else { "…" }.chars()));
        if end.is_some() {
            out.push('"');
        }
        rest = behind;
    }
    out + rest
}

/// Where the quote is that ends a JSON text.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// Of tags, what is not quoted; of the text between them, that there is some.
fn xml(text: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut tag = false;
    for character in text.chars() {
        match (tag, quote, character) {
            (true, Some(open), close) if open == close => {
                quote = None;
                out.push(close);
            }
            (true, Some(_), _) => {}
            (true, None, '"' | '\'') => {
                quote = Some(character);
                out.extend([character, '…']);
            }
            (true, None, '>') => {
                tag = false;
                out.push('>');
            }
            (true, None, other) => out.push(other),
            (false, _, '<') => {
                tag = true;
                out.push('<');
            }
            (false, _, blank) if blank.is_whitespace() => out.push(blank),
            (false, _, _) if out.ends_with('…') => {}
            (false, _, _) => out.push('…'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_shown_and_values_are_not() {
        for (text, shown) in [
            (
                r#" {"status":"ok","n":1,"list":["a","b"],"password" : "x\"y","#,
                r#"{"status":"…","n":1,"list":["…","…"],"password" : "…","#,
            ),
            (r#"{"token":"cut o"#, r#"{"token":"…"#),
            (r#"{"cut na"#, r#"{"…"#),
            ("<?xml version='1.0'?><REPLY A=\"b>c\">t x</REPLY>", "<?xml version='…'?><REPLY A=\"…\">… …</REPLY>"),
            ("It works", "It works"),
            ("", ""),
        ] {
            assert_eq!(outline(text), shown);
        }
        assert_eq!(outline(&"é".repeat(1000)).len(), LONGEST);
    }

    proptest! {
        #[test]
        fn no_value_is_shown(name in "[a-z]{1,5}", value in "CANARY[ -~]{0,9}", cut in 0..80_usize) {
            let json = serde_json::json!({name.clone(): [value.clone(), {"x": value.clone()}]}).to_string();
            let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
            let xml = format!("<A {name}=\"{escaped}\"><B>{escaped}</B>");
            for text in [json, xml] {
                let cut = text.get(..cut.min(text.len())).unwrap_or_default();
                prop_assert!(!outline(cut).contains("CANARY"), "{}", outline(cut));
            }
        }
    }
}
