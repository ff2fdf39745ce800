//! What a network inventory job says of its device.

use serde::Deserialize;

/// The words that servers have for kinds of devices.
const KINDS: &[&str] = &["COMPUTER", "NETWORKING", "PRINTER", "STORAGE", "POWER", "PHONE", "VIDEO", "KVM"];

/// The job, as JSON: `{"type": "NETWORKING", "id": "12"}`. Both are optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// What the device is, if the server knows: it goes before what the device seems to be.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// What the server calls the device; reported back.
    #[serde(default)]
    pub id: Option<String>,
}

/// Reads a job; an empty text is an empty job. A type that is no word of the protocol is none: the device says what it is.
pub fn parse(text: &str) -> Result<Job, String> {
    if text.trim().is_empty() {
        return Ok(Job::default());
    }
    let mut job: Job = serde_json::from_str(text).map_err(|error| format!("not a network inventory job: {error}"))?;
    job.kind = job.kind.map(|kind| kind.to_ascii_uppercase()).filter(|kind| KINDS.contains(&kind.as_str()));
    Ok(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_names_its_device_or_nothing() {
        assert_eq!(parse(" "), Ok(Job::default()));
        let job = parse(r#"{"type": "printer", "id": "12"}"#).unwrap();
        assert_eq!((job.kind.as_deref(), job.id.as_deref()), (Some("PRINTER"), Some("12")));
        assert_eq!(parse(r#"{"type": "toaster"}"#), Ok(Job::default()));
        assert!(parse(r#"{"community": "x"}"#).unwrap_err().contains("community"));
        assert!(parse("12").is_err() && parse("[").is_err());
    }
}
