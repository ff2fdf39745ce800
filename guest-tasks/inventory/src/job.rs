//! What an inventory job says.

use serde::Deserialize;

/// The job, as JSON: `{"no_category": ["process"], "partial": ["network"]}`. Both are optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Categories to leave out.
    #[serde(default)]
    pub no_category: Vec<String>,
    /// Only these categories, and what identifies the machine: a partial inventory.
    #[serde(default)]
    pub partial: Option<Vec<String>>,
}

/// Reads a job; an empty text is an empty job.
pub fn parse(text: &str) -> Result<Job, String> {
    if text.trim().is_empty() {
        return Ok(Job::default());
    }
    serde_json::from_str(text).map_err(|error| format!("not an inventory job: {error}"))
}

impl Job {
    /// Whether the job asks for a category.
    ///
    /// `user` governs local users and groups too. A partial inventory carries what a server needs to find the machine
    /// again: `hardware` and `bios`, and with `software` the system that it belongs to (`os`).
    pub fn wants(&self, category: &str) -> bool {
        let listed = |list: &[String], name: &str| list.iter().any(|c| c == name);
        let left_out = |name: &str| listed(&self.no_category, name);
        if left_out(category) || (matches!(category, "local_user" | "local_group") && left_out("user")) {
            return false;
        }
        match &self.partial {
            None => true,
            Some(only) => {
                listed(only, category)
                    || matches!(category, "hardware" | "bios")
                    || (category == "os" && listed(only, "software"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(text: &str) -> Job {
        parse(text).unwrap()
    }

    #[test]
    fn an_empty_job_wants_everything() {
        assert!(job("").wants("process") && job("{}").wants("software"));
    }

    #[test]
    fn left_out_categories_are_not_wanted() {
        let job = job(r#"{"no_category":["user","process"]}"#);
        assert!(!job.wants("process") && !job.wants("local_group") && !job.wants("user"));
        assert!(job.wants("software"));
    }

    #[test]
    fn a_partial_inventory_still_says_which_machine_it_is() {
        let job = job(r#"{"partial":["software"]}"#);
        assert!(job.wants("software") && job.wants("hardware") && job.wants("bios") && job.wants("os"));
        assert!(!job.wants("network"));
    }

    #[test]
    fn what_is_no_job_is_said() {
        assert!(parse(r#"{"category":["os"]}"#).unwrap_err().contains("no_category"));
        assert!(parse("[").is_err());
    }
}
