//! Packages, security.

use super::{Target, text};
use airlock_facts::output::antivirus::{bduitool, cytool, ds_agent, falconctl, kesl, mdatp, sentinelctl};
use airlock_facts::output::netfilter::{iptables, nft};
use airlock_facts::output::package_query::{self, Format};
use airlock_facts::output::{adobe, flatpak, gentoo, nix, pacman, remote_access, snap, systemctl, ufw};
use airlock_facts::{Machine, Roots};
use std::hint::black_box;

macro_rules! of_text {
    ($name:literal, $parse:expr, $($seed:expr),+) => {
        Target { name: $name, run: |bytes| { black_box($parse(&text(bytes))); }, seeds: &[$($seed),+] }
    };
}

fn nowhere() -> Machine {
    Machine::new(Roots::folder("/nonexistent"))
}

pub(super) const TARGETS: &[Target] = &[
    of_text!(
        "software/adobe/text",
        adobe::of_text,
        b"1 <> Suite{|}en <> SN <> 012345678901234567890123\n1 <> Draw{|}en <> FLMap <> Suite\n"
    ),
    Target {
        name: "software/adobe/database",
        run: |bytes| {
            black_box(adobe::of_database(bytes));
        },
        seeds: &[b"SQLite format 3\0\x02\x00\x01\x01\x00\x40\x20\x20\0\0\0\x01\0\0\0\x02"],
    },
    of_text!("software/bduitool/state", bduitool::state, b"Product version: 9.1\nNew product update available: no\n"),
    of_text!(
        "software/cytool/agent",
        cytool::agent,
        b"Cortex XDR (R) supervisor tool 9.1\nContent Version: 1-2\nName PID User Status\npmd 7 root Running\n"
    ),
    of_text!("software/dsa_query/components", ds_agent::components, b"Component.AM.mode: on\n"),
    of_text!(
        "software/dpkg/query",
        |text: &str| package_query::packages(
            text,
            &Format::dpkg(r"${Package}\t${Architecture}\t${Version}\t${Installed-Size}\t${Section}\t${Status}\n"),
            &nowhere()
        ),
        b"less\tamd64\t590-2\t310\ttext\tinstall ok installed\n"
    ),
    of_text!(
        "software/falconctl/sensor",
        |text: &str| falconctl::sensor(text, Some(true)),
        b"rfm-state=false, version = 9.10.2.0.\n"
    ),
    of_text!(
        "software/flatpak/list",
        |text: &str| flatpak::list(text).iter().take(4).map(|one| flatpak::package(one, text)).collect::<Vec<_>>(),
        b"org.example.Draw\tstable\tuser\tDraw\n   Installed: 2,5 MB\n    Date: 2024-01-31 23:10:00 +0000\n"
    ),
    of_text!("software/gentoo/equery", gentoo::packages, b"[I--] [  ] app-lab/tool-1.2_rc3-r1 (0)\n"),
    of_text!("software/iptables/rules", |text: &str| iptables::rules(text).filters(), b"-P INPUT ACCEPT\n-A INPUT -j lab\n"),
    of_text!(
        "software/kesl/application",
        kesl::application,
        b"Name: Lab\nVersion: 9\nLicense expiration date: 2030-02-01\n"
    ),
    of_text!(
        "software/mdatp/health",
        |text: &str| mdatp::health(text, &nowhere()),
        br#"{"appVersion":"1","realTimeProtectionEnabled":{"value":true},"definitionsUpdated":"1700000000000"}"#
    ),
    of_text!(
        "software/nft/rules",
        |text: &str| nft::rules(text).map(|rules| rules.filters()),
        br#"{"nftables":[{"chain":{"family":"ip","table":"f","name":"i","type":"filter","hook":"input"}},{"rule":{"family":"ip","table":"f","chain":"i","expr":[{"jump":{"target":"x"}}]}}]}"#
    ),
    of_text!("software/nix/store", nix::packages, b"/nix/store/0c7c96gikmzv87i7lv3vq5s1cmfjd6zf-lab-tool-1.2-doc\n"),
    of_text!(
        "software/pacman/info",
        pacman::packages,
        b"Name : lab\nVersion : 1:2-3\nInstalled Size : 2.50 MiB\nInstall Date : Sun 03 Mar 2024 09:10:11 PM CET\n"
    ),
    of_text!("software/remote/teamviewer", remote_access::teamviewer_info, b"TeamViewer \x1b[0m15.1\nTeamViewer ID: 1 2\n"),
    of_text!("software/remote/teamviewer-conf", remote_access::teamviewer_conf, b"[int32] ClientID = -7\n"),
    of_text!("software/remote/tactical", remote_access::tactical, br#"{"agentid":"Ab"}"#),
    of_text!("software/remote/rustdesk", remote_access::rustdesk, b"123456789\n"),
    of_text!(
        "software/remote/utilities",
        |text: &str| remote_access::remote_utilities(text.as_bytes()),
        b"<internet_id>1-2</internet_id>"
    ),
    of_text!("software/sentinelctl/agent", sentinelctl::agent, b"Agent version: 9\nAgent state      Enabled\n"),
    of_text!(
        "software/snap/list",
        |text: &str| snap::list(text).iter().take(4).map(|one| snap::package(one, text)).collect::<Vec<_>>(),
        b"Name Version Rev Publisher Notes\ndraw 3.2 7 lab classic\nsummary: \"x\"\ninstalled: 3.2 (7) 12MB\n"
    ),
    of_text!("software/systemctl/status", systemctl::is_active, b"   Active: active (running) since Mon\n"),
    of_text!("software/ufw/status", ufw::is_active, b"Status: active\n"),
];
