//! Virtual machines, databases.

use super::{Target, text};
use airlock_facts::output::databases::{db2, mongodb, mssql, mysql, oracle, postgresql};
use airlock_facts::output::{
    crictl, docker, hyper_v, incus, jls, lxc, machinectl, prlctl, proxmox, qemu, vboxmanage, virsh, vmware, vserver,
    vzlist, xe, xl,
};

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "services/docker/json",
        run: |bytes| {
            let text = text(bytes);
            docker::containers(&text, "docker").iter().for_each(|one| drop(one.row()));
            let stored = docker::stored(&text, "{}");
            docker::podman_store(&text);
            docker::limits(&mut stored.unwrap_or_default(), &text);
        },
        seeds: &[
            br#"[{"Id":"0123456789abcdef","Name":"/a","State":{"Status":"running"},"HostConfig":{"NanoCpus":1},"NetworkSettings":{"Networks":{"b":{"MacAddress":"02:42:ac:11:00:02"}}}}]"#,
            br#"[{"id":"0123456789abcdef","names":["b"],"metadata":"{\"image-name\":\"i\"}"}]"#,
        ],
    },
    Target {
        name: "services/docker/table",
        run: |bytes| drop(docker::table(&text(bytes), "docker")),
        seeds: &[b"CONTAINER ID   IMAGE   COMMAND  STATUS   NAMES\n0123456789ab   a:1   \"x\"  Up 2 hours   web\n", b"0123456789ab;a;b\n"],
    },
    Target {
        name: "services/crictl",
        run: |bytes| {
            let text = text(bytes);
            crictl::containers(&text, "containerd");
            crictl::ctr(&text, &text);
        },
        seeds: &[
            br#"{"containers":[{"id":"abcdef","metadata":{"name":"a"},"state":"CONTAINER_RUNNING"}]}"#,
            b"CONTAINER  IMAGE  RUNTIME\na  b  c\nTASK  PID  STATUS\na  1  RUNNING\n",
        ],
    },
    Target {
        name: "services/hyper_v",
        run: |bytes| {
            let text = text(bytes);
            hyper_v::machines(&hyper_v::Classes { systems: &text, settings: &text, memory: &text, processors: &text });
        },
        seeds: &[b"Name=11112222-3333-4444-5555-666677778888\nElementName=a\nEnabledState=2\nInstanceID=Microsoft:11112222-3333-4444-5555-666677778888\nVirtualQuantity=1\n\n"],
    },
    Target {
        name: "services/incus",
        run: |bytes| drop(incus::instances(&text(bytes), "incus")),
        seeds: &[br#"[{"name":"a","type":"container","status":"Running","config":{"limits.memory":"2GiB","limits.cpu":"0-1"},"state":{"pid":7,"network":{"e":{"addresses":[{"address":"192.0.2.1","scope":"global"}]}}}}]"#],
    },
    Target {
        name: "services/jls",
        run: |bytes| drop(jls::list(&text(bytes))),
        seeds: &[
            b"   JID  IP Address  Hostname  Path\n     3  192.0.2.3  web  /jails/web\n",
            b"   JID  Hostname  Path\n        Name  State\n        CPUSetID\n     3  web  /j\n        web  ACTIVE\n        2\n        192.0.2.3\n",
            b"name=web host.hostname=web ip4.addr=192.0.2.3\n",
        ],
    },
    Target {
        name: "services/lxc",
        run: |bytes| {
            let text = text(bytes);
            lxc::container("a", lxc::state(&text), &lxc::config(&text)).row();
        },
        seeds: &[b"State: RUNNING\nlxc.uts.name = a\nlxc.net.0.hwaddr = 00:16:3e:00:00:01\nlxc.cgroup2.memory.max = 512M\nlxc.cgroup2.cpuset.cpus = 0,2-3\n"],
    },
    Target {
        name: "services/machinectl",
        run: |bytes| {
            let text = text(bytes);
            machinectl::registered(&text);
            machinectl::list(&text);
        },
        seeds: &[b"NAME=a\nCLASS=container\nLEADER=7\n", b"MACHINE CLASS SERVICE\na container systemd-nspawn\n"],
    },
    Target {
        name: "services/prlctl",
        run: |bytes| {
            let text = text(bytes);
            prlctl::list(&text);
            prlctl::details(&text);
        },
        seeds: &[
            b"UUID STATUS IP_ADDR NAME\n{11112222-3333-4444-5555-666677778888}  running  192.0.2.4  VM a b\n",
            b"ID: {11112222-3333-4444-5555-666677778888}\nName: a\nHardware:\n  cpu: cpus=2\n  memory: 1024Mb\n  net0 (+) mac=001C42AABBCC\n",
        ],
    },
    Target {
        name: "services/proxmox",
        run: |bytes| {
            let text = text(bytes);
            proxmox::machine(&text).row();
            proxmox::container(&text).row();
            proxmox::states(&text);
        },
        seeds: &[b"#a%3Ab\nname: a\nmemory: 2048\ncores: 2\nnet0: virtio=BC:24:11:00:00:01,bridge=b\nsmbios1: uuid=11112222-3333-4444-5555-666677778888\n100 a running\n[s]\n"],
    },
    Target {
        name: "services/qemu",
        run: |bytes| drop(qemu::machine(text(bytes).split_whitespace())),
        seeds: &[b"qemu-system-x86_64 -name guest=a,x=y -m size=2G,slots=2 -smp 2 -smbios type=1,uuid=11112222-3333-4444-5555-666677778888,serial=1 -device e1000,mac=52:54:00:00:00:01"],
    },
    Target {
        name: "services/vboxmanage",
        run: |bytes| {
            let text = text(bytes);
            vboxmanage::list(&text);
            vboxmanage::file(&text);
            vboxmanage::registry(&text);
        },
        seeds: &[
            b"Name:  a\nGuest OS:  b\nUUID: 11112222-3333-4444-5555-666677778888\nMemory size: 512MB\nState: running (since x)\nNIC 1: MAC: 080027AABBCC, x\n",
            b"<V><Machine name='a' uuid='{1}'><Hardware><CPU count='2'/><Memory RAMSize='512'/></Hardware></Machine></V>",
        ],
    },
    Target {
        name: "services/virsh",
        run: |bytes| {
            let text = text(bytes);
            virsh::domain(&text);
            virsh::list(&text);
        },
        seeds: &[
            b"<domstatus state='running'><domain type='kvm'><name>a&amp;b</name><memory unit='KiB'>1</memory><vcpu>2</vcpu><devices><interface><mac address='52:54:00:00:00:01'/></interface></devices></domain></domstatus>",
            b" Id Name State\n---------\n 1   a b   running\n -   c   shut off\n",
        ],
    },
    Target {
        name: "services/vmware",
        run: |bytes| {
            let text = text(bytes);
            vmware::file(&text, "x");
            vmware::running(&text);
            vmware::all(&text);
            vmware::state(&text);
        },
        seeds: &[b"displayName = \"a\"\nmemsize = \"512\"\nethernet0.generatedAddress = \"00:0c:29:00:00:01\"\n12  a b  [ds] a/a.vmx  x\nPowered on\n"],
    },
    Target {
        name: "services/vserver",
        run: |bytes| drop(vserver::running(&text(bytes))),
        seeds: &[b"CTX PROC VSZ RSS userTIME sysTIME UPTIME NAME\n7 1 1M 1M 0 0 1d web\n"],
    },
    Target {
        name: "services/vzlist",
        run: |bytes| {
            let text = text(bytes);
            let mut config = vzlist::config(&text);
            config.macs = vzlist::cards(&text);
            vzlist::list(&text).iter().for_each(|one| drop(vzlist::machine(one, &config, Some("h")).row()));
        },
        seeds: &[b"a 101 150 running t\nPHYSPAGES=\"0:512M\"\nPRIVVMPAGES=\"1:2\"\nNETIF=\"mac=00:18:51:00:00:01\"\n link/ether 00:18:51:00:00:01 brd\n"],
    },
    Target {
        name: "services/xen",
        run: |bytes| {
            let text = text(bytes);
            xl::list(&text, "xl");
            xl::first_uuid(&text);
            xe::machines(&text);
            xe::uuids(&text);
        },
        seeds: &[
            b"Name ID Mem VCPUs State Time(s)\na b 7 512 1 -b---- 1.0\nold 512 1 0.0\n(uuid 11112222-3333-4444-5555-666677778888)\n",
            b"uuid ( RO) : 11112222-3333-4444-5555-666677778888\n  name-label ( RW): a\n os-version (MRO): name: x; y: z\n",
        ],
    },
    Target {
        name: "services/databases",
        run: |bytes| {
            let text = text(bytes);
            mysql::server(&text);
            mysql::databases(&text);
            postgresql::server(&text);
            postgresql::databases(&text);
            mongodb::server(&text);
            mssql::server(&text, "", &text, &text);
            mssql::databases(&text);
            mssql::size(&text);
            oracle::server(&text);
            oracle::database(&text, &text, &text);
            oracle::oratab(&text);
            oracle::homes(&text);
            oracle::version(&text);
            db2::installation(&text);
            db2::instances(&text);
            db2::server("a", "1", &text);
            db2::directory(&text);
            db2::database("a", &text, &text, &text);
        },
        seeds: &[
            b"11.4.2-MariaDB\t3306\t/var/lib/mysql/\t1700000100\nUptime\t100\na\\t\t1\t2024-01-01 00:00:00\tNULL\n",
            br#"{"version":"7.0","started":1700000000000,"databases":[{"name":"a","sizeOnDisk":1e3,"ok":1}]}"#,
            b"16.0.1\na;2024-01-01 00:00:00.1;0\r\na;336.00 MB;57.13 MB\n",
            b"DB1,ACTIVE,19.3,2024-01-01 00:00:00\nDB1:/u01:Y\n",
            b"#PATH:VRMF\n/opt/db2:11.5\n Database name = A\nStart Database Manager timestamp = 09/02/2024 07:00:05.7\nParameter Name  : DATABASESIZE\nParameter Value : 1\n",
            b"<I><HOME_LIST><HOME LOC='/a'/></HOME_LIST></I>",
        ],
    },
];
