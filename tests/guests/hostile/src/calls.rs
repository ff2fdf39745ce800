//! Calls with whatever the test gives: what comes back goes to the log, a refusal ends the run as one.

use airlock_task::snmp::Session;
use airlock_task::{Error, files, http, process, run, words};

/// The words of a test: between them is a character that none of them has.
pub(crate) fn fields(job: &str) -> Vec<&str> {
    job.split('\u{1}').collect()
}

fn say(text: &str) {
    run::log(run::Level::Info, text);
}

fn word<'a>(fields: &[&'a str], at: usize) -> &'a str {
    fields.get(at).copied().unwrap_or_default()
}

fn number(fields: &[&str], at: usize) -> u64 {
    word(fields, at).parse().unwrap_or(0)
}

pub(crate) fn file(fields: &[&str]) -> Result<(), Error> {
    let path = word(fields, 1);
    match word(fields, 0) {
        "stat" => say(&format!("{:?}", files::stat(path)?.map(|found| found.kind))),
        "list" => say(&files::list(path)?.join("\n")),
        "read" => say(&String::from_utf8_lossy(&files::read(path, number(fields, 2), 1000)?)),
        "hash" => say(&files::hash(path, "sha256")?),
        "write" => files::write(path, number(fields, 3), word(fields, 2).as_bytes())?,
        "make-dir" => files::make_dir(path)?,
        "remove" => files::remove(path)?,
        // As often as it can until it is told to stop: for whoever moves things about meanwhile.
        "race" => {
            let (mut read, mut refused) = (0, 0);
            for _ in 0..number(fields, 2) {
                match files::read(path, 0, 1000) {
                    Ok(bytes) => {
                        let text = String::from_utf8_lossy(&bytes).into_owned();
                        if text != "inside" {
                            say(&format!("escaped: {text}"));
                        }
                        read += 1;
                    }
                    Err(Error::Exhausted(_) | Error::Cancelled) => break,
                    Err(_) => refused += 1,
                }
                let _ = files::write(path, 0, b"inside");
            }
            say(&format!("read {read}, refused {refused}"));
        }
        other => say(&format!("no such act: {other}")),
    }
    Ok(())
}

pub(crate) fn fetch(fields: &[&str]) -> Result<(), Error> {
    let method = match word(fields, 0) {
        "HEAD" => http::Method::Head,
        "POST" => http::Method::Post,
        "PUT" => http::Method::Put,
        _ => http::Method::Get,
    };
    let pairs = fields.get(3..).unwrap_or_default().chunks_exact(2);
    let header = |pair: &[&str]| http::Header { name: word(pair, 0).to_owned(), value: word(pair, 1).to_owned() };
    let (url, body) = (word(fields, 1).to_owned(), word(fields, 2).as_bytes().to_vec());
    let response = http::send(&http::Request { method, url, headers: pairs.map(header).collect(), body })?;
    say(&format!("{} from {}: {}", response.status, response.url, String::from_utf8_lossy(&response.body)));
    Ok(())
}

pub(crate) fn exec(fields: &[&str]) -> Result<(), Error> {
    let pairs = fields.get(1..).unwrap_or_default().chunks_exact(2);
    let arguments: Vec<(&str, &str)> = pairs.map(|pair| (word(pair, 0), word(pair, 1))).collect();
    let outcome = process::run(word(fields, 0), &arguments)?;
    say(&format!("{:?}: {}", outcome.exit_code, String::from_utf8_lossy(&outcome.stdout)));
    Ok(())
}

pub(crate) fn snmp(fields: &[&str]) -> Result<(), Error> {
    let session = Session::open(word(fields, 0))?;
    say(&format!("by {}", session.credential()));
    let oids: Vec<String> = fields.get(1..).unwrap_or_default().iter().map(|oid| (*oid).to_owned()).collect();
    for bind in session.get(&oids)? {
        say(&format!("{} {:?}", bind.oid, bind.value));
    }
    Ok(())
}

/// Walks the roots behind the target, the last word being the most rows: what came, and what was cut short.
pub(crate) fn walk(fields: &[&str]) -> Result<(), Error> {
    let session = Session::open(word(fields, 0))?;
    let (most, roots) = fields.split_last().unwrap_or((&"", &[]));
    let roots: Vec<String> = roots.iter().skip(1).map(|root| (*root).to_owned()).collect();
    for (root, table) in roots.iter().zip(session.walk_many(&roots, most.parse().unwrap_or(u32::MAX))?) {
        say(&format!("{root}: {} rows", table.len()));
        for bind in table.iter().take(20) {
            say(&format!("{} {:?}", bind.oid, bind.value));
        }
    }
    for cut in session.incomplete() {
        say(&format!("cut {cut}"));
    }
    Ok(())
}

/// Opens sessions and lets none go.
pub(crate) fn sessions(number: usize, target: &str) -> Result<(), Error> {
    let mut held = Vec::new();
    for _ in 0..number {
        match Session::open(target) {
            Ok(session) => held.push(session),
            Err(error) => {
                say(&format!("after {}: {}", held.len(), words(&error)));
                return Err(error);
            }
        }
    }
    say(&format!("{} open", held.len()));
    Ok(())
}

/// Uses numbers as handles that it was never given.
pub(crate) fn forge(first: &str) {
    let handle = first.parse().unwrap_or(1);
    #[allow(unsafe_code, reason = "a forger keeps no rules; the host has to hold all the same")]
    // SAFETY: none, on purpose: this is a number that the host never gave out.
    let session = unsafe { Session::from_handle(handle) };
    say(&format!("credential {}", session.credential()));
    std::mem::forget(session);
}

pub(crate) fn random(length: u32) -> Result<(), Error> {
    let bytes = run::random(length)?;
    say(&format!("{} bytes: {:02x?}", bytes.len(), bytes.get(..4.min(bytes.len())).unwrap_or_default()));
    Ok(())
}

/// What a task can tell of time: the moments that it sees in a hundred calls.
pub(crate) fn clock() -> Result<(), Error> {
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..100 {
        let now = run::now()?;
        let text = format!("{} {}", now.seconds, now.local);
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    say(&format!("{} moments, the last {}", seen.len(), seen.last().map(String::as_str).unwrap_or_default()));
    Ok(())
}

pub(crate) fn bytes(number: usize) -> Result<(), Error> {
    files::write("/opt/acme/large", 0, &vec![b'x'; number])
}

/// Where this task looks beside what it is told: with other bytes in its place it is another version.
const PLACE: &str = "/srv/acme/version-1";

/// Looks at places, and goes on whatever it is told.
pub(crate) fn visit(paths: &[&str]) {
    for path in paths.iter().copied().chain([PLACE]) {
        match files::stat(path) {
            Ok(found) => say(&format!("{path}: {:?}", found.map(|found| found.kind))),
            Err(error) => say(&format!("{path}: {}", words(&error))),
        }
    }
}

/// Very many small arguments in one call.
pub(crate) fn arguments(number: usize) -> Result<(), Error> {
    let all: Vec<(&str, &str)> = std::iter::repeat_n(("", ""), number).collect();
    process::run("t", &all).map(drop)
}
