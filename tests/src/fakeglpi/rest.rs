//! The endpoints of deployments and collections: jobs as a test hands them out, file parts, tokens, and what was told.
//!
//! ```no_run
//! # use airlock_tests::fakeglpi::{FakeGlpi, Package};
//! let server = FakeGlpi::http();
//! let package = Package::new("6b02e835e4c90").file("a.txt", b"hello").action(serde_json::json!({"mkdir": {"list": ["/opt/a"]}}));
//! server.deploys(&package);          // the next getJobs has it
//! // … run the program …
//! assert_eq!(server.told(), ["checking: starting", "checking ok: all checks are ok"]);
//! ```

use super::FakeGlpi;
use super::play::Reply;
use super::request::Request;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha512};
use std::collections::{BTreeMap, VecDeque};
use std::io::Write;

/// What the endpoints have to say.
#[derive(Default)]
pub(super) struct Endpoints {
    deploy: VecDeque<Value>,
    collect: VecDeque<Value>,
    /// Packed parts, by the SHA-512 of what they are on the wire.
    parts: BTreeMap<String, Vec<u8>>,
    /// In place of its own address.
    remote: Option<String>,
    tokens: usize,
    /// From behind this action on everything of jobs is answered so.
    after: Option<(String, Reply)>,
    broken: bool,
    /// What was told and taken.
    taken: Vec<String>,
    /// Set with the first that is to be said.
    scheme: Option<&'static str>,
}

/// A job with its files, as the server hands it out.
#[derive(Debug, Clone)]
pub struct Package {
    pub job: Value,
    pub files: Map<String, Value>,
    parts: BTreeMap<String, Vec<u8>>,
}

/// SHA-512 in hexadecimal.
pub fn sha512(bytes: &[u8]) -> String {
    Sha512::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Package {
    pub fn new(uuid: &str) -> Self {
        let job = json!({"uuid": uuid, "checks": [], "associatedFiles": [], "actions": []});
        Self { job, files: Map::new(), parts: BTreeMap::new() }
    }

    /// With a file, in gzip parts of 100,000 bytes. The mirror is the server itself.
    #[must_use]
    pub fn file(mut self, name: &str, bytes: &[u8]) -> Self {
        let mut parts = Vec::new();
        for part in bytes.chunks(100_000) {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(part).unwrap();
            let packed = encoder.finish().unwrap();
            let sum = sha512(&packed);
            self.parts.insert(sum.clone(), packed);
            parts.push(sum);
        }
        let sum = sha512(bytes);
        let file = json!({
            "name": name, "uncompress": 0, "p2p": 0, "p2p-retention-duration": 0, "mirrors": [], "multiparts": parts,
        });
        self.files.insert(sum.clone(), file);
        self.job["associatedFiles"].as_array_mut().unwrap().push(json!(sum));
        self
    }

    /// Neighbours may have its files.
    #[must_use]
    pub fn shared(mut self) -> Self {
        for file in self.files.values_mut() {
            file["p2p"] = json!(1);
            file["p2p-retention-duration"] = json!(60);
        }
        self
    }

    /// Its last file is an archive that is unpacked.
    #[must_use]
    pub fn unpacked(mut self) -> Self {
        let last = self.job["associatedFiles"].as_array().and_then(|sums| sums.last()?.as_str()).unwrap().to_owned();
        self.files[&last]["uncompress"] = json!(1);
        self
    }

    /// All its files are to be had there, and not at the server itself.
    #[must_use]
    pub fn from_mirror(mut self, mirror: &str) -> Self {
        self.files.values_mut().for_each(|file| file["mirrors"] = json!([mirror]));
        self
    }

    #[must_use]
    pub fn action(mut self, action: Value) -> Self {
        self.job["actions"].as_array_mut().unwrap().push(action);
        self
    }

    #[must_use]
    pub fn check(mut self, check: Value) -> Self {
        self.job["checks"].as_array_mut().unwrap().push(check);
        self
    }

    /// With any member of the job.
    #[must_use]
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.job[member] = value;
        self
    }
}

impl FakeGlpi {
    /// The next answer to `getJobs` for deployments has this job.
    pub fn deploys(&self, package: &Package) {
        let mut files = package.files.clone();
        let mirror = self.mirror();
        for file in files.values_mut().filter(|file| file["mirrors"] == json!([])) {
            file["mirrors"] = json!([mirror]);
        }
        self.stocks(package);
        self.deploys_this(json!({"jobs": [package.job], "associatedFiles": files}));
    }

    /// It has the parts of these files.
    pub fn stocks(&self, package: &Package) {
        self.change(|endpoints| endpoints.parts.extend(package.parts.clone()));
    }

    /// Where it has its parts, for [`Package::from_mirror`].
    pub fn mirror(&self) -> String {
        format!("{}?action=getFilePart&file=", self.url("/plugins/glpiinventory/b/deploy/"))
    }

    /// The next answer to `getJobs` for deployments is this.
    pub fn deploys_this(&self, answer: Value) {
        self.change(|endpoints| endpoints.deploy.push_back(answer));
    }

    /// What nobody asked for is not handed out any more.
    pub fn takes_jobs_back(&self) {
        self.change(|endpoints| endpoints.deploy.clear());
    }

    /// The next answer to `getJobs` for collections is this.
    pub fn collects(&self, answer: Value) {
        self.change(|endpoints| endpoints.collect.push_back(answer));
    }

    /// `getConfig` names this address for all jobs.
    pub fn names_for_jobs(&self, remote: &str) {
        self.change(|endpoints| endpoints.remote = Some(remote.to_owned()));
    }

    /// Once this action was answered, every other request about jobs gets this answer, until it is [`Self::well_again`].
    pub fn after(&self, action: &str, reply: Reply) {
        self.change(|endpoints| endpoints.after = Some((action.to_owned(), reply)));
    }

    pub fn well_again(&self) {
        self.change(|endpoints| (endpoints.after, endpoints.broken) = (None, false));
    }

    /// As [`Self::told`], without what was answered by an error.
    pub fn taken(&self) -> Vec<String> {
        self.shared.script.lock().unwrap().endpoints.taken.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Endpoints)) {
        let mut script = self.shared.script.lock().unwrap();
        script.endpoints.scheme = Some(self.scheme);
        change(&mut script.endpoints);
    }

    /// What was told of deployments: step and status, then the message, then the numbers that are not zero.
    pub fn told(&self) -> Vec<String> {
        let all = self.requests();
        all.iter().filter(|request| request.parameter("action").as_deref() == Some("setStatus")).map(line).collect()
    }

    /// The forms of `setAnswer`.
    pub fn answers(&self) -> Vec<BTreeMap<String, String>> {
        let all = self.requests();
        let answers = all.iter().filter(|request| request.parameter("action").as_deref() == Some("setAnswer"));
        answers.map(|request| pairs(&request.text()).into_iter().collect()).collect()
    }

    /// The requests of an action.
    pub fn asked_to(&self, action: &str) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.parameter("action").as_deref() == Some(action)).collect()
    }
}

fn line(request: &Request) -> String {
    let parameter = |name: &str| request.parameter(name);
    let step = parameter("currentStep").unwrap_or_default();
    let mut head = [step, parameter("status").unwrap_or_default()].join(" ").trim().to_owned();
    if let Some(part) = parameter("part").filter(|part| part == "file") {
        head = format!("{head} {part}");
    }
    let mut text = format!("{head}: {}", parameter("msg").unwrap_or_default());
    for (name, number) in [("action", parameter("actionnum")), ("check", parameter("checknum"))] {
        if let Some(number) = number {
            text += &format!(" ({name} {number})");
        }
    }
    text
}

impl Request {
    /// A parameter of the address, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        pairs(&self.query).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (decoded(a), decoded(b))).collect()
}

fn decoded(text: &str) -> String {
    let (mut out, mut bytes) = (Vec::new(), text.bytes());
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            b'+' => out.push(b' '),
            other => out.push(other),
        }
    }
    String::from_utf8(out).unwrap()
}

impl Endpoints {
    /// The answer of an endpoint; none: the usual one.
    pub(super) fn answer(&mut self, request: &Request) -> Option<Reply> {
        let own = format!("{}://{}", self.scheme?, request.header("host").unwrap_or_default());
        let action = request.parameter("action")?;
        if let Some((after, reply)) = &self.after {
            if self.broken {
                return Some(reply.clone());
            }
            self.broken = action == *after;
        }
        let answer = match action.as_str() {
            "getConfig" => {
                let task = ["Deploy", "Collect"].into_iter().find(|task| {
                    let name = format!("task[{task}]");
                    request.parameter(&name).is_some()
                })?;
                let own = format!("{own}/plugins/glpiinventory/b/{}/", task.to_lowercase());
                let remote = self.remote.clone().unwrap_or(own);
                json!({"configValidityPeriod": 600, "schedule": [{"task": task, "remote": remote}]})
            }
            "getJobs" if request.path.ends_with("/deploy/") => self.deploy.pop_front().unwrap_or_else(|| json!({})),
            "getJobs" => self.collect.pop_front().unwrap_or_else(|| json!({})),
            "setAnswer" => {
                self.tokens += 1;
                json!({"token": format!("token-{}", self.tokens)})
            }
            "setStatus" => {
                self.taken.push(line(request));
                json!({})
            }
            "setUserEvent" | "jobsDone" => json!({}),
            "getFilePart" => {
                let file = request.parameter("file").unwrap_or_default();
                let part = file.rsplit('/').next().unwrap_or_default();
                let bytes = self.parts.get(part).cloned();
                return Some(
                    bytes.map_or_else(|| Reply::status(404), |bytes| Reply::of("application/octet-stream", bytes)),
                );
            }
            _ => return None,
        };
        // As GLPI labels it.
        Some(Reply::of("text/html; charset=UTF-8", answer.to_string()))
    }
}
