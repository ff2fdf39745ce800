//! Which component is meant: a task that comes with the program or one that is installed, by its name, or a file.

use crate::admission::Admitted;
use crate::exit::Usage;
use crate::installed::{is_installed, runnable};
use airlock_builtin::{TASKS, task};
use airlock_gate::Asker;
use airlock_gate::policy::OWN_TASKS;
use airlock_native::{Folders, read_document};
use airlock_sandbox::{Digest, World, inspect};
use anyhow::Context;
use std::borrow::Cow;
use std::path::Path;

/// No component that would be accepted is larger.
const LARGEST: u64 = 64 << 20;

/// A component that can be run.
pub(crate) struct Component {
    /// The name that a policy knows it by: its own for a task of the program, the signed one for an installed task, the
    /// file's without its ending for a file that the owner named. Never what the component says of itself.
    pub(crate) name: String,
    pub(crate) world: World,
    pub(crate) bytes: Cow<'static, [u8]>,
    pub(crate) builtin: bool,
    /// Whose signature it came in under.
    pub(crate) publisher: Option<String>,
    /// The keys of that signature.
    pub(crate) publisher_keys: Vec<String>,
}

impl Component {
    pub(crate) fn builtin(task: &airlock_builtin::Builtin) -> anyhow::Result<Self> {
        let world = World::by_name(task.world).with_context(|| format!("no kind of task is called {}", task.world))?;
        Ok(Self {
            name: task.name.to_owned(),
            world,
            bytes: task.component().with_context(|| format!("the task {}", task.name))?,
            builtin: true,
            publisher: None,
            publisher_keys: vec![],
        })
    }

    /// What a person means by a word: `inventory`, the name of an installed task, `./my-task.wasm`.
    pub(crate) fn find(word: &str, folders: Option<&Folders>) -> anyhow::Result<Self> {
        if let Some(builtin) = task(word) {
            return Self::builtin(builtin);
        }
        let path = Path::new(word);
        if !word.contains('/')
            && let Some(folders) = folders
            && is_installed(folders, word)?
        {
            let runnable = runnable(folders, word)?;
            let (name, world) = (word.to_owned(), runnable.world);
            return Ok(Self {
                name,
                world,
                bytes: Cow::Owned(runnable.component),
                builtin: false,
                publisher: Some(runnable.publisher),
                publisher_keys: runnable.keys,
            });
        }
        if !word.contains('/') && path.extension().is_none() {
            let known: Vec<&str> = TASKS.iter().map(|t| t.name).collect();
            return Err(Usage(format!(
                "{word}: no task has that name (there are: {}), and a file would have a path or an ending",
                known.join(", ")
            ))
            .into());
        }
        let bytes = read_document(path, LARGEST).with_context(|| word.to_owned())?;
        let inspection = inspect(&bytes).with_context(|| word.to_owned())?;
        let world = inspection.world.ok_or_else(|| {
            Usage(format!("{word}: it imports what no task is given; airlock task inspect {word} says what"))
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut name = name.split('.').next().unwrap_or_default().to_owned();
        // Whatever a file is called, it is not what was granted to the one that has the name by right.
        if OWN_TASKS.contains(&name.as_str()) || folders.is_some_and(|f| is_installed(f, &name).unwrap_or(true)) {
            name = format!("file:{name}");
        }
        Ok(Self { name, world, bytes: Cow::Owned(bytes), builtin: false, publisher: None, publisher_keys: vec![] })
    }

    /// One that was verified, under the name that it was signed for.
    pub(crate) fn signed(admitted: Admitted) -> Self {
        Self {
            name: admitted.verified.manifest.name.to_string(),
            world: admitted.world,
            bytes: Cow::Owned(admitted.package.component),
            builtin: false,
            publisher: Some(admitted.verified.publisher.to_string()),
            publisher_keys: admitted.verified.keys.iter().map(ToString::to_string).collect(),
        }
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// Who asks when it is run for a server; for the owner, without one.
    pub(crate) fn asker(&self, server: Option<&str>) -> Asker {
        Asker {
            server: server.map(str::to_owned),
            task: self.name.clone(),
            digest: Some(self.digest().to_string()),
            publisher: self.publisher.clone(),
            publisher_keys: self.publisher_keys.clone(),
        }
    }
}
