//! A digest that is reckoned beside what else is done with the bytes: on a machine with two processors a package comes in as
//! fast as the slower of the two.

use sha2::{Digest, Sha512};
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// Bytes that are handed over at once.
const CHUNK: usize = 128 << 10;
/// Chunks that may wait.
const WAITING: usize = 2;

/// SHA-512 (FIPS 180-4), in a thread of its own, which ends with this.
pub(super) struct Hashing {
    chunk: Vec<u8>,
    sender: SyncSender<Vec<u8>>,
    thread: JoinHandle<Vec<u8>>,
}

impl Hashing {
    pub(super) fn begin() -> io::Result<Self> {
        let (sender, chunks) = sync_channel::<Vec<u8>>(WAITING);
        let thread = Builder::new().name("digest".to_owned()).spawn(move || {
            let mut hasher = Sha512::new();
            for chunk in chunks {
                hasher.update(chunk);
            }
            hasher.finalize().to_vec()
        })?;
        Ok(Self { chunk: Vec::with_capacity(CHUNK), sender, thread })
    }

    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len().min(CHUNK)));
            self.chunk.extend_from_slice(now);
            bytes = later;
            if self.chunk.len() >= CHUNK {
                let full = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
                // Whether the thread is still there shows at the end.
                let _ = self.sender.send(full);
            }
        }
    }

    /// The digest of all of it.
    pub(super) fn end(self) -> io::Result<Vec<u8>> {
        let Self { chunk, sender, thread } = self;
        let _ = sender.send(chunk);
        drop(sender);
        thread.join().map_err(|_panic| io::Error::other("a digest came to no end"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_same_however_the_bytes_come() {
        let bytes: Vec<u8> = (0..251).cycle().take(3 * CHUNK + 17).collect();
        let wanted = Sha512::digest(&bytes).to_vec();
        for pieces in [1, 4096, CHUNK - 1, CHUNK, CHUNK + 1, bytes.len()] {
            let mut hashing = Hashing::begin().unwrap();
            bytes.chunks(pieces).for_each(|piece| hashing.update(piece));
            assert_eq!(hashing.end().unwrap(), wanted, "{pieces}");
        }
        assert_eq!(Hashing::begin().unwrap().end().unwrap(), Sha512::digest(b"").to_vec());
    }

    #[test]
    fn a_thread_ends_with_whoever_began_it() {
        let mut hashing = Hashing::begin().unwrap();
        hashing.update(&[0; 5 * CHUNK]);
        let Hashing { sender, thread, .. } = hashing;
        drop(sender);
        assert_eq!(thread.join().unwrap(), Sha512::digest([0; 5 * CHUNK]).to_vec());
    }
}
