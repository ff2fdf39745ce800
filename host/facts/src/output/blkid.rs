//! What blkid prints: a line a device, with its tags.
//!
//! Source: blkid(8), `-o full`.

/// More devices than any machine has.
const MOST: usize = 16_384;

/// What is on a device.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Content {
    /// `/dev/sda1`
    pub device: String,
    pub label: Option<String>,
    pub uuid: Option<String>,
    /// `ext4`, `crypto_LUKS` …
    pub kind: Option<String>,
}

/// The devices.
pub fn contents(text: &str) -> Vec<Content> {
    text.lines().filter_map(content).take(MOST).collect()
}

/// `/dev/sda1: LABEL="a b" UUID="…" TYPE="ext4"`; a quote in a value has a backslash before it.
fn content(line: &str) -> Option<Content> {
    let (device, mut rest) = line.split_once(": ")?;
    let mut content = Content { device: device.to_owned(), ..Content::default() };
    while let Some((name, after)) = rest.trim_start().split_once("=\"") {
        let end = closing_quote(after)?;
        let value = after.get(..end)?;
        let value =
            if value.contains('\\') { value.replace("\\\"", "\"").replace("\\\\", "\\") } else { value.to_owned() };
        let value = Some(value).filter(|value| !value.is_empty());
        match name {
            "LABEL" => content.label = value,
            "UUID" => content.uuid = value,
            "TYPE" => content.kind = value,
            _ => {}
        }
        rest = after.get(end.checked_add(1)?..)?;
    }
    Some(content)
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_devices() {
        let text = "/dev/sda1: LABEL=\"my \\\"disk\\\"\" UUID=\"aa-bb\" BLOCK_SIZE=\"4096\" TYPE=\"ext4\" PARTUUID=\"x\"\n/dev/sdb: PTTYPE=\"gpt\"\n";
        let found = contents(text);
        assert_eq!((found[0].label.as_deref(), found[0].uuid.as_deref()), (Some("my \"disk\""), Some("aa-bb")));
        assert_eq!((found[0].kind.as_deref(), found[1].kind.as_deref()), (Some("ext4"), None));
        for text in ["", "x", "/dev/x: A=\"", "/dev/x: A=\"\\\""] {
            assert!(contents(text).iter().all(|one| one.uuid.is_none()), "{text}");
        }
    }
}
