//! A headless Chromium, told what to do by the DevTools protocol over a pipe: each message is JSON and ends with a zero byte.

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const LONGEST: Duration = Duration::from_secs(30);

pub(super) struct Browser {
    child: Child,
    tell: ChildStdin,
    hear: Receiver<Value>,
    session: String,
    last: u64,
    _profile: tempfile::TempDir,
    /// What was asked of the network.
    pub(super) loaded: Vec<String>,
    /// What the browser found wrong.
    pub(super) complaints: Vec<String>,
}

impl Browser {
    /// None: there is no such program.
    pub(super) fn start(program: &str) -> Result<Option<Self>> {
        let is_there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !is_there.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let profile = tempfile::tempdir()?;
        let folder = format!("--user-data-dir={}", profile.path().display());
        let mut words = vec!["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", &folder];
        words.extend(["--disable-background-networking", "--disable-component-update"]);
        if nix::unistd::geteuid().is_root() {
            // Chromium's own sandbox does not run as root; all it is shown here is our page.
            words.push("--no-sandbox");
        }
        // The pipe is to be at the numbers 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null", program])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the browser")?;
        let tell = child.stdin.take().context("no pipe")?;
        let mut from = BufReader::new(child.stdout.take().context("no pipe")?);
        let (send, hear) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while from.read_until(0, &mut message).is_ok_and(|count| count > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if send.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let (loaded, complaints) = (Vec::new(), Vec::new());
        let mut browser =
            Self { child, tell, hear, session: String::new(), last: 0, _profile: profile, loaded, complaints };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": part(&target, "/targetId"), "flatten": true });
        let attached = browser.call("Target.attachToTarget", &attach)?;
        part(&attached, "/sessionId").as_str().context("no session")?.clone_into(&mut browser.session);
        for domain in ["Page", "Network", "Log", "Runtime"] {
            browser.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(Some(browser))
    }

    /// Loads a page of that size and colours, and says what an expression is in it.
    pub(super) fn look(&mut self, url: &str, width: u32, height: u32, scheme: &str, what: &str) -> Result<Value> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size)?;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", &media)?;
        self.call("Page.navigate", &json!({ "url": url }))?;
        self.wait_for("Page.loadEventFired")?;
        self.evaluate(what)
    }

    /// Presses what a selector finds, and waits for the page that comes.
    pub(super) fn press(&mut self, selector: &str) -> Result<Value> {
        self.evaluate(&format!("document.querySelector({}).click()", json!(selector)))?;
        self.wait_for("Page.loadEventFired")?;
        self.evaluate("({words: document.body.innerText})")
    }

    /// A picture of what is shown, as PNG.
    pub(super) fn picture(&mut self) -> Result<Vec<u8>> {
        let picture = self.call("Page.captureScreenshot", &json!({ "format": "png" }))?;
        let text = part(&picture, "/data").as_str().context("no picture")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(text)?)
    }

    fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let result = self.call("Runtime.evaluate", &json!({ "expression": expression, "returnByValue": true }))?;
        if let Some(wrong) = result.get("exceptionDetails") {
            bail!("{wrong}");
        }
        Ok(part(&result, "/result/value").clone())
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Result<Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let (Some(members), false) = (message.as_object_mut(), self.session.is_empty()) {
            members.insert("sessionId".to_owned(), json!(self.session));
        }
        self.tell.write_all(message.to_string().as_bytes())?;
        self.tell.write_all(&[0])?;
        self.tell.flush()?;
        let id = json!(self.last);
        let answer = self.until(|message| message.get("id") == Some(&id)).with_context(|| method.to_owned())?;
        match answer.get("error") {
            Some(error) => bail!("{method}: {error}"),
            None => Ok(part(&answer, "/result").clone()),
        }
    }

    fn wait_for(&mut self, event: &str) -> Result<()> {
        self.until(|message| part(message, "/method") == event).map(|_| ()).with_context(|| event.to_owned())
    }

    /// Reads until the message that is waited for; what else comes is noted.
    fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Result<Value> {
        let began = Instant::now();
        loop {
            let left = LONGEST.saturating_sub(began.elapsed());
            let message = self.hear.recv_timeout(left).context("the browser does not answer")?;
            let parameters = part(&message, "/params");
            match part(&message, "/method").as_str() {
                Some("Network.requestWillBeSent") => {
                    let url = part(parameters, "/request/url").as_str().unwrap_or_default();
                    // What stands in the page itself is loaded from nowhere.
                    if !url.starts_with("data:") {
                        self.loaded.push(url.to_owned());
                    }
                }
                Some("Log.entryAdded") => self.complaints.push(part(parameters, "/entry/text").to_string()),
                Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled") => {
                    self.complaints.push(parameters.to_string());
                }
                _ => {}
            }
            if is_it(&message) {
                return Ok(message);
            }
        }
    }
}

/// A part of a value (RFC 6901); null when it is not there.
pub(super) fn part<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    static NOTHING: Value = Value::Null;
    value.pointer(pointer).unwrap_or(&NOTHING)
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
