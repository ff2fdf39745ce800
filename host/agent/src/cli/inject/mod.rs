//! `airlock inject`: inventories that were made already, handed to servers.
//!
//! The same bytes go to each server, to all servers at once. A file is taken away only when that is asked for, and when every
//! server took it.

mod documents;
mod sending;

use crate::config::{self, Login, Period, ServerSettings, Settings, server_name};
use crate::exit::{Failed, Usage};
use crate::legacy;
use crate::policies::Places;
use crate::table::table;
use crate::terminal::{self, visible};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  airlock inject --file inventory.xml --url https://glpi.example/front/inventory.php
  airlock inject --file pc.json --url https://hq.example/ --url https://branch.example/     the same to both
  airlock inject --directory /var/spool/inventories --recursive --remove --url URL
  airlock inventory | airlock inject --stdin --url URL

How a server is reached (certificates, logins, proxies) is what airlock.toml says of a server of that URL, else what its
[transport] says, and what the options here say over that. A server that is busy or cannot be reached is tried again; no
server waits for another. `airlock sent` lists what was handed over, and what came of it.

Exit codes: 0 every server took every inventory; 1 not all of them (said on standard error); 2 the command line.")]
pub(crate) struct Options {
    /// Send this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) file: Vec<PathBuf>,

    /// Send the inventories in this folder (.json, .xml, .ocs, .data), by name
    #[arg(long, short, value_name = "DIR")]
    pub(crate) directory: Vec<PathBuf>,

    /// And those in the folders below it
    #[arg(long, short = 'R', requires = "directory")]
    pub(crate) recursive: bool,

    /// Send what comes from standard input
    #[arg(long)]
    pub(crate) stdin: bool,

    /// The server; several times: each gets the same
    #[arg(long, short, value_name = "URL", required = true)]
    pub(crate) url: Vec<String>,

    /// Take a file away when every server took it
    #[arg(long, short)]
    pub(crate) remove: bool,

    /// How often a server that is busy or cannot be reached is tried again
    #[arg(long, value_name = "TIMES", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub(crate) retries: u32,

    /// How this program calls itself
    #[arg(long, value_name = "TEXT")]
    pub(crate) user_agent: Option<String>,

    /// Be called as the program that made the inventory
    #[arg(long, conflicts_with = "user_agent")]
    pub(crate) makers_user_agent: bool,

    /// Send documents as they are
    #[arg(long, short = 'C')]
    pub(crate) no_compression: bool,

    /// Trust the certificates in this file or folder
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) ca: Option<PathBuf>,

    /// The server's key (`sha256/BASE64`) or certificate (`sha256$HEX`) has to be this one
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Vec<String>,

    /// Show this certificate, with its key in the same file
    #[arg(long, value_name = "FILE")]
    pub(crate) client_certificate: Option<PathBuf>,

    /// Log in as this user
    #[arg(long, value_name = "NAME", requires = "password_file")]
    pub(crate) user: Option<String>,

    /// The file whose first line is the password
    #[arg(long, value_name = "FILE", requires = "user")]
    pub(crate) password_file: Option<PathBuf>,

    /// Go through this proxy (`none`: through none)
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,

    /// Seconds for one request
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: Option<u64>,

    /// What became of each, as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// As other injectors do, on their word.
    #[arg(skip)]
    pub(crate) no_check: bool,
    #[arg(skip)]
    pub(crate) login_in_url: bool,
    #[arg(skip)]
    pub(crate) oauth: Option<Login>,
}

/// What became of one inventory at one server.
struct Sent {
    file: String,
    server: String,
    result: Result<String, String>,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let settings = config::load(places)?;
    let servers = options.url.iter().map(|url| server(url, options, &settings)).collect::<Result<Vec<_>, _>>()?;
    let files = documents::files(&options.file, &options.directory, options.recursive)?;
    if files.is_empty() && options.directory.is_empty() && !options.stdin {
        return Err(Usage("nothing to send: expected --file, --directory or --stdin".to_owned()).into());
    }
    let senders = sending::Senders::new(servers, &settings, places)?;
    let mut sent = Vec::new();
    let inputs = files.iter().map(Some).chain(options.stdin.then_some(None));
    for path in inputs {
        let name = path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
        let named = path.is_some_and(|path| options.file.contains(path));
        let (results, held) = match documents::read(path.map(PathBuf::as_path), named) {
            Err(error) => (vec![(String::new(), Err(format!("not sent: {error:#}")))], None),
            Ok(document) => (senders.to_all(&document, &name, options), document.held),
        };
        let is_taken = results.iter().all(|(_, result)| result.is_ok());
        sent.extend(results.into_iter().map(|(server, result)| Sent { file: name.clone(), server, result }));
        if let Some(held) = held.filter(|_| options.remove && is_taken)
            && let Err(error) = held.remove()
        {
            sent.push(Sent {
                file: name,
                server: String::new(),
                result: Err(format!("taken, but not removed: {error}")),
            });
        }
    }
    show(options, &sent)?;
    if sent.iter().any(|one| one.result.is_err()) { Err(Failed.into()) } else { Ok(()) }
}

/// A server of the settings with that URL, or one that is like the others.
fn server(url: &str, options: &Options, settings: &Settings) -> anyhow::Result<ServerSettings> {
    let (url, login) = legacy::server(url, false).map_err(|why| Usage(format!("--url: {why}")))?;
    let known = settings.servers.iter().find(|server| server.url == url);
    let mut server = known.cloned().unwrap_or_else(|| ServerSettings {
        name: server_name(&url),
        url: url.clone(),
        ..ServerSettings::default()
    });
    let mut transport = server.transport.take().unwrap_or_else(|| settings.transport.clone());
    if let Some(user) = options.user.clone() {
        transport.login = Some(Login { user, password_file: options.password_file.clone(), password: None });
    }
    if let Some(login) = login {
        if !options.login_in_url {
            let words = "others see the command line, and a password in it: --user NAME --password-file FILE";
            return Err(Usage(format!("--url: {words}")).into());
        }
        // The user's own word, in this very URL.
        transport.allow_cleartext_login = true;
        transport.login = Some(login);
    }
    transport.ca = options.ca.clone().or(transport.ca);
    transport.client_certificate = options.client_certificate.clone().or(transport.client_certificate);
    transport.oauth = options.oauth.clone().or(transport.oauth);
    transport.proxy = options.proxy.clone().or(transport.proxy);
    transport.user_agent = options.user_agent.clone().or(transport.user_agent);
    transport.no_compression |= options.no_compression;
    transport.no_check |= options.no_check;
    if !options.pin.is_empty() {
        transport.pins.clone_from(&options.pin);
    }
    if let Some(seconds) = options.timeout {
        transport.timeout = Period::seconds(seconds);
    }
    server.transport = Some(transport);
    Ok(server)
}

fn show(options: &Options, sent: &[Sent]) -> anyhow::Result<()> {
    if options.json {
        let all = sent.iter().map(|one| match &one.result {
            Ok(words) => json!({ "file": one.file, "server": one.server, "ok": true, "what": words }),
            Err(words) => json!({ "file": one.file, "server": one.server, "ok": false, "what": words }),
        });
        return Ok(terminal::print(&terminal::json(&all.collect::<Vec<_>>().into()))?);
    }
    let row = |one: &Sent| {
        let (Ok(words) | Err(words)) = &one.result;
        vec![one.file.clone(), one.server.clone(), words.clone()]
    };
    let (good, bad): (Vec<&Sent>, Vec<&Sent>) = sent.iter().partition(|one| one.result.is_ok());
    if !good.is_empty() {
        terminal::print(&table(&["inventory", "server", "what"], &good.into_iter().map(row).collect::<Vec<_>>()))?;
    }
    for one in bad {
        eprintln!("airlock: {}", visible(&row(one).join(": ").replace(": : ", ": ")));
    }
    Ok(())
}
