//! What a network discovery job says: nothing but that it is one. Addresses and credentials are the host's.

use serde::Deserialize;

/// The job, as JSON: `{}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {}

/// Reads a job; an empty text is an empty job.
pub fn parse(text: &str) -> Result<Job, String> {
    if text.trim().is_empty() {
        return Ok(Job::default());
    }
    serde_json::from_str(text).map_err(|error| format!("not a network discovery job: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_nothing_to_say() {
        assert_eq!(parse(""), Ok(Job {}));
        assert_eq!(parse("{}"), Ok(Job {}));
        assert!(parse(r#"{"community": "x"}"#).unwrap_err().contains("community"));
        assert!(parse("[1]").is_err());
    }
}
