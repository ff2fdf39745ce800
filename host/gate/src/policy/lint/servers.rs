//! Servers, credentials and profiles that give away more than they seem to.

use super::{Found, called};
use crate::policy::args::{ArgKey, Test};
use crate::policy::file::LayerName;
use crate::policy::rule::Rule;
use crate::policy::rules::Rules;
use crate::policy::servers::Binding;
use crate::redact::{FieldPath, Op};
use crate::terms::Mode;
use ipnet::IpNet;

/// Programs that run whatever they are given.
const INTERPRETERS: &[&str] = &[
    "sh",
    "bash",
    "dash",
    "zsh",
    "ksh",
    "csh",
    "busybox",
    "env",
    "xargs",
    "find",
    "sudo",
    "su",
    "doas",
    "nohup",
    "setsid",
    "perl",
    "python",
    "python2",
    "python3",
    "ruby",
    "node",
    "lua",
    "awk",
    "gawk",
    "sed",
    "ssh",
    "powershell",
    "pwsh",
    "cmd",
    "wscript",
    "cscript",
    "mshta",
    "rundll32",
    "systemd-run",
    "at",
    "crontab",
    "make",
    "tclsh",
    "expect",
    "vi",
    "vim",
];
/// By these GLPI knows a machine again.
const SERIALS: &[(&str, &str)] = &[("bios", "ssn"), ("bios", "mmsn"), ("bios", "assettag"), ("hardware", "uuid")];
/// Addresses on which a community may be read by whoever answers.
const MANY: u128 = 1024;

pub(super) fn check(rules: &Rules, found: &mut Found<'_>) {
    for (name, server) in &rules.servers {
        if !server.is_proven_by_tls() {
            let message = format!("server.{name}: http origin; mutating verbs are ignored by the floor");
            found.line("W101", &server.at, message);
        }
    }
    for file in &rules.files {
        let grants = rules.grants.iter().any(|rule| rule.layer == LayerName::Org);
        if file.layer == LayerName::Org && !grants {
            let message = "the layer org grants nothing, so nothing is allowed by any layer".to_owned();
            found.line("W104", &file.at, message);
        }
        if file.mode != Mode::Enforce {
            found.line("W106", &file.at, "the mode is not enforce".to_owned());
        }
    }
    profiles(rules, found);
    templates(rules, found);
    for rule in &rules.grants {
        if rule.allow_server_credentials {
            let message =
                format!("grant {}: a server's own credentials are used; it learns who answers to them", called(rule));
            found.rule("W300", rule, message);
        }
        communities(rules, rule, found);
    }
}

fn profiles(rules: &Rules, found: &mut Found<'_>) {
    for (name, profile) in &rules.profiles {
        let is_serial = |path: FieldPath| match path {
            FieldPath::Field(section, field) => SERIALS.contains(&(section.name, field.name)),
            _ => false,
        };
        if let Some(rule) = profile.rules.iter().find(|rule| rule.op == Op::Hash && is_serial(rule.path)) {
            let message = format!(
                "redact {name:?}: serials hashed, but GLPI rules match by serial → expect duplicates; see `airlock identity predict`"
            );
            found.line("W207", &rule.at, message);
        }
    }
}

fn templates(rules: &Rules, found: &mut Found<'_>) {
    for (name, template) in &rules.templates {
        let program = template.program.rsplit('/').next().unwrap_or_default();
        let plain = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let runs_anything = INTERPRETERS.contains(&program) || INTERPRETERS.contains(&plain);
        if runs_anything && !template.args.is_empty() {
            let message = format!("template {name:?}: {program} runs whatever it is given; name the program itself");
            found.line("W302", &template.at, message);
        }
    }
}

/// Of v1 and v2c whoever answers reads the community.
fn communities(rules: &Rules, rule: &Rule, found: &mut Found<'_>) {
    let Some(Test::Nets(nets)) = rule.arg(ArgKey::Cidr).map(|arg| &arg.test) else { return };
    let Some(Test::Words(names)) = rule.arg(ArgKey::Credentials).map(|arg| &arg.test) else { return };
    for name in names {
        let Some(credential) = rules.credentials.get(name) else { continue };
        if !matches!(credential.kind, Some("snmpv1" | "snmpv2c")) {
            continue;
        }
        let bound = credential.use_for.iter().filter_map(|binding| match binding {
            Binding::Net(net) => Some(net),
            _ => None,
        });
        let both: Vec<IpNet> = bound.flat_map(|bound| nets.iter().filter_map(|net| common(net, bound))).collect();
        let addresses = IpNet::aggregate(&both).iter().map(size).fold(0, u128::saturating_add);
        if addresses > MANY {
            let kind = if credential.kind == Some("snmpv1") { "v1" } else { "v2c" };
            let message = format!(
                "grant {}: snmp {kind} credential over {} addresses; anyone answering on one of them reads the community",
                called(rule),
                spaced(addresses)
            );
            found.rule("W301", rule, message);
        }
    }
}

/// The smaller of two networks of which one holds the other.
fn common(a: &IpNet, b: &IpNet) -> Option<IpNet> {
    if a.contains(b) { Some(*b) } else { b.contains(a).then_some(*a) }
}

pub(super) fn size(net: &IpNet) -> u128 {
    1u128.checked_shl(u32::from(net.max_prefix_len() - net.prefix_len())).unwrap_or(u128::MAX)
}

/// `65 536`
fn spaced(number: u128) -> String {
    let digits = number.to_string();
    let groups: Vec<String> = digits
        .bytes()
        .rev()
        .collect::<Vec<_>>()
        .chunks(3)
        .map(|three| three.iter().rev().map(|b| char::from(*b)).collect())
        .collect();
    groups.into_iter().rev().collect::<Vec<_>>().join(" ")
}
