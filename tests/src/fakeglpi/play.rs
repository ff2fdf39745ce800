//! The ways in which a request is answered.

use std::time::Duration;

/// How a request is answered.
#[derive(Debug, Clone)]
pub enum Play {
    /// As a well-behaved server does ([`super::usual`]).
    Usual,
    Reply(Reply),
    /// The usual answer, so much later.
    Late(Duration),
    /// Never.
    Hang,
    /// The connection is closed without a word.
    Close,
    /// A byte of the body each time, `count` of them; `None`: for ever.
    Drip {
        every: Duration,
        count: Option<usize>,
    },
    /// The status line, then a byte of a header each time, for ever.
    DripHeaders {
        every: Duration,
    },
    /// So many headers.
    Headers(usize),
    /// One header of so many bytes.
    LongHeader(usize),
    /// A body of zeros that inflates to so many bytes, as `application/x-compress-zlib`.
    Bomb(u64),
    /// Chunks without an end, as fast as they are taken.
    Endless,
    /// A length that is announced, and this body, which is another.
    Truncated {
        announced: u64,
        body: Vec<u8>,
    },
    Redirect {
        status: u16,
        location: String,
    },
    /// 401 with this challenge.
    Unauthorized(String),
    /// 429 with this `Retry-After`.
    TooMany(String),
    /// What was answered last, again.
    Replay,
    /// These bytes and no others; then the connection is closed.
    Raw(Vec<u8>),
}

/// A whole answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// Without a body.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn of(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into() }.header("Content-Type", content_type)
    }

    pub fn json(text: &str) -> Self {
        Self::of("application/json", text)
    }

    pub fn xml(text: &str) -> Self {
        Self::of("application/xml", text)
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Its bytes on the wire.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\n", self.status, self.body.len());
        // As Apache says it to who asks.
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("connection")) {
            head += "Connection: Keep-Alive\r\n";
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        [head.as_bytes(), &self.body].concat()
    }
}
