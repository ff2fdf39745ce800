//! Processors, networks, the system.

use super::{Target, text};
use airlock_facts::linux::cpu::cpuinfo::Cpuinfo;
use airlock_facts::linux::{cpu, network};
use airlock_facts::output::{
    docker_network, ethtool::Ethtool, ifconfig, ip, iw, iwconfig, netstat, ps, stat, systool, who,
};
use airlock_facts::units;

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "systems/cpuinfo",
        run: |bytes| {
            let text = text(bytes);
            let cpuinfo = Cpuinfo::parse(&text);
            cpuinfo.rows();
            cpuinfo.board();
            cpu::of_texts(&text, "");
        },
        seeds: &[
            b"processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Lab CPU @ 2.40GHz\nphysical id\t: 0\nsiblings\t: 4\ncpu cores\t: 2\nflags\t: lm\n\n",
            b"Processor\t: ARMv7 rev 1 (v7l)\nprocessor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 7\nCPU part\t: 0xc07\n\nHardware\t: Lab\nRevision\t: 0001\nSerial\t\t: 00ff\n",
            b"cpu\t: Alpha\ncpu model\t: EV7\ncycle frequency [Hz]\t: 1150000000 est.\ncpus active\t: 2\n",
            b"processor 0: version = FF,  identification = 01,  machine = 3931\nvendor_id : IBM/S390\n\ncpu number : 0\ncpu MHz static : 5200\n",
        ],
    },
    Target {
        name: "systems/ip/links",
        run: |bytes| drop(network::rows_of_links(&ip::links(&text(bytes)), "192.0.2.1".parse().ok())),
        seeds: &[
            b"2: e0.5@e0: <BROADCAST,UP> mtu 1500 master br0 state UP\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    vlan protocol 802.1Q id 5\n    inet 192.0.2.2/24 brd 192.0.2.255 scope global e0:1\n    inet6 fe80::1/64 scope link\n",
            b"[{\"ifindex\":2,\"ifname\":\"e0\",\"flags\":[\"UP\"],\"mtu\":1500,\"link_type\":\"ether\",\"address\":\"02:00:00:00:00:01\",\"addr_info\":[{\"local\":\"192.0.2.2\",\"prefixlen\":24}]}]",
        ],
    },
    Target {
        name: "systems/ip/routes",
        run: |bytes| {
            ip::default_gateway(&ip::routes(&text(bytes)));
        },
        seeds: &[
            b"default via 192.0.2.1 dev e0 proto dhcp metric 100\n192.0.2.0/24 dev e0\n",
            b"[{\"dst\":\"default\",\"gateway\":\"192.0.2.1\",\"dev\":\"e0\",\"metric\":9}]",
        ],
    },
    Target {
        name: "systems/ifconfig",
        run: |bytes| drop(network::rows_of_links(&ifconfig::links(&text(bytes)), None)),
        seeds: &[
            b"e0        Link encap:Ethernet  HWaddr 02:00:00:00:00:01\n          inet addr:192.0.2.2  Bcast:192.0.2.255  Mask:255.255.255.0\n          inet6 addr: fe80::1/64 Scope:Link\n          UP BROADCAST  MTU:1500  Metric:1\n",
            b"e0:1: flags=4163<UP,BROADCAST>  mtu 1500\n        inet 192.0.2.2  netmask 255.255.255.0\n        inet6 fe80::1  prefixlen 64\n        ether 02:00:00:00:00:01\n",
        ],
    },
    Target {
        name: "systems/wireless",
        run: |bytes| {
            let text = text(bytes);
            iwconfig::interfaces(&text);
            let (info, link) = text.split_once("Connected").unwrap_or((&text, ""));
            iw::interface(info, &format!("Connected{link}"));
        },
        seeds: &[
            b"wl0       IEEE 802.11bgn  ESSID:\"lab\"\n          Mode:Managed  Access Point: 02:00:00:00:00:01\n          Bit Rate=72.2 Mb/s   Tx-Power=20 dBm\n",
            b"Interface wl0\n\ttype managed\nConnected to 02:00:00:00:00:01 (on wl0)\n\tSSID: l\\xc3\\xa9\n\tfreq: 5180\n\ttx bitrate: 866.7 MBit/s VHT-MCS 9\n",
        ],
    },
    Target {
        name: "systems/docker/network",
        run: |bytes| drop(docker_network::macvlan_interfaces(&text(bytes))),
        seeds: &[
            b"[{\"Name\":\"n\",\"Driver\":\"macvlan\",\"IPAM\":{\"Config\":[{\"Gateway\":\"192.0.2.1\"}]},\"Containers\":{\"f\":{\"Name\":\"c\",\"MacAddress\":\"02:00:00:00:00:01\",\"IPv4Address\":\"192.0.2.7/24\"}}}]",
        ],
    },
    Target {
        name: "systems/netstat",
        run: |bytes| {
            netstat::default_gateway(&netstat::routes(&text(bytes)));
        },
        seeds: &[b"Destination     Gateway         Genmask         Flags\n0.0.0.0         192.0.2.1       0.0.0.0         UG\n"],
    },
    Target {
        name: "systems/ps",
        run: |bytes| ps::processes(&text(bytes)).iter().for_each(|process| drop(process.row(None))),
        seeds: &[
            b"USER       PID %CPU %MEM    VSZ TT           ELAPSED COMMAND\nroot         1  0.0  0.1 128328 ?         1-10:02:05 /sbin/init\n",
            b"  PID USER       VSZ STAT COMMAND\n    1 root      1.5m S <  init\n",
        ],
    },
    Target {
        name: "systems/small",
        run: |bytes| {
            let text = text(bytes);
            systool::fibre_channel_ports(&text).iter().for_each(|port| drop(port.row()));
            stat::birth(&text);
            Ethtool::parse(&text).row();
            who::users(&text);
            who::last(&text);
            network::server_in_leases(&text, "e0", 0);
        },
        seeds: &[
            b"Class Device = \"host5\"\n port_name = \"0x10000000c9000001\"\n port_state = \"Online\"\n speed = \"4 Gbit\"\n",
            b"driver: lab\nbus-info: 0000:03:00.1\nSpeed: 2500Mb/s\nPermanent address: 02:00:00:00:00:0A\n",
            b" Birth: 2013-12-22 22:47:33.000000000 +0100\n",
            b"ann pts/0 :0 Fri Jan  3 10:00   still logged in\n",
            b"lease {\n  interface \"e0\";\n  fixed-address 192.0.2.7;\n  option dhcp-server-identifier 192.0.2.1;\n  expire 4 2030/07/22 07:29:39;\n}\n",
        ],
    },
    Target {
        name: "systems/units",
        run: |bytes| {
            let text = text(bytes);
            units::megabytes(&text, units::Base::Binary).map(|size| size.to_string());
            units::megahertz(&text);
            units::link_speed(&text);
            units::watts(&text);
            units::millivolts(&text);
            units::milliwatt_hours(&text, Some(12_000));
            units::day_first(&text);
            units::month_first(&text);
            units::spelled(&text);
            units::hardware_address(&text);
            units::hexadecimal_ip4(&text);
        },
        seeds: &[b"1,000.9 GB", b"PC3200U", b"866.7 MBit/s", b"4400 mAh", b"28/02/2019 10:11:12 PM", b"Sat Jun 22 15:04:05 2019", b"aabb.ccdd.eeff"],
    },
];
