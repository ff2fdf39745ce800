//! CrowdStrike Falcon: `falconctl -g --version --rfm-state` (Falcon Sensor for Linux deployment guide). The answers are
//! `name = value.` or `name=value,`, in one line or several.

use super::Antivirus;

/// None when the text is not the tool's. `runs`: whether its service does.
pub fn sensor(text: &str, runs: Option<bool>) -> Option<Antivirus> {
    let version = said(text, "version")?;
    // With reduced functionality the sensor is there and watches nothing.
    let reduced = said(text, "rfm-state").map(|state| state == "true");
    Some(Antivirus {
        version: version.to_owned(),
        enabled: runs.map(|runs| runs && reduced != Some(true)),
        ..Antivirus::of("CrowdStrike", "CrowdStrike Falcon Sensor")
    })
}

fn said<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = text.split([',', '\n']);
    let value = parts.find_map(|part| part.trim().strip_prefix(name)?.trim_start().strip_prefix('='))?;
    Some(value.trim().trim_end_matches('.').trim_matches('"')).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_or_several() {
        for text in ["version = 9.10.2.0\nrfm-state=false.\n", "rfm-state=false, version = 9.10.2.0."] {
            let found = sensor(text, Some(true)).unwrap();
            assert_eq!((found.version.as_str(), found.enabled), ("9.10.2.0", Some(true)));
        }
        assert_eq!(sensor("version = 9\nrfm-state=true.", Some(true)).unwrap().enabled, Some(false));
        assert_eq!(sensor("version = 9", None).unwrap().enabled, None);
        assert_eq!(sensor("ERROR: must be root", Some(true)), None);
    }
}
