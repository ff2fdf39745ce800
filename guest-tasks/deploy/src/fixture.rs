//! A machine made of maps and lists, on which whole jobs run in tests: what is granted is what was put there, and all that
//! a job asked for and told is kept.

use crate::machine::{Answer, Command, File, Key, Kind, Line, Machine, Metadata, Outcome, Prompt, Reply, Step};
use airlock_task::{Denial, DenialReason, Error};
use std::collections::{BTreeMap, BTreeSet};

/// A file system of texts, a store of parts, commands and a person.
#[derive(Debug, Default)]
pub struct Fixture {
    /// Places and what is in them; none: a folder.
    pub files: BTreeMap<String, Option<String>>,
    /// Places, and what is below them, that are refused.
    pub forbidden: Vec<String>,
    /// Calls that wait for a person, by their name: `remove`, `run_template`, …
    pub held: BTreeSet<&'static str>,
    /// Parts by digest that mirrors have: how often they fail before, and what they have.
    pub mirrors: BTreeMap<String, (u32, String)>,
    pub store: BTreeMap<String, String>,
    pub refuse_mirrors: bool,
    /// What archives have, by their name.
    pub archives: BTreeMap<String, Vec<(String, String)>>,
    /// Lines that are recognised, and how their commands end.
    pub commands: BTreeMap<String, Answer<Outcome>>,
    pub components: BTreeMap<String, Answer<String>>,
    pub packages: BTreeMap<String, Answer<String>>,
    pub replies: Vec<Answer<Reply>>,
    pub registry: BTreeMap<String, Key>,
    /// Megabytes.
    pub free: u64,
    /// Calls after which the run's allowance is spent.
    pub calls_left: Option<u32>,
    pub told: Vec<Line>,
    pub asked: Vec<(String, String, String)>,
    pub prompts: Vec<Prompt>,
    /// What was done, in order.
    pub done: Vec<String>,
    /// The number of the last refusal.
    pub audit: u64,
}

impl Fixture {
    /// Puts a file, and the folders that it is in.
    pub fn put(&mut self, place: &str, text: &str) {
        let mut above = crate::place::folder(place);
        while let Some(folder) = above {
            self.files.entry(folder.to_owned()).or_insert(None);
            above = crate::place::folder(folder);
        }
        self.files.insert(place.to_owned(), Some(text.to_owned()));
    }

    /// The lines as `step status message`, with the numbers of action and check.
    pub fn story(&self) -> Vec<String> {
        self.told.iter().map(shown).collect()
    }

    fn refused(&mut self, capability: &str, reason: DenialReason) -> Error {
        self.audit += 1;
        Error::Denied(Denial { audit: self.audit, capability: capability.to_owned(), reason })
    }

    fn may(&mut self, call: &'static str, place: &str) -> Answer<()> {
        if let Some(left) = &mut self.calls_left {
            *left = left.checked_sub(1).ok_or(Error::Exhausted(airlock_task::Limit::Calls))?;
        }
        // The job's own folder belongs to the run: no policy is asked.
        if place.starts_with("work:") {
            return Ok(());
        }
        if self.held.contains(call) {
            return Err(self.refused(call, DenialReason::NotApproved));
        }
        let below = |root: &String| {
            place == root || place.strip_prefix(root.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        if self.forbidden.iter().any(below) {
            return Err(self.refused("files", DenialReason::NotGranted));
        }
        Ok(())
    }

    fn below(&self, place: &str) -> Vec<(String, Option<String>)> {
        let start = crate::place::join(place, "");
        let all = self.files.iter().filter(|(at, _)| *at == place || at.starts_with(&start));
        all.map(|(at, text)| (at.clone(), text.clone())).collect()
    }

    fn bring(&mut self, from: &str, to: &str) -> Answer<u32> {
        let things = self.below(from);
        if things.is_empty() {
            return Err(Error::NotFound);
        }
        if crate::place::folder(to)
            .is_some_and(|folder| folder != "/" && folder != "work:" && !self.files.contains_key(folder))
        {
            return Err(Error::NotFound);
        }
        for (at, text) in &things {
            let rest = at.strip_prefix(from).unwrap_or_default();
            self.files.insert(format!("{to}{rest}"), text.clone());
        }
        Ok(u32::try_from(things.iter().filter(|(_, text)| text.is_some()).count()).unwrap_or(u32::MAX))
    }
}

/// A line in short: `checking 1 ok check #2, …`.
pub fn shown(line: &Line) -> String {
    let step = match line.step {
        Some(Step::Checking) => "checking",
        Some(Step::Downloading) => "downloading",
        Some(Step::Prepare) => "prepare",
        Some(Step::Processing) => "processing",
        None => "-",
    };
    let number = |of: &str, n: Option<u32>| n.map(|n| format!(" {of}{n}")).unwrap_or_default();
    let (action, check) = (number("a", line.action), number("c", line.check));
    let file = line.file.as_deref().map(|file| format!(" {}", file.get(..4).unwrap_or(file))).unwrap_or_default();
    format!("{step}{action}{check}{file} {} {}", line.status.as_deref().unwrap_or("-"), line.message)
}

impl Machine for Fixture {
    fn tell(&mut self, line: Line) -> Answer<()> {
        self.told.push(line);
        Ok(())
    }

    fn asked(&mut self, kind: &str, behavior: &str, event: &str) -> Answer<()> {
        self.asked.push((kind.to_owned(), behavior.to_owned(), event.to_owned()));
        Ok(())
    }

    fn has_part(&mut self, part: &str) -> Answer<bool> {
        self.may("has_part", "")?;
        Ok(self.store.contains_key(part))
    }

    fn fetch_part(&mut self, mirror: &str, part: &str, _of: &File) -> Answer<u64> {
        self.done.push(format!("fetch {mirror} {}", part.get(..4).unwrap_or(part)));
        self.may("fetch_part", "")?;
        if self.refuse_mirrors {
            return Err(self.refused("pkg.fetch", DenialReason::NotGranted));
        }
        match self.mirrors.get_mut(part) {
            None => Err(Error::Failed("404".to_owned())),
            Some((0, text)) => {
                self.store.insert(part.to_owned(), text.clone());
                Ok(1)
            }
            Some((failures, _)) => {
                *failures -= 1;
                Err(Error::Timeout)
            }
        }
    }

    fn assemble(&mut self, file: &File) -> Answer<u64> {
        let text: Option<Vec<String>> = file.parts.iter().map(|part| self.store.get(part).cloned()).collect();
        let text = text.ok_or(Error::NotFound)?.concat();
        if text.contains("other bytes") {
            return Err(Error::Failed("is not what its SHA-512 says".to_owned()));
        }
        self.put(&format!("work:{}", file.name), &text);
        Ok(1)
    }

    fn unpack(&mut self, archive: &str, into: &str) -> Answer<u32> {
        let name = archive.strip_prefix("work:").unwrap_or_default();
        let files = self.archives.get(name).cloned().ok_or_else(|| Error::Failed("not an archive".to_owned()))?;
        for (name, text) in &files {
            self.put(&crate::place::join(into, name), text);
        }
        Ok(u32::try_from(files.len()).unwrap_or(u32::MAX))
    }

    fn install(&mut self, name: &str, into: Option<&str>) -> Answer<String> {
        self.done.push(format!("install {name} {}", into.unwrap_or("-")));
        self.packages.get(name).cloned().unwrap_or(Err(Error::NotFound))
    }

    fn stat(&mut self, at: &str) -> Answer<Option<Metadata>> {
        self.may("stat", at)?;
        if at == "/" || at == "work:" {
            return Ok(Some(Metadata { kind: Kind::Dir, size: 0 }));
        }
        Ok(self.files.get(at).map(|text| match text {
            Some(text) => Metadata { kind: Kind::File, size: text.len() as u64 },
            None => Metadata { kind: Kind::Dir, size: 0 },
        }))
    }

    fn list(&mut self, at: &str) -> Answer<Vec<String>> {
        self.may("list", at)?;
        let start = crate::place::join(at, "");
        let names = self.files.keys().filter_map(|place| place.strip_prefix(&start));
        Ok(names.filter(|name| !name.is_empty() && !name.contains('/')).map(str::to_owned).collect())
    }

    fn hash(&mut self, at: &str) -> Answer<String> {
        self.may("hash", at)?;
        match self.files.get(at) {
            Some(Some(text)) => Ok(text.repeat(128).chars().take(128).collect()),
            Some(None) => Err(Error::Invalid("a folder".to_owned())),
            None => Err(Error::NotFound),
        }
    }

    fn free_space(&mut self, at: &str) -> Answer<u64> {
        self.may("free_space", at)?;
        Ok(self.free)
    }

    fn copy(&mut self, from: &str, to: &str) -> Answer<u32> {
        self.done.push(format!("copy {from} {to}"));
        self.may("read", from)?;
        self.may("copy", to)?;
        self.bring(from, to)
    }

    fn rename(&mut self, from: &str, to: &str) -> Answer<u32> {
        self.done.push(format!("move {from} {to}"));
        self.may("remove", from)?;
        self.may("copy", to)?;
        let count = self.bring(from, to)?;
        for (at, _) in self.below(from) {
            self.files.remove(&at);
        }
        Ok(count)
    }

    fn make_dir(&mut self, at: &str) -> Answer<()> {
        self.done.push(format!("mkdir {at}"));
        self.may("make_dir", at)?;
        self.put(&crate::place::join(at, ""), "");
        self.files.retain(|place, _| !place.ends_with('/'));
        self.files.insert(at.to_owned(), None);
        Ok(())
    }

    fn remove(&mut self, at: &str) -> Answer<()> {
        self.done.push(format!("remove {at}"));
        self.may("remove", at)?;
        let all = self.below(at);
        for (place, _) in &all {
            self.files.remove(place);
        }
        if all.is_empty() { Err(Error::NotFound) } else { Ok(()) }
    }

    fn recognise(&mut self, line: &str) -> Answer<Command> {
        self.may("recognise", "")?;
        if self.commands.contains_key(line) {
            Ok(Command { template: line.to_owned(), arguments: Vec::new() })
        } else {
            Err(self.refused("exec.template", DenialReason::NotGranted))
        }
    }

    fn run_template(&mut self, command: &Command) -> Answer<Outcome> {
        self.done.push(format!("run {}", command.template));
        self.may("run_template", "")?;
        self.commands.get(&command.template).cloned().unwrap_or(Err(Error::NotFound))
    }

    fn run_component(&mut self, name: &str, arguments: &[String]) -> Answer<String> {
        self.done.push(format!("component {name} {}", arguments.join(" ")));
        self.components.get(name).cloned().unwrap_or(Err(Error::NotFound))
    }

    fn ask(&mut self, prompt: &Prompt) -> Answer<Reply> {
        self.prompts.push(prompt.clone());
        if self.replies.is_empty() { Err(Error::Unsupported) } else { self.replies.remove(0) }
    }

    fn registry(&mut self, key: &str) -> Answer<Option<Key>> {
        if self.registry.is_empty() { Err(Error::Unsupported) } else { Ok(self.registry.get(key).cloned()) }
    }
}
