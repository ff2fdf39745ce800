//! Asking whoever sits at this machine: a notification with buttons in the session of a logged-in user, by D-Bus. A session
//! is one whose bus is there (`/run/user/UID/bus`) and belongs to that user. A bus talks to its own user alone: root asks by a
//! child that is that user and nothing more.

mod bus;
mod desktop;
mod wire;

use crate::off_thread::{Stopped, off_thread};
use crate::process::Running;
use crate::system;
use airlock_gate::CallError;
use airlock_gate::calls::{Pressed, Shown};
use airlock_gate::ports::{Answer, Prompt};
use nix::unistd::{Uid, User};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The hidden command of this program that is the child.
const CHILD: &str = "ask-person";
/// What a child may take beside the question's own time.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a question and of an answer between parent and child.
const LARGEST: u64 = 64 << 10;

/// The people at this machine.
#[derive(Debug, Clone)]
pub struct MachinePrompt {
    sessions: PathBuf,
}

impl Default for MachinePrompt {
    fn default() -> Self {
        Self { sessions: PathBuf::from("/run/user") }
    }
}

/// A user's bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Session {
    uid: u32,
    bus: PathBuf,
}

/// What the child is told.
#[derive(Debug, Serialize, Deserialize)]
struct Errand {
    session: Session,
    question: Shown,
}

impl MachinePrompt {
    /// With the folders of sessions elsewhere.
    pub fn below(sessions: PathBuf) -> Self {
        Self { sessions }
    }

    /// The sessions that this process can ask in, in the order of the users' numbers.
    fn sessions(&self) -> Vec<Session> {
        let Ok(entries) = fs::read_dir(&self.sessions) else { return Vec::new() };
        let session = |entry: fs::DirEntry| {
            let uid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bus = entry.path().join("bus");
            let meta = fs::symlink_metadata(&bus).ok()?;
            let is_theirs = meta.file_type().is_socket() && meta.uid() == uid;
            let is_ours = uid == system::user_id() || system::is_root();
            (is_theirs && is_ours).then_some(Session { uid, bus })
        };
        let mut sessions: Vec<Session> = entries.flatten().filter_map(session).collect();
        sessions.sort_by_key(|session| session.uid);
        sessions
    }
}

impl Prompt for MachinePrompt {
    fn ask<'a>(&'a self, question: &'a Shown) -> Answer<'a, Pressed> {
        let (prompt, question) = (self.clone(), question.clone());
        Box::pin(off_thread(move |stopped| {
            let mut failed = None;
            for session in prompt.sessions() {
                match ask_in(&session, &question, stopped) {
                    // The first who has a desktop is asked.
                    Ok(Pressed::NoOneThere) => {}
                    Ok(pressed) => return Ok(pressed),
                    Err(error) => failed = Some(error),
                }
            }
            failed.map_or(Ok(Pressed::NoOneThere), Err)
        }))
    }
}

fn ask_in(session: &Session, question: &Shown, stopped: &Stopped) -> Result<Pressed, CallError> {
    let failed = |why: String| CallError::Failed(format!("the person at this machine cannot be asked: {why}"));
    if session.uid == system::user_id() {
        return desktop::ask(&session.bus, session.uid, question).map_err(|error| failed(error.to_string()));
    }
    let errand = Errand { session: session.clone(), question: question.clone() };
    by_child(&errand, stopped).map_err(|error| match error {
        CallError::Failed(why) => failed(why),
        other => other,
    })
}

fn by_child(errand: &Errand, stopped: &Stopped) -> Result<Pressed, CallError> {
    let io = |error: io::Error| CallError::Failed(error.to_string());
    let user =
        User::from_uid(Uid::from_raw(errand.session.uid)).map_err(|error| CallError::Failed(error.to_string()))?;
    let user = user.ok_or_else(|| CallError::Failed(format!("there is no user {}", errand.session.uid)))?;
    let mut command = Command::new("/proc/self/exe");
    command.arg(CHILD).env_clear().current_dir("/").process_group(0);
    // Without the other groups of root: they are given up with the user.
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(io)?;
    let text = serde_json::to_vec(errand).map_err(|error| CallError::Failed(error.to_string()))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(&text).map_err(io)?;
    }
    let deadline = Instant::now() + Duration::from_secs(errand.question.timeout_seconds.into()) + PATIENCE;
    let mut running = Running::new(child).map_err(io)?;
    let most = usize::try_from(LARGEST).unwrap_or(usize::MAX);
    match running.drain(deadline, most, stopped).map_err(io)? {
        crate::process::End::Finished { status, stdout, stderr } if status.success() => {
            let words = String::from_utf8_lossy(&stderr).into_owned();
            serde_json::from_slice(&stdout).map_err(|error| CallError::Failed(format!("{error} {words:.200}")))
        }
        crate::process::End::Finished { status, stderr, .. } => {
            Err(CallError::Failed(format!("{status}: {:.200}", String::from_utf8_lossy(&stderr))))
        }
        crate::process::End::Late => Err(CallError::Timeout),
        crate::process::End::Stopped => Err(CallError::Cancelled),
    }
}

/// What the child does: an errand on standard input, what was pressed on standard output.
pub fn ask_person() -> io::Result<()> {
    let mut text = Vec::new();
    io::stdin().take(LARGEST).read_to_end(&mut text)?;
    let Errand { session, question } = serde_json::from_slice(&text)?;
    let pressed = desktop::ask(&session.bus, session.uid, &question)?;
    serde_json::to_writer(io::stdout(), &pressed)?;
    io::stdout().flush()
}

#[cfg(test)]
mod tests;
