//! `airlock:deploy/deploy`.

use crate::bindings::deploy::{Command, File, Host, Kind, Metadata};
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::{self, DeployHas, DeployHash, DeployList, DeployRun, DeploySpace, DeployStat, JobFile};

impl Host for State {
    async fn has_part(&mut self, part: String) -> Result<bool, CallError> {
        self.gate.call(DeployHas { part }).await
    }

    async fn fetch_part(&mut self, mirror: String, part: String, of: File) -> Result<u64, CallError> {
        self.gate.deploy_fetch(&mirror, &part, &file(of)).await
    }

    async fn assemble(&mut self, of: File) -> Result<u64, CallError> {
        self.gate.deploy_assemble(file(of)).await
    }

    async fn unpack(&mut self, archive: String, into: String) -> Result<u32, CallError> {
        self.gate.deploy_unpack(archive, into).await.map(|unpacked| unpacked.files)
    }

    async fn install(&mut self, name: String, into: Option<String>) -> Result<String, CallError> {
        self.gate.deploy_install(&name, into).await
    }

    async fn stat(&mut self, at: String) -> Result<Option<Metadata>, CallError> {
        Ok(self.gate.call(DeployStat { at }).await?.map(stat_to_wit))
    }

    async fn list(&mut self, at: String) -> Result<Vec<String>, CallError> {
        self.gate.call(DeployList { at }).await
    }

    async fn hash(&mut self, at: String) -> Result<String, CallError> {
        self.gate.call(DeployHash { at }).await
    }

    async fn free_space(&mut self, at: String) -> Result<u64, CallError> {
        self.gate.call(DeploySpace { at }).await
    }

    async fn copy(&mut self, from: String, to: String) -> Result<u32, CallError> {
        self.gate.deploy_copy(&from, &to).await
    }

    async fn move_(&mut self, from: String, to: String) -> Result<u32, CallError> {
        self.gate.deploy_move(&from, &to).await
    }

    async fn make_dir(&mut self, at: String) -> Result<(), CallError> {
        self.gate.deploy_make_dir(&at).await
    }

    async fn remove(&mut self, at: String) -> Result<(), CallError> {
        self.gate.deploy_remove(&at).await
    }

    async fn recognise(&mut self, line: String) -> Result<Command, CallError> {
        let found = self.gate.deploy_recognise(&line).await?;
        Ok(Command { template: found.template, arguments: found.args.into_iter().collect() })
    }

    async fn run_component(&mut self, name: String, arguments: Vec<String>) -> Result<String, CallError> {
        self.gate.call(DeployRun { name, arguments }).await
    }
}

fn file(file: File) -> JobFile {
    let File { name, sha512, parts, retention_minutes, shared } = file;
    JobFile { name, sha512, parts, retention_minutes, shared }
}

fn stat_to_wit(stat: calls::Stat) -> Metadata {
    let kind = match stat.kind {
        calls::Kind::File => Kind::File,
        calls::Kind::Dir => Kind::Dir,
        calls::Kind::Other => Kind::Other,
    };
    Metadata { kind, size: stat.size, modified: stat.modified }
}
