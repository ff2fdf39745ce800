//! A mocked machine as its file has it. Every name that is not one of these is an error.

use crate::calls::Transport;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::IpAddr;
use toml::Spanned;

pub(super) type Names<T> = BTreeMap<Spanned<String>, T>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// The version of this form.
    pub(super) mock_version: Spanned<u32>,
    #[serde(default)]
    pub(super) time: Time,
    #[serde(default)]
    pub(super) random: Random,
    #[serde(default)]
    pub(super) own: Own,
    /// Rows by section.
    #[serde(default)]
    pub(super) facts: Names<Vec<Names<toml::Value>>>,
    /// By section: what could not be read of it.
    #[serde(default)]
    pub(super) missing: Names<Vec<String>>,
    /// By absolute path.
    #[serde(default)]
    pub(super) files: Names<File>,
    #[serde(default)]
    pub(super) process: Vec<Process>,
    /// Addresses by name, in turns: `[["192.0.2.1"], ["127.0.0.1"]]` is one answer first and the other from then on.
    #[serde(default)]
    pub(super) hosts: BTreeMap<String, Vec<Vec<IpAddr>>>,
    #[serde(default)]
    pub(super) http: Vec<Http>,
    #[serde(default)]
    pub(super) snmp: Vec<Device>,
    #[serde(default)]
    pub(super) neighbour: Vec<Neighbour>,
    /// Ways of asking an address that this machine does not have, in the words of a policy: `["icmp"]`.
    #[serde(default)]
    pub(super) lacking: Vec<Spanned<String>>,
    /// Values by key, `[registry."HKEY_LOCAL_MACHINE/SOFTWARE/Acme"]`: a text, a number, a list of bytes. None: this machine
    /// has no registry.
    #[serde(default)]
    pub(super) registry: Option<Names<Names<toml::Value>>>,
    /// What whoever sits here presses, one question after the other: a button, `timeout`, `no-one-there`. None: nobody.
    #[serde(default)]
    pub(super) press: Option<Vec<String>>,
    /// Instances by class, `[[wmi.Win32_OperatingSystem]]`. None: this machine has no WMI.
    #[serde(default)]
    pub(super) wmi: Option<BTreeMap<String, Vec<BTreeMap<String, String>>>>,
    /// Neighbours of this machine; what they serve is under `[[http]]`, `http://ADDRESS:62354/deploy/getFile/…`.
    #[serde(default)]
    pub(super) peers: Vec<IpAddr>,
    /// What archives hold, by what they are called in a job's folder.
    #[serde(default)]
    pub(super) archives: Names<Archive>,
    /// Signed packages, by what they are called in a job's folder.
    #[serde(default)]
    pub(super) packages: Names<Package>,
    /// Components that come with a job, by what they are called in its folder.
    #[serde(default)]
    pub(super) components: Names<Component>,
    /// What is free on every file system, in MB of 1000 kB.
    #[serde(default = "free_mb")]
    pub(super) free_mb: u64,
    /// A file beside this one: the database of sysObjectIDs.
    #[serde(default)]
    pub(super) sysobject: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Time {
    /// `2026-11-22T12:00:00Z`; with another offset, local time is that.
    pub(super) start: Spanned<String>,
    /// Seconds that pass whenever somebody looks at the clock.
    pub(super) step: u64,
}

impl Default for Time {
    fn default() -> Self {
        Self { start: Spanned::new(0..0, "2026-01-01T00:00:00Z".to_owned()), step: 0 }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Random {
    pub(super) seed: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Own {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) paths: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) text: Option<String>,
    pub(super) base64: Option<String>,
    /// That many zero bytes.
    pub(super) size: Option<u64>,
    /// A symbolic link, and what it says.
    pub(super) link: Option<String>,
    pub(super) folder: bool,
    /// A pipe, a device, a socket.
    pub(super) special: bool,
    /// In octal digits, `"0644"`.
    pub(super) mode: Option<String>,
    /// Seconds since 1970.
    pub(super) modified: u64,
    /// The same file as the one of that name (a hard link).
    pub(super) same_as: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Process {
    /// An absolute path.
    pub(super) program: String,
    /// All words after the program; none: whatever they are.
    #[serde(default)]
    pub(super) argv: Option<Vec<String>>,
    /// What a template's `sha256` is compared with, where the program is not among the files.
    #[serde(default)]
    pub(super) sha256: Option<String>,
    #[serde(default)]
    pub(super) exit_code: i32,
    /// A signal ended it: there is no exit code.
    #[serde(default)]
    pub(super) killed: bool,
    #[serde(default)]
    pub(super) stdout: String,
    #[serde(default)]
    pub(super) stderr: String,
    #[serde(default)]
    pub(super) delay_seconds: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Http {
    #[serde(default = "get")]
    pub(super) method: String,
    pub(super) url: String,
    #[serde(default = "ok")]
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) body_base64: Option<String>,
    /// Never answers.
    #[serde(default)]
    pub(super) hang: bool,
    /// There is no connection; the text says why.
    #[serde(default)]
    pub(super) fails: Option<String>,
}

/// What comes out of an archive.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Archive {
    /// By path below the folder that it is unpacked into.
    pub(super) files: BTreeMap<String, String>,
    /// Entries that are neither files nor folders, and what they are: `d = "a symbolic link"`.
    pub(super) others: BTreeMap<String, String>,
    /// It is no archive that is unpacked; the text says why.
    pub(super) refused: Option<String>,
}

/// What the signature of a package says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// The name of a publisher of the policy; none: nobody signed it that the policy knows.
    pub(super) publisher: Option<String>,
    /// False: no signature is good for it.
    #[serde(rename = "signed")]
    pub(super) is_signed: bool,
}

impl Default for Package {
    fn default() -> Self {
        Self { name: String::new(), version: String::new(), publisher: None, is_signed: true }
    }
}

/// How a component ends.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Component {
    /// What it logs, and how it ends.
    pub(super) says: String,
    /// It is not run; the text says why.
    pub(super) fails: Option<String>,
}

fn free_mb() -> u64 {
    10_000
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> u16 {
    200
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    pub(super) address: IpAddr,
    #[serde(default = "snmp_port")]
    pub(super) port: u16,
    #[serde(default)]
    pub(super) transport: Transport,
    /// What it says of this VLAN, when it is asked for that alone.
    pub(super) vlan: Option<u32>,
    /// The name of the credential that it answers to.
    pub(super) credential: String,
    /// By OID: a text, a number, or a table that says the type, `{ gauge32 = 7 }`.
    #[serde(default)]
    pub(super) values: Names<toml::Value>,
    /// What `snmpwalk -On` prints.
    #[serde(default)]
    pub(super) walk: Option<Spanned<String>>,
    /// The same, in a file beside this one.
    #[serde(default)]
    pub(super) walk_file: Option<Spanned<String>>,
    /// Objects, put together when the file is read.
    #[serde(skip)]
    pub(super) objects: BTreeMap<Vec<u32>, crate::calls::Syntax>,
}

/// Somebody in the network: what each way of asking gets to know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Neighbour {
    pub(super) address: IpAddr,
    #[serde(default)]
    pub(super) mac: Option<String>,
    #[serde(default)]
    pub(super) dns: Option<String>,
    #[serde(default)]
    pub(super) netbios: Option<String>,
    #[serde(default)]
    pub(super) workgroup: Option<String>,
    #[serde(default)]
    pub(super) user: Option<String>,
    #[serde(default)]
    pub(super) echo: bool,
    #[serde(default)]
    pub(super) timestamp: bool,
}

fn snmp_port() -> u16 {
    161
}
