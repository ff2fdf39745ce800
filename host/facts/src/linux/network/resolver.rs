//! Name servers and the machine's domain (resolv.conf(5)).

use crate::Scan;
use crate::linux::host_name::{full_name, host_name};

/// The name servers, each once, sorted and joined by `/`.
pub(super) fn name_servers(scan: &Scan<'_>) -> Option<String> {
    servers(&scan.text("/etc/resolv.conf")?)
}

fn servers(text: &str) -> Option<String> {
    let server = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        (words.next()? == "nameserver").then(|| words.next().map(str::to_owned))?
    };
    let mut servers: Vec<String> = text.lines().filter_map(server).collect();
    servers.sort_unstable();
    servers.dedup();
    (!servers.is_empty()).then(|| servers.join("/"))
}

/// The domain that the machine's full name is in.
pub(super) fn domain(scan: &Scan<'_>) -> Option<String> {
    let name = host_name(scan.roots())?;
    full_name(scan.roots(), &name)?.split_once('.').map(|(_, domain)| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_sorted_and_each_there_once() {
        let text = "# nameserver 1.1.1.1\nnameserver 192.0.2.9\nnameserver\t10.0.0.1 # first\nnameserver\nnameservers x\n\
                    nameserver fe80::1%eth0\nnameserver 10.0.0.1\noptions edns0\n";
        assert_eq!(servers(text).as_deref(), Some("10.0.0.1/192.0.2.9/fe80::1%eth0"));
        assert_eq!(servers("search x\n"), None);
    }
}
