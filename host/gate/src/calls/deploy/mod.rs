//! Bringing software onto a machine. What is in the job's own folder (`work:`) belongs to the run; parts of packages are asked
//! for as `pkg.fetch`, packages as `pkg.install`, and what happens elsewhere on the machine as the files that it touches.
//!
//! A tree is one call with everything that it consists of: what was decided on, name by name, is what is done, and what
//! has come to be there meanwhile is left alone.

mod command;
mod file;
mod files;
mod packages;
mod parts;
mod peers;
mod place;
mod trees;

pub use command::{DeployRecognise, DeployRun, Recognised};
pub use file::{FileId, JobFile, Sha512Sum};
pub use files::{DeployHash, DeployList, DeployMkdir, DeploySpace, DeployStat};
pub(crate) use packages::of_file;
pub use packages::{DeployInstall, DeployPackage, DeployUnpack, SignedPackage, Unpacked};
pub use parts::{DeployAssemble, DeployFetch, DeployHas, DeployResolve, PartReply};
pub use peers::{DeployFromPeers, DeployPeers, MOST_PEERS, PEER_PATH, PEER_PORT, peer_path};
pub(crate) use place::At;
pub use place::Place;
pub(crate) use trees::in_words;
pub use trees::{DeployCopy, DeployRemove, DeployTree, MOST_ENTRIES, Tree, TreeEntry, Wanted};
