//! From the configuration of another agent of the family to the settings of this program.
//!
//! What cannot be taken over is said, never dropped. What is dangerous in it is named with what to do instead; a run under
//! the old configuration goes on with it, for it is the owner's own word, but [`For::Move`] leaves it out.

mod listener;
mod log;
mod transport;

use super::values::Values;
use crate::categories;
use crate::config::{LocalFormat, LocalSettings, Login, Period, ServerSettings, Settings, server_name};
use airlock_gate::near;
use airlock_model::short_line;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What the settings are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// To be run once, as the old program would: without its web server.
    Once,
    /// To be run for good, as the old program would.
    Daemon,
    /// To be written down as this program's own.
    Move,
}

/// Something that the old configuration lets happen and this program would rather not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Danger {
    /// `no-ssl-check (agent.cfg:12)`
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) instead: String,
}

/// The settings, and what has to be said of them.
#[derive(Debug)]
pub(crate) struct Adopted {
    pub(crate) settings: Settings,
    pub(crate) remarks: Vec<String>,
    pub(crate) dangers: Vec<Danger>,
}

/// Reads values as settings; an error is one that the old program would have ended with too.
pub(crate) struct Adopter<'v> {
    values: &'v Values,
    purpose: For,
    adopted: Adopted,
}

/// `is_fusion`: by FusionInventory's rules where the two differ.
pub(crate) fn adopt(values: &Values, purpose: For, is_fusion: bool) -> Result<Adopted, String> {
    let adopted = Adopted { settings: Settings::default(), remarks: values.remarks.clone(), dangers: Vec::new() };
    let mut adopter = Adopter { values, purpose, adopted };
    adopter.general();
    adopter.locals();
    adopter.transport()?;
    adopter.servers(is_fusion)?;
    adopter.log()?;
    adopter.listener()?;
    adopter.without_effect();
    Ok(adopter.adopted)
}

impl Adopter<'_> {
    fn remark(&mut self, text: String) {
        self.adopted.remarks.push(text);
    }

    /// The name of a key and where it was said.
    fn place(&self, name: &str) -> String {
        match self.values.from(name) {
            "" => name.to_owned(),
            from if from.starts_with("--") => from.to_owned(),
            from => format!("{name} ({from})"),
        }
    }

    fn danger(&mut self, what: String, why: &str, instead: String) {
        self.adopted.dangers.push(Danger { what, why: why.to_owned(), instead });
    }

    fn general(&mut self) {
        let values = self.values;
        let lower = |name: &str| values.list(name).iter().map(|word| word.trim().to_lowercase()).collect();
        let categories = self.categories("no-category");
        let settings = &mut self.adopted.settings;
        settings.tag = values.text("tag").map(str::to_owned);
        settings.vardir = values.path("vardir");
        settings.tasks.only = lower("tasks");
        settings.tasks.without = lower("no-task");
        settings.schedule.delay = Period::seconds(values.number("delaytime"));
        settings.schedule.lazy = values.is("lazy");
        settings.schedule.force = values.is("force");
        settings.schedule.reload = Period::seconds(match values.number("conf-reload-interval") {
            0 => 0,
            seconds => seconds.max(60),
        });
        settings.inventory.no_category = categories;
        settings.inventory.scan_homedirs = values.is("scan-homedirs");
        settings.inventory.additional_content = values.path("additional-content");
        settings.inventory.collector = Period::seconds(values.number("backend-collect-timeout").clamp(1, 3600));
        settings.inventory.changes_between =
            u32::try_from(values.number("full-inventory-postpone")).unwrap_or(u32::MAX);
    }

    /// A list of categories without those that this program does not know, which the old one ignores too.
    pub(crate) fn categories(&mut self, name: &str) -> Vec<String> {
        let known = categories::known();
        let (taken, unknown): (Vec<&str>, Vec<&str>) =
            self.values.list(name).into_iter().map(str::trim).partition(|word| known.contains(word));
        for word in unknown {
            let hint = near::hint(word, known.iter().copied());
            let place = self.place(name);
            self.remark(format!("{place}: there is no category {:?}{hint}; it is ignored", short_line(word, 60)));
        }
        taken.into_iter().map(str::to_owned).collect()
    }

    fn locals(&mut self) {
        let format = match (self.values.is("json"), self.values.is("html")) {
            (true, _) => LocalFormat::Json,
            (_, true) => LocalFormat::Html,
            _ => LocalFormat::Xml,
        };
        let mut paths = self.values.list("local");
        if self.values.is("stdout") {
            let place = self.place("stdout");
            self.remark(format!("{place}: taken as local = -, which is its newer name"));
            paths.push("-");
        }
        let absolute = |path: &str| match path {
            "-" => PathBuf::from(path),
            path => std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)),
        };
        let locals = paths.into_iter().map(|path| LocalSettings { path: absolute(path.trim()), format });
        self.adopted.settings.locals = locals.collect();
    }

    fn servers(&mut self, is_fusion: bool) -> Result<(), String> {
        let mut names = BTreeSet::new();
        for written in self.values.list("server") {
            let (url, login) =
                server(written.trim(), is_fusion).map_err(|why| format!("{}: {why}", self.place("server")))?;
            let name = first_free(&server_name(&url), &names);
            names.insert(name.clone());
            let common = self.adopted.settings.transport.clone();
            if url.starts_with("http://") && (login.is_some() || common.login.is_some()) {
                self.cleartext(&url);
            }
            let transport = login.map(|login| crate::config::TransportSettings { login: Some(login), ..common });
            self.adopted.settings.servers.push(ServerSettings { name, url, tag: None, transport });
        }
        Ok(())
    }

    /// Keys that mean nothing here; said only where somebody set them.
    fn without_effect(&mut self) {
        let later = "this version has no task for other machines yet; it stays without effect";
        for (name, why) in [
            ("color", "there are colours when standard error is a terminal"),
            ("no-p2p", "nothing is fetched from neighbours unless the policy grants p2p.fetch"),
            ("remote", later),
            ("remote-scheduling", later),
            ("scan-profiles", "users' profiles are Windows' own"),
            ("ssl-keystore", "it is for macOS and Windows"),
        ] {
            // Options of the command line say it themselves.
            if self.values.is(name) && (!self.values.from(name).starts_with("--") || name == "remote") {
                let place = self.place(name);
                self.remark(format!("{place} has no effect here: {why}"));
            }
        }
        for (name, usual, why) in [
            ("remote-workers", 1, later),
            ("snmp-retries", 0, later),
            ("assetname-support", 1, "a machine is called as its own files call it"),
        ] {
            if self.values.number(name) != usual {
                let place = self.place(name);
                self.remark(format!("{place} has no effect here: {why}"));
            }
        }
    }
}

/// `base`, or `base-2`, `base-3` …
fn first_free(base: &str, taken: &BTreeSet<String>) -> String {
    let mut numbered = (2_u32..).map(|number| format!("{base}-{number}"));
    let mut name = base.to_owned();
    while taken.contains(&name) {
        name = numbered.next().unwrap_or_default();
    }
    name
}

/// The URL of a server as it may be written, without its login, and the login.
pub(crate) fn server(written: &str, is_fusion: bool) -> Result<(String, Option<Login>), String> {
    let (scheme, rest) = written.split_once("://").unwrap_or(("http", written));
    if !matches!(scheme, "http" | "https") {
        return Err(format!("{:?}: expected http:// or https://", short_line(scheme, 20)));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Err("a server without a host's name: expected https://HOST/PATH".to_owned());
    }
    let path = match path {
        "" | "/" if is_fusion => "/ocsinventory",
        "" => "/",
        path => path,
    };
    let login = user.map(|user| {
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        Login { user: user.to_owned(), password_file: None, password: Some(password.to_owned()) }
    });
    Ok((format!("{scheme}://{host}{path}"), login))
}
