//! Packing a body for sending.

use super::Coding;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write;

/// The body as it is sent. The same text gives the same bytes: a gzip body carries no time.
pub fn pack(text: &[u8], coding: Coding) -> Vec<u8> {
    // Writing to memory does not fail.
    let written = match coding {
        Coding::Plain => return text.to_vec(),
        Coding::Zlib => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text).and_then(|()| encoder.finish())
        }
        Coding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text).and_then(|()| encoder.finish())
        }
    };
    written.unwrap_or_default()
}
