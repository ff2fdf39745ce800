//! What a component may take of the machine: time, memory, tables, stack, messages, calls, handles, the compiler's work.

use airlock_gate::crashes::{Crashes, Wait};
use airlock_gate::{Limits, Spent};
use airlock_native::CodeFolder;
use airlock_sandbox::{Bound, Bounds, Checked, CodeCache, LoadError, NoCache, RunError, Sandbox, Unit, World};
use airlock_tests::HOSTILE;
use airlock_tests::loops::{Place, looping, with_functions, with_large_function};
use airlock_tests::policies::grant;
use airlock_tests::ports::Never;
use airlock_tests::rig::{MARGIN, Rig, Run, Setup};
use airlock_tests::roads::Road;
use airlock_tests::wasm;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_millis(300);

fn soon() -> Setup {
    Setup { bounds: Bounds { deadline: DEADLINE, ..Bounds::default() }, ..Setup::default() }
}

fn ended_in_time(run: &Run, what: &str) {
    assert_eq!(run.ended, Err(RunError::Deadline(DEADLINE)), "{what}");
    // A second more than the limit, as the promise has it, for a machine that has other things to do.
    assert!(run.took < DEADLINE + MARGIN + Duration::from_millis(600), "{what}: {:?}", run.took);
}

fn message(run: &Run, what: &str) {
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Message { .. }))), "{what}: {:?}", run.ended);
}

fn refused(bytes: &[u8]) -> LoadError {
    let checked = match Checked::new(bytes, World::Everything) {
        Err(error) => return error,
        Ok(checked) => checked,
    };
    match Sandbox::new().unwrap().load(&checked, &NoCache) {
        Err(error) => error,
        Ok(_) => panic!("it was loaded"),
    }
}

#[test]
fn wr_01_an_endless_loop_ends_at_the_deadline() {
    let rig = Rig::new();
    ended_in_time(&rig.run_with("loop", soon()), "loop");
    rig.goes_on();
}

#[test]
fn wr_01_twin_two_busy_seconds_are_fine() {
    let rig = Rig::new();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(2) {
        assert_eq!(rig.run("spin 50000000").ended, Ok(()));
    }
}

#[test]
fn wr_02_loops_where_no_code_is_called_end_at_the_deadline() {
    let rig = Rig::new();
    let places = [Place::Start, Place::Export("cabi_realloc"), Place::Export("airlock:task/task@0.1.0#execute")];
    for place in places {
        let task = rig.load(&looping(HOSTILE, place));
        let unit = Unit { target: "read hardware".to_owned(), job: "{}".to_owned() };
        ended_in_time(&rig.run_task(&task, unit, soon()), &format!("{place:?}"));
    }
    // What is cleared up after a call that ended with a text.
    let task = rig.load(&looping(HOSTILE, Place::Export("cabi_post_airlock:task/task@0.1.0#execute")));
    let unit = Unit { target: "fail 3".to_owned(), job: "{}".to_owned() };
    ended_in_time(&rig.run_task(&task, unit, soon()), "post-return");
    rig.goes_on();
}

#[test]
fn wr_02_twin_a_component_taken_apart_and_put_together_works() {
    let rig = Rig::new();
    let task = rig.load(&with_functions(HOSTILE, 100));
    assert_eq!(rig.run_task(&task, Unit { target: "spin 10".into(), job: String::new() }, soon()).ended, Ok(()));
}

#[test]
fn wr_03_memory_ends_at_the_bound_of_a_run_and_of_all_runs() {
    let rig = Rig::new();
    let run = rig.run("memory 100000");
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Memory { .. }))), "{:?}", run.ended);
    let small = Rig::with_memory(20 << 20);
    let run = small.run("memory 30");
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::AllMemory { .. }))), "{:?}", run.ended);
    // What a run had is free when it has ended.
    for _ in 0..20 {
        assert_eq!(small.run("memory 8").ended, Ok(()));
    }
    small.goes_on();
    rig.goes_on();
}

#[test]
fn wr_03_twin_thirty_megabytes_are_fine() {
    assert_eq!(Rig::new().run("memory 30").ended, Ok(()));
}

#[test]
fn wr_04_memories_and_tables_are_counted() {
    const TABLES: u8 = 4;
    const MEMORIES: u8 = 5;
    let rig = Rig::new();
    for elements in [1 << 20, 1 << 30, u32::MAX - 1] {
        let task = rig.load(&wasm::with_table(HOSTILE, elements));
        let run = rig.run_task(&task, Unit { target: "spin 1".into(), job: String::new() }, Setup::default());
        assert!(matches!(run.ended, Err(RunError::Bound(Bound::Table { .. }))), "{elements}: {:?}", run.ended);
    }
    let task = rig.load(&wasm::growing_its_table(HOSTILE, 4000));
    let run = rig.run_task(&task, Unit { target: "table 1000000".into(), job: String::new() }, Setup::default());
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Table { .. }))), "{:?}", run.ended);
    // A hundred tables; two memories; one of 64 bits; more than there is room for: refused before or at the start.
    let tables = [&[100][..], &[0x70, 0, 100].repeat(100)].concat();
    for (section, body) in [
        (TABLES, tables),
        (MEMORIES, vec![2, 0, 1, 0, 1]),
        (MEMORIES, vec![1, 4, 1]),
        (MEMORIES, vec![1, 0, 0xff, 0xff, 0x03]),
    ] {
        let bytes = wasm::with_section(HOSTILE, section, &body);
        let Ok(checked) = Checked::new(&bytes, World::Everything) else { continue };
        let Ok(task) = rig.sandbox.load(&checked, &NoCache) else { continue };
        let run = rig.run_task(&task, Unit { target: "spin 1".into(), job: String::new() }, Setup::default());
        assert!(run.ended.is_err(), "{section} {body:?}");
    }
    rig.goes_on();
}

#[test]
fn wr_04_twin_a_table_that_grows_a_little_is_fine() {
    let rig = Rig::new();
    let task = rig.load(&wasm::growing_its_table(HOSTILE, 4000));
    let run = rig.run_task(&task, Unit { target: "table 3".into(), job: String::new() }, Setup::default());
    assert_eq!(run.ended, Ok(()));
}

#[test]
fn wr_05_recursion_ends_at_the_stack() {
    let rig = Rig::new();
    assert_eq!(rig.run("recursion 100000000").ended, Err(RunError::Bound(Bound::Stack)));
    rig.goes_on();
}

#[test]
fn wr_05_twin_some_recursion_is_fine() {
    assert_eq!(Rig::new().run("recursion 500").ended, Ok(()));
}

#[test]
fn wr_06_messages_end_at_their_bound_before_they_are_read() {
    let rig = Rig::new();
    let roomy = || Setup { bounds: Bounds { memory: 512 << 20, ..Bounds::default() }, ..Setup::default() };
    for what in [
        "bytes 60000000",
        "text 60000000",
        "values 10000000",
        "arguments 1000000",
        "fields 1000000",
        "log-bytes 60000000",
        "name 60000000",
    ] {
        message(&rig.run_with(what, roomy()), what);
    }
    // A small message that says the same bytes over and over is not larger than it is.
    for what in ["echoes 1000", "echoed-list 1000"] {
        assert!(rig.run_with(what, roomy()).ended.is_err(), "{what}");
    }
    rig.goes_on();
}

#[test]
fn wr_06_twin_a_megabyte_is_fine() {
    let rig = Rig::new();
    assert_eq!(rig.run("text 1000000").ended, Ok(()));
    let road = Road::mock("");
    assert_eq!(
        rig.run_with("bytes 1000000", road.setup(&grant("files.write", "paths = [\"/opt/acme/**\"]"))).ended,
        Ok(())
    );
}

#[test]
fn wr_07_what_a_run_returns_is_bounded() {
    let rig = Rig::new();
    message(&rig.run("fail 50000000"), "fail");
    rig.goes_on();
}

#[test]
fn wr_07_twin_a_reason_comes_through() {
    assert_eq!(Rig::new().run("fail 1000").ended, Err(RunError::Failed("e".repeat(1000))));
}

#[test]
fn wr_08_a_flood_of_calls_is_stopped_and_not_recorded_one_by_one() {
    let rig = Rig::new();
    let run = rig.run("calls-for-ever");
    assert!(matches!(run.ended, Err(RunError::Bound(Bound::Calls { .. }))), "{:?}", run.ended);
    assert!(run.spent.calls <= Limits::default().calls + Limits::default().refusals + 1);
    assert!(run.audit.len() < 10, "{}", run.audit.len());
    rig.goes_on();
}

#[test]
fn wr_08_twin_a_thousand_calls_are_fine() {
    assert_eq!(Rig::new().run("calls 1000").ended, Ok(()));
}

const PRINTER: &str =
    "\n[[snmp]]\naddress = \"10.1.0.7\"\ncredential = \"printers\"\nvalues = { \"1.3.6.1\" = \"x\" }\n";

fn printers() -> String {
    let credential = "[credential.printers]\nsource = \"file:/etc/airlock/printers\"\nuse_for = [\"10.1.0.0/24\"]\n";
    grant("snmp.read", "cidr = [\"10.1.0.0/24\"]\ncredentials = [\"printers\"]") + credential
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn wr_09_handles_run_out_and_all_are_given_back() {
    let rig = Rig::new();
    let sessions =
        |number: usize| rig.act(&format!("sessions {number}"), &["10.1.0.7"], Road::mock(PRINTER).setup(&printers()));
    rig.goes_on();
    let before = open_files();
    for _ in 0..3 {
        let run = sessions(10_000_000);
        assert!(matches!(&run.ended, Err(RunError::Failed(why)) if why.contains("open resources")), "{:?}", run.ended);
        let opened: usize = run.said()[0].split([' ', ':']).nth(1).unwrap().parse().unwrap();
        assert!((1..=256).contains(&opened), "{opened}");
    }
    // Nor do files that are read stay open.
    let road = Road::live();
    let reads = grant("files.read", "paths = [\"BASE/acme/**\"]");
    let limits = Limits { calls: 1000, ..Limits::default() };
    rig.act("file", &["race", &road.here("BASE/acme/a.txt"), "300"], Setup { limits, ..road.setup(&reads) });
    assert!(open_files() <= before + 2, "{before} {}", open_files());
    assert_eq!(format!("{:?}", Spent::Handles), "Handles");
    rig.goes_on();
}

#[test]
fn wr_09_twin_a_hundred_sessions_are_fine() {
    let run = Rig::new().act("sessions 100", &["10.1.0.7"], Road::mock(PRINTER).setup(&printers()));
    assert_eq!(run.ended, Ok(()));
    assert_eq!(run.said(), ["100 open"]);
}

#[test]
fn wr_10_a_flood_of_lines_is_cut_and_counted() {
    let rig = Rig::new();
    let limits = Limits { calls: 2_000_000, ..Limits::default() };
    let run = rig.run_with("log 20000", Setup { limits, ..Setup::default() });
    assert_eq!(run.ended, Ok(()));
    assert_eq!((run.left.log.len(), run.spent.log_dropped), (1000, 19_000));
    let run = rig.run("log-bytes 3000000");
    assert!(run.left.log.is_empty() && run.spent.log_dropped == 1, "{:?}", run.spent);
    rig.goes_on();
}

#[test]
fn wr_10_twin_a_few_lines_are_kept() {
    let run = Rig::new().run("log 100");
    assert_eq!((run.left.log.len(), run.spent.log_dropped), (100, 0));
}

#[test]
fn wr_11_waiting_in_the_host_ends_at_the_deadline() {
    let rig = Rig::new();
    let setup = Setup { facts: Arc::new(Never::default()), ..soon() };
    ended_in_time(&rig.run_with("read hardware", setup), "facts");
    // A command that sleeps, and is killed with the run that waits for it.
    let road = Road::live();
    let template = "[template.sleep]\nprogram = \"/bin/sleep\"\nargv = [\"60\"]\nwall_seconds = 100\n";
    let policy = grant("exec.template", "templates = [\"sleep\"]") + template;
    let setup = Setup { bounds: Bounds { deadline: DEADLINE, ..Bounds::default() }, ..road.setup(&policy) };
    ended_in_time(&rig.act("exec", &["sleep"], setup), "exec");
    rig.goes_on();
}

#[test]
fn wr_11_twin_a_short_wait_is_fine() {
    let road = Road::live();
    let template = "[template.sleep]\nprogram = \"/bin/sleep\"\nargv = [\"0.1\"]\n";
    let policy = grant("exec.template", "templates = [\"sleep\"]") + template;
    assert_eq!(Rig::new().act("exec", &["sleep"], road.setup(&policy)).ended, Ok(()));
}

#[test]
fn wr_12_bombs_for_the_compiler_are_refused_before_it() {
    let started = Instant::now();
    let large = [HOSTILE, &vec![0; 64 << 20]].concat();
    assert!(matches!(refused(&large), LoadError::TooLarge { .. }));
    assert!(matches!(refused(&with_functions(HOSTILE, 1_000_000)), LoadError::TooMuch { what: "functions", .. }));
    for locals in [30_000, 1_000_000, u32::MAX] {
        let error = refused(&with_large_function(HOSTILE, locals, 1));
        assert!(matches!(error, LoadError::TooMuch { .. } | LoadError::NotAComponent(_)), "{locals}: {error}");
    }
    let error = refused(&with_large_function(HOSTILE, 1, 1_000_000));
    assert!(matches!(error, LoadError::TooMuch { what: "bytes of one function", .. }), "{error}");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    Rig::new().goes_on();
}

#[test]
fn wr_12_twin_a_thousand_functions_more_are_compiled() {
    let rig = Rig::new();
    rig.load(&with_functions(HOSTILE, 1000));
    rig.load(&with_large_function(HOSTILE, 1000, 1000));
}

#[test]
fn wr_13_what_is_no_component_is_refused_by_name() {
    for length in (0..HOSTILE.len()).step_by(HOSTILE.len() / 60) {
        let error = refused(&HOSTILE[..length]);
        assert!(
            matches!(error, LoadError::NotAComponent(_) | LoadError::DoesNotFit { .. } | LoadError::Compile(_)),
            "{error}"
        );
    }
    for bytes in [
        b"".as_slice(),
        b"\0",
        b"\0asm",
        b"\0asm\x01\0\0\0",
        b"\0asm\xff\xff\xff\xff",
        b"\x7fELF",
        b"#!/bin/sh\n",
        b"PK\x03\x04",
    ] {
        assert!(!refused(bytes).to_string().is_empty(), "{bytes:?}");
    }
    for at in (0..HOSTILE.len()).step_by(HOSTILE.len() / 60) {
        let mut changed = HOSTILE.to_vec();
        changed[at] ^= 0x55;
        // Whatever comes of it, it is no panic.
        if let Ok(checked) = Checked::new(&changed, World::Everything) {
            let _ = Sandbox::new().unwrap().load(&checked, &NoCache);
        }
    }
    let unknown = wasm::replaced(HOSTILE, b"airlock:net/http", b"airlock:net/raws");
    assert!(matches!(refused(&unknown), LoadError::OutsideWorld { .. }));
    let wasi = wasm::replaced(HOSTILE, b"airlock:net/http", b"wasi:sockets/tcp");
    assert!(matches!(refused(&wasi), LoadError::OutsideWorld { .. }));
    // What a kind of task does not have is not there for it, though the host knows it.
    for world in
        [World::Base, World::Inventory, World::Collect, World::NetInventory, World::NetDiscovery, World::Deploy]
    {
        assert!(matches!(Checked::new(HOSTILE, world), Err(LoadError::OutsideWorld { .. })), "{world:?}");
    }
}

#[test]
fn wr_13_twin_a_component_is_loaded() {
    Rig::new().goes_on();
}

struct Kept(CodeFolder);

impl CodeCache for Kept {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn put(&self, key: &str, code: &[u8]) {
        self.0.put(key, code);
    }
}

#[test]
fn wr_14_code_that_was_tampered_with_is_compiled_anew() {
    let (rig, folder) = (Rig::new(), tempfile::tempdir().unwrap());
    let checked = Checked::new(HOSTILE, World::Everything).unwrap();
    let load = || rig.sandbox.load(&checked, &Kept(CodeFolder::new(folder.path().to_owned()))).unwrap();
    assert!(!load().cached && load().cached);
    let file = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&file).unwrap();
    for at in [0, 20, 40, 60, 100, good.len() / 2, good.len() - 1] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(&file, changed).unwrap();
        assert!(!load().cached, "{at}");
    }
    // As it was kept, but anybody could have written it.
    assert!(load().cached);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(!load().cached);
    // Code that an engine made, given as a component.
    let code = Sandbox::new().unwrap().load(&checked, &Thief).map(|_| TAKEN.lock().unwrap().clone()).unwrap();
    assert!(matches!(refused(&code), LoadError::Precompiled));
    rig.goes_on();
}

static TAKEN: std::sync::Mutex<Vec<u8>> = std::sync::Mutex::new(Vec::new());

struct Thief;

impl CodeCache for Thief {
    fn get(&self, _key: &str) -> Option<Vec<u8>> {
        None
    }

    fn put(&self, _key: &str, code: &[u8]) {
        *TAKEN.lock().unwrap() = code.to_vec();
    }
}

#[test]
fn wr_14_twin_code_that_was_kept_is_used() {
    let (rig, folder) = (Rig::new(), tempfile::tempdir().unwrap());
    let checked = Checked::new(HOSTILE, World::Everything).unwrap();
    let load = || rig.sandbox.load(&checked, &Kept(CodeFolder::new(folder.path().to_owned()))).unwrap();
    assert!(!load().cached && load().cached);
}

#[test]
fn wr_15_a_storm_of_crashes_is_held_back_and_then_ended() {
    let rig = Rig::new();
    let (mut crashes, mut now, mut runs, mut waited) = (Crashes::default(), 1_700_000_000, 0, Duration::ZERO);
    let digest = rig.hostile.digest().to_string();
    // A thousand wishes of a server to run it, a minute apart.
    for _ in 0..1000 {
        match crashes.begin(&digest, now) {
            Ok(()) => {
                runs += 1;
                let run = rig.run("panic");
                assert!(matches!(run.ended, Err(RunError::Crashed(_))));
            }
            Err(Wait::BackOff { .. }) => waited += Duration::from_secs(60),
            Err(Wait::Quarantine { .. }) => {}
        }
        // Another component is not held back by it.
        assert_eq!(crashes.begin("another", now), Ok(()));
        crashes.ended_well("another");
        now += 60;
    }
    assert_eq!(runs, 10);
    assert!(waited > Duration::from_secs(3600));
    assert!(matches!(crashes.begin(&digest, u64::MAX), Err(Wait::Quarantine { .. })));
    rig.goes_on();
}

#[test]
fn wr_15_twin_one_crash_among_good_runs_costs_little() {
    let mut crashes = Crashes::default();
    crashes.begin("a", 0).unwrap();
    assert!(crashes.begin("a", 10).is_err());
    crashes.begin("a", 31).unwrap();
    crashes.ended_well("a");
    assert_eq!(crashes.begin("a", 32), Ok(()));
}
