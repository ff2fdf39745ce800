//! The calls, a file for each capability.

mod bytes;
mod collect;
mod deploy;
mod facts;
mod files;
mod http;
mod probe;
mod process;
mod prompt;
pub mod registry;
mod run;
mod snmp;
mod status;
mod sysobject;
mod wake;

pub use collect::{Digests, FileQuery, Filter, FindFiles, Found, FoundFiles, HashBelow, RegistryRead, WmiRead};
pub(crate) use deploy::{At, in_words, of_file};
pub use deploy::{
    DeployAssemble, DeployCopy, DeployFetch, DeployFromPeers, DeployHas, DeployHash, DeployInstall, DeployList,
    DeployMkdir, DeployPackage, DeployPeers, DeployRecognise, DeployRemove, DeployResolve, DeployRun, DeploySpace,
    DeployStat, DeployTree, DeployUnpack, FileId, JobFile, MOST_ENTRIES, MOST_PEERS, PEER_PATH, PEER_PORT, PartReply,
    Place, Recognised, Sha512Sum, SignedPackage, Tree, TreeEntry, Unpacked, Wanted, peer_path,
};
pub use facts::{FactsExpect, FactsRead, FactsSections, FieldInfo, Reading, SectionInfo};
pub(crate) use files::plain;
pub use files::{
    Bytes, FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite, Kind, LARGEST_PART, Stat,
};
pub use http::{HttpReply, HttpResolve, HttpSend, Method, Target};
pub use probe::{Lacking, Neighbour, ProbeLacking, ProbeMethod, ProbeReach};
pub use process::{Outcome, ProcessRun};
pub use prompt::{Pressed, PromptAsk, Shown};
pub use run::{Emit, Level, Log, Moment, Now, Progress, Random};
pub(crate) use snmp::FIRST_QUESTION;
pub use snmp::{MOST_NAMES, MOST_ROWS, Peer, SnmpGet, SnmpOpen, SnmpWalk, Syntax, Transport, VarBind, Walked};
pub use status::{Answer, Asked, LONGEST_MESSAGE, MOST_TOLD, STATUSES, StatusLine, Step, Tell, Telling, Told};
pub use sysobject::SysobjectFind;
pub use wake::WakeSend;
