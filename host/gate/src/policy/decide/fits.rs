//! Whether an argument of a rule fits a call: for a grant all of the call has to be covered, for a forbid a part of it
//! is enough, and what cannot be told forbids.

use super::asked::Asked;
use crate::Verb;
use crate::policy::args::{Arg, ArgKey, Test};
use crate::policy::matching::{OriginPattern, at_or_below, plain};
use crate::policy::rule::registry_key;
use crate::redact::Glob;
use airlock_model::{mac_address, mac_text};
use ipnet::IpNet;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What a forbid's argument says of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum Touch {
    Yes,
    No,
    /// The call does not say what the argument is compared with.
    Unknown,
}

/// Whether a grant's argument covers all of the call. `sees` is what the grant shows of a section.
pub(in crate::policy) fn covers(arg: &Arg, asked: &Asked, macs: &BTreeSet<String>) -> bool {
    let ask = asked.ask;
    let says = |value: &Option<String>, holds: &dyn Fn(&str) -> bool| value.as_deref().is_some_and(holds);
    match (&arg.test, arg.key) {
        // Sections are looked at through the grant's view.
        (Test::Any, ArgKey::Categories) => true,
        (Test::Words(words), ArgKey::Categories) => {
            let says = !ask.sections.is_empty() || !ask.categories.is_empty();
            says && ask.categories.iter().all(|category| words.contains(category))
        }
        (Test::Paths(paths), _) => says(&ask.path, &|path| paths.iter().any(|p| asked.is_covered_by(p, path))),
        (Test::Nets(nets), _) => !asked.addresses.is_empty() && asked.addresses.iter().all(|a| in_some(nets, *a)),
        (Test::Hosts(hosts), _) => says(&ask.host, &|host| hosts.iter().any(|pattern| pattern.matches(host))),
        (Test::Origins(_), _) if asked.is_of_store() => true,
        (Test::Origins(origins), _) => asked.origin.as_ref().is_some_and(|origin| is_some_of(origins, origin)),
        (Test::Ports(ports), _) => ask.port.is_some_and(|port| ports.contains(&port)),
        (Test::Oids(oids), _) => {
            !ask.oids.is_empty() && ask.oids.iter().all(|oid| oids.iter().any(|root| below_oid(oid, root)))
        }
        (Test::Globs(globs), _) => says(&ask.name, &|name| globs.iter().any(|glob| glob.matches(name))),
        (Test::Below(keys), _) => says(&ask.key, &|key| below_key(key, keys)),
        (Test::AnyCase(macs), ArgKey::Macs) => says(&ask.mac, &|mac| any_case(macs, mac)),
        (Test::AnyCase(classes), ArgKey::Classes) => says(&ask.class, &|class| any_case(classes, class)),
        (Test::AnyCase(all), ArgKey::Properties) => {
            !ask.properties.is_empty() && ask.properties.iter().all(|property| any_case(all, property))
        }
        // Who signed a package is known once it is here: until then it is kept apart (`Scope::is_sealed`).
        (Test::Words(_), ArgKey::Publishers) if asked.verb == Verb::PkgFetch && ask.publisher.is_none() => true,
        (Test::Words(words), key) => says(word_of(asked, key), &|word| words.iter().any(|w| w == word)),
        (Test::Folder(folder), _) => says(&ask.into, &|into| plain(into) && at_or_below(into, folder)),
        (Test::Versions(versions), _) => match ask.name.as_deref().and_then(|name| versions.get(name)) {
            Some(least) => says(&ask.version, &|version| compare_versions(version, least) != Ordering::Less),
            None => ask.name.is_some(),
        },
        (Test::Number(most), ArgKey::MaxBytes) => ask.bytes.is_none_or(|bytes| bytes <= *most),
        // How fast, and not whether.
        (Test::Number(_), ArgKey::BytesPerSecond) => true,
        (Test::Number(most), _) => ask.results.is_none_or(|results| results <= *most),
        (Test::Flag(only), _) => !only || says(&ask.mac, &|mac| is_known(macs, mac)),
        (Test::Any | Test::AnyCase(_), _) => false,
    }
}

/// Whether a forbid's argument touches some of the call.
pub(in crate::policy) fn touches(arg: &Arg, asked: &Asked) -> Touch {
    let ask = asked.ask;
    let says = |value: &Option<String>, holds: &dyn Fn(&str) -> bool| match value.as_deref() {
        Some(value) => touch(holds(value)),
        None => Touch::Unknown,
    };
    match (&arg.test, arg.key) {
        (Test::Origins(_) | Test::Hosts(_) | Test::Nets(_), _) if asked.is_of_store() => Touch::No,
        // Taken out of what grants show, and decided there.
        (_, ArgKey::Categories) => Touch::No,
        (Test::Paths(paths), _) => {
            let mut all = asked.paths().peekable();
            // A command may well have no path among its words, and touch none by them.
            if all.peek().is_none() && !matches!(asked.verb, Verb::ExecTemplate) {
                return Touch::Unknown;
            }
            touch(all.any(|path| paths.iter().any(|pattern| pattern.touches(path))))
        }
        (Test::Nets(nets), _) => {
            if asked.addresses.is_empty() {
                // A host's addresses are asked for first; what is sent to them is a call of its own.
                return if asked.is_name_only() { Touch::No } else { Touch::Unknown };
            }
            touch(asked.all_addresses().any(|address| in_some(nets, address)))
        }
        (Test::Hosts(hosts), _) => match asked.host {
            Some(host) => touch(hosts.iter().any(|pattern| pattern.matches(host))),
            None => Touch::Unknown,
        },
        (Test::Origins(_), _) if ask.origin.is_none() => Touch::Unknown,
        (Test::Origins(origins), _) => touch(asked.origin.as_ref().is_some_and(|origin| is_some_of(origins, origin))),
        (Test::Ports(ports), _) => ask.port.map_or(Touch::Unknown, |port| touch(ports.contains(&port))),
        // What is asked for may be below what is forbidden, or the forbidden below what is asked for.
        (Test::Oids(_), _) if ask.oids.is_empty() => Touch::Unknown,
        (Test::Oids(oids), _) => {
            let near = |oid: &String| oids.iter().any(|root| below_oid(oid, root) || below_oid(root, oid));
            touch(ask.oids.iter().any(near))
        }
        (Test::Globs(globs), _) => says(&ask.name, &|name| globs.iter().any(|glob: &Glob| glob.matches(name))),
        (Test::Below(keys), _) => {
            says(&ask.key, &|key| below_key(key, keys) || keys.iter().any(|k| below_key(k, &[registry_key(key)])))
        }
        (Test::AnyCase(macs), ArgKey::Macs) => says(&ask.mac, &|mac| any_case(macs, mac)),
        (Test::AnyCase(classes), ArgKey::Classes) => says(&ask.class, &|class| any_case(classes, class)),
        (Test::AnyCase(all), _) => match ask.properties.as_slice() {
            // Not naming any is asking for all.
            [] => Touch::Yes,
            properties => touch(properties.iter().any(|property| any_case(all, property))),
        },
        (Test::Words(words), key) => says(word_of(asked, key), &|word| words.iter().any(|w| w == word)),
        (Test::Folder(folder), _) => says(&ask.into, &|into| at_or_below(into, folder)),
        (Test::Any | Test::Versions(_) | Test::Number(_) | Test::Flag(_), _) => Touch::Unknown,
    }
}

fn touch(yes: bool) -> Touch {
    if yes { Touch::Yes } else { Touch::No }
}

/// The part of a call that a list of plain words is compared with.
pub(in crate::policy) fn word_of<'a>(asked: &'a Asked, key: ArgKey) -> &'a Option<String> {
    let ask = asked.ask;
    match key {
        ArgKey::Credentials => &ask.credential,
        ArgKey::Templates => &ask.template,
        ArgKey::Publishers => &ask.publisher,
        ArgKey::Methods => &ask.method,
        _ => &None,
    }
}

pub(in crate::policy) fn in_some(nets: &[IpNet], address: IpAddr) -> bool {
    nets.iter().any(|net| net.contains(&address))
}

fn is_some_of(origins: &[OriginPattern], origin: &OriginPattern) -> bool {
    origins.iter().any(|pattern| pattern.has(origin))
}

/// However the call writes it: what is known is in lower case with colons.
fn is_known(macs: &BTreeSet<String>, mac: &str) -> bool {
    mac_address(mac).is_some_and(|mac| macs.contains(&mac_text(mac)))
}

fn any_case(all: &[String], word: &str) -> bool {
    all.iter().any(|one| one.eq_ignore_ascii_case(word))
}

pub(in crate::policy) fn below_oid(oid: &str, root: &str) -> bool {
    oid.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Both in the spelling of [`registry_key`].
fn below_key(key: &str, roots: &[String]) -> bool {
    let key = registry_key(key);
    let below =
        |root: &String| key.strip_prefix(root.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'));
    roots.iter().any(below)
}

/// By numbers where there are numbers, by letters else; `~` is before everything, as in `1.0~rc1`.
pub(crate) fn compare_versions(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (text_a, rest_a) = split(a, |c| !c.is_ascii_digit());
        let (text_b, rest_b) = split(b, |c| !c.is_ascii_digit());
        let order = letters(text_a).cmp(letters(text_b));
        let (number_a, after_a) = split(rest_a, |c| c.is_ascii_digit());
        let (number_b, after_b) = split(rest_b, |c| c.is_ascii_digit());
        let order = order.then_with(|| numbers(number_a, number_b));
        if order != Ordering::Equal || (after_a.is_empty() && after_b.is_empty()) {
            return order;
        }
        (a, b) = (after_a, after_b);
    }
}

fn split(text: &str, is: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !is(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Letters with the end between `~` and everything else.
fn letters(text: &str) -> impl Iterator<Item = u32> {
    let of = |c: char| if c == '~' { 0 } else { u32::from(c) + 1 };
    text.chars().map(of).chain(std::iter::once(1))
}

fn numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (low, high) in [
            ("2.4.0", "2.10.0"),
            ("2.4", "2.4.1"),
            ("1.0~rc1", "1.0"),
            ("1.0", "1.0a"),
            ("09", "10"),
            ("", "1"),
            ("1.9", "1.10"),
        ] {
            assert_eq!(compare_versions(low, high), Ordering::Less, "{low} {high}");
            assert_eq!(compare_versions(high, low), Ordering::Greater, "{low} {high}");
        }
        for (a, b) in [("2.4.0", "2.4.0"), ("01", "1"), ("", "")] {
            assert_eq!(compare_versions(a, b), Ordering::Equal);
        }
    }

    #[test]
    fn an_oid_is_below_its_root_by_numbers_not_by_letters() {
        assert!(below_oid("1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1") && below_oid("1.3", "1.3"));
        assert!(!below_oid("1.3.6.1.2.1.10", "1.3.6.1.2.1.1") && !below_oid("", "1.3"));
    }
}
