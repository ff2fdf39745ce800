//! The machine's names as its own files have them. Nothing is asked of a name server: an inventory must not hang on one,
//! and an answer would say what the network thinks, not what the machine is.

use crate::Roots;
use std::net::Ipv4Addr;

/// The host name as it is set.
pub(crate) fn host_name(roots: &Roots) -> Option<String> {
    let paths = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    paths.iter().filter(|path| roots.is_file(path)).find_map(|path| {
        let text = roots.text(path).ok()?;
        let name = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
        (name != "(none)").then(|| name.to_owned())
    })
}

/// The part before the first dot.
pub(crate) fn short(name: &str) -> &str {
    name.split_once('.').map_or(name, |(short, _)| short)
}

/// The name with its domain: the host name itself, else what `/etc/hosts` calls the machine, else the host name in the
/// domain that `/etc/resolv.conf` looks in first.
pub(super) fn full_name(roots: &Roots, name: &str) -> Option<String> {
    if name.contains('.') {
        return Some(name.to_owned());
    }
    if let Some((_, names)) = hosts_entry(&roots.text("/etc/hosts").unwrap_or_default(), name) {
        let longer = |other: &&String| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        let canonical = names.first().filter(|first| first.contains('.') && !first.starts_with("localhost"));
        if let Some(full) = names.iter().find(longer).or(canonical) {
            return Some(full.clone());
        }
    }
    let domain = search_domain(&roots.text("/etc/resolv.conf").unwrap_or_default())?;
    Some(format!("{name}.{domain}"))
}

/// The IPv4 address that `/etc/hosts` has for a name.
pub(super) fn address(roots: &Roots, name: &str) -> Option<Ipv4Addr> {
    hosts_entry(&roots.text("/etc/hosts").ok()?, name).map(|(address, _)| address)
}

/// The first IPv4 line of a hosts file that has the name: its address, and its names.
fn hosts_entry(hosts: &str, name: &str) -> Option<(Ipv4Addr, Vec<String>)> {
    hosts.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        let address = words.next()?.parse().ok()?;
        let names: Vec<String> = words.map(str::to_owned).collect();
        names.iter().any(|known| known.eq_ignore_ascii_case(name)).then_some((address, names))
    })
}

/// `domain`, or the first word of `search`: the later line counts (resolv.conf(5)).
fn search_domain(resolv: &str) -> Option<String> {
    let domain = resolv.lines().rev().find_map(|line| {
        let mut words = line.split_whitespace();
        matches!(words.next(), Some("domain" | "search")).then(|| words.next()).flatten()
    })?;
    let domain = domain.trim_end_matches('.');
    (!domain.is_empty()).then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_file_knows_the_full_name() {
        let (address, names) =
            hosts_entry("127.0.0.1 localhost\n::1 vm\n127.0.1.1\tvm.example.org vm # me\n", "vm").unwrap();
        assert_eq!(address, Ipv4Addr::new(127, 0, 1, 1));
        assert_eq!(names, ["vm.example.org", "vm"]);
        assert_eq!(hosts_entry("127.0.0.1 localhost\n", "vm"), None);
    }

    #[test]
    fn the_last_domain_or_search_line_counts() {
        assert_eq!(search_domain("domain a.org\nsearch b.org c.org\n").as_deref(), Some("b.org"));
        assert_eq!(search_domain("search .\n"), None);
        assert_eq!(search_domain("nameserver ::1\n"), None);
    }
}
