//! The kernel's packet filter where no program keeps it: by its rules, which only root may read.
//!
//! Asking for rules makes the kernel load the filter where it is not loaded. So the tools are only run where it is, and
//! where it is not there are no rules.

use super::row;
use crate::Scan;
use crate::output::netfilter::{Rules, iptables, nft};

/// The old filter's tables in use; only root may read it.
const OLD_TABLES: &str = "/proc/net/ip_tables_names";

/// `managed`: a program for it is installed and off, which has been said: that there are no rules is said already.
pub(super) fn collect(scan: &Scan<'_>, managed: bool) {
    let tables = scan.roots().text(OLD_TABLES);
    let modules = match scan.roots().text("/proc/modules") {
        Ok(modules) => modules,
        // A kernel without modules loads nothing, whatever it is asked.
        Err(_) if tables.is_ok() => String::new(),
        // Nothing is known.
        Err(_) => return,
    };
    let cannot_load = !scan.roots().exists("/proc/modules");
    let loaded = |name: &str| {
        modules.lines().any(|line| line.split(' ').next() == Some(name))
            || scan.roots().exists(format!("/sys/module/{name}"))
            || is_built_in(scan, name)
    };
    let old = match &tables {
        Ok(names) => names.lines().any(|name| name == "filter"),
        Err(_) => loaded("ip_tables"),
    };
    let has = |tool: &str| {
        ["/usr/sbin", "/sbin", "/usr/bin"].iter().any(|folder| scan.roots().exists(format!("{folder}/{tool}")))
    };
    let new = loaded("nf_tables") || (cannot_load && (has("nft") || has("iptables")));
    let name = match () {
        () if has("nft") => "nftables",
        () if has("iptables") => "iptables",
        () => "netfilter",
    };
    if !old && !new {
        if !managed {
            row(scan, name, false);
        }
        return;
    }
    if scan.roots().is_live() && !nix::unistd::geteuid().is_root() {
        scan.missing("rules of the kernel's packet filter: only root may read them");
        return;
    }
    let new_rules = if !new {
        None
    } else if has("nft") {
        scan.output("nft", &["-j", "list", "ruleset"]).and_then(|text| of_nft(scan, &text))
    } else {
        scan.output("iptables", &["-S"]).map(|text| iptables::rules(&text))
    };
    let old_rules = if old { of_old(scan) } else { None };
    let known = new_rules.is_some() || old_rules.is_some();
    let filters = |rules: Option<Rules>| rules.is_some_and(|rules| rules.filters());
    if filters(new_rules) {
        row(scan, name, true);
    } else if filters(old_rules) {
        row(scan, "iptables", true);
    } else if known && !managed {
        row(scan, name, false);
    }
}

fn of_nft(scan: &Scan<'_>, text: &str) -> Option<Rules> {
    let rules = nft::rules(text);
    if rules.is_none() {
        scan.missing("nft: its list of rules is not understood");
    }
    rules
}

/// The tool of that name may be the new filter's; then the old one has another.
fn of_old(scan: &Scan<'_>) -> Option<Rules> {
    let tool = if scan.has_tool("iptables-legacy") { "iptables-legacy" } else { "iptables" };
    scan.output(tool, &["-S"]).map(|text| iptables::rules(&text))
}

/// Whether the kernel has a module within itself.
fn is_built_in(scan: &Scan<'_>, name: &str) -> bool {
    let Ok(release) = scan.roots().text("/proc/sys/kernel/osrelease") else { return false };
    let list = scan.roots().text(format!("/lib/modules/{}/modules.builtin", release.trim())).unwrap_or_default();
    list.lines().any(|line| line.rsplit('/').next().and_then(|file| file.strip_suffix(".ko")) == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn found(machine: &TestMachine) -> Vec<String> {
        let rows = machine.rows(|scan| collect(scan, false));
        rows.iter().map(|row| row.iter().map(|(_, value)| value.to_text()).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn where_it_is_not_loaded_there_are_no_rules() {
        let machine = TestMachine::of(&[("proc/modules", "ext4 1 0 - Live 0\n")]);
        assert_eq!(found(&machine), ["netfilter off"]);
        machine.file("usr/sbin/nft", "");
        assert_eq!(found(&machine), ["nftables off"]);
        assert!(machine.rows(|scan| collect(scan, true)).is_empty());
        assert!(TestMachine::new().rows(|scan| collect(scan, false)).is_empty());
    }

    #[test]
    fn the_rules_decide() {
        let mut machine = TestMachine::of(&[("proc/modules", "nf_tables 1 0 - Live 0\n"), ("usr/sbin/nft", "")]);
        let chain = r#"{"family":"ip","table":"f","name":"i","type":"filter","hook":"input","policy":"drop"}"#;
        machine.command(&["nft", "-j", "list", "ruleset"], format!("{{\"nftables\":[{{\"chain\":{chain}}}]}}"));
        assert_eq!(found(&machine), ["nftables on"]);

        let mut machine =
            TestMachine::of(&[("proc/modules", ""), (OLD_TABLES, "nat\nfilter\n"), ("sbin/iptables", "")]);
        machine.command(&["iptables", "-S"], "-P INPUT ACCEPT\n-A INPUT -j DROP\n");
        assert_eq!(found(&machine), ["iptables on"]);
    }

    #[test]
    fn built_into_the_kernel() {
        let mut machine = TestMachine::of(&[
            ("proc/modules", ""),
            ("proc/sys/kernel/osrelease", "6.1-lab\n"),
            ("lib/modules/6.1-lab/modules.builtin", "kernel/net/netfilter/nf_tables.ko\n"),
        ]);
        machine.command(&["iptables", "-S"], "-P INPUT ACCEPT\n");
        assert_eq!(found(&machine), ["netfilter off"]);
    }
}
