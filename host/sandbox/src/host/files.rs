//! `airlock:files/files`.

use crate::bindings::files::{Host, Kind, Metadata};
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::{self, FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite};

impl Host for State {
    async fn stat(&mut self, path: String) -> Result<Option<Metadata>, CallError> {
        Ok(self.gate.call(FileStat { path }).await?.map(stat_to_wit))
    }

    async fn list(&mut self, path: String) -> Result<Vec<String>, CallError> {
        self.gate.call(FileList { path }).await
    }

    async fn read(&mut self, path: String, offset: u64, length: u32) -> Result<Vec<u8>, CallError> {
        Ok(self.gate.call(FileRead { path, offset, length }).await?.0)
    }

    async fn hash(&mut self, path: String, algorithm: String) -> Result<String, CallError> {
        self.gate.call(FileHash { path, algorithm }).await
    }

    async fn write(&mut self, path: String, offset: u64, data: Vec<u8>) -> Result<(), CallError> {
        self.gate.call(FileWrite { path, offset, data }).await
    }

    async fn make_dir(&mut self, path: String) -> Result<(), CallError> {
        self.gate.call(FileMkdir { path }).await
    }

    async fn remove(&mut self, path: String) -> Result<(), CallError> {
        self.gate.call(FileRemove { path }).await
    }
}

fn stat_to_wit(stat: calls::Stat) -> Metadata {
    let kind = match stat.kind {
        calls::Kind::File => Kind::File,
        calls::Kind::Dir => Kind::Dir,
        calls::Kind::Other => Kind::Other,
    };
    Metadata { kind, size: stat.size, modified: stat.modified }
}
