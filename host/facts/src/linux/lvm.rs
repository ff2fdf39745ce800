//! Volumes of LVM: only its own tools say how they belong together, and they are run only where there are any.
//!
//! Signs of them, each a folder's listing: a volume that the device mapper has under a UUID of LVM's, udev's links to
//! physical volumes, LVM's own notes on those that are online, and its copies of a group's metadata.
//!
//! Sources: lvm(8), "UUID of device-mapper devices"; 69-dm-lvm.rules; vgcfgbackup(8).

use crate::Scan;
use crate::output::lvm;
use airlock_model::Row;

pub(super) fn logical(scan: &Scan<'_>) {
    collect(scan, "lvs", &lvm::LVS, lvm::logical_volumes);
}

pub(super) fn physical(scan: &Scan<'_>) {
    collect(scan, "pvs", &lvm::PVS, lvm::physical_volumes);
}

pub(super) fn groups(scan: &Scan<'_>) {
    collect(scan, "vgs", &lvm::VGS, lvm::volume_groups);
}

fn collect(scan: &Scan<'_>, tool: &str, arguments: &[&str], rows: fn(&str) -> Vec<Row>) {
    if !is_used(scan) {
        return;
    }
    if !scan.has_tool(tool) {
        scan.missing(format_args!("there are volumes of LVM, but {tool} is not installed"));
        return;
    }
    for row in scan.output(tool, arguments).iter().flat_map(|text| rows(text)) {
        scan.row(row);
    }
}

fn is_used(scan: &Scan<'_>) -> bool {
    let names = |folder: &str| scan.roots().names(folder).unwrap_or_default();
    names("/dev/disk/by-id").iter().any(|name| name.starts_with("lvm-pv-uuid-"))
        || !names("/run/lvm/pvs_online").is_empty()
        || names("/sys/block").iter().filter(|name| name.starts_with("dm-")).any(|name| {
            scan.roots().text(format!("/sys/block/{name}/dm/uuid")).is_ok_and(|uuid| uuid.starts_with("LVM-"))
        })
        || !names("/etc/lvm/backup").is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn argv<'a>(tool: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        [&[tool], arguments].concat()
    }

    #[test]
    fn tools_are_run_where_there_are_volumes() {
        let mut machine = TestMachine::new();
        machine.command(&argv("lvs", &lvm::LVS), "  root VG-1 -wi-ao---- 5901.39 LV-1 1\n");
        machine.command(&argv("pvs", &lvm::PVS), "  /dev/sda2 lvm2 a-- 8000.00 2000.00 PV-1 1907 VG-1\n");
        machine.command(&argv("vgs", &lvm::VGS), "  vg0 1 1 wz--n- 8000.00 2000.00 VG-1 4.19\n");
        for read in [logical, physical, groups] {
            assert!(machine.rows(read).is_empty());
        }
        machine.file("/sys/block/dm-0/dm/uuid", "LVM-abc\n");
        assert_eq!(machine.rows(logical)[0].text("lv_name"), Some("root"));
        assert_eq!(machine.rows(physical)[0].integer("pe_size"), Some(4));
        assert_eq!(machine.rows(groups)[0].text("vg_uuid"), Some("VG-1"));
    }

    #[test]
    fn a_machine_without_the_tools_says_so() {
        let machine = TestMachine::new();
        machine.link("/dev/disk/by-id/lvm-pv-uuid-aa", "../../sda");
        let (rows, missing) = machine.collect(logical);
        assert!(rows.is_empty());
        assert_eq!(missing, ["there are volumes of LVM, but lvs is not installed"]);
    }
}
