//! `/proc/cpuinfo`, whose lines differ by architecture (`show_cpuinfo` below arch/*/kernel).
//!
//! Blocks of `key : value` lines, one a logical processor, with an empty line between them. Before or after them stands
//! what is about the machine, and some architectures write no more than that: one block for all of their processors.

use super::numbers;
use crate::units::{Number, cut, single_spaced};
use airlock_model::Row;

/// More processors than any kernel is built for.
const MOST: usize = 8192;

/// What is read of a block, in bytes.
const BLOCK: usize = 16 << 10;
/// The same for a block that stands for many processors.
const SHORT: usize = 4 << 10;

/// Within how many lines the machine type of a mainframe is said.
const HEAD_LINES: usize = 64;

/// How many lines after the processors are about the board.
const BOARD_LINES: usize = 12;

/// The kinds of it that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Alpha,
    Arm,
    LoongArch,
    M68k,
    Mips,
    PowerPc,
    RiscV,
    S390,
    Sparc,
    X86,
    Other,
}

/// The file, in blocks.
#[derive(Debug)]
pub struct Cpuinfo<'a> {
    text: &'a str,
    kind: Kind,
    blocks: Vec<Block<'a>>,
}

/// The lines of one logical processor.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a>(&'a str);

/// What ARM kernels say of the board that the processor is on, as they say it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Board {
    pub hardware: Option<String>,
    pub model: Option<String>,
    pub revision: Option<String>,
    pub serial: Option<String>,
}

impl<'a> Block<'a> {
    /// Keys and values, but for lines without a value.
    pub fn lines(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.lines().filter_map(|line| {
            let (key, value) = line.split_once(':')?;
            let (key, value) = (key.trim(), value.trim());
            (!key.is_empty() && !value.is_empty()).then_some((key, value))
        })
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.lines().find_map(|(name, value)| (name == key).then_some(value))
    }

    pub(super) fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.parse().ok()
    }

    /// True for a block about a processor, not about the machine that it is in.
    fn is_processor(&self) -> bool {
        const NUMBERS: [&str; 2] = ["processor", "cpu number"];
        const NAMES: [&str; 3] = ["Processor", "cpu", "CPU"];
        self.lines().any(|(key, value)| match key {
            key if NUMBERS.contains(&key) => value.parse::<u32>().is_ok(),
            key => NAMES.contains(&key),
        })
    }

    /// The socket that the processor is in.
    pub(super) fn package(&self) -> Option<u64> {
        self.number("physical id").or_else(|| self.number("package"))
    }

    /// What ARM processors carry: who designed them, and which design it is.
    pub(super) fn arm(&self) -> Option<(&'a str, &'a str)> {
        Some((self.get("CPU implementer")?, self.get("CPU part").unwrap_or_default()))
    }
}

impl<'a> Cpuinfo<'a> {
    pub fn parse(text: &'a str) -> Self {
        let blocks =
            text.split("\n\n").map(|block| Block(cut(block, BLOCK))).filter(Block::is_processor).take(MOST).collect();
        Self { text, kind: kind(text), blocks }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The blocks about processors.
    pub fn blocks(&self) -> &[Block<'a>] {
        &self.blocks
    }

    /// How many processors a block stands for that is the only one.
    fn repeated(&self) -> usize {
        let [block] = self.blocks.as_slice() else { return 1 };
        let key = match self.kind {
            Kind::Alpha => "cpus active",
            Kind::Sparc => "ncpus active",
            _ => return 1,
        };
        block.number(key).and_then(|count| usize::try_from(count).ok()).unwrap_or(1).clamp(1, MOST)
    }

    /// A row a logical processor, in the kernel's own words and nothing else.
    pub fn rows(&self) -> Vec<Row> {
        let repeated = self.repeated();
        // What is said once and stands in thousands of rows is short.
        let row = |block: &Block<'a>| self.row(if repeated > 1 { Block(cut(block.0, SHORT)) } else { *block });
        self.blocks.iter().flat_map(|block| std::iter::repeat_n(row(block), repeated)).collect()
    }

    /// What a line says that not every block has: old ARM kernels write some of them once.
    fn shared(&self, block: Block<'a>, key: &str) -> Option<&'a str> {
        block.get(key).or_else(|| self.blocks.first()?.get(key))
    }

    /// What a block says of its processor.
    pub(super) fn row(&self, block: Block<'a>) -> Row {
        let name = self.name(block);
        let speed = name.as_deref().and_then(speed_in_name).or_else(|| self.speed(block));
        let mut row = Row::new();
        row.maybe("arch", self.architecture(block))
            .maybe("name", name)
            .maybe("manufacturer", self.manufacturer(block))
            .maybe("speed", speed)
            .maybe("stepping", block.number("stepping"))
            .maybe("familynumber", block.get("cpu family"))
            .maybe("model", block.get("model").filter(|model| model.parse::<u32>().is_ok()))
            .maybe("serial", block.get("cpu serial number"));
        row
    }

    fn name(&self, block: Block<'a>) -> Option<String> {
        let keys: &[&str] = match self.kind {
            Kind::X86 | Kind::Other => &["model name", "cpu model", "cpu"],
            Kind::Arm => &["Processor", "model name"],
            Kind::Alpha | Kind::Mips => &["cpu model"],
            Kind::PowerPc | Kind::Sparc => &["cpu"],
            Kind::LoongArch => &["Model Name", "model name"],
            Kind::M68k => &["CPU"],
            Kind::RiscV => &["uarch"],
            Kind::S390 => return self.machine_type().and_then(numbers::mainframe).map(str::to_owned),
        };
        keys.iter().find_map(|key| self.shared(block, key)).map(single_spaced)
    }

    fn manufacturer(&self, block: Block<'a>) -> Option<String> {
        match self.kind {
            Kind::RiscV => numbers::riscv_maker(block.get("mvendorid")?).map(str::to_owned),
            Kind::S390 => Some("IBM".to_owned()),
            Kind::LoongArch => {
                self.name(block).filter(|name| name.starts_with("Loongson")).map(|_| "Loongson".to_owned())
            }
            _ => block.get("vendor_id").map(str::to_owned),
        }
    }

    /// Clocks that do not change with the load.
    fn speed(&self, block: Block<'a>) -> Option<u64> {
        let megahertz = |text: &str| text.split('.').next()?.parse().ok().filter(|speed| *speed > 0);
        match self.kind {
            Kind::Alpha => {
                let hertz = block.get("cycle frequency [Hz]")?;
                Number::leading(hertz)?.0.over(1_000_000)?.whole().filter(|speed| *speed > 0)
            }
            Kind::PowerPc => megahertz(block.get("clock")?.strip_suffix("MHz")?),
            Kind::LoongArch => megahertz(block.get("CPU MHz")?),
            Kind::S390 => megahertz(block.get("cpu MHz static")?),
            Kind::M68k => megahertz(block.get("Clocking")?.strip_suffix("MHz")?),
            // Only a virtual processor's present speed is its speed.
            Kind::X86 => {
                let virtual_one = block.get("flags")?.split_ascii_whitespace().any(|flag| flag == "hypervisor");
                megahertz(block.get("cpu MHz").filter(|_| virtual_one)?)
            }
            _ => None,
        }
    }

    /// The instruction set as far as these lines tell it, in the words that servers know; none for one that they do not.
    fn architecture(&self, block: Block<'a>) -> Option<&'static str> {
        Some(match self.kind {
            Kind::X86 => {
                let wide =
                    block.get("flags").is_some_and(|flags| flags.split_ascii_whitespace().any(|flag| flag == "lm"));
                if wide { "x86_64" } else { "i386" }
            }
            Kind::Arm => match self.shared(block, "CPU architecture").map(str::parse::<u32>) {
                Some(Ok(version)) if version >= 8 => "aarch64",
                _ => "arm",
            },
            Kind::Alpha => "alpha",
            Kind::M68k => "m68k",
            Kind::Mips => "mips",
            Kind::PowerPc => "powerpc",
            Kind::Sparc => "sparc",
            Kind::LoongArch | Kind::RiscV | Kind::S390 | Kind::Other => return None,
        })
    }

    /// `processor 0: version = FF,  identification = 0133E8,  machine = 2964`.
    fn machine_type(&self) -> Option<&'a str> {
        let line = self.text.lines().take(HEAD_LINES).find(|line| line.starts_with("processor 0:"))?;
        Some(line.rsplit_once("machine =")?.1.trim())
    }

    /// What is said of the board after the processors; none where nothing is.
    pub fn board(&self) -> Option<Board> {
        let mut board = Board::default();
        for line in self.text.lines().rev().filter(|line| !line.trim().is_empty()).take(BOARD_LINES) {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            let field = match key.trim() {
                "Hardware" => &mut board.hardware,
                "Model" => &mut board.model,
                "Revision" => &mut board.revision,
                "Serial" => &mut board.serial,
                _ => continue,
            };
            if field.is_none() && !value.is_empty() {
                *field = Some(value.to_owned());
            }
        }
        (self.kind == Kind::Arm && board != Board::default()).then_some(board)
    }
}

impl Board {
    /// The board as the firmware's section has it.
    pub fn row(&self) -> Row {
        let mut row = Row::new();
        row.maybe("mmodel", self.hardware.as_deref().or(self.model.as_deref()))
            .maybe("msn", self.revision.as_deref())
            .maybe("ssn", self.serial.as_deref());
        row
    }
}

/// Told by the first line that only one of them has.
fn kind(text: &str) -> Kind {
    let mut keys = text.lines().take(128).filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        Some(match (key.trim(), value.trim()) {
            ("vendor_id", "IBM/S390") => Kind::S390,
            ("vendor_id" | "fdiv_bug" | "cpuid level", _) => Kind::X86,
            ("CPU implementer" | "CPU architecture" | "Features", _) => Kind::Arm,
            ("cpu", "Alpha") | ("cycle frequency [Hz]", _) => Kind::Alpha,
            ("CPU Family" | "Model Name" | "global_id", _) => Kind::LoongArch,
            ("tlb_entries" | "ASEs implemented" | "microsecond timers", _) => Kind::Mips,
            ("ncpus probed" | "MMU Type" | "prom", _) => Kind::Sparc,
            ("clock" | "timebase", _) => Kind::PowerPc,
            ("revision", revision) if revision.contains("pvr") => Kind::PowerPc,
            ("hart" | "isa", _) => Kind::RiscV,
            ("Clocking" | "FPU", _) => Kind::M68k,
            _ => return None,
        })
    });
    keys.next().unwrap_or(Kind::Other)
}

/// `3.60GHz` in a name is 3600 MHz.
pub(super) fn speed_in_name(name: &str) -> Option<u64> {
    let before = name.split_once("GHz")?.0.trim_end();
    let digits = before.rsplit(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
    Number::parse(digits)?.times(1000)?.whole().filter(|speed| *speed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        Cpuinfo::parse(text).rows()
    }

    #[test]
    fn speeds_in_names() {
        assert_eq!(speed_in_name("Lab CPU @ 2.4GHz"), Some(2400));
        assert_eq!(speed_in_name("Lab CPU 3GHz"), Some(3000));
        assert_eq!(speed_in_name("Lab CPU"), None);
        assert_eq!(speed_in_name("Lab CPU xGHz"), None);
        assert_eq!(speed_in_name("99999999999999999999999999999999999999999.1GHz"), None);
    }

    #[test]
    fn one_block_may_stand_for_several() {
        let alpha = "cpu\t\t: Alpha\ncpu model\t\t: EV7\ncpu serial number\t: Z1\ncycle frequency [Hz]\t: 1150000000 est.\ncpus active\t\t: 2\n";
        let found = rows(alpha);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].text("name"), found[0].text("arch"), found[0].integer("speed")),
            (Some("EV7"), Some("alpha"), Some(1150))
        );
        assert_eq!(found[1].text("serial"), Some("Z1"));
        let sparc = "cpu\t\t: Lab Sparc\nncpus active\t: 99999999999\ntype\t: sun4u\nMMU Type : x\n";
        assert_eq!(rows(sparc).len(), MOST);
    }

    #[test]
    fn lines_that_old_kernels_write_once() {
        let text = "Processor\t: ARMv7 Processor rev 1 (v7l)\nprocessor\t: 0\nBogoMIPS\t: 1.00\n\nprocessor\t: 1\nBogoMIPS\t: 1.00\n\n\
                    Features\t: swp\nCPU implementer\t: 0x41\nCPU architecture: 7\n\nHardware\t: Lab Board\nRevision\t: 0001\nSerial\t\t: 0000\n";
        let found = rows(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].text("name"), found[1].text("arch")), (Some("ARMv7 Processor rev 1 (v7l)"), Some("arm")));
        let board = Cpuinfo::parse(text).board().unwrap();
        assert_eq!((board.hardware.as_deref(), board.serial.as_deref()), (Some("Lab Board"), Some("0000")));
        assert_eq!(board.row().text("mmodel"), Some("Lab Board"));
    }

    #[test]
    fn every_architecture_has_its_own_words() {
        for (text, kind, name, speed) in [
            (
                "processor : 0\nvendor_id : AuthenticAMD\nmodel name : Lab  CPU\nflags : lm hypervisor\ncpu MHz : 2394.4\n",
                Kind::X86,
                Some("Lab CPU"),
                Some(2394),
            ),
            (
                "system type : Lab\nprocessor : 0\ncpu model : R10000 V2.6\ntlb_entries : 64\n",
                Kind::Mips,
                Some("R10000 V2.6"),
                None,
            ),
            (
                "processor : 0\ncpu : POWER9, altivec\nclock : 3800.000000MHz\nrevision : 2.2 (pvr 004e 1202)\n\ntimebase : 1\n",
                Kind::PowerPc,
                Some("POWER9, altivec"),
                Some(3800),
            ),
            (
                "processor : 0\nhart : 1\nisa : rv64imafdc\nuarch : lab,core\nmvendorid : 0x489\n",
                Kind::RiscV,
                Some("lab,core"),
                None,
            ),
            (
                "system type : x\n\nprocessor : 0\npackage : 0\nglobal_id : 0\nModel Name : Loongson-3X\nCPU MHz : 2500.00\n",
                Kind::LoongArch,
                Some("Loongson-3X"),
                Some(2500),
            ),
            (
                "vendor_id : IBM/S390\n# processors : 1\nprocessor 0: version = FF,  identification = 01,  machine = 3931\n\ncpu number : 0\ncpu MHz static : 5200\n",
                Kind::S390,
                Some("IBM z16"),
                Some(5200),
            ),
            ("CPU:\t\t68040\nMMU:\t\t68040\nFPU:\t\t68040\nClocking:\t32.8MHz\n", Kind::M68k, Some("68040"), Some(32)),
        ] {
            let cpuinfo = Cpuinfo::parse(text);
            let found = cpuinfo.rows();
            assert_eq!((cpuinfo.kind(), found.len()), (kind, 1), "{text}");
            assert_eq!((found[0].text("name"), found[0].integer("speed")), (name, speed), "{text}");
            assert_eq!(cpuinfo.board(), None);
        }
    }

    #[test]
    fn nonsense_is_nothing() {
        for text in ["", "\n\n\n", ":", "processor : x\n", "processor", "Revision : 1\n"] {
            assert!(rows(text).is_empty(), "{text}");
            assert_eq!(Cpuinfo::parse(text).board(), None);
        }
    }
}
