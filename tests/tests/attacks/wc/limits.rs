//! WC-11, WC-14, WC-15 and WC-16: what a task may say, what it may know of time and chance, and that nothing that it says
//! breaks the host.

use airlock_gate::Limits;
use airlock_gate::Scope;
use airlock_gate::calls::{Bytes, FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite, Stat};
use airlock_gate::ports::{Answer, Files};
use airlock_sandbox::{Bound, Bounds, RunError};
use airlock_tests::policies::grant;
use airlock_tests::rig::{Rig, Setup};
use airlock_tests::roads::Road;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn wc_11_free_text_is_no_way_out_for_files() {
    let rig = Rig::new();
    // A text of any size: what comes out is bounded, and over the bound the run ends by name.
    let run = rig.run("fail 50000000");
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Message { .. }))), "{:?}", run.ended);
    rig.goes_on();
}

#[test]
fn wc_11_twin_a_short_text_comes_through() {
    assert_eq!(Rig::new().run("fail 200").ended, Err(RunError::Failed("e".repeat(200))));
}

#[test]
fn wc_14_time_is_coarse() {
    let run = Rig::new().act("clock", &[], Road::live().setup(""));
    assert_eq!(run.ended, Ok(()));
    // Seconds and nothing finer: a hundred looks see one moment, or two where a second ends between them.
    let moments: u32 = run.said()[0].split(' ').next().unwrap().parse().unwrap();
    assert!((1..=2).contains(&moments), "{:?}", run.said());
}

#[test]
fn wc_14_twin_the_time_can_be_had() {
    let run = Rig::new().act("clock", &[], Road::mock("").setup(""));
    assert_eq!(run.ended, Ok(()));
    // Seconds since 1970, and the same as local time.
    let words: Vec<&str> = run.said()[0].split(' ').collect();
    let seconds = words.iter().find_map(|word| word.parse::<u64>().ok().filter(|number| *number > 1_000_000_000));
    assert!(seconds.is_some() && words.last().unwrap().matches(':').count() == 2, "{words:?}");
}

#[test]
fn wc_15_chance_is_rationed() {
    let rig = Rig::new();
    for length in [4097_u32, 1 << 20, 1 << 30, u32::MAX] {
        let run = rig.act(&format!("random {length}"), &[], Setup::default());
        assert!(matches!(&run.ended, Err(RunError::Failed(why)) if why.contains("4096")), "{length}: {:?}", run.ended);
        assert_eq!(run.refused(), ["BAD_ARGUMENT"]);
    }
    rig.goes_on();
}

#[test]
fn wc_15_twin_a_key_can_be_had() {
    let rig = Rig::new();
    for length in [0, 16, 4096] {
        let run = rig.act(&format!("random {length}"), &[], Setup::default());
        assert_eq!(run.ended, Ok(()));
        assert!(run.said()[0].starts_with(&format!("{length} bytes")), "{:?}", run.said());
    }
}

fn everything() -> String {
    let files = ["files.read", "files.stat", "files.find", "files.hash", "files.write", "files.mkdir", "files.delete"];
    let files = files.map(|verb| grant(verb, "paths = [\"BASE/**\"]")).concat();
    let http = grant("http.fetch", "origins = [\"http://203.0.113.5\"]");
    let inventory = grant("inventory.read", "categories = [\"*\"]");
    let snmp = grant("snmp.read", "cidr = [\"10.1.0.0/24\"]\ncredentials = [\"printers\"]");
    let credential = "[credential.printers]\nsource = \"file:/etc/airlock/printers\"\nuse_for = [\"10.1.0.0/24\"]\n";
    format!("{files}{http}{inventory}{snmp}{credential}")
}

#[test]
fn wc_16_no_argument_breaks_a_host_function() {
    let rig = Rig::new();
    let device = "[[snmp]]\naddress = \"10.1.0.7\"\ncredential = \"printers\"\nvalues = { \"1.3.6.1\" = \"x\" }\n";
    for road in [Road::live(), Road::mock(&format!("\n{device}"))] {
        let limits = Limits { calls: 100_000, bytes: u64::MAX, ..Limits::default() };
        let bounds = Bounds { deadline: Duration::from_secs(120), message: 64 << 20, ..Bounds::default() };
        let run = rig.act("corpus", &[], Setup { limits, bounds, ..road.setup(&everything()) });
        assert_eq!(run.ended, Ok(()), "{}", road.name);
        let calls = run.said().last().map(|line| line.split(' ').next().unwrap().parse::<u32>().unwrap());
        assert!(run.left.log.len() >= 50 && calls.is_none_or(|calls| calls > 1000), "{calls:?}");
        road.assert_untouched();
    }
    rig.goes_on();
}

#[test]
fn wc_16_twin_arguments_that_make_sense_are_answered() {
    let rig = Rig::new();
    for road in Road::both() {
        let run = rig.act("file", &["read", &road.here("BASE/acme/a.txt")], road.setup(&everything()));
        assert_eq!(run.ended, Ok(()), "{}", road.name);
        assert_eq!(run.said().join(" "), "hello", "{}", road.name);
    }
}

/// A host function with a defect.
struct Broken;

macro_rules! broken {
    ($($method:ident($call:ty) -> $reply:ty;)*) => {
        impl Files for Broken {
            $(fn $method<'a>(&'a self, _call: $call, _scope: &'a Scope) -> Answer<'a, $reply> {
                Box::pin(async { panic!("a defect of the host") })
            })*
        }
    };
}

broken! {
    stat(FileStat) -> Option<Stat>;
    list(FileList) -> Vec<String>;
    read(FileRead) -> Bytes;
    hash(FileHash) -> String;
    write(FileWrite) -> ();
    mkdir(FileMkdir) -> ();
    remove(FileRemove) -> ();
}

#[test]
fn wc_16_a_defect_of_the_host_costs_the_run_and_no_more() {
    let rig = Rig::new();
    let road = Road::mock("");
    let setup = Setup { files: Arc::new(Broken), ..road.setup(&everything()) };
    let run = rig.act("file", &["read", "/opt/acme/a.txt"], setup);
    assert!(run.ended.is_err(), "{:?}", run.ended);
    assert!(!matches!(run.ended, Err(RunError::Denied(_))));
    rig.goes_on();
}
