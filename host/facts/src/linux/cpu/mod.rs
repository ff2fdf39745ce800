//! Processors, one row a socket: what `/proc/cpuinfo` says of them, and SMBIOS of the sockets that are in use.
//!
//! Where cpuinfo does not say which processors share a socket, the kernel's topology in `/sys/devices/system/cpu` does.

mod arm;
pub mod cpuinfo;
mod numbers;
mod signature;
mod topology;

use crate::output::dmidecode::Dmidecode;
use crate::smbios::{Processor, processors};
use crate::{Roots, Scan};
use airlock_model::Row;
use cpuinfo::{Block, Cpuinfo};
use signature::Signature;
use topology::{Package, packages};

/// More kinds of cores than anybody puts into one chip.
const MOST_DESIGNS: usize = 8;

/// One socket: its first logical processor, and how many it has of what.
struct Socket<'a> {
    /// What the kernel says of it.
    row: Row,
    /// The designs of its cores where they are ARM's: small ones and big ones may share a socket.
    designs: Vec<(&'a str, &'a str)>,
    cores: u64,
    threads_per_core: u64,
}

pub(super) fn collect(scan: &Scan<'_>) {
    let (machine, roots) = (scan.machine, scan.roots());
    let known = machine.dmi().tables(scan).map(processors).unwrap_or_default();
    let cpuinfo = Cpuinfo::parse(machine.cpuinfo());
    let packages = packages(roots, cpuinfo.blocks().len());
    for mut row in rows(&cpuinfo, &packages, known) {
        row.otherwise("speed", speed_of_kernel(roots));
        // The kernel knows better than its lines tell: they do not differ between some variants.
        if let Some(name) = super::os::architecture(roots) {
            row.remove("arch");
            row.maybe("arch", architecture(name));
        }
        scan.row(row);
    }
}

/// The processors of a machine of which there are the texts of its cpuinfo and of dmidecode(8); either may be empty.
pub fn of_texts(cpuinfo: &str, dmidecode: &str) -> Vec<Row> {
    rows(&Cpuinfo::parse(cpuinfo), &[], Dmidecode::parse(dmidecode).processors())
}

/// The processors of a machine: its cpuinfo, the sockets by the kernel's topology, and what the firmware knows of those
/// in use.
fn rows(cpuinfo: &Cpuinfo<'_>, packages: &[Package], known: Vec<Processor>) -> Vec<Row> {
    let sockets = sockets(cpuinfo, packages);
    if sockets.is_empty() {
        let unseen = || Socket { row: Row::new(), designs: Vec::new(), cores: 0, threads_per_core: 0 };
        let rows = known.into_iter().map(|processor| joined(unseen(), processor));
        return rows.filter(|row| !row.is_empty()).collect();
    }
    let mut known = known.into_iter();
    sockets.into_iter().map(|socket| joined(socket, known.next().unwrap_or_default())).collect()
}

fn sockets<'a>(cpuinfo: &Cpuinfo<'a>, packages: &[Package]) -> Vec<Socket<'a>> {
    let blocks = cpuinfo.blocks();
    let of = |block: Block<'a>, cores: u64, threads_per_core: u64| Socket {
        row: cpuinfo.row(block),
        designs: block.arm().into_iter().collect(),
        cores,
        threads_per_core,
    };
    let mut by_id: Vec<(u64, Block<'a>)> = Vec::new();
    for block in blocks {
        let Some(id) = block.package() else { continue };
        if !by_id.iter().any(|(known, _)| *known == id) {
            by_id.push((id, *block));
        }
    }
    // An id without a count of cores says less than the topology does.
    let counted = by_id.iter().all(|(_, block)| block.number("cpu cores").is_some());
    if !by_id.is_empty() && (counted || packages.is_empty()) {
        by_id.sort_by_key(|(id, _)| *id);
        let counts = |(_, block): (u64, Block<'a>)| {
            let cores = block.number("cpu cores").unwrap_or(1).max(1);
            of(block, cores, block.number("siblings").unwrap_or(1).div_ceil(cores).max(1))
        };
        return by_id.into_iter().map(counts).collect();
    }
    if packages.is_empty() {
        let alone = |(at, row): (usize, Row)| Socket {
            designs: blocks.get(at).or(blocks.first()).and_then(|block| block.arm()).into_iter().collect(),
            row,
            cores: 1,
            threads_per_core: 1,
        };
        return cpuinfo.rows().into_iter().enumerate().map(alone).collect();
    }
    let package = |package: &Package| {
        let block = blocks.get(package.first).or(blocks.first())?;
        Some(of(*block, package.cores, package.threads_per_core))
    };
    let mut sockets: Vec<Socket<'a>> = packages.iter().filter_map(package).collect();
    if let [socket] = sockets.as_mut_slice() {
        for design in blocks.iter().filter_map(|block| block.arm()) {
            if !socket.designs.contains(&design) && socket.designs.len() < MOST_DESIGNS {
                socket.designs.push(design);
            }
        }
    }
    sockets
}

/// What the kernel says of a socket, and what the firmware adds.
fn joined(socket: Socket<'_>, processor: Processor) -> Row {
    let arm = socket.designs.first();
    let mut row = socket.row;
    // ARM kernels name the instruction set where others name the processor.
    if arm.is_some() || row.get("name").is_none() {
        let better = processor.version.as_deref().map(without_marks).or_else(|| {
            let names = socket.designs.iter().filter_map(|(maker, part)| arm::name(maker, part));
            Some(names.collect::<Vec<_>>().join(" + ")).filter(|names| !names.is_empty())
        });
        row.maybe("name", better);
    }
    // Where nobody says the model, the family is better than nothing.
    row.otherwise("name", processor.family.clone());
    let maker = arm.and_then(|(maker, _)| arm::maker(maker)).map(str::to_owned);
    row.otherwise("manufacturer", maker.or(processor.manufacturer));
    if let Some(signature) = processor.id.as_deref().filter(|_| arm.is_none()).and_then(Signature::of_id) {
        row.otherwise("stepping", Some(signature.stepping))
            .otherwise("familynumber", Some(signature.family.to_string()))
            .otherwise("model", Some(signature.model.to_string()));
    }
    row.otherwise("speed", row.text("name").and_then(cpuinfo::speed_in_name));
    row.otherwise("speed", processor.current_speed.or(processor.max_speed).map(u32::from));
    let cores = Some(socket.cores).filter(|n| *n > 0).or(processor.enabled_cores.map(u64::from));
    let threads = Some(socket.threads_per_core).filter(|n| *n > 0).or_else(|| {
        let cores = processor.enabled_cores.filter(|n| *n > 0)?;
        Some(u64::from(processor.threads?.div_ceil(cores)))
    });
    let all = processor.cores.filter(|all| processor.enabled_cores.is_some_and(|on| on != *all));
    row.maybe("core", cores)
        .maybe("thread", threads)
        .maybe("corecount", all.map(u32::from))
        .maybe("familyname", processor.family)
        .maybe("id", processor.id)
        .maybe("external_clock", processor.external_clock.map(u32::from));
    row.otherwise("serial", processor.serial);
    row
}

/// Names that come from firmware carry the makers' marks.
fn without_marks(name: &str) -> String {
    let bare = name.replace("(R)", "").replace("(TM)", "").replace("(tm)", "");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What sysfs says of the speed where nobody else does: the highest that the driver sets, and SPARC's own clock.
fn speed_of_kernel(roots: &Roots) -> Option<u64> {
    const FOLDER: &str = "/sys/devices/system/cpu/cpu0";
    let number = |file: &str| roots.text(format!("{FOLDER}/{file}")).ok()?.trim().parse::<u64>().ok();
    let kilohertz = number("cpufreq/cpuinfo_max_freq").map(|speed| speed / 1000);
    kilohertz.or_else(|| Some(number("clock_tick")? / 1_000_000)).filter(|speed| *speed > 0)
}

/// The machine's name for its instruction set in the words that servers know; none for one that they do not.
fn architecture(name: String) -> Option<String> {
    Some(match name.as_str() {
        "ppc" => "powerpc".to_owned(),
        "ppc64" | "ppc64le" => "powerpc64".to_owned(),
        "x86_64" | "aarch64" | "mips" | "mips64" | "alpha" | "sparc" | "sparc64" | "m68k" => name,
        arm if arm.starts_with("arm") => name,
        "i386" | "i486" | "i586" | "i686" => name,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn rows(files: &[(&str, &[u8])]) -> Vec<Row> {
        TestMachine::of(files).collect(collect).0
    }

    const TWO_SOCKETS: &str = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 94\n\
        model name\t: Lab CPU @ 3.60GHz\nstepping\t: 3\nphysical id\t: 0\nsiblings\t: 4\ncpu cores\t: 2\n\n\
        processor\t: 1\nmodel name\t: Lab CPU @ 3.60GHz\nphysical id\t: 3\nsiblings\t: 4\ncpu cores\t: 2\n\n\
        processor\t: 2\nmodel name\t: Lab CPU @ 3.60GHz\nphysical id\t: 0\nsiblings\t: 4\ncpu cores\t: 2\n\n";

    #[test]
    fn one_row_a_socket_with_what_firmware_knows_of_it() {
        let table = crate::smbios::testing::whole_machine();
        let rows = rows(&[
            ("proc/cpuinfo", TWO_SOCKETS.as_bytes()),
            ("proc/sys/kernel/arch", b"x86_64\n"),
            ("sys/firmware/dmi/tables/DMI", &table),
        ]);
        assert_eq!(rows.len(), 2);
        let first = &rows[0];
        assert_eq!((first.text("name"), first.integer("speed")), (Some("Lab CPU @ 3.60GHz"), Some(3600)));
        assert_eq!(
            (first.integer("core"), first.integer("thread"), first.integer("corecount")),
            (Some(2), Some(2), Some(8))
        );
        assert_eq!((first.text("id"), first.text("serial")), (Some("178BFBFD000506E3"), Some("P-1")));
        assert_eq!(
            (first.text("familyname"), first.text("familynumber"), first.text("model")),
            (Some("Xeon"), Some("6"), Some("94"))
        );
        assert_eq!((first.text("arch"), first.integer("external_clock")), (Some("x86_64"), Some(100)));
        assert_eq!(rows[1].text("serial"), None, "the second socket of the table is empty");
    }

    #[test]
    fn without_cpuinfo_the_table_speaks_alone() {
        let table = crate::smbios::testing::whole_machine();
        let rows = rows(&[("sys/firmware/dmi/tables/DMI", &table)]);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text("name"), rows[0].integer("speed")), (Some("Lab CPU 7700"), Some(2400)));
        assert_eq!((rows[0].integer("core"), rows[0].integer("thread")), (Some(6), Some(1)));
    }

    #[test]
    fn small_and_big_cores_share_a_socket() {
        let block = |n: u32, part: &str| {
            format!("processor\t: {n}\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: {part}\n\n")
        };
        let cpuinfo = format!("{}{}{}", block(0, "0xd03"), block(1, "0xd03"), block(2, "0xd09"));
        let rows = rows(&[
            ("proc/cpuinfo", cpuinfo.as_bytes()),
            ("sys/devices/system/cpu/cpu0/topology/package_cpus_list", b"0-2\n"),
        ]);
        assert_eq!((rows.len(), rows[0].integer("core")), (1, Some(3)));
        assert_eq!(rows[0].text("name"), Some("Cortex-A53 + Cortex-A73"));
        assert_eq!(rows[0].text("arch"), Some("aarch64"));
    }

    #[test]
    fn arm_by_topology() {
        let block =
            |n: u32| format!("processor\t: {n}\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd0c\n\n");
        let cpuinfo: String = (0..4).map(block).collect();
        let rows = rows(&[
            ("proc/cpuinfo", cpuinfo.as_bytes()),
            ("proc/sys/kernel/arch", b"aarch64\n"),
            ("sys/devices/system/cpu/cpu0/topology/package_cpus_list", b"0-1\n"),
            ("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", b"0\n"),
            ("sys/devices/system/cpu/cpu2/topology/package_cpus_list", b"2-3\n"),
            ("sys/devices/system/cpu/cpu2/topology/thread_siblings_list", b"2-3\n"),
            ("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", b"3000000\n"),
        ]);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("name"), rows[0].text("manufacturer")), (Some("Neoverse-N1"), Some("ARM")));
        assert_eq!((rows[0].integer("core"), rows[0].integer("thread")), (Some(2), Some(1)));
        assert_eq!((rows[1].integer("core"), rows[1].integer("thread")), (Some(1), Some(2)));
        assert_eq!((rows[0].text("arch"), rows[0].integer("speed")), (Some("aarch64"), Some(3000)));
    }
}
