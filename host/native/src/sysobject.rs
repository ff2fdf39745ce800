//! The owner's database of sysObjectIDs: a file, read once when it is first asked for.

use crate::documents::read_plain;
use crate::off_thread::off_thread;
use airlock_gate::CallError;
use airlock_gate::ports::{Answer, Sysobjects as Port};
use airlock_gate::sysobject::{Entry, LARGEST_DATABASE, Sysobjects};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Where it is looked for, the owner's own first; other agents bring one too.
const PLACES: &[&str] = &["/etc/airlock", "/usr/share/airlock", "/usr/share/glpi-agent", "/usr/share/fusioninventory"];
const NAME: &str = "sysobject.ids";

/// The first of the places that has one.
pub struct MachineSysobjects {
    places: Vec<PathBuf>,
    read: Arc<OnceLock<Result<Option<Sysobjects>, String>>>,
}

impl Default for MachineSysobjects {
    fn default() -> Self {
        Self::of(PLACES.iter().map(|folder| PathBuf::from(folder).join(NAME)).collect())
    }
}

impl MachineSysobjects {
    /// With files of the caller's choice.
    pub fn of(places: Vec<PathBuf>) -> Self {
        Self { places, read: Arc::default() }
    }
}

fn read(places: &[PathBuf]) -> Result<Option<Sysobjects>, String> {
    for place in places {
        let bytes = match read_plain(place, LARGEST_DATABASE as u64) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            read => read.map_err(|error| format!("{}: {error}", place.display()))?,
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let index = Sysobjects::parse(text).map_err(|why| format!("{}: {why}", place.display()))?;
        tracing::debug!("{}: {} sysObjectIDs, {} lines left out", place.display(), index.len(), index.skipped);
        return Ok(Some(index));
    }
    Ok(None)
}

impl Port for MachineSysobjects {
    fn find<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Entry>> {
        Box::pin(async move {
            if self.read.get().is_none() {
                let (places, kept) = (self.places.clone(), Arc::clone(&self.read));
                off_thread(move |_| {
                    kept.get_or_init(|| read(&places));
                    Ok(())
                })
                .await?;
            }
            match self.read.get() {
                Some(Ok(Some(index))) => Ok(index.find(id)),
                Some(Err(why)) => Err(CallError::Failed(why.clone())),
                Some(Ok(None)) | None => Err(CallError::Unsupported),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[tokio::test]
    async fn the_first_file_that_is_there_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let find = async |names: &[&str]| {
            let port = MachineSysobjects::of(names.iter().map(|name| at(name)).collect());
            let found = port.find("1.3.6.1.4.1.99999.3").await;
            assert_eq!(port.find("1.3.6.1.4.1.99999.3").await, found);
            found
        };
        assert_eq!(find(&["own", "other"]).await, Err(CallError::Unsupported));
        fs::write(at("other"), b"99999\tOther \xff\n").unwrap();
        assert_eq!(find(&["own", "other"]).await.unwrap().unwrap().vendor.as_deref(), Some("Other \u{fffd}"));
        fs::write(at("own"), "99999.3\tOwn\n").unwrap();
        assert_eq!(find(&["own", "other"]).await.unwrap().unwrap().vendor.as_deref(), Some("Own"));
        fs::create_dir(at("folder")).unwrap();
        assert!(matches!(find(&["folder", "own"]).await, Err(CallError::Failed(_))));
    }
}
