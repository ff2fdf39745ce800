//! The REST endpoints of the plugin: an action with parameters, in the address or as a form.
//!
//! Parameters without a value are left out, and so are numbers that are zero (but for the count of an answer): servers
//! take a missing one for zero. The order of parameters means nothing.

use std::fmt::Write as _;

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    /// A form; `Content-Type: application/x-www-form-urlencoded`, and the address without its query as `Referer`.
    Post,
}

/// What a status is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    Job,
    /// A file, by its SHA-512 in hexadecimal.
    File(&'a str),
}

/// How far a deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Checking,
    Downloading,
    Prepare,
    Processing,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Downloading => "downloading",
            Self::Prepare => "prepare",
            Self::Processing => "processing",
        }
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    pub method: Method,
    /// In the address.
    pub query: Vec<(String, String)>,
    /// In the body of a form; empty for [`Method::Get`].
    pub form: Vec<(String, String)>,
}

/// The longest value of a parameter once it is encoded; of a longer one the end is sent.
const LONGEST: usize = 1500;

impl Rest {
    fn get(action: &str) -> Self {
        Self { method: Method::Get, query: vec![("action".to_owned(), action.to_owned())], form: Vec::new() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.query.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    fn number(self, name: &str, number: u64) -> Self {
        if number == 0 { self } else { self.with(name, &number.to_string()) }
    }

    /// `getConfig`: where a task's jobs are. Asked at the server's own address. `task` is spelled `Deploy`, `Collect`,
    /// `ESX`.
    pub fn get_config(deviceid: &str, task: &str, version: &str) -> Self {
        Self::get("getConfig").with("machineid", deviceid).with(&format!("task[{task}]"), version)
    }

    /// `getJobs`. Only deployments say their version.
    pub fn get_jobs(deviceid: &str, version: Option<&str>) -> Self {
        Self::get("getJobs").with("machineid", deviceid).with("version", version.unwrap_or_default())
    }

    /// `setStatus`: how a deployment goes. A `status` of `ko` ends the job as failed; the message
    /// `job successfully completed` (or `job skipped`), word by word, ends it well.
    pub fn set_status(
        deviceid: &str,
        uuid: &str,
        part: Part<'_>,
        step: Option<Step>,
        status: &str,
        message: &str,
    ) -> Self {
        let (part, sha512) = match part {
            Part::Job => ("job", ""),
            Part::File(sha512) => ("file", sha512),
        };
        Self::get("setStatus")
            .with("machineid", deviceid)
            .with("uuid", uuid)
            .with("part", part)
            .with("sha512", sha512)
            .with("currentStep", step.map(Step::word).unwrap_or_default())
            .with("status", status)
            .with("msg", message)
    }

    /// Which action of the job a status is about, from 0.
    pub fn of_action(self, number: u64) -> Self {
        self.number("actionnum", number)
    }

    /// Which check of the job a status is about, from 0.
    pub fn of_check(self, number: u64) -> Self {
        self.number("checknum", number)
    }

    /// `setUserEvent`: what a person at the machine answered to a deployment's dialog.
    pub fn set_user_event(
        deviceid: &str,
        uuid: &str,
        kind: &str,
        behavior: &str,
        event: &str,
        user: &str,
        step: Option<Step>,
    ) -> Self {
        Self::get("setUserEvent")
            .with("machineid", deviceid)
            .with("uuid", uuid)
            .with("part", "job")
            .with("type", kind)
            .with("behavior", behavior)
            .with("event", event)
            .with("user", user)
            .with("currentStep", step.map(Step::word).unwrap_or_default())
    }

    /// `setAnswer`: one result of a collection. `left` counts the results down to 1; 0 says that there is none. `token` is
    /// that of the answer before. A form when the server asked for one.
    pub fn set_answer(
        post: bool,
        uuid: &str,
        sid: &str,
        left: u64,
        token: Option<&str>,
        fields: &[(String, String)],
    ) -> Self {
        let answer = Self::get("setAnswer")
            .with("uuid", uuid)
            .with("_sid", sid)
            .with("_cpt", &left.to_string())
            .with("_glpi_csrf_token", token.unwrap_or_default());
        let answer = fields.iter().fold(answer, |answer, (name, value)| answer.with(name, value));
        if !post {
            return answer;
        }
        let query = Self::get("setAnswer").with("uuid", uuid).with("method", "POST").query;
        Self { method: Method::Post, query, form: answer.query }
    }

    /// `jobsDone`: nothing more comes of that collection.
    pub fn jobs_done(uuid: &str) -> Self {
        Self::get("jobsDone").with("uuid", uuid)
    }

    /// `setLog`: how an ESX host's inventory went: `ok`, `ko` or `running`; in which `part`, `login` or `inventory`.
    pub fn set_log(deviceid: &str, uuid: &str, code: &str, part: Option<&str>, message: &str) -> Self {
        Self::get("setLog")
            .with("machineid", deviceid)
            .with("uuid", uuid)
            .with("code", code)
            .with("part", part.unwrap_or_default())
            .with("msg", message)
    }

    /// The address: `base` with the parameters behind it.
    pub fn url(&self, base: &str) -> String {
        let between = if base.contains('?') { '&' } else { '?' };
        format!("{base}{between}{}", encoded(&self.query, Some(LONGEST)))
    }

    /// The body of a form.
    pub fn body(&self) -> Option<String> {
        (self.method == Method::Post).then(|| encoded(&self.form, None))
    }
}

fn encoded(parameters: &[(String, String)], longest: Option<usize>) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(&percent(name));
        text.push('=');
        let whole = percent(value);
        match longest.filter(|most| whole.len() > *most) {
            Some(most) => text.push_str(&end_of(value, most)),
            None => text.push_str(&whole),
        }
    }
    text
}

/// The end of a value, so that it is no longer than that when encoded, and says that something stood before.
fn end_of(value: &str, most: usize) -> String {
    let cut = percent("…");
    let mut length = cut.len();
    let mut from = value.len();
    for (at, character) in value.char_indices().rev() {
        length += percent(character.encode_utf8(&mut [0; 4])).len();
        if length > most {
            break;
        }
        from = at;
    }
    cut + &percent(value.get(from..).unwrap_or_default())
}

/// Everything but the unreserved characters of RFC 3986 (section 2.3) as `%` and two digits.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _written = write!(out, "%{byte:02X}");
        }
    }
    out
}
