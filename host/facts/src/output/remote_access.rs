//! Numbers by which programs for remote control call a machine, from their settings and from what their tools print.
//!
//! Nothing but the number and the version is taken: passwords and keys stand in the same places.

use crate::output::pairs::value;

/// TeamViewer's settings on Linux: `[int32] ClientID = 123`. Its numbers go beyond what that type holds.
pub fn teamviewer_conf(text: &str) -> Option<String> {
    let said = |name: &str| {
        text.lines().find_map(|line| {
            let (_, rest) = line.trim().split_once(']')?;
            let (key, value) = rest.split_once('=')?;
            (key.trim() == name).then(|| value.trim().trim_matches('"'))
        })
    };
    let number: i64 = said("ClientID").or_else(|| said("ClientIDOfTSUser"))?.parse().ok()?;
    let number = u32::try_from(number).or_else(|_| i32::try_from(number).map(i32::cast_unsigned)).ok()?;
    teamviewer_number(number)
}

/// TeamViewer's number as Windows' registry has it: the value `ClientID`.
pub fn teamviewer_number(client: u32) -> Option<String> {
    (client != 0).then(|| client.to_string())
}

/// `teamviewer --info`: the number and the version.
pub fn teamviewer_info(text: &str) -> (Option<String>, Option<String>) {
    let plain = without_colours(text);
    let number = value(&plain, "TeamViewer ID").map(digits).filter(|id| !id.is_empty());
    let version = plain.lines().find_map(|line| {
        let rest = line.trim().strip_prefix("TeamViewer")?.trim_start();
        let version = rest.split_whitespace().next()?;
        version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.to_owned())
    });
    (number, version)
}

/// AnyDesk's `system.conf`: `ad.anynet.id=123`.
pub fn anydesk_conf(text: &str) -> Option<String> {
    let id = text.lines().find_map(|line| line.trim().strip_prefix("ad.anynet.id="))?.trim();
    (!id.is_empty() && id != "0").then(|| id.to_owned())
}

/// `rustdesk --get-id`: the number alone on a line.
pub fn rustdesk(text: &str) -> Option<String> {
    let id = text.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    is_word(id).then(|| id.to_owned())
}

/// RustDesk's settings, where it does not keep the number encrypted: `id = '123'`.
pub fn rustdesk_conf(text: &str) -> Option<String> {
    let id = text.lines().find_map(|line| line.trim().strip_prefix("id")?.trim_start().strip_prefix('='))?;
    let id = id.trim().trim_matches(['\'', '"']);
    is_word(id).then(|| id.to_owned())
}

/// `meshagent -nodeid`: the agent's long name in its server.
pub fn meshagent(text: &str) -> Option<String> {
    let id = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let fits =
        (16..=256).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"@$/_-+=".contains(&b));
    fits.then(|| id.to_owned())
}

/// `supremo --info`: the line with the number, which may be in groups.
pub fn supremo(text: &str) -> Option<String> {
    let plain = without_colours(text);
    let id = ["ID", "Supremo ID", "Your ID"].iter().find_map(|name| value(&plain, name))?;
    Some(digits(id)).filter(|id| !id.is_empty())
}

/// Tactical RMM's settings, one JSON object: `agentid`, and the version where it has one.
pub fn tactical(text: &str) -> (Option<String>, Option<String>) {
    let settings: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let said = |name: &str| settings.get(name)?.as_str().filter(|value| !value.is_empty()).map(str::to_owned);
    (said("agentid"), said("version").or_else(|| said("agentversion")))
}

/// Remote Utilities (RMS) on Windows: its settings are XML in a registry value, with the number in `internet_id`.
pub fn remote_utilities(settings: &[u8]) -> Option<String> {
    let settings = settings.get(..settings.len().min(1 << 20))?;
    let text = String::from_utf8_lossy(settings);
    let (_, rest) = text.split_once("<internet_id>")?;
    let (id, _) = rest.split_once("</internet_id>")?;
    let id = id.trim();
    (is_word(id)).then(|| id.to_owned())
}

fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@".contains(&b))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(32).collect()
}

/// Without the sequences that make terminals write in colours (ECMA-48: `ESC [ … letter`).
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, sequence)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let end = sequence.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(sequence.len());
        let mut after = sequence.get(end..).unwrap_or_default().chars();
        let _letter = after.next();
        rest = after.as_str();
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(id: &str) -> Option<String> {
        Some(id.to_owned())
    }

    #[test]
    fn teamviewer() {
        let conf = "TeamViewer User Settings\n[int32] ClientID = -294967296\n[strng] Version = \"15.1\"\n";
        assert_eq!(teamviewer_conf(conf), some("4000000000"));
        assert_eq!(teamviewer_conf("[int32] ClientID = 123456789\n"), some("123456789"));
        assert_eq!(teamviewer_conf("[int32] ClientID = 0\n[int32] ClientIDs = 1\n"), None);
        let info =
            "\n \x1b[1mTeamViewer\x1b[0m      15.1.2 (DEB)\n\n TeamViewer ID:\x1b[0m    \x1b[1m 123 456 789 \n\x1b[";
        assert_eq!(teamviewer_info(info), (some("123456789"), some("15.1.2")));
        assert_eq!(teamviewer_info("TeamViewer ID:\n"), (None, None));
    }

    #[test]
    fn others() {
        assert_eq!(anydesk_conf("ad.anynet.pwd_hash=x\nad.anynet.id=123456789\n"), some("123456789"));
        assert_eq!(anydesk_conf("ad.anynet.id=0\n"), None);
        assert_eq!(rustdesk("warning\n123456789\n\n"), some("123456789"));
        assert_eq!(rustdesk("no such option\n"), None);
        assert_eq!(rustdesk_conf("enc_id = 'x'\nid = '123'\n"), some("123"));
        assert_eq!(rustdesk_conf("id = ''\n"), None);
        assert_eq!(meshagent("AbCd@fGhIjKlMnOpQr$tUvWxYz\n"), some("AbCd@fGhIjKlMnOpQr$tUvWxYz"));
        assert_eq!(meshagent("an error: no node\n"), None);
        assert_eq!(supremo("Version: 4\nID: 123 456 789\n"), some("123456789"));
        assert_eq!(tactical(r#"{"agentid":"AbC","token":"secret"}"#), (some("AbC"), None));
        assert_eq!(tactical("[]"), (None, None));
        let xml = b"\xef\xbb\xbf<?xml version=\"1.0\"?><s><internet_id>123-456</internet_id></s>\xff";
        assert_eq!(remote_utilities(xml), some("123-456"));
        assert_eq!(remote_utilities(b"<internet_id></internet_id>"), None);
    }
}
