//! `airlock doctor tls`: a server's chain of certificates, which of them is to blame, and what to write into the policy.

use crate::exit::{Failed, Usage};
use crate::table::table;
use crate::terminal::{self, one_line};
use airlock_net::server::{
    Certificate, Look, Pin, Proxy, ProxySettings, TlsFault, Transport, TransportError, Trust, look,
};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Connects as a session with that server would, up to the end of the TLS handshake, and sends nothing. Whatever a
certificate says is what somebody claims; only a chain that ends at a trusted authority proves it.

Exit codes: 0 the server is believed, 1 it is not, 2 the command line makes no sense.

Examples:
  airlock doctor tls https://glpi.example
  airlock doctor tls glpi.example:8443 --ca /etc/airlock/ca.pem
  airlock doctor tls glpi.example --pin sha256/3q2+7wAA…= --json")]
pub(crate) struct Options {
    /// https://host[:port][/path], or host[:port]
    #[arg(value_name = "URL")]
    url: String,

    /// Believe the certificates of this file or folder, and no others
    #[arg(long, value_name = "FILE|DIR")]
    ca: Option<PathBuf>,

    /// What the server's key (sha256/BASE64) or certificate (sha256$HEX) has to be; several: one of them
    #[arg(long, value_name = "PIN")]
    pin: Vec<String>,

    /// Go through this proxy
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let transport = transport(options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let look = runtime.block_on(look(&transport))?;
    let lines = policy_lines(&look, options);
    if options.json {
        terminal::print(&terminal::json(&document(&look, &lines)))?;
    } else {
        terminal::print(&text(&look, &lines))?;
    }
    if look.error.is_none() { Ok(()) } else { Err(Failed.into()) }
}

fn transport(options: &Options) -> anyhow::Result<Transport> {
    let url = if options.url.contains("://") { options.url.clone() } else { format!("https://{}", options.url) };
    let usage = |error: &dyn std::fmt::Display| Usage(error.to_string());
    let mut transport = Transport::new(url);
    if let Some(path) = &options.ca {
        transport.trust = match airlock_native::is_folder(path) {
            true => Trust::Folder(path.clone()),
            false => Trust::File(path.clone()),
        };
    }
    for pin in &options.pin {
        transport.pins.push(Pin::parse(pin).map_err(|error| usage(&error))?);
    }
    if let Some(proxy) = &options.proxy {
        transport.proxy = Proxy::Through(ProxySettings::parse(proxy).map_err(|error| usage(&error))?);
    }
    Ok(transport)
}

/// What to write into the policy: what is missing, or what makes it narrower where nothing is.
fn policy_lines(look: &Look, options: &Options) -> Vec<String> {
    // What a certificate says is quoted: it may say anything.
    let origin = |host: &str| match look.port {
        443 => format!("origin = {}", json!(format!("https://{host}"))),
        port => format!("origin = {}", json!(format!("https://{host}:{port}"))),
    };
    let ca = options.ca.as_ref().map_or("system".to_owned(), |path| path.display().to_string());
    let pinned = |pin: &str| format!("tls = {{ ca = {}, pin_spki = [\"{pin}\"] }}", json!(ca));
    let leaf = look.chain.first();
    let tls = match &look.error {
        None => leaf.map(|leaf| pinned(&leaf.pin)),
        Some(TransportError::Tls(TlsFault::UnknownIssuer { issuer, .. })) => {
            Some(format!("tls = {{ ca = \"/etc/airlock/ca.pem\" }}   # the certificate of {issuer}"))
        }
        Some(TransportError::Tls(TlsFault::SelfSigned { host })) => {
            Some(format!("tls = {{ ca = \"/etc/airlock/ca.pem\" }}   # the certificate of {host} itself"))
        }
        Some(TransportError::Tls(TlsFault::PinMismatch { .. })) => {
            leaf.map(|leaf| format!("{}   # only if its key was changed on purpose", pinned(&leaf.pin)))
        }
        Some(TransportError::Tls(TlsFault::WrongName { names, .. })) => {
            let host = names.iter().find(|name| !name.contains(['*', ' ']));
            return host.map(|host| vec![origin(host)]).unwrap_or_default();
        }
        Some(_) => None,
    };
    tls.map(|tls| vec![origin(&look.host), tls]).unwrap_or_default()
}

fn text(look: &Look, lines: &[String]) -> String {
    let mut text = format!("{}, port {}", look.host, look.port);
    let addresses: Vec<String> = look.addresses.iter().map(|address| address.ip().to_string()).collect();
    match &look.proxy {
        Some(proxy) => text += &format!(", through the proxy {proxy} ({})\n", addresses.join(", ")),
        None => text += &format!(" ({})\n", addresses.join(", ")),
    }
    if let (Some(version), Some(cipher)) = (&look.version, &look.cipher) {
        let _ = writeln!(text, "{version}, {cipher}");
    }
    if !look.chain.is_empty() {
        text.push('\n');
        text += &table(&["", "certificate", "for", "signed by", "from", "until"], &rows(look));
        text.push('\n');
        for (place, certificate) in look.chain.iter().enumerate() {
            let _ = writeln!(text, "{place}  certificate  sha256${}", certificate.sha256);
            let _ = writeln!(text, "   key          {}", certificate.pin);
        }
    }
    text.push('\n');
    match &look.error {
        None => text.push_str("believed: the chain ends at a trusted authority\n"),
        Some(error) => {
            let place = look.link.map(|link| format!(" at certificate {link}")).unwrap_or_default();
            let _ = writeln!(text, "NOT believed{place} ({}): {}", error.code(), one_line(&error.to_string()));
        }
    }
    if !lines.is_empty() {
        let heading = match look.error {
            None => "narrower still, in the policy: this key and no other",
            Some(_) => "to add to the policy",
        };
        let _ = writeln!(text, "\n{heading}:\n  [server.NAME]");
        for line in lines {
            let _ = writeln!(text, "  {}", one_line(line));
        }
    }
    text
}

fn rows(look: &Look) -> Vec<Vec<String>> {
    let row = |(place, certificate): (usize, &Certificate)| {
        let mark = if look.link == Some(place) { " ✗" } else { "" };
        vec![
            format!("{place}{mark}"),
            certificate.subject.clone(),
            certificate.names.join(", "),
            certificate.issuer.clone(),
            day(certificate.not_before),
            day(certificate.not_after),
        ]
    };
    look.chain.iter().enumerate().map(row).collect()
}

fn document(look: &Look, lines: &[String]) -> Value {
    let chain: Vec<Value> = look
        .chain
        .iter()
        .map(|certificate| {
            json!({
                "subject": certificate.subject,
                "issuer": certificate.issuer,
                "names": certificate.names,
                "not_before": moment(certificate.not_before),
                "not_after": moment(certificate.not_after),
                "is_authority": certificate.is_authority,
                "sha256": certificate.sha256,
                "pin": certificate.pin,
            })
        })
        .collect();
    let error = look
        .error
        .as_ref()
        .map(|error| json!({"code": error.code(), "message": one_line(&error.to_string()), "certificate": look.link}));
    json!({
        "ok": look.error.is_none(),
        "host": look.host,
        "port": look.port,
        "proxy": look.proxy,
        "addresses": look.addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>(),
        "version": look.version,
        "cipher": look.cipher,
        "chain": chain,
        "error": error,
        "policy": lines,
    })
}

/// `2026-11-22T12:00:00Z`, of seconds since 1970.
fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| format!("second {seconds}"), |time| time.to_string())
}

fn day(seconds: i64) -> String {
    moment(seconds).chars().take(10).collect()
}
