//! A request, as it came.

use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::{self, BufRead, Read};

#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Without the question mark.
    pub query: String,
    /// The first line, whole.
    pub line: String,
    /// In their order, names as they were written.
    pub headers: Vec<(String, String)>,
    /// As it came, chunks put together.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text, decompressed where it is zlib or gzip.
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        match self.body.as_slice() {
            [0x78, ..] => ZlibDecoder::new(self.body.as_slice()).read_to_end(&mut text).map(drop),
            [0x1f, 0x8b, ..] => GzDecoder::new(self.body.as_slice()).read_to_end(&mut text).map(drop),
            plain => {
                text.extend_from_slice(plain);
                Ok(())
            }
        }
        .unwrap_or_else(|error| panic!("the body of {}: {error}", self.line));
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The body as JSON, if it is that.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.text()).ok()
    }

    /// Whether it is an inventory, in JSON or XML.
    pub fn is_inventory(&self) -> bool {
        self.method == "POST" && super::usual::asked(self) == super::usual::Asked::Inventory
    }

    /// Reads the next request of a connection; none when there is no more.
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end().to_owned();
        let mut words = line.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            line: line.clone(),
            ..Self::default()
        };
        loop {
            let mut header = String::new();
            from.read_line(&mut header)?;
            let Some((name, value)) = header.trim_end().split_once(':') else { break };
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
        if request.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            request.body = chunks(from)?;
        } else if let Some(length) = request.header("content-length").and_then(|length| length.parse().ok()) {
            let mut body = vec![0; length];
            from.read_exact(&mut body)?;
            request.body = body;
        }
        Ok(Some(request))
    }
}

fn chunks(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; size + 2];
        from.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..size]);
    }
}
