//! A recording as text.

use super::Cassette;
use serde::Serialize;

#[derive(Serialize)]
struct End<'a> {
    end: &'a str,
}

impl Cassette {
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let mut text = String::new();
        let mut line = |json: String| {
            text.push_str(&json);
            text.push('\n');
        };
        line(serde_json::to_string(&self.header)?);
        for exchange in &self.exchanges {
            line(serde_json::to_string(exchange)?);
        }
        for denied in &self.denied {
            line(serde_json::to_string(denied)?);
        }
        line(serde_json::to_string(&End { end: &self.end })?);
        Ok(text)
    }
}
