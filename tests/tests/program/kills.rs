//! Power cuts: a run that is killed at whatever moment, against a server that fails one request in three. In the end each
//! report that was made is there, and there once; where the kill fell between the server's taking it and our noting that,
//! the very same bytes came again under the same id, by which a server tells. Nothing that is kept is ever damaged.

use airlock_tests::agent::Agent;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply, Request};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// As many requests as can come before the server is well again.
const PLANNED: usize = 3000;

/// What the server does with its `number`th request.
fn plan(number: usize) -> Play {
    match number % 9 {
        2 => Play::Reply(Reply::status(500)),
        5 => Play::Close,
        8 => Play::Truncated { announced: 1000, body: b"<REPLY>".to_vec() },
        _ => Play::Usual,
    }
}

/// Kills so many runs, each at a moment drawn by chance.
fn kill_runs(count: usize) {
    let server = FakeGlpi::http();
    let agent = Agent::new(&format!("[[server]]\nname = \"hq\"\nurl = \"{}\"\n", server.url("/front/inventory.php")));
    // The first compiles what the others find compiled.
    let whole = [(); 2].map(|()| agent.run(&["run"]).took)[1];
    (0..PLANNED).for_each(|number| server.next(plan(number)));
    let shift = server.count();

    let (mut kills, mut ended) = (Vec::new(), 0);
    let log = agent.confdir.path().join("stderr");
    while kills.len() < count {
        let began = Instant::now();
        let mut child = agent.command(&["run"]);
        let file = fs::File::create(&log).unwrap();
        let mut child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn().unwrap();
        // Every second kill is aimed: a contact is the first request, and then the answer to a report is noted.
        let is_aimed = kills.len() % 2 == 1;
        let mut moment = if is_aimed { whole * 20 } else { whole.mul_f64(drawn()) };
        let requests = server.count();
        while began.elapsed() < moment && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
            if is_aimed && moment > whole * 10 && server.count() >= requests + 2 {
                moment = began.elapsed() + Duration::from_millis(8).mul_f64(drawn());
            }
        }
        match child.try_wait().unwrap() {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                // What was on its way to the server is there now.
                std::thread::sleep(Duration::from_millis(30));
                kills.push(server.count());
            }
            Some(_) => {
                ended += 1;
                assert!(ended < 20 * count, "no run lives long enough to be killed");
            }
        }
        undamaged(&agent, &fs::read_to_string(&log).unwrap());
    }
    // The server is well again, and the next runs bring it everything.
    server.recovers();
    let planned = shift..server.count();
    for _ in 0..5 {
        let output = agent.run(&["run"]);
        undamaged(&agent, &output.stderr);
        if output.status.success() {
            break;
        }
    }
    assert_eq!(agent.outbox("hq"), ["delivered.entry"], "everything is delivered, and nothing else is left");
    let verified = agent.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}{}", verified.stdout, verified.stderr);

    let made = delivered(&agent)["number"].as_u64().unwrap();
    let told = Told::of(&server.requests(), &kills, &planned);
    println!(
        "{} runs killed, {ended} ended before; {made} reports made, {} arrived; came again with the same bytes and id: \
         {} after a failed answer, {} after a kill between taking and noting",
        kills.len(),
        told.arrived,
        told.after_failures,
        told.after_kills
    );
    assert_eq!(told.arrived as u64, made, "each report that was made, and no other");
}

/// From 0 to 1.
fn drawn() -> f64 {
    let number = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(number >> 32).unwrap()) / f64::from(u32::MAX)
}

fn delivered(agent: &Agent) -> Value {
    let path = agent.airlock.vardir().join("servers/hq/outbox/delivered.entry");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// No run found anything damaged, and whatever is JSON by its name is JSON.
fn undamaged(agent: &Agent, said: &str) {
    for word in ["damaged", "aside", "defect", "panicked"] {
        assert!(!said.contains(word), "{said}");
    }
    files(agent.airlock.vardir(), &mut |path| {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        if ["json", "entry"].contains(&end) {
            let bytes = fs::read(path).unwrap();
            let document = serde_json::from_slice::<Value>(&bytes);
            assert!(document.is_ok(), "{}: {}", path.display(), String::from_utf8_lossy(&bytes));
        }
    });
}

fn files(folder: &Path, see: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, see) } else { see(&path) }
    }
}

/// What the server saw.
struct Told {
    /// Reports, by their ids.
    arrived: usize,
    after_failures: usize,
    after_kills: usize,
}

impl Told {
    /// `kills`: how many requests there were at each. `planned`: those that were answered by the plan.
    fn of(requests: &[Request], kills: &[usize], planned: &Range<usize>) -> Self {
        let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, request) in requests.iter().enumerate().filter(|(_, request)| request.is_inventory()) {
            by_id.entry(request.header("glpi-request-id").expect("each report has its id")).or_default().push(at);
        }
        let mut told = Self { arrived: by_id.len(), after_failures: 0, after_kills: 0 };
        for (id, times) in by_id {
            for pair in times.windows(2) {
                assert!(requests[pair[0]].body == requests[pair[1]].body, "{id}: other bytes under the same id");
                let was_answered = !planned.contains(&pair[0]) || matches!(plan(pair[0] - planned.start), Play::Usual);
                if !was_answered {
                    told.after_failures += 1;
                    continue;
                }
                let has_kill = kills.iter().any(|kill| (pair[0] + 1..=pair[1]).contains(kill));
                assert!(has_kill, "{id}: came again although it was taken, and no run was killed in between");
                told.after_kills += 1;
            }
        }
        told
    }
}

#[test]
fn runs_that_are_killed_lose_nothing_and_damage_nothing() {
    kill_runs(15);
}

#[test]
#[ignore = "takes longer: cargo test --release -p airlock-tests --test program kills -- --ignored"]
fn a_hundred_runs_that_are_killed_lose_nothing_and_damage_nothing() {
    kill_runs(100);
}
