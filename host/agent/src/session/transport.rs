//! How a server is reached: what the policy says of it goes before what the settings say, and narrows it.

use crate::config::{Login, ServerSettings, Settings, TransportSettings};
use crate::round::origin;
use airlock_gate::policy::Server;
use airlock_native::read_plain;
use airlock_net::server::{Auth, ClientCertificate, Pin, Proxy, ProxySettings, Secret, ServerClient, Transport, Trust};
use anyhow::{Context, bail};
use std::path::Path;
use std::time::Duration;

/// A file with a secret in it is small.
const LARGEST: u64 = 256 << 10;

/// The client of a server. `secret` has the secrets that the policy names (`[credential.NAME]`) for an origin: user and
/// secret.
pub(crate) fn client(
    server: &ServerSettings,
    settings: &Settings,
    rule: Option<&Server>,
    secret: impl Fn(&str, &str) -> anyhow::Result<(Option<String>, String)>,
) -> anyhow::Result<ServerClient> {
    let secret = |name: &str| secret(name, &origin(&server.url));
    let own = server.transport.as_ref().unwrap_or(&settings.transport);
    let mut transport = Transport::new(&server.url);
    transport.user_agent = own.user_agent.clone().unwrap_or_else(|| crate::document::CLIENT.to_owned());
    transport.deadlines.whole = own.timeout.0.max(Duration::from_secs(1));
    transport.allow_cleartext = own.allow_cleartext_login;
    transport.proxy = proxy(own)?;
    let tls = rule.map(|rule| &rule.tls);
    transport.trust = match (tls.and_then(|tls| tls.ca.as_deref()), &own.ca) {
        (Some("system"), _) | (None, None) => Trust::System,
        (Some(file), _) => Trust::File(file.into()),
        (None, Some(path)) if airlock_native::is_folder(path) => Trust::Folder(path.clone()),
        (None, Some(path)) => Trust::File(path.clone()),
    };
    if own.no_check && rule.is_none_or(|rule| rule.tls == airlock_gate::policy::Tls::default()) {
        tracing::warn!("{}: nothing is asked of its certificate (no_check): anybody on the way can be it", server.name);
        transport.trust = Trust::Unchecked;
    }
    // What the policy says of its certificate goes before this.
    if own.pins_alone && !own.no_check && rule.is_none_or(|rule| rule.tls == airlock_gate::policy::Tls::default()) {
        transport.trust = Trust::PinsAlone;
    }
    let pins = match tls.filter(|tls| !tls.pin_spki.is_empty()) {
        Some(tls) => &tls.pin_spki,
        None => &own.pins,
    };
    transport.pins = pins.iter().map(|pin| Pin::parse(pin)).collect::<Result<_, _>>()?;
    if let Some(path) = &own.client_certificate {
        transport.certificate =
            Some(ClientCertificate { source: path.display().to_string(), pem: Secret::new(text(path)?) });
    }
    match rule.and_then(|rule| rule.auth.as_ref()) {
        Some(auth) => {
            let named = || auth.credential.as_deref().context("its auth names no credential");
            match auth.kind {
                "basic" => {
                    let (user, password) = secret(named()?)?;
                    let user =
                        user.with_context(|| format!("[credential.{}] has no user", named().unwrap_or_default()))?;
                    transport.auth = Auth::Basic { user, password: Secret::new(password) };
                }
                "oauth" => {
                    let (user, secret) = secret(named()?)?;
                    let client_id = user.with_context(|| {
                        format!("[credential.{}] has no user: the client's id", named().unwrap_or_default())
                    })?;
                    transport.auth = Auth::OAuth { client_id, client_secret: Secret::new(secret), token_url: None };
                }
                "mtls" => {
                    let name = named()?;
                    let (_, pem) = secret(name)?;
                    transport.certificate =
                        Some(ClientCertificate { source: format!("[credential.{name}]"), pem: Secret::new(pem) });
                }
                _ => {}
            }
        }
        None => {
            if let Some(login) = &own.oauth {
                let client_secret = Secret::new(password(login)?);
                transport.auth = Auth::OAuth { client_id: login.user.clone(), client_secret, token_url: None };
            } else if let Some(login) = &own.login {
                transport.auth = Auth::Basic { user: login.user.clone(), password: Secret::new(password(login)?) };
            }
        }
    }
    Ok(ServerClient::new(transport)?)
}

fn proxy(own: &TransportSettings) -> anyhow::Result<Proxy> {
    Ok(match own.proxy.as_deref() {
        None | Some("none" | "") => Proxy::None,
        Some("environment") => Proxy::Environment,
        Some(url) => Proxy::Through(ProxySettings { no_proxy: own.no_proxy.clone(), ..ProxySettings::parse(url)? }),
    })
}

pub(crate) fn password(login: &Login) -> anyhow::Result<String> {
    match (&login.password, &login.password_file) {
        (Some(password), _) => Ok(password.clone()),
        (None, Some(path)) => Ok(text(path)?.lines().next().unwrap_or_default().to_owned()),
        (None, None) => bail!("the login of {} has no password_file", login.user),
    }
}

fn text(path: &Path) -> anyhow::Result<String> {
    let bytes = read_plain(path, LARGEST).with_context(|| path.display().to_string())?;
    String::from_utf8(bytes).map_err(|_not_text| anyhow::anyhow!("{}: no UTF-8 text", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_alone_are_believed_only_where_the_owner_says_so_and_named_one() {
        let made = |pins_alone: bool, pins: &[&str]| {
            let pins = pins.iter().map(|pin| (*pin).to_owned()).collect();
            let transport = TransportSettings { pins, pins_alone, ca: Some("/nowhere".into()), ..Default::default() };
            let server = ServerSettings {
                url: "https://glpi.test/".to_owned(),
                transport: Some(transport),
                ..ServerSettings::default()
            };
            client(&server, &Settings::default(), None, |_, _| bail!("no secret")).map(drop).map_err(|e| e.to_string())
        };
        let pin = format!("sha256${}", "ab".repeat(32));
        assert_eq!(made(true, &[&pin]), Ok(()), "no authority is asked for");
        assert!(made(true, &[]).unwrap_err().contains("pins alone"));
        assert!(made(false, &[&pin]).unwrap_err().contains("/nowhere"), "the authorities are asked for too");
        assert!(made(true, &["sha256/short"]).unwrap_err().contains("is no pin"));
    }
}
