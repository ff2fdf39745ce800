//! OAuth 2 client credentials (RFC 6749 section 4.4) as GLPI 11 has them: a JSON request to `api.php/token`, a `Bearer`
//! token for a while. Where the token is asked for follows from the configuration alone, never from an answer.

use super::Proven;
use crate::server::secret::Secret;
use reqwest::Url;
use serde::Deserialize;
use std::time::{Duration, Instant};

/// Bytes of a token's answer.
pub(crate) const LARGEST: usize = 64 << 10;
/// How long a token is used at the most, and when nothing is said of it.
const LONGEST: Duration = Duration::from_secs(86_400);
const UNSAID: Duration = Duration::from_secs(60);

/// Where tokens are given, for a configured URL: `https://h/glpi/plugins/glpiinventory/` has
/// `https://h/glpi/api.php/token`.
pub(crate) fn token_url(base: &Url) -> Url {
    let parts: Vec<&str> = base.path().split('/').collect();
    // The last of these folders is where the application ends and its parts begin.
    let end = parts.iter().rposition(|part| ["marketplace", "plugins", "front"].contains(part)).unwrap_or(parts.len());
    let root = parts.get(..end).unwrap_or_default().join("/");
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&format!("{}/api.php/token", root.trim_end_matches('/')));
    url
}

pub(crate) fn request(client_id: &str, client_secret: &Secret) -> Vec<u8> {
    let body = serde_json::json!({
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret.expose(),
        "scope": "inventory",
    });
    body.to_string().into_bytes()
}

#[derive(Deserialize)]
struct Token {
    token_type: String,
    access_token: String,
    expires_in: Option<u64>,
}

/// The token of an answer.
pub(crate) fn proven(status: u16, body: &[u8]) -> Result<Proven, String> {
    if status != 200 {
        return Err(format!("it answers {status}"));
    }
    let token: Token = serde_json::from_slice(body).map_err(|error| format!("its answer is no token ({error})"))?;
    if token.token_type != "Bearer" {
        let kind = airlock_model::short_line(&token.token_type, 40);
        return Err(format!("it gives a token of type {kind:?}, where \"Bearer\" is expected"));
    }
    // RFC 6750 section 2.1: what a token may be made of.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.access_token.is_empty() || !token.access_token.bytes().all(is_token) {
        return Err("its token holds what no token may".to_owned());
    }
    let lasts = token.expires_in.map_or(UNSAID, Duration::from_secs).min(LONGEST);
    Ok(Proven { value: Secret::new(format!("Bearer {}", token.access_token)), until: Some(Instant::now() + lasts) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_tokens_follows_from_the_configured_url() {
        for (base, token) in [
            ("https://h/glpi/plugins/glpiinventory/", "https://h/glpi/api.php/token"),
            ("https://h/glpi/marketplace/glpiinventory/", "https://h/glpi/api.php/token"),
            ("https://h/", "https://h/api.php/token"),
            ("https://h/glpi/", "https://h/glpi/api.php/token"),
            ("https://h:8443/glpi/front/inventory.php?x=1#y", "https://h:8443/glpi/api.php/token"),
            ("https://h/plugins/x/plugins/y/", "https://h/plugins/x/api.php/token"),
        ] {
            assert_eq!(token_url(&Url::parse(base).unwrap()).as_str(), token);
        }
    }

    #[test]
    fn only_a_bearer_token_is_taken() {
        let good = br#"{"token_type":"Bearer","access_token":"aa.bb-cc","expires_in":3600}"#;
        let token = proven(200, good).unwrap();
        assert_eq!(token.value.expose(), "Bearer aa.bb-cc");
        assert!(token.is_valid() && !format!("{token:?}").contains("aa.bb"));
        for (status, body) in [
            (401, &good[..]),
            (200, b"<html>"),
            (200, br#"{"token_type":"bearer","access_token":"a"}"#),
            (200, br#"{"token_type":"Bearer","access_token":""}"#),
            (200, br#"{"token_type":"Bearer","access_token":"a\r\nX: y"}"#),
        ] {
            assert!(proven(status, body).is_err());
        }
    }
}
