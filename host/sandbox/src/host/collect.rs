//! `airlock:collect/collect`.

use crate::bindings::collect::{FileQuery, Found, Host};
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::{self, Digests, RegistryRead, WmiRead};

impl Host for State {
    async fn find_files(&mut self, query: FileQuery) -> Result<Vec<Found>, CallError> {
        let (digests, limit) = (Digests { sha256: query.sha256.clone(), sha512: query.sha512.clone() }, query.limit);
        let found = self.gate.find_files(query_from_wit(query), digests, limit).await?;
        Ok(found.into_iter().map(|found| Found { path: found.path, size: found.size }).collect())
    }

    async fn registry(&mut self, key: String) -> Result<Vec<(String, String)>, CallError> {
        self.gate.call(RegistryRead { key }).await
    }

    async fn wmi(&mut self, class: String, properties: Vec<String>) -> Result<Vec<Vec<(String, String)>>, CallError> {
        self.gate.call(WmiRead { class, properties }).await
    }
}

fn query_from_wit(query: FileQuery) -> calls::FileQuery {
    calls::FileQuery {
        root: query.root,
        recursive: query.recursive,
        is_file: query.is_file,
        is_dir: query.is_dir,
        name: query.name,
        iname: query.iname,
        regex: query.regex,
        size_equals: query.size_equals,
        size_greater: query.size_greater,
        size_lower: query.size_lower,
    }
}
