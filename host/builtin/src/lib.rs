//! The first-party tasks, as the components that every task is: they get no right that a stranger's could not be given.

use flate2::read::ZlibDecoder;
use std::borrow::Cow;
use std::io::{self, Read};

/// A task that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name by which servers and people ask for it.
    pub name: &'static str,
    /// Its kind: the name of its world in `wit/`.
    pub world: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Bytes of the component.
    pub size: usize,
    kept: Kept,
}

/// How a component is kept. The one that a person waits for most often is kept as it is; the others take a third of the
/// room when they are deflated (RFC 1950), and are inflated in about a millisecond when they are run.
#[derive(Debug, Clone, Copy)]
enum Kept {
    Plain(&'static [u8]),
    Deflated(&'static [u8]),
}

impl Builtin {
    /// The component itself.
    pub fn component(&self) -> io::Result<Cow<'static, [u8]>> {
        let packed = match self.kept {
            Kept::Plain(bytes) => return Ok(Cow::Borrowed(bytes)),
            Kept::Deflated(packed) => packed,
        };
        let mut bytes = Vec::with_capacity(self.size);
        ZlibDecoder::new(packed).read_to_end(&mut bytes)?;
        Ok(Cow::Owned(bytes))
    }
}

include!(concat!(env!("OUT_DIR"), "/tasks.rs"));

/// The task of that name.
pub fn task(name: &str) -> Option<&'static Builtin> {
    TASKS.iter().find(|task| task.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_component_is_whole() {
        for task in TASKS {
            let bytes = task.component().unwrap();
            assert_eq!(bytes.len(), task.size, "{}", task.name);
            assert_eq!(bytes.get(..4), Some(&b"\0asm"[..]), "{}", task.name);
        }
    }
}
