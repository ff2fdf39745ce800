//! The jobs of an answer to `getJobs`, each by itself: a list with one that is malformed is refused whole, as servers expect
//! it. What is in a job's checks and actions is for the task to judge.

use airlock_protocol::answers::Jobs;
use airlock_protocol::jobs::RawJob;
use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

/// The most bytes of one job with its files, as the task gets it.
const LARGEST: usize = 1 << 20;
/// Files of one job.
const MOST_FILES: usize = 1_000;

/// A deployment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deployment {
    /// The server's name for it.
    pub(crate) uuid: String,
    /// `{"job": …, "files": {…}}`: the job, and what the files are that it names. Secrets are taken out.
    pub(crate) text: String,
}

/// One question of a collection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Collection {
    pub(crate) uuid: String,
    /// Handed back as it came.
    pub(crate) sid: String,
    pub(crate) text: String,
}

/// The deployments of an answer.
pub(crate) fn deployments(jobs: Jobs) -> anyhow::Result<Vec<Deployment>> {
    if jobs.jobs.is_empty() {
        return Ok(Vec::new());
    }
    let files = jobs.files.context("associatedFiles: missing; expected an object of files by their SHA-512")?;
    let (files, _) = files.without_secrets("file-");
    for (digest, file) in &files.body {
        let members = file.as_object().with_context(|| named("associatedFiles", digest, "no object"))?;
        for member in ["mirrors", "multiparts", "name", "p2p-retention-duration", "p2p", "uncompress"] {
            if !members.contains_key(member) {
                bail!(named("associatedFiles", digest, &format!("without {member}")));
            }
        }
    }
    jobs.jobs.into_iter().enumerate().map(|(number, job)| deployment(number, job, &files.body)).collect()
}

fn named(what: &str, which: &str, why: &str) -> String {
    format!("{what}: {}: {why}", airlock_model::short_line(which, 40))
}

fn deployment(number: usize, job: RawJob, all: &Map<String, Value>) -> anyhow::Result<Deployment> {
    let at = |why: &str| format!("jobs[{number}]: {why}");
    let uuid = uuid_of(&job).with_context(|| at("without a uuid that is one (8 to 64 of 0-9, a-f and -)"))?;
    let (job, _) = job.without_secrets("job-");
    for member in ["associatedFiles", "actions", "checks"] {
        if !job.body.contains_key(member) {
            bail!(at(&format!("without {member}")));
        }
    }
    if !job.body.get("actions").is_some_and(Value::is_array) {
        bail!(at("actions: no list"));
    }
    let names =
        job.body.get("associatedFiles").and_then(Value::as_array).with_context(|| at("associatedFiles: no list"))?;
    if names.len() > MOST_FILES {
        bail!(at(&format!("{} files; at most {MOST_FILES}", names.len())));
    }
    let names = names.iter().filter_map(Value::as_str);
    let files: Map<String, Value> =
        names.filter_map(|name| all.get(name).map(|file| (name.to_owned(), file.clone()))).collect();
    let text = json!({ "job": job.body, "files": files }).to_string();
    if text.len() > LARGEST {
        bail!(at(&format!("{} bytes; at most {LARGEST}", text.len())));
    }
    Ok(Deployment { uuid, text })
}

/// The server's name for a job: it becomes part of addresses, never of a path.
fn uuid_of(job: &RawJob) -> Option<String> {
    let uuid = job.as_it_came().get("uuid")?.as_str()?;
    let is_one = (8..=64).contains(&uuid.len()) && uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    is_one.then(|| uuid.to_ascii_lowercase()).filter(|lower| lower == uuid)
}

/// The questions of a collection.
pub(crate) fn collections(jobs: Jobs) -> anyhow::Result<Vec<Collection>> {
    jobs.jobs.into_iter().enumerate().map(|(number, job)| collection(number, job)).collect()
}

fn collection(number: usize, job: RawJob) -> anyhow::Result<Collection> {
    let at = |why: &str| format!("jobs[{number}]: {why}");
    let uuid = uuid_of(&job).with_context(|| at("without a uuid that is one (8 to 64 of 0-9, a-f and -)"))?;
    let sid = match job.as_it_came().get("_sid") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => bail!(at("without _sid")),
    };
    if sid.len() > 64 {
        bail!(at(&format!("a _sid of {} bytes; at most 64", sid.len())));
    }
    let (job, _) = job.without_secrets("job-");
    if !job.body.get("function").is_some_and(Value::is_string) {
        bail!(at("without function"));
    }
    let text = Value::Object(job.body).to_string();
    if text.len() > LARGEST {
        bail!(at(&format!("{} bytes; at most {LARGEST}", text.len())));
    }
    Ok(Collection { uuid, sid, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_protocol::answers::Message;

    fn of(value: &Value) -> anyhow::Result<Vec<Deployment>> {
        deployments(Jobs::of(Message::read(&value.to_string()).unwrap(), "deploy").unwrap())
    }

    fn file() -> Value {
        json!({"name": "a", "mirrors": [], "multiparts": [], "p2p": 0, "p2p-retention-duration": 0, "uncompress": 0})
    }

    fn whole() -> Value {
        json!({
            "jobs": [{"uuid": "6b02e835e4c90", "checks": [], "actions": [], "associatedFiles": ["aa", "gone"]}],
            "associatedFiles": {"aa": file(), "bb": file()}
        })
    }

    #[test]
    fn a_job_has_its_own_files_and_no_others() {
        let [job] = &of(&whole()).unwrap()[..] else { panic!() };
        let text: Value = serde_json::from_str(&job.text).unwrap();
        assert_eq!(text["job"]["uuid"], "6b02e835e4c90");
        assert_eq!(text["files"].as_object().unwrap().keys().collect::<Vec<_>>(), ["aa"]);
        assert!(of(&json!({})).unwrap().is_empty());
    }

    #[test]
    fn a_list_with_one_malformed_job_is_refused_whole() {
        let remove = |pointer: &str, member: &str| {
            let mut value = whole();
            value.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(member);
            (format!("{pointer}/{member}"), value)
        };
        let job = ["uuid", "associatedFiles", "actions", "checks"].map(|member| remove("/jobs/0", member));
        let file = ["name", "mirrors", "multiparts", "p2p", "p2p-retention-duration", "uncompress"];
        let file = file.map(|member| remove("/associatedFiles/bb", member));
        for (what, value) in job.into_iter().chain(file).chain([remove("", "associatedFiles")]) {
            assert!(of(&value).is_err(), "{what}");
        }
        let mut value = whole();
        value["jobs"][0]["actions"] = json!({});
        assert!(of(&value).is_err());
    }

    #[test]
    fn a_uuid_is_no_path() {
        for uuid in ["../../../tmp/x", "6b02e835e4c90/..", "6B02E835E4C90", "", "abc", &"a".repeat(65), "6b02e835\n90"]
        {
            let mut value = whole();
            value["jobs"][0]["uuid"] = json!(uuid);
            let error = of(&value).unwrap_err().to_string();
            assert!(error.contains("uuid"), "{uuid:?}: {error}");
        }
    }

    #[test]
    fn a_collection_is_handed_its_question() {
        let of = |value: Value| collections(Jobs::of(Message::read(&value.to_string()).unwrap(), "collect").unwrap());
        let jobs = of(json!({"jobs": [{"uuid": "6b02e835df9c8", "_sid": 25, "function": "findFile", "dir": "/opt"}]}))
            .unwrap();
        assert_eq!((jobs[0].sid.as_str(), jobs[0].uuid.as_str()), ("25", "6b02e835df9c8"));
        for bad in [
            json!({"uuid": "6b02e835df9c8", "function": "findFile"}),
            json!({"uuid": "6b02e835df9c8", "_sid": 1}),
            json!({"_sid": 1, "function": "findFile"}),
            json!({"uuid": "6b02e835df9c8", "_sid": "s".repeat(65), "function": "findFile"}),
        ] {
            assert!(of(json!({"jobs": [bad]})).is_err());
        }
    }
}
