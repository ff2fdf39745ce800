//! Credentials for devices, from where they are said: on the command line, in a file of the owner's, in the policy, in a
//! server's job. Whatever they come from, they become secrets by name, which no task sees.
//!
//! Refused: versions and protocols that there are not, passphrases that are too short to be one (RFC 3414, 11.2), keys
//! without a meaning.

use airlock_gate::policy::Credential;
use airlock_gate::redact::keep_secret;
use airlock_native::read_secret;
use airlock_native::snmp::{AuthProtocol, PrivProtocol, Security, SnmpSecret};
use airlock_protocol::jobs::{Secret, SecretText};
use std::collections::BTreeMap;

/// The shortest passphrase of SNMPv3.
const SHORTEST: usize = 8;
/// What everybody knows is no secret, and a word of many texts.
const KNOWN_TO_ALL: &[&str] = &["public", "private"];
/// As they stand behind a name; in words for people.
const KEYS: &[&str] =
    &["version", "community", "username", "authprotocol", "authpassword", "privprotocol", "privpassword", "type"];

/// Secrets by the names of their credentials.
pub(crate) type Secrets = BTreeMap<String, SnmpSecret>;

/// Whether a word is a credential itself (`version:2c,community:public`), not the name of one.
pub(crate) fn is_written_out(word: &str) -> bool {
    word.contains(':')
}

/// `version:2c,community:public`; `version:3,username:agent,authprotocol:sha256,authpassword:…,privprotocol:aes,…`
pub(crate) fn written_out(word: &str) -> Result<SnmpSecret, String> {
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    for part in word.split(',') {
        let Some((key, value)) = part.split_once(':') else {
            return Err("expected key:value,key:value, such as version:2c,community:public".to_owned());
        };
        let key = key.trim().to_ascii_lowercase();
        let key = match key.as_str() {
            "authpassphrase" => "authpassword".to_owned(),
            "privpassphrase" => "privpassword".to_owned(),
            _ => key,
        };
        if !KEYS.contains(&key.as_str()) {
            let hint = airlock_gate::near::hint(&key, KEYS.iter().copied());
            return Err(format!("no part of a credential is called {key:.40?}{hint} ({})", KEYS.join(", ")));
        }
        said.insert(key, value.to_owned());
    }
    if let Some(kind) = said.get("type").filter(|kind| !kind.is_empty() && !kind.eq_ignore_ascii_case("snmp")) {
        return Err(format!("type:{kind:.40}: credentials are for SNMP here"));
    }
    let text = |key: &str| said.get(key).cloned().filter(|text| !text.is_empty());
    Words {
        version: text("version").unwrap_or_default(),
        community: text("community"),
        user: text("username"),
        auth: text("authprotocol"),
        auth_password: text("authpassword"),
        privacy: text("privprotocol"),
        privacy_password: text("privpassword"),
    }
    .secret()
}

/// A community, in one version.
pub(crate) fn community(text: &str, is_v2c: bool) -> SnmpSecret {
    hide(&[text]);
    if is_v2c { SnmpSecret::v2c(text) } else { SnmpSecret::v1(text) }
}

/// A secret of a job.
pub(crate) fn of_job(secret: &Secret) -> Result<SnmpSecret, String> {
    let Secret::Snmp { version, community, user, auth_protocol, auth_passphrase, priv_protocol, priv_passphrase } =
        secret
    else {
        return Err("it is not for SNMP".to_owned());
    };
    let reveal = |text: &Option<SecretText>| text.as_ref().map(|text| text.reveal().to_owned());
    Words {
        version: version.clone(),
        community: reveal(community),
        user: user.clone(),
        auth: auth_protocol.clone(),
        auth_password: reveal(auth_passphrase),
        privacy: priv_protocol.clone(),
        privacy_password: reveal(priv_passphrase),
    }
    .secret()
}

/// What was said of a credential, before it is known to make sense. Never shown.
#[derive(Default)]
struct Words {
    version: String,
    community: Option<String>,
    user: Option<String>,
    auth: Option<String>,
    auth_password: Option<String>,
    privacy: Option<String>,
    privacy_password: Option<String>,
}

impl Words {
    fn secret(self) -> Result<SnmpSecret, String> {
        let texts = [&self.community, &self.auth_password, &self.privacy_password];
        hide(&texts.map(|text| text.as_deref().unwrap_or_default()));
        match self.version.trim() {
            "" | "1" | "v1" => Ok(SnmpSecret::v1(&self.community.ok_or("version 1 without a community")?)),
            "2" | "2c" | "v2c" => Ok(SnmpSecret::v2c(&self.community.ok_or("version 2c without a community")?)),
            "3" | "v3" => {
                let user = self.user.clone().ok_or("version 3 without a username")?;
                Ok(SnmpSecret::V3 { user, security: self.security()? })
            }
            other => Err(format!("version {other:.20?}: expected 1, 2c or 3")),
        }
    }

    fn security(self) -> Result<Security, String> {
        for (text, what) in [(&self.auth_password, "authpassword"), (&self.privacy_password, "privpassword")] {
            if text.as_ref().is_some_and(|text| text.len() < SHORTEST) {
                return Err(format!("{what} has less than {SHORTEST} characters, too few for SNMPv3 (RFC 3414, 11.2)"));
            }
        }
        let (auth, privacy) = (auth_protocol(self.auth.as_deref())?, priv_protocol(self.privacy.as_deref())?);
        match (self.auth_password, self.privacy_password) {
            (None, None) => Ok(Security::NoAuthNoPriv),
            (None, Some(_)) => {
                Err("a privpassword without an authpassword: SNMPv3 has no privacy without authentication".to_owned())
            }
            (Some(password), None) => Ok(Security::AuthNoPriv { auth, password: password.into() }),
            (Some(password), Some(other)) => Ok(Security::AuthPriv {
                auth,
                password: password.into(),
                privacy,
                privacy_password: other.into(),
                extension: None,
            }),
        }
    }
}

/// Servers send the names that they show to people.
fn plain(word: Option<&str>) -> String {
    word.unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn auth_protocol(word: Option<&str>) -> Result<AuthProtocol, String> {
    Ok(match plain(word).as_str() {
        "" | "md5" => AuthProtocol::Md5,
        "sha" | "sha1" | "sha96" => AuthProtocol::Sha1,
        "sha224" => AuthProtocol::Sha224,
        "sha256" => AuthProtocol::Sha256,
        "sha384" => AuthProtocol::Sha384,
        "sha512" => AuthProtocol::Sha512,
        _ => {
            return Err(format!(
                "authprotocol {:.40?}: expected md5, sha, sha224, sha256, sha384 or sha512",
                word.unwrap_or_default()
            ));
        }
    })
}

fn priv_protocol(word: Option<&str>) -> Result<PrivProtocol, String> {
    Ok(match plain(word).as_str() {
        "" | "des" => PrivProtocol::Des,
        "3des" | "3desede" | "tripledes" => PrivProtocol::TripleDes,
        "aes" | "aes128" | "cfb128aes128" => PrivProtocol::Aes128,
        "aes192" | "cfb192aes192" => PrivProtocol::Aes192,
        "aes256" | "cfb256aes256" => PrivProtocol::Aes256,
        _ => {
            return Err(format!(
                "privprotocol {:.40?}: expected des, 3des, aes, aes192 or aes256",
                word.unwrap_or_default()
            ));
        }
    })
}

/// A credential of the policy, its secret read from where the policy says. For SNMPv3 the secret is one passphrase for
/// both, or written out: `authpassword:…,privpassword:…`.
pub(crate) fn of_policy(name: &str, credential: &Credential) -> Result<SnmpSecret, String> {
    let at = |why: String| format!("[credential.{name}], {}: {why}", credential.at);
    let secret = read_secret(&credential.source).map_err(|error| at(error.to_string()))?;
    let text = secret.expose();
    let community =
        |version: &str| Words { version: version.to_owned(), community: Some(text.to_owned()), ..Words::default() };
    let words = match credential.kind.unwrap_or_default() {
        "snmpv1" => community("1"),
        "snmpv2c" => community("2c"),
        "snmpv3" => {
            let parts: BTreeMap<&str, &str> = text.split(',').filter_map(|part| part.split_once(':')).collect();
            let of = |key: &str| match parts.contains_key("authpassword") {
                true => parts.get(key).copied(),
                false => Some(text),
            };
            let usual = if credential.privacy.is_some() { "authPriv" } else { "authNoPriv" };
            let level = credential.level.unwrap_or(usual);
            Words {
                version: "3".to_owned(),
                user: credential.user.clone(),
                auth: credential.auth.map(str::to_owned),
                auth_password: of("authpassword").filter(|_| level != "noAuthNoPriv").map(str::to_owned),
                privacy: credential.privacy.map(str::to_owned),
                privacy_password: of("privpassword").filter(|_| level == "authPriv").map(str::to_owned),
                ..Words::default()
            }
        }
        kind => return Err(at(format!("it is not for SNMP (kind = {kind:?})"))),
    };
    words.secret().map_err(at)
}

/// From now on it is in no text of this process.
fn hide(texts: &[&str]) {
    let secrets: Vec<String> = texts
        .iter()
        .filter(|text| !text.is_empty() && !KNOWN_TO_ALL.contains(text))
        .map(|text| (*text).to_owned())
        .collect();
    keep_secret(&secrets);
}

/// A word of a command line without what is secret in it; none when nothing is.
pub(crate) fn hidden(word: &str) -> Option<String> {
    const SECRET: &[&str] =
        &["community:", "authpassword:", "authpassphrase:", "privpassword:", "privpassphrase:", "password:"];
    let mut found = false;
    let parts: Vec<String> = word
        .split(',')
        .map(|part| {
            let lower = part.to_ascii_lowercase();
            match SECRET.iter().find_map(|key| lower.find(key).map(|at| at + key.len())) {
                Some(end) => {
                    found = true;
                    format!("{}***", part.get(..end).unwrap_or_default())
                }
                None => part.to_owned(),
            }
        })
        .collect();
    found.then(|| parts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_written_out_in_words() {
        assert_eq!(written_out("version:2c,community:public"), Ok(SnmpSecret::v2c("public")));
        assert_eq!(written_out("community:a:b"), Ok(SnmpSecret::v1("a:b")));
        let Ok(SnmpSecret::V3 { user, security }) = written_out(
            "VERSION:3,username:agent,authprotocol:SHA-256,authpassword:longenough,privprotocol:AES-256,privpassword:longer-yet",
        ) else {
            panic!("it is a credential")
        };
        assert_eq!(user, "agent");
        let Security::AuthPriv { auth, privacy, .. } = security else { panic!("it has both") };
        assert_eq!((auth, privacy), (AuthProtocol::Sha256, PrivProtocol::Aes256));
        let levels = |word: &str| match written_out(word) {
            Ok(SnmpSecret::V3 { security, .. }) => format!("{security:?}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(levels("version:3,username:a"), "noAuthNoPriv");
        assert_eq!(levels("version:3,username:a,authpassword:longenough"), "authNoPriv");
    }

    #[test]
    fn what_is_no_credential_is_said_in_words_that_hold_no_secret() {
        for (word, why) in [
            ("version:2c", "without a community"),
            ("version:3", "without a username"),
            ("version:4,community:x", "expected 1, 2c or 3"),
            ("version:2c,comunity:x", "community"),
            ("version:3,username:a,authpassword:s3cret", "8 characters"),
            ("version:3,username:a,privpassword:longenough", "without authentication"),
            ("version:3,username:a,authpassword:longenough,authprotocol:rot13", "md5, sha"),
            ("type:esx,username:root,authpassword:longenough", "for SNMP"),
            ("s3cret", "key:value"),
        ] {
            let error = written_out(word).unwrap_err();
            assert!(error.contains(why) && !error.contains("s3cret"), "{word}: {error}");
        }
    }

    #[test]
    fn a_command_line_shows_no_secret() {
        assert_eq!(
            hidden("--credentials=version:2c,community:s3cret").as_deref(),
            Some("--credentials=version:2c,community:***")
        );
        assert_eq!(
            hidden("version:3,username:a,AuthPassword:x:y,privpassword:z").as_deref(),
            Some("version:3,username:a,AuthPassword:***,privpassword:***")
        );
        assert_eq!(hidden("--range=10.0.0.0/24"), None);
    }
}
