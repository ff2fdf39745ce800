//! Processors, one row a socket: what `/proc/cpuinfo` says of them, and SMBIOS of the sockets that are in use.
//!
//! The lines of `/proc/cpuinfo` differ by architecture (`show_cpuinfo` below arch/*/kernel). Where they do not say which
//! processors share a socket, the kernel's topology in `/sys/devices/system/cpu` does.

use super::cpu_arm;
use super::cpu_topology::{Package, packages};
use crate::smbios::{Processor, processors};
use crate::{Machine, Roots, Scan};
use airlock_model::Row;

/// The lines of one logical processor.
struct Block<'a>(&'a str);

impl<'a> Block<'a> {
    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            (name.trim_end() == key).then(|| value.trim()).filter(|value| !value.is_empty())
        })
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.parse().ok()
    }
}

/// One socket: its first logical processor, and how many it has of what.
struct Socket<'a> {
    block: Block<'a>,
    cores: u64,
    threads_per_core: u64,
}

pub(super) fn collect(scan: &Scan<'_>) {
    let machine = scan.machine;
    let known = machine.dmi().tables(scan).map(processors).unwrap_or_default();
    let sockets = sockets(machine.cpuinfo(), scan.roots());
    if sockets.is_empty() {
        for processor in known {
            scan.row(row_of(machine, &Socket { block: Block(""), cores: 0, threads_per_core: 0 }, processor));
        }
        return;
    }
    let mut known = known.into_iter();
    for socket in sockets {
        scan.row(row_of(machine, &socket, known.next().unwrap_or_default()));
    }
}

fn sockets<'a>(cpuinfo: &'a str, roots: &Roots) -> Vec<Socket<'a>> {
    // A block begins with `processor : 0`; what some architectures write before or after all of them is none.
    let is_processor = |block: &&str| block.lines().any(is_number_of_processor);
    let blocks: Vec<&str> = cpuinfo.split("\n\n").filter(is_processor).collect();
    let mut by_id: Vec<(u64, Block<'_>)> = Vec::new();
    for block in &blocks {
        let block = Block(block);
        let Some(id) = block.number("physical id") else { continue };
        if !by_id.iter().any(|(known, _)| *known == id) {
            by_id.push((id, block));
        }
    }
    if !by_id.is_empty() {
        by_id.sort_by_key(|(id, _)| *id);
        let of = |block: Block<'a>| {
            let cores = block.number("cpu cores").unwrap_or(1).max(1);
            let threads = block.number("siblings").unwrap_or(1).div_ceil(cores).max(1);
            Socket { block, cores, threads_per_core: threads }
        };
        return by_id.into_iter().map(|(_, block)| of(block)).collect();
    }
    let packages = packages(roots, blocks.len());
    let of = |package: Package| {
        let block = Block(blocks.get(package.first).or(blocks.first())?);
        Some(Socket { block, cores: package.cores, threads_per_core: package.threads_per_core })
    };
    if packages.is_empty() {
        return blocks.iter().map(|block| Socket { block: Block(block), cores: 1, threads_per_core: 1 }).collect();
    }
    packages.into_iter().filter_map(of).collect()
}

/// `processor : 3`; old ARM kernels also write `Processor : ARMv7 …` once.
fn is_number_of_processor(line: &str) -> bool {
    line.strip_prefix("processor")
        .and_then(|rest| rest.trim_start().strip_prefix(':'))
        .is_some_and(|number| number.trim().parse::<u32>().is_ok())
}

fn row_of(machine: &Machine, socket: &Socket<'_>, processor: Processor) -> Row {
    let block = &socket.block;
    let arm = block.get("CPU implementer").map(|maker| (maker, block.get("CPU part").unwrap_or_default()));
    let name = ["model name", "Model Name", "cpu model", "cpu", "uarch"]
        .iter()
        .find_map(|key| block.get(key))
        .map(str::to_owned)
        .filter(|name| !(arm.is_some() && name.starts_with("ARMv")))
        .or_else(|| processor.version.as_deref().map(without_marks))
        .or_else(|| arm.and_then(|(maker, part)| cpu_arm::name(maker, part)).map(str::to_owned))
        .or_else(|| block.get("model name").map(str::to_owned));
    let manufacturer = block
        .get("vendor_id")
        .map(str::to_owned)
        .or_else(|| arm.and_then(|(maker, _)| cpu_arm::maker(maker)).map(str::to_owned))
        .or(processor.manufacturer);
    let speed = name
        .as_deref()
        .and_then(speed_in_name)
        .or_else(|| processor.current_speed.or(processor.max_speed).map(u64::from))
        .or_else(|| speed_of_kernel(machine.roots(), block));
    let cores = Some(socket.cores).filter(|n| *n > 0).or(processor.enabled_cores.map(u64::from));
    let threads = Some(socket.threads_per_core).filter(|n| *n > 0).or_else(|| {
        let cores = processor.enabled_cores.filter(|n| *n > 0)?;
        Some(u64::from(processor.threads?.div_ceil(cores)))
    });
    let mut row = Row::new();
    row.maybe("arch", architecture(machine))
        .maybe("name", name)
        .maybe("manufacturer", manufacturer)
        .maybe("speed", speed)
        .maybe("core", cores)
        .maybe("thread", threads)
        .maybe(
            "corecount",
            processor.cores.filter(|all| processor.enabled_cores.is_some_and(|on| on != *all)).map(u32::from),
        )
        .maybe("stepping", block.number("stepping"))
        .maybe("familynumber", block.get("cpu family"))
        .maybe("model", block.get("model").filter(|model| model.parse::<u32>().is_ok()))
        .maybe("familyname", processor.family)
        .maybe("id", processor.id)
        .maybe("serial", processor.serial)
        .maybe("external_clock", processor.external_clock.map(u32::from));
    row
}

/// Names that come from firmware carry the makers' marks.
fn without_marks(name: &str) -> String {
    let bare = name.replace("(R)", "").replace("(TM)", "").replace("(tm)", "");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `3.60GHz` in a name is 3600 MHz.
fn speed_in_name(name: &str) -> Option<u64> {
    let before = name.split_once("GHz")?.0.trim_end();
    let digits = before.rsplit(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let thousandths: String = part.chars().chain("000".chars()).take(3).collect();
    let speed = whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(thousandths.parse().ok()?)?;
    (speed > 0).then_some(speed)
}

/// What the kernel says of the speed where nobody else does. Only a virtual processor's present speed is its speed.
fn speed_of_kernel(roots: &Roots, block: &Block<'_>) -> Option<u64> {
    let kilohertz = roots.text("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").ok();
    if let Some(speed) = kilohertz.and_then(|text| text.trim().parse::<u64>().ok()) {
        return Some(speed / 1000);
    }
    let fixed = block.get("flags").is_some_and(|flags| flags.split_whitespace().any(|flag| flag == "hypervisor"));
    let present = block.get("cpu MHz").filter(|_| fixed).or_else(|| block.get("clock")?.strip_suffix("MHz"))?;
    present.split('.').next()?.parse().ok().filter(|speed| *speed > 0)
}

/// The instruction set in the words that servers know; none for one that they do not.
fn architecture(machine: &Machine) -> Option<String> {
    let name = super::os::architecture(machine.roots())?;
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

    #[test]
    fn speeds_in_names() {
        assert_eq!(speed_in_name("Lab CPU @ 2.4GHz"), Some(2400));
        assert_eq!(speed_in_name("Lab CPU 3GHz"), Some(3000));
        assert_eq!(speed_in_name("Lab CPU"), None);
        assert_eq!(speed_in_name("Lab CPU xGHz"), None);
        assert_eq!(speed_in_name("99999999999999999999.1GHz"), None);
    }
}
