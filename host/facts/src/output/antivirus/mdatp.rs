//! Microsoft Defender for Endpoint: `mdatp health --output json` (Microsoft Learn, "Resources for Microsoft Defender for
//! Endpoint on Linux"). Times are milliseconds since 1970.

use super::Antivirus;
use crate::Machine;
use serde_json::Value;

/// None when the text is not the tool's answer.
pub fn health(text: &str, machine: &Machine) -> Option<Antivirus> {
    let health: Value = serde_json::from_str(text).ok()?;
    let version = health.get("appVersion")?.as_str()?;
    let said = |name: &str| health.get(name).and_then(Value::as_str).unwrap_or_default();
    // What can be set stands in an object with who has set it; before that it stood alone.
    let set = |name: &str| {
        let value = health.get(name)?;
        value.as_bool().or_else(|| value.get("value")?.as_bool())
    };
    let date = |name: &str| {
        let value = health.get(name)?;
        let milliseconds = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
        machine.local_date(milliseconds.div_euclid(1000))
    };
    let status = health.get("definitionsStatus");
    let status = status.and_then(|status| status.as_str().or_else(|| status.get("$type")?.as_str()));
    Some(Antivirus {
        version: version.to_owned(),
        enabled: set("realTimeProtectionEnabled"),
        uptodate: status.map(|status| matches!(status, "upToDate" | "up_to_date")),
        base_version: said("definitionsVersion").to_owned(),
        base_creation: date("definitionsUpdated").unwrap_or_default(),
        expiration: date("productExpiration").unwrap_or_default(),
        ..Antivirus::of("Microsoft", "Microsoft Defender")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn the_health_of_the_agent() {
        let machine = TestMachine::new().machine();
        let text = r#"{"appVersion":"101.1","realTimeProtectionEnabled":{"value":true},"definitionsVersion":"1.9",
            "definitionsStatus":{"$type":"upToDate"},"definitionsUpdated":"1700000000000","productExpiration":1800000000000}"#;
        let found = health(text, &machine).unwrap();
        assert_eq!((found.version.as_str(), found.base_version.as_str()), ("101.1", "1.9"));
        assert_eq!((found.enabled, found.uptodate), (Some(true), Some(true)));
        assert_eq!((found.base_creation.as_str(), found.expiration.as_str()), ("2023-11-14", "2027-01-15"));
        let bare =
            health(r#"{"appVersion":"1","realTimeProtectionEnabled":false,"definitionsStatus":"outdated"}"#, &machine);
        let bare = bare.unwrap();
        assert_eq!((bare.enabled, bare.uptodate), (Some(false), Some(false)));
        for other in ["", "1", "[]", "{}", "{\"appVersion\":7}"] {
            assert_eq!(health(other, &machine), None, "{other}");
        }
    }
}
