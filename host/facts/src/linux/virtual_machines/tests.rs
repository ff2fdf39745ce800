use super::collect;
use crate::testing::TestMachine;
use airlock_model::Row;

const UUID: &str = "11112222-3333-4444-5555-666677778888";
const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn by_name<'a>(rows: &'a [Row], name: &str) -> &'a Row {
    rows.iter().find(|row| row.text("name") == Some(name)).unwrap()
}

#[test]
fn a_machine_that_hosts_nothing_has_no_rows() {
    assert_eq!(TestMachine::new().rows(collect), []);
}

#[test]
fn libvirt_tells_of_what_runs_and_what_could() {
    let domain = |name: &str, uuid: &str| {
        format!("<domain type='kvm'><name>{name}</name><uuid>{uuid}</uuid><vcpu>2</vcpu></domain>")
    };
    let other = "11112222-3333-4444-5555-666677778889";
    let machine = TestMachine::of(&[
        ("etc/libvirt/qemu/a.xml", domain("a", UUID)),
        ("etc/libvirt/qemu/b.xml", domain("b", other)),
        ("run/libvirt/qemu/a.xml", format!("<domstatus state='paused'>{}</domstatus>", domain("a", UUID))),
        ("dev/kvm", String::new()),
        ("proc/7/cmdline", format!("/usr/bin/qemu-system-x86_64\0-name\0guest=a\0-uuid\0{UUID}\0")),
        ("proc/8/cmdline", "/usr/bin/qemu-system-x86_64\0-name\0by hand\0-m\x001024\0".to_owned()),
    ]);
    let rows = machine.rows(collect);
    assert_eq!(rows.len(), 3);
    assert_eq!(by_name(&rows, "a").text("status"), Some("paused"));
    assert_eq!(by_name(&rows, "b").text("status"), Some("off"));
    assert_eq!(by_name(&rows, "by hand").integer("memory"), Some(1024));
}

#[test]
fn containers_by_the_files_of_their_managers() {
    let machine = TestMachine::of(&[
        (
            format!("var/lib/docker/containers/{ID}/config.v2.json").as_str(),
            format!(r#"{{"ID":"{ID}","Name":"/web","Config":{{"Image":"nginx"}},"State":{{"Running":true}}}}"#),
        ),
        (
            "var/lib/containers/storage/overlay-containers/containers.json",
            format!(r#"[{{"id":"{ID}","names":["pod"]}}]"#),
        ),
        (format!("run/containers/storage/overlay-containers/{ID}/userdata/pidfile").as_str(), "77\n".to_owned()),
        ("proc/77/stat", String::new()),
        ("var/lib/lxc/c1/config", "lxc.uts.name = c1\nlxc.rootfs.path = dir:/var/lib/lxc/c1/rootfs\n".to_owned()),
        ("var/lib/lxc/c1/rootfs/etc/machine-id", "abc\n".to_owned()),
        ("var/lib/lxc/c1/rootfs/etc/hostname", "c1\n".to_owned()),
        ("sys/fs/cgroup/lxc.payload.c1/cgroup.freeze", "1\n".to_owned()),
        ("sys/devices/system/cpu/online", "0-7\n".to_owned()),
        (
            "run/systemd/machines/n1",
            format!(
                "NAME=n1\nSCOPE=machine-n1.scope\nSERVICE=systemd-nspawn\nCLASS=container\nID={}\n",
                UUID.replace('-', "")
            ),
        ),
        ("sys/fs/cgroup/machine.slice/machine-n1.scope/cpu.max", "150000 100000\n".to_owned()),
    ]);
    let rows = machine.rows(collect);
    assert_eq!(rows.len(), 4);
    assert_eq!(
        (by_name(&rows, "web").text("vmtype"), by_name(&rows, "web").text("status")),
        (Some("docker"), Some("running"))
    );
    assert_eq!(
        (by_name(&rows, "pod").text("vmtype"), by_name(&rows, "pod").text("status")),
        (Some("podman"), Some("running"))
    );
    let c1 = by_name(&rows, "c1");
    assert_eq!((c1.text("status"), c1.integer("vcpu")), (Some("paused"), Some(8)));
    // What the agent in the container computes: SHA-1 of "abcc1".
    assert_eq!(c1.text("uuid").map(str::len), Some(40));
    assert_eq!((by_name(&rows, "n1").text("uuid"), by_name(&rows, "n1").integer("vcpu")), (Some(UUID), Some(2)));
}

#[test]
fn proxmox_and_its_containers() {
    let machine = TestMachine::of(&[
        ("etc/pve/qemu-server/100.conf", "name: db\nmemory: 2048\ncores: 2\n"),
        ("run/qemu-server/100.pid", "50\n"),
        ("proc/50/stat", ""),
        ("etc/pve/lxc/101.conf", "hostname: c\nmemory: 256\n"),
        ("var/lib/lxc/101/config", "lxc.uts.name = c\n"),
    ]);
    let rows = machine.rows(collect);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (by_name(&rows, "db").text("status"), by_name(&rows, "c").text("status")),
        (Some("running"), Some("off"))
    );
}

#[test]
fn tools_are_asked_where_only_they_know() {
    let mut machine = TestMachine::of(&[("proc/xen/capabilities", "control_d\n"), ("var/lib/incus/unix.socket", "")]);
    machine.command(
        &["xl", "list", "-v"],
        format!("Name ID Mem VCPUs State Time(s) UUID\nDomain-0 0 1 1 r----- 1.0 -\na 1 512 1 -b---- 1.0 {UUID}\n"),
    );
    let (rows, missing) = machine.collect(collect);
    assert_eq!((rows.len(), rows[0].text("status"), rows[0].text("uuid")), (1, Some("blocked"), Some(UUID)));
    assert_eq!(missing, ["instances of incus: it runs here, and its client incus is not in the system's folders"]);
}
