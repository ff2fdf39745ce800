//! The arguments of rules: which of them a verb has, what they look like, what they are compared with.

use super::matching::{HostPattern, OriginPattern, PathPattern};
use crate::redact::Glob;
use crate::{Location, Verb};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::ops::Range;

/// An argument by which a rule limits what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArgKey {
    Categories,
    Paths,
    Keys,
    Classes,
    Properties,
    Cidr,
    Hosts,
    Methods,
    Ports,
    Credentials,
    Oids,
    Macs,
    FromInventory,
    Origins,
    Templates,
    Publishers,
    Names,
    MinVersion,
    Into,
    MaxBytes,
    MaxResults,
    BytesPerSecond,
}

use ArgKey as A;

impl ArgKey {
    pub const ALL: &[ArgKey] = &[
        A::Categories,
        A::Paths,
        A::Keys,
        A::Classes,
        A::Properties,
        A::Cidr,
        A::Hosts,
        A::Methods,
        A::Ports,
        A::Credentials,
        A::Oids,
        A::Macs,
        A::FromInventory,
        A::Origins,
        A::Templates,
        A::Publishers,
        A::Names,
        A::MinVersion,
        A::Into,
        A::MaxBytes,
        A::MaxResults,
        A::BytesPerSecond,
    ];

    pub fn name(self) -> &'static str {
        match self {
            A::Categories => "categories",
            A::Paths => "paths",
            A::Keys => "keys",
            A::Classes => "classes",
            A::Properties => "properties",
            A::Cidr => "cidr",
            A::Hosts => "hosts",
            A::Methods => "methods",
            A::Ports => "ports",
            A::Credentials => "credentials",
            A::Oids => "oids",
            A::Macs => "macs",
            A::FromInventory => "from_inventory",
            A::Origins => "origins",
            A::Templates => "templates",
            A::Publishers => "publishers",
            A::Names => "names",
            A::MinVersion => "min_version",
            A::Into => "into",
            A::MaxBytes => "max_bytes",
            A::MaxResults => "max_results",
            A::BytesPerSecond => "bytes_per_second",
        }
    }

    /// The arguments that a grant of the verb can be limited by.
    pub fn of(verb: Verb) -> &'static [ArgKey] {
        match verb {
            Verb::InventoryRead => &[A::Categories],
            Verb::FilesStat | Verb::FilesFind | Verb::FilesRead | Verb::FilesHash => {
                &[A::Paths, A::MaxResults, A::MaxBytes]
            }
            Verb::RegistryRead => &[A::Keys],
            Verb::WmiRead => &[A::Classes, A::Properties],
            Verb::NetProbe => &[A::Cidr, A::Methods],
            Verb::SnmpRead => &[A::Cidr, A::Credentials, A::Oids, A::Ports],
            Verb::EsxRead | Verb::RemoteRead => &[A::Hosts, A::Credentials],
            Verb::WolSend => &[A::Macs, A::FromInventory],
            Verb::HttpFetch => &[A::Origins, A::Methods, A::MaxBytes],
            Verb::PkgFetch => &[A::Origins, A::Publishers, A::MaxBytes, A::BytesPerSecond],
            Verb::FilesWrite | Verb::FilesDelete | Verb::FilesMkdir => &[A::Paths, A::MaxBytes],
            Verb::PkgInstall => &[A::Publishers, A::Names, A::MinVersion, A::Into],
            Verb::ExecTemplate => &[A::Templates],
            Verb::UiAsk | Verb::ReportSend => &[],
            Verb::P2pFetch => &[A::Cidr, A::BytesPerSecond],
            Verb::P2pServe => &[A::Cidr],
        }
    }

    /// What a forbid of the verb can be limited by: the same, but for numbers, and for what is known of a call although
    /// no grant speaks of it.
    pub fn of_forbid(verb: Verb) -> Vec<ArgKey> {
        let numbers = [A::MaxBytes, A::MaxResults, A::BytesPerSecond, A::MinVersion, A::FromInventory];
        let own = ArgKey::of(verb).iter().filter(|key| !numbers.contains(key)).copied();
        let more: &[ArgKey] = match verb {
            Verb::HttpFetch | Verb::PkgFetch => &[A::Cidr, A::Hosts],
            Verb::EsxRead | Verb::RemoteRead => &[A::Cidr],
            Verb::ExecTemplate | Verb::PkgInstall => &[A::Paths],
            _ => &[],
        };
        own.chain(more.iter().copied()).collect()
    }

    /// The arguments without which a grant of the verb would be for everything there is.
    pub fn needed(verb: Verb) -> &'static [ArgKey] {
        match verb {
            Verb::FilesStat | Verb::FilesFind | Verb::FilesRead | Verb::FilesHash => &[A::Paths],
            Verb::FilesWrite | Verb::FilesDelete | Verb::FilesMkdir => &[A::Paths],
            Verb::RegistryRead => &[A::Keys],
            Verb::WmiRead => &[A::Classes],
            Verb::NetProbe | Verb::SnmpRead | Verb::P2pFetch | Verb::P2pServe => &[A::Cidr],
            Verb::EsxRead | Verb::RemoteRead => &[A::Hosts],
            Verb::HttpFetch | Verb::PkgFetch => &[A::Origins],
            Verb::PkgInstall => &[A::Publishers],
            Verb::ExecTemplate => &[A::Templates],
            Verb::InventoryRead | Verb::WolSend | Verb::UiAsk | Verb::ReportSend => &[],
        }
    }
}

/// What an argument is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `["*"]`
    Any,
    /// Exactly one of these.
    Words(Vec<String>),
    /// One of these in upper or lower case.
    AnyCase(Vec<String>),
    /// Registry keys: at or below one of these, in upper or lower case.
    Below(Vec<String>),
    Globs(Vec<Glob>),
    Paths(Vec<PathPattern>),
    Nets(Vec<IpNet>),
    Hosts(Vec<HostPattern>),
    Origins(Vec<OriginPattern>),
    Ports(Vec<u16>),
    /// At or below one of these.
    Oids(Vec<String>),
    /// At least this version of a name.
    Versions(BTreeMap<String, String>),
    /// At or below this folder.
    Folder(String),
    Number(u64),
    Flag(bool),
}

/// An argument of a rule, and where it stands.
#[derive(Debug, Clone)]
pub struct Arg {
    pub key: ArgKey,
    pub test: Test,
    pub at: Location,
    /// The value in its file, and as it was written there.
    pub(super) span: Range<usize>,
    pub(super) written: String,
}
