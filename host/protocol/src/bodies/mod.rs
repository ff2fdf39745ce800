//! The bytes of requests and answers: zlib, gzip, or plain.
//!
//! The whole body is the compressed document, named by the `Content-Type` (there is no `Content-Encoding`). Servers label
//! plain documents as compressed and put words before compressed ones, so an answer's own bytes are looked at as well.
//! How much comes of an answer is bounded in bytes and in proportion to what was sent.

mod coding;
mod open;
mod pack;

pub use coding::{Coding, Format};
pub use open::{BodyError, Limits, Opened, open};
pub use pack::pack;
