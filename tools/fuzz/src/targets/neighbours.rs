//! What comes back from an address that was asked who is there, and the texts that tell of devices.

use super::{Target, text};
use airlock_facts::output::neighbours::neighbours;
use airlock_gate::sysobject::Sysobjects;
use airlock_gate::walk;
use airlock_net::neighbours::{icmp, kernel_table, netbios, reverse_name};
use std::net::{IpAddr, Ipv4Addr};

const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 1, 0, 7));

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "neighbours/icmp",
        run: |bytes| {
            for (is_v6, has_header) in [(false, false), (false, true), (true, false)] {
                let _answer = icmp::answer(bytes, is_v6, has_header);
            }
        },
        seeds: &[
            b"\x00\x00\x00\x00\x01\x02\x03\x0412345678",
            b"E\x00\x00\x1c\x00\x00\x00\x00@\x01\x00\x00\x0a\x01\x00\x07\x0a\x01\x00\x01\x0e\x00\x00\x00\x01\x02\x03\x04",
            b"\x81\x00\x00\x00\x01\x02\x03\x0412345678",
        ],
    },
    Target {
        name: "neighbours/netbios",
        run: |bytes| {
            let _status = netbios::answer(7, bytes);
        },
        seeds: &[
            b"\x00\x07\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\x00\x00\x21\x00\x01\x00\x00\x00\x00\x00\x41\x02PC7            \x00\x04\x00OFFICE         \x00\x84\x00\x00\x00\x5e\x00\x53\x07",
            b"\x00\x07\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\xc0\x0c\x00\x21\x00\x01\x00\x00\x00\x00\x00\x13\x01ANN            \x03\x04\x00",
        ],
    },
    Target {
        name: "neighbours/reverse_name",
        run: |bytes| {
            let _said = reverse_name::answer(7, ADDRESS, bytes);
        },
        seeds: &[
            b"\x00\x07\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x017\x010\x011\x0210\x07in-addr\x04arpa\x00\x00\x0c\x00\x01\xc0\x0c\x00\x0c\x00\x01\x00\x00\x00\x3c\x00\x0d\x03sw7\x07example\x00",
            b"\x00\x07\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00\x017\x010\x011\x0210\x07in-addr\x04arpa\x00\x00\x0c\x00\x01\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01x\xc0\x0e\x01x\xc0\x0e\x00\x0c\x00\x01\x00\x00\x00\x3c\x00\x03\x01y\x00",
        ],
    },
    Target {
        name: "neighbours/kernel_table",
        run: |bytes| {
            let _is_last = kernel_table::read(bytes, &mut Vec::new());
        },
        seeds: &[
            b"\x30\x00\x00\x00\x1c\x00\x02\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x01\x08\x00\x01\x00\x0a\x01\x00\x07\x0a\x00\x02\x00\x00\x00\x5e\x00\x53\x07\x00\x00",
        ],
    },
    Target {
        name: "neighbours/arp",
        run: |bytes| {
            let _neighbours = neighbours(&text(bytes));
        },
        seeds: &[
            b"gate.example (10.0.0.1) at 00:00:5e:00:53:01 [ether] on eth0\n10.0.0.4 dev eth0 lladdr 0:0:5e:0:53:4 STALE\n  10.0.0.6   00-00-5E-00-53-06   dynamic\n",
        ],
    },
    Target {
        name: "neighbours/sysobject",
        run: |bytes| {
            if let Ok(index) = Sysobjects::parse(text(bytes)) {
                for id in ["1.3.6.1.4.1.99999.1.7.2", "1.3.6.1.4.1.9", ""] {
                    let _entry = index.find(id);
                }
            }
        },
        seeds: &[b"# id\tvendor\n99999.1\tAcme\tPRINTER\tP 7\tModule\n9\tBolt\r\n"],
    },
    Target {
        name: "neighbours/walk",
        run: |bytes| {
            if let Ok(objects) = walk::parse(&text(bytes)) {
                let _lines: Vec<_> = objects.values().map(|value| walk::line("1.3", value)).collect();
            }
        },
        seeds: &[
            b".1.3.6.1.2.1.1.1.0 = STRING: \"a \\\"b\\\"\nc\"\niso.3.6.1.2.1.1.2.0 = OID: SNMPv2-SMI::enterprises.9\n.1.3.6.1.2.1.1.3.0 = Timeticks: (1) 0:00:00.01\n",
            b".1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 1B\nFF\n.1.3.6.1.2.1.2.2.1.8.1 = INTEGER: up(1)\n.1.3.6.1.2.1.4.20.1.1 = IpAddress: 10.0.0.1\nEnd of MIB\n",
        ],
    },
];
