//! The options that `airlock netdiscovery` and `airlock netinventory` have in common.

use crate::exit::Usage;
use crate::netscan::command::{MOST_AT_ONCE, Wishes};
use crate::netscan::credentials;
use crate::netscan::machine::Asking;
use crate::netscan::output::Form;
use crate::netscan::own::Credentials;
use crate::policies::Places;
use airlock_native::snmp::SnmpSecret;
use clap::Args;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Common {
    /// SNMP: a credential of the policy by its name, or one written out (version:2c,community:public); may be repeated
    ///
    /// They are tried in their order. Parts of one that is written out: version (1, 2c, 3), community, username,
    /// authprotocol (md5, sha, sha224 … sha512), authpassword, privprotocol (des, 3des, aes, aes192, aes256), privpassword.
    /// Without any: version:2c,community:public.
    #[arg(long, value_name = "NAME|KEY:VALUE,…")]
    pub(crate) credentials: Vec<String>,

    /// Credentials from a file, each on a line of its own, as for --credentials: nobody sees them in the list of processes
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials_file: Option<PathBuf>,

    /// SNMP: the port [default: 161]
    #[arg(long, value_name = "PORT,…")]
    pub(crate) port: Vec<String>,

    /// SNMP: udp, tcp, udp/ipv4, udp/ipv6, tcp/ipv4, tcp/ipv6 [default: udp]
    #[arg(long, value_name = "PROTOCOL,…", value_delimiter = ',')]
    pub(crate) protocol: Vec<String>,

    /// Seconds that an answer is waited for
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=300))]
    pub(crate) timeout: Option<u16>,

    /// How often a question is asked again when there is no answer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(..=10))]
    pub(crate) retries: Option<u16>,

    /// Seconds for all that is asked of one device
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) deadline: Option<u32>,

    /// Devices that are asked at the same time [default: 128]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,

    /// Print the messages of start, size and end too
    #[arg(long)]
    pub(crate) control: bool,

    /// Go on where the very same command was stopped or killed: what was looked at, and shown, is not looked at again
    #[arg(long)]
    pub(crate) resume: bool,

    /// Write a file for each device there, in a folder of the task's name
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,

    /// A line of JSON for each device
    #[arg(long, group = "form")]
    pub(crate) json: bool,

    /// Messages in XML, as servers read them
    #[arg(long, group = "form")]
    pub(crate) xml: bool,

    /// Credentials that another program's options said.
    #[arg(skip)]
    pub(crate) made: Vec<SnmpSecret>,
}

/// Where nobody says more.
const AT_ONCE: u16 = 128;

impl Common {
    /// What is asked for. `timeout` and `deadline`, in seconds, are those of the command.
    pub(crate) fn wishes<'a>(&self, places: &'a Places, timeout: u16, deadline: u32) -> anyhow::Result<Wishes<'a>> {
        let mut own = Credentials::read(&self.credentials, self.credentials_file.as_deref(), places)?;
        for secret in &self.made {
            own.push(secret.clone());
        }
        if own.is_empty() && self.credentials_file.is_none() {
            own.push(credentials::community("public", true));
        }
        if let Some(folder) = self.save.as_ref().filter(|folder| !airlock_native::is_folder(folder)) {
            return Err(Usage(format!("--save {}: not a folder", folder.display())).into());
        }
        let form = match (self.json, self.xml) {
            (true, _) => Form::Json,
            (_, true) => Form::Xml,
            _ if std::io::stdout().is_terminal() => Form::Table,
            _ => Form::Xml,
        };
        Ok(Wishes {
            places,
            credentials: own,
            asking: Asking {
                timeout: Duration::from_secs(self.timeout.unwrap_or(timeout).into()),
                retries: self.retries.unwrap_or(0).into(),
            },
            deadline: Duration::from_secs(self.deadline.unwrap_or(deadline).into()),
            at_once: self.threads.unwrap_or(AT_ONCE).min(MOST_AT_ONCE).into(),
            control: self.control,
            save: self.save.clone(),
            form,
            entity: None,
            walks: Vec::new(),
            resumes: self.resume,
        })
    }
}
