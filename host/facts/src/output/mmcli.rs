//! `mmcli -J`: mobile modems as ModemManager knows them.
//!
//! `mmcli -L -J` lists them (`{"modem-list": ["/org/…/Modem/0"]}`), `mmcli -m PATH -J` describes one. What is not known is
//! `--`.
//!
//! Format: mmcli(1), `--output-json`.

use serde_json::Value;

/// More modems than any machine has.
const MOST: usize = 64;

/// The paths of all modems.
pub fn list(text: &str) -> Vec<String> {
    let list: Value = serde_json::from_str(text).unwrap_or_default();
    let paths = list.get("modem-list").and_then(Value::as_array).into_iter().flatten();
    paths.filter_map(|path| path.as_str().map(str::to_owned)).take(MOST).collect()
}

/// One modem.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Modem {
    /// The folder of its device below /sys.
    pub device: Option<String>,
    pub maker: Option<String>,
    pub model: Option<String>,
    pub imei: Option<String>,
}

impl Modem {
    pub fn of(text: &str) -> Option<Self> {
        let all: Value = serde_json::from_str(text).ok()?;
        let modem = all.get("modem")?;
        let value = |group: &str, name: &str| {
            let value = modem.get(group)?.get(name)?.as_str()?.trim();
            (!value.is_empty() && value != "--").then(|| value.to_owned())
        };
        Some(Self {
            device: value("generic", "device"),
            maker: value("generic", "manufacturer"),
            model: value("generic", "model"),
            imei: value("3gpp", "imei").or_else(|| value("generic", "equipment-identifier")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_and_a_modem() {
        assert_eq!(list(r#"{"modem-list":["/a/Modem/0", 3]}"#), ["/a/Modem/0"]);
        let text = r#"{"modem":{"3gpp":{"imei":"--"},"generic":{"device":"/sys/x","manufacturer":"Maker","model":"M 1",
            "equipment-identifier":"490154203237518"}}}"#;
        let modem = Modem::of(text).unwrap();
        assert_eq!((modem.device.as_deref(), modem.maker.as_deref()), (Some("/sys/x"), Some("Maker")));
        assert_eq!((modem.model.as_deref(), modem.imei.as_deref()), (Some("M 1"), Some("490154203237518")));
    }

    #[test]
    fn other_text_gives_nothing() {
        for text in ["", "{", "[]", "null", r#"{"modem-list":{}}"#] {
            assert!(list(text).is_empty() && Modem::of(text).is_none(), "{text}");
        }
        assert_eq!(Modem::of(r#"{"modem":{"generic":[]}}"#), Some(Modem::default()));
    }
}
