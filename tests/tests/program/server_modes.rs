//! A server that behaves in each of the ways that the server of tests has, to the whole program: the turn ends in its time with
//! a word for what happened, the report is still there, and it is the very same that the server gets when it is well again.

use airlock_tests::agent::{Agent, hq};
use airlock_tests::fakeglpi::{FakeGlpi, Play};
use serde_json::Value;
use std::time::{Duration, Instant};

/// For one request, and for a turn of several that all take as long as they may.
const TIMEOUT: u64 = 3;
const TURN: Duration = Duration::from_secs(25);

struct Scene {
    server: FakeGlpi,
    agent: Agent,
}

impl Scene {
    fn new() -> Self {
        let server = FakeGlpi::http();
        let agent = Agent::new(&format!("{}[transport]\ntimeout = {TIMEOUT}\n", hq(&server)));
        Self { server, agent }
    }

    fn round(&self) -> Value {
        let began = Instant::now();
        let told = self.agent.json(&["run", "--force", "--json"])[0].take();
        assert!(began.elapsed() < TURN, "{:?}: {told}", began.elapsed());
        told
    }

    fn waiting(&self) -> usize {
        self.agent.outbox("hq").iter().filter(|name| name.ends_with(".document")).count()
    }
}

/// What is told of a turn in which the server answers its report so; afterwards it is well, and gets the same report first.
fn at_a_report(play: Play) -> String {
    let scene = Scene::new();
    scene.server.next(Play::Usual);
    scene.server.next(play);
    let told = scene.round();
    assert_eq!(told["ok"], false, "{told}");
    assert_eq!(scene.waiting(), 1, "the report is still there: {told}");
    scene.server.recovers();
    let again = scene.round();
    assert_eq!((&again["ok"], scene.waiting()), (&true.into(), 0), "{again}");
    let inventories = scene.server.inventories();
    assert!(inventories.len() >= 2 && inventories[0] == inventories[1], "the very same");
    told["what"].as_str().unwrap().to_owned()
}

/// The same of a turn in which it answers the first words so: nothing is made, and nothing is lost.
fn at_a_contact(play: Play) -> String {
    let scene = Scene::new();
    scene.server.next(play);
    let told = scene.round();
    assert_eq!(told["ok"], false, "{told}");
    assert!(scene.server.inventories().is_empty());
    scene.server.recovers();
    assert_eq!(scene.round()["ok"], true);
    assert_eq!(scene.server.inventories().len(), 1);
    told["what"].as_str().unwrap().to_owned()
}

fn at_both(play: &Play, words: &str) {
    for told in [at_a_report(play.clone()), at_a_contact(play.clone())] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn drip() {
    at_both(&Play::Drip { every: Duration::from_millis(100), count: None }, "E-TIMEOUT");
    at_both(&Play::DripHeaders { every: Duration::from_millis(100) }, "E-TIMEOUT");
}

#[test]
fn hang() {
    at_both(&Play::Hang, "E-TIMEOUT");
}

#[test]
fn bomb() {
    at_both(&Play::Bomb(256 << 20), "more than");
}

#[test]
fn redirect() {
    let elsewhere = FakeGlpi::http();
    for status in [301, 302, 307, 308] {
        at_both(&Play::Redirect { status, location: elsewhere.url("/front/inventory.php") }, "E-REDIRECT-POST");
    }
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn unauthorized_401() {
    at_both(&Play::Unauthorized("Basic realm=\"GLPI\"".to_owned()), "401");
    // With a login, it is shown.
    let scene = Scene::new();
    scene.server.wants_basic("agent", "s3cret");
    assert_eq!(scene.round()["ok"], false);
    let password = scene.agent.confdir.path().join("password");
    std::fs::write(&password, "s3cret\n").unwrap();
    scene.agent.settings(&format!(
        "{}[transport]\nallow_cleartext_login = true\nlogin = {{ user = \"agent\", password_file = \"{}\" }}\n",
        hq(&scene.server),
        password.display()
    ));
    assert_eq!(scene.round()["ok"], true);
    assert_eq!(scene.server.inventories().len(), 1);
}

#[test]
fn truncate() {
    at_both(&Play::Truncated { announced: 1000, body: b"{\"status\":\"ok\",".to_vec() }, "E-TRUNCATED");
}

/// The answer to the contact is what it says to everything: that ends, and the report goes once.
#[test]
fn replay() {
    let scene = Scene::new();
    scene.server.next(Play::Usual);
    scene.server.at("/", Play::Replay);
    assert_eq!(scene.round()["ok"], true);
    assert_eq!((scene.server.inventories().len(), scene.waiting()), (1, 0));
    assert!(scene.server.count() <= 4, "{} requests", scene.server.count());
    let told = scene.round();
    assert_eq!((scene.server.inventories().len(), scene.waiting()), (2, 0), "{told}");
}

#[test]
fn too_many_429() {
    let scene = Scene::new();
    scene.server.next(Play::Usual);
    scene.server.next(Play::TooMany("120".to_owned()));
    let told = scene.round();
    let next: jiff::Timestamp = told["next"].as_str().unwrap().parse().unwrap();
    let seconds = next.as_second() - jiff::Timestamp::now().as_second();
    assert!(told["ok"] == false && (100..=600).contains(&seconds), "when the server says: {told}");
    assert_eq!(scene.waiting(), 1);
    at_both(&Play::TooMany("120".to_owned()), "429");
    // A word that is none, and one that is for ever, are no reason to wait for ever.
    for wait in ["soon", "99999999999", "-1"] {
        let scene = Scene::new();
        scene.server.next(Play::TooMany(wait.to_owned()));
        let told = scene.round();
        let next: jiff::Timestamp = told["next"].as_str().unwrap().parse().unwrap();
        let days = (next.as_second() - jiff::Timestamp::now().as_second()) / 86_400;
        assert!(days <= 7, "{wait}: {told}");
    }
}
