//! How a well-behaved server answers, in the compression of the request: every agent is asked for an inventory, is told to
//! come back in 24 hours, and has no other jobs.

use super::play::Reply;
use super::request::Request;
use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write;

/// The value of `Authorization` that the token of this server makes.
pub const TOKEN: &str = "Bearer good-token";

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// JSON.
    Contact,
    /// XML.
    Prolog,
    Inventory,
    /// A message about a job for the network.
    Network,
    /// `getConfig` and `getJobs` of the REST-like family.
    Config,
    Other,
}

pub fn asked(request: &Request) -> Asked {
    if request.query.contains("action=getConfig") || request.query.contains("action=getJobs") {
        return Asked::Config;
    }
    if request.body.is_empty() {
        return Asked::Other;
    }
    let text = request.text();
    if let Ok(document) = serde_json::from_str::<serde_json::Value>(&text) {
        return match document["action"].as_str() {
            Some("contact") => Asked::Contact,
            Some("inventory") | None if document["content"].is_object() => Asked::Inventory,
            _ => Asked::Other,
        };
    }
    if text.contains("<QUERY>PROLOG</QUERY>") {
        return Asked::Prolog;
    }
    if text.contains("<QUERY>NETDISCOVERY</QUERY>") || text.contains("<QUERY>SNMPQUERY</QUERY>") {
        return Asked::Network;
    }
    if text.contains("<QUERY>INVENTORY</QUERY>") { Asked::Inventory } else { Asked::Other }
}

pub(super) fn answer(request: &Request) -> Reply {
    let is_json = request.text().trim_start().starts_with('{');
    let reply = match asked(request) {
        Asked::Contact => Reply::json(
            r#"{"status":"ok","expiration":"24","tasks":{"inventory":{"server":"glpi","version":"10.0.12"}}}"#,
        ),
        Asked::Prolog => Reply::xml(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>SEND</RESPONSE></REPLY>\n",
        ),
        Asked::Inventory if is_json => Reply::json(r#"{"status":"ok","expiration":"24"}"#),
        Asked::Inventory | Asked::Network => {
            Reply::xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY></REPLY>\n")
        }
        Asked::Config => return Reply::json("{}"),
        Asked::Other => {
            return Reply::json(r#"{"status":"error","message":"Unknown query","expiration":24}"#).with_status(400);
        }
    };
    let reply = compressed(request, reply);
    match request.header("glpi-agent-id") {
        Some(id) => reply.header("GLPI-Agent-ID", id),
        None => reply,
    }
}

fn compressed(request: &Request, reply: Reply) -> Reply {
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    match kind.as_str() {
        "application/x-compress-zlib" | "application/x-zlib" | "application/x-compress" => {
            Reply::of("application/x-compress-zlib", zlib(&reply.body))
        }
        "application/x-compress-gzip" | "application/x-gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&reply.body).unwrap();
            Reply::of("application/x-compress-gzip", encoder.finish().unwrap())
        }
        _ => reply,
    }
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Zlib that inflates to so many zeros.
pub(super) fn bomb(mut size: u64) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = [0; 64 << 10];
    while size > 0 {
        let part = usize::try_from(size.min(zeros.len() as u64)).unwrap();
        encoder.write_all(&zeros[..part]).unwrap();
        size -= part as u64;
    }
    encoder.finish().unwrap()
}

pub(super) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

/// The token for a client, if it is this one.
pub(super) fn token(request: &Request, id: &str, secret: &str) -> Reply {
    let body = request.json().unwrap_or_default();
    let wanted = serde_json::json!({
        "grant_type": "client_credentials", "client_id": id, "client_secret": secret, "scope": "inventory",
    });
    match body == wanted {
        true => Reply::json(r#"{"token_type":"Bearer","access_token":"good-token","expires_in":3600}"#),
        false => Reply::json(r#"{"error":"invalid_client"}"#).with_status(401),
    }
}
