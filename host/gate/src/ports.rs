//! What allowed calls need of the machine, as traits. airlock-native implements them; a mock or another machine may.

use crate::calls::{
    Asked, Bytes, DeployFetch, DeployFromPeers, DeployInstall, FileHash, FileList, FileMkdir, FileRead, FileRemove,
    FileStat, FileWrite, FindFiles, FoundFiles, HttpReply, HttpSend, JobFile, Lacking, Level, Moment, Neighbour,
    Outcome, PartReply, Place, Pressed, ProbeReach, Reading, RegistryRead, Sha512Sum, Shown, SignedPackage, SnmpGet,
    SnmpOpen, SnmpWalk, Stat, StatusLine, Target, TreeEntry, Unpacked, Walked, WmiRead,
};
use crate::sysobject::Entry;
use crate::{CallError, Command, Scope};
use airlock_model::{Row, Section};
use std::future::Future;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

/// A future that borrows what it was asked of.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send + 'a>>;

/// What a machine is.
pub trait Facts: Send + Sync {
    /// The sections that can be read here.
    fn sections(&self) -> Vec<&'static str>;

    /// These will be read: begin, if that helps. Unknown names are nobody's business yet.
    fn expect(&self, sections: &[String]);

    /// Reads a section, by the deadline of its collector at the latest.
    fn read<'a>(&'a self, section: &'a str) -> Answer<'a, Arc<Reading>>;
}

/// The time, and chance.
pub trait Clock: Send + Sync {
    fn now(&self) -> Moment;

    fn random(&self, length: u32) -> Result<Vec<u8>, CallError>;
}

/// Files. Every path was granted below `scope.root`: the folder is opened as the owner wrote it, below it no link of any
/// kind is followed ([`CallError::Refused`] with `LINK`), and a file of the agent's own is refused by what it is,
/// whatever it is called (`AGENT_PATH`).
pub trait Files: Send + Sync {
    fn stat<'a>(&'a self, call: FileStat, scope: &'a Scope) -> Answer<'a, Option<Stat>>;
    fn list<'a>(&'a self, call: FileList, scope: &'a Scope) -> Answer<'a, Vec<String>>;
    fn read<'a>(&'a self, call: FileRead, scope: &'a Scope) -> Answer<'a, Bytes>;
    fn hash<'a>(&'a self, call: FileHash, scope: &'a Scope) -> Answer<'a, String>;
    fn write<'a>(&'a self, call: FileWrite, scope: &'a Scope) -> Answer<'a, ()>;
    fn mkdir<'a>(&'a self, call: FileMkdir, scope: &'a Scope) -> Answer<'a, ()>;
    fn remove<'a>(&'a self, call: FileRemove, scope: &'a Scope) -> Answer<'a, ()>;
}

/// What a server asks about this machine: files below a folder, the registry, WMI.
pub trait Collect: Send + Sync {
    /// What `scope.below` shows, below `scope.root`, on that folder's file system, without following a link: in the order
    /// of the names, a folder before what is in it, at most [`FindFiles::most`] of them. [`CallError::Exhausted`] where it
    /// takes too many entries or too long.
    fn find_files<'a>(&'a self, call: FindFiles, scope: &'a Scope) -> Answer<'a, FoundFiles>;
    /// [`CallError::Unsupported`] where there is no registry.
    fn registry(&self, call: RegistryRead) -> Answer<'_, Vec<(String, String)>>;
    /// [`CallError::Unsupported`] where there is no WMI.
    fn wmi(&self, call: WmiRead) -> Answer<'_, Vec<Vec<(String, String)>>>;
}

/// Whoever sits at this machine.
pub trait Prompt: Send + Sync {
    /// Shows a question, and waits for as long as it says.
    fn ask<'a>(&'a self, question: &'a Shown) -> Answer<'a, Pressed>;
}

/// Magic packets.
pub trait Wake: Send + Sync {
    /// Sends one in every way that there is here; what was sent where, in words.
    fn wake(&self, mac: [u8; 6]) -> Answer<'_, String>;
}

/// HTTP, one request at a time, no redirect followed, no proxy, no cookie kept.
pub trait Http: Send + Sync {
    /// All addresses of a host; an address stands for itself.
    fn resolve<'a>(&'a self, target: &'a Target) -> Answer<'a, Vec<IpAddr>>;

    /// Connects to one of `call.addresses` and nowhere else; the host's name goes into SNI and `Host`. Reads at most
    /// `scope.max_bytes`.
    fn send<'a>(&'a self, call: HttpSend, scope: &'a Scope) -> Answer<'a, HttpReply>;
}

/// Commands, each exactly as the policy spells it out.
pub trait Process: Send + Sync {
    fn run<'a>(&'a self, command: &'a Command) -> Answer<'a, Outcome>;
}

/// SNMP, with credentials by name.
pub trait Snmp: Send + Sync {
    fn open<'a>(&'a self, call: &'a SnmpOpen) -> Answer<'a, ()>;
    /// The values in the order of the names.
    fn get<'a>(&'a self, call: &'a SnmpGet) -> Answer<'a, Walked>;
    /// A table for each root, in their order. A table that ended early keeps what was read and says why.
    fn walk<'a>(&'a self, call: &'a SnmpWalk) -> Answer<'a, Vec<Walked>>;
}

/// Software for this machine. Places on the machine are held to as files are ([`Files`]); a job's own folder is nobody
/// else's, is made for the run and goes with it, and its name is made here.
pub trait Deploy: Send + Sync {
    /// Whether it only plans what would change.
    fn is_rehearsal(&self) -> bool {
        false
    }

    /// Whether a rehearsal takes a file of the job's folder to be there, which is not downloaded yet.
    fn awaits(&self, _file: &str) -> bool {
        false
    }

    /// Whether a part is in the store, whole.
    fn has_part<'a>(&'a self, part: &'a Sha512Sum) -> Answer<'a, bool>;

    /// Asks one of `call.addresses` and nowhere else for a part. What comes goes straight into the store, at most
    /// `scope.max_bytes` of it, and stays there only if it has its digest ([`CallError::Failed`]).
    fn fetch_part<'a>(&'a self, call: DeployFetch, scope: &'a Scope) -> Answer<'a, PartReply>;

    /// Neighbours that could be asked for parts, the likeliest first. Where none is known, nobody is asked.
    fn peers(&self) -> Answer<'_, Vec<IpAddr>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Asks `call.addresses` and nowhere else, as [`Self::fetch_part`] does. One that gives anything but the part, or says
    /// anything but that it has none, is not asked again in this run.
    fn ask_peers<'a>(&'a self, _call: DeployFromPeers, _scope: &'a Scope) -> Answer<'a, PartReply> {
        Box::pin(async { Err(CallError::Unsupported) })
    }

    /// Puts a file together in the job's folder: at most `scope.max_bytes`, and nothing is there unless its digest is right.
    /// [`CallError::NotFound`] where a part is missing.
    fn assemble<'a>(&'a self, file: &'a JobFile, scope: &'a Scope) -> Answer<'a, u64>;

    /// Both are in the job's folder. At most `scope.max_bytes` come out.
    fn unpack<'a>(&'a self, archive: &'a Place, into: &'a Place, scope: &'a Scope) -> Answer<'a, Unpacked>;

    /// What a package of the job's folder is, by its signature.
    fn package<'a>(&'a self, file: &'a str) -> Answer<'a, SignedPackage>;

    /// Puts a package in its folder.
    fn install<'a>(&'a self, call: &'a DeployInstall, scope: &'a Scope) -> Answer<'a, String>;

    /// None: nothing is there.
    fn stat<'a>(&'a self, at: &'a Place) -> Answer<'a, Option<Stat>>;
    fn list<'a>(&'a self, at: &'a Place, most: u64) -> Answer<'a, Vec<String>>;
    fn hash<'a>(&'a self, at: &'a Place, most: Option<u64>) -> Answer<'a, String>;
    /// In MB of 1000 kB.
    fn free_space<'a>(&'a self, at: &'a Place) -> Answer<'a, u64>;
    /// What is there, folders before what is in them. Links and special files: [`CallError::Refused`] with `LINK`.
    fn tree<'a>(&'a self, at: &'a Place) -> Answer<'a, Vec<TreeEntry>>;
    /// Copies these entries and nothing else. How many files.
    fn copy<'a>(&'a self, from: &'a Place, entries: &'a [TreeEntry], to: &'a Place) -> Answer<'a, u32>;
    /// With at most so many of the folders above it.
    fn make_dir<'a>(&'a self, at: &'a Place, above: usize) -> Answer<'a, ()>;
    /// Removes these entries and nothing else: what has come to be there meanwhile stays, with its folder.
    fn remove<'a>(&'a self, at: &'a Place, entries: &'a [TreeEntry]) -> Answer<'a, ()>;

    /// Where the job's folder is, for a command that is run for the job.
    fn work_folder(&self) -> Answer<'_, String>;

    /// Runs a component of the job's folder.
    fn run_component<'a>(&'a self, name: &'a str, arguments: &'a [String]) -> Answer<'a, String>;
}

/// A component that came with a job, run under the grants of whoever signed it.
pub trait Nested: Send + Sync {
    /// What it logged, and how it ended, in words.
    fn run<'a>(&'a self, component: &'a Path, arguments: &'a [String]) -> Answer<'a, String>;
}

/// Who is at an address.
pub trait Probe: Send + Sync {
    /// Asks in one way. Silence is nothing known, and no error.
    fn reach<'a>(&'a self, call: &'a ProbeReach) -> Answer<'a, Neighbour>;

    /// Something at this address has answered to another question: whoever is asking there need not wait long.
    fn answered(&self, _address: IpAddr) {}

    /// Ways of asking that this machine does not have.
    fn lacking(&self) -> Answer<'_, Vec<Lacking>>;
}

/// The owner's database of sysObjectIDs.
pub trait Sysobjects: Send + Sync {
    /// [`CallError::Unsupported`] where there is no database.
    fn find<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Entry>>;
}

/// A machine that has none of it: no files, no network, no commands.
#[derive(Debug, Default, Clone, Copy)]
pub struct Absent;

macro_rules! absent {
    ($($port:ident { $($method:ident($($argument:ident: $kind:ty),*) -> $reply:ty;)* })*) => {
        $(impl $port for Absent {
            $(fn $method<'a>(&'a self, $($argument: $kind),*) -> Answer<'a, $reply> {
                let _ = ($($argument,)*);
                Box::pin(async { Err(CallError::Unsupported) })
            })*
        })*
    };
}

absent! {
    Deploy {
        has_part(part: &'a Sha512Sum) -> bool;
        fetch_part(call: DeployFetch, scope: &'a Scope) -> PartReply;
        assemble(file: &'a JobFile, scope: &'a Scope) -> u64;
        unpack(archive: &'a Place, into: &'a Place, scope: &'a Scope) -> Unpacked;
        package(file: &'a str) -> SignedPackage;
        install(call: &'a DeployInstall, scope: &'a Scope) -> String;
        stat(at: &'a Place) -> Option<Stat>;
        list(at: &'a Place, most: u64) -> Vec<String>;
        hash(at: &'a Place, most: Option<u64>) -> String;
        free_space(at: &'a Place) -> u64;
        tree(at: &'a Place) -> Vec<TreeEntry>;
        copy(from: &'a Place, entries: &'a [TreeEntry], to: &'a Place) -> u32;
        make_dir(at: &'a Place, above: usize) -> ();
        remove(at: &'a Place, entries: &'a [TreeEntry]) -> ();
        work_folder() -> String;
        run_component(name: &'a str, arguments: &'a [String]) -> String;
    }
    Nested {
        run(component: &'a Path, arguments: &'a [String]) -> String;
    }
    Files {
        stat(call: FileStat, scope: &'a Scope) -> Option<Stat>;
        list(call: FileList, scope: &'a Scope) -> Vec<String>;
        read(call: FileRead, scope: &'a Scope) -> Bytes;
        hash(call: FileHash, scope: &'a Scope) -> String;
        write(call: FileWrite, scope: &'a Scope) -> ();
        mkdir(call: FileMkdir, scope: &'a Scope) -> ();
        remove(call: FileRemove, scope: &'a Scope) -> ();
    }
    Collect {
        find_files(call: FindFiles, scope: &'a Scope) -> FoundFiles;
        registry(call: RegistryRead) -> Vec<(String, String)>;
        wmi(call: WmiRead) -> Vec<Vec<(String, String)>>;
    }
    Prompt {
        ask(question: &'a Shown) -> Pressed;
    }
    Wake {
        wake(mac: [u8; 6]) -> String;
    }
    Http {
        resolve(target: &'a Target) -> Vec<IpAddr>;
        send(call: HttpSend, scope: &'a Scope) -> HttpReply;
    }
    Process {
        run(command: &'a Command) -> Outcome;
    }
    Probe {
        reach(call: &'a ProbeReach) -> Neighbour;
        lacking() -> Vec<Lacking>;
    }
    Sysobjects {
        find(id: &'a str) -> Option<Entry>;
    }
    Snmp {
        open(call: &'a SnmpOpen) -> ();
        get(call: &'a SnmpGet) -> Walked;
        walk(call: &'a SnmpWalk) -> Vec<Walked>;
    }
}

impl Facts for Absent {
    fn sections(&self) -> Vec<&'static str> {
        Vec::new()
    }

    fn expect(&self, _sections: &[String]) {}

    fn read<'a>(&'a self, _section: &'a str) -> Answer<'a, Arc<Reading>> {
        Box::pin(async { Err(CallError::NotFound) })
    }
}

/// Its clock was never set.
impl Clock for Absent {
    fn now(&self) -> Moment {
        Moment { seconds: 0, local: "1970-01-01 00:00:00".to_owned() }
    }

    fn random(&self, _length: u32) -> Result<Vec<u8>, CallError> {
        Err(CallError::Unsupported)
    }
}

/// What a run leaves behind: its rows, its log, and what the person watching sees.
pub trait Reporter: Send + Sync {
    fn emit(&self, section: &'static Section, rows: Vec<Row>);

    fn log(&self, level: Level, message: &str);

    /// Fails with [`CallError::Cancelled`] when the run should end.
    fn progress(&self, done: u32, total: u32) -> Result<(), CallError>;

    /// A line for the job's server. Where nobody listens this is said, not swallowed; so with the next two.
    fn tell(&self, _line: StatusLine) -> Result<(), CallError> {
        Err(CallError::Unsupported)
    }

    /// A result of a collection, for the job's server.
    fn answer(&self, _fields: Vec<(String, String)>) -> Result<(), CallError> {
        Err(CallError::Unsupported)
    }

    /// What a person answered, for the job's server.
    fn asked(&self, _asked: Asked) -> Result<(), CallError> {
        Err(CallError::Unsupported)
    }
}

/// Everything that a call may need.
#[derive(Clone)]
pub struct Native {
    pub facts: Arc<dyn Facts>,
    pub clock: Arc<dyn Clock>,
    pub report: Arc<dyn Reporter>,
    pub deploy: Arc<dyn Deploy>,
    pub files: Arc<dyn Files>,
    pub http: Arc<dyn Http>,
    pub process: Arc<dyn Process>,
    pub snmp: Arc<dyn Snmp>,
    pub probe: Arc<dyn Probe>,
    pub sysobjects: Arc<dyn Sysobjects>,
    pub collect: Arc<dyn Collect>,
    pub wake: Arc<dyn Wake>,
    pub prompt: Arc<dyn Prompt>,
}

impl Native {
    /// No machine at all: a run has its log and its report.
    pub fn none(report: Arc<dyn Reporter>) -> Self {
        let absent = Arc::new(Absent);
        Self {
            facts: absent.clone(),
            clock: absent.clone(),
            report,
            deploy: absent.clone(),
            files: absent.clone(),
            http: absent.clone(),
            process: absent.clone(),
            snmp: absent.clone(),
            probe: absent.clone(),
            sysobjects: absent.clone(),
            collect: absent.clone(),
            wake: absent.clone(),
            prompt: absent,
        }
    }
}
