use super::*;

fn bound(job: &str) -> Bound {
    Bound {
        server: Some("hq".into()),
        task: "deploy".into(),
        component: "c0".into(),
        job: digest(&job),
        policy: "p0".into(),
        approval: "ops".into(),
        ..Bound::default()
    }
}

fn restart(unit: &str) -> Ask {
    let args = BTreeMap::from([("unit".to_owned(), unit.to_owned())]);
    Ask { template: Some("restart".into()), args: Some(args), ..Ask::new(Verb::ExecTemplate) }
}

fn check(queue: &mut Queue, job: &str, ask: &Ask, run: &str, now: u64) -> Standing {
    let rule = ApprovalRule::named("ops");
    queue.check(Held { bound: &bound(job), rule: &rule, job, ask, run, or: None, how: How::Now }, now)
}

fn held(standing: Standing) -> String {
    match standing {
        Standing::Held { digest } => digest,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_approved_runs_once() {
    let mut queue = Queue::default();
    let digest = held(check(&mut queue, "j", &restart("a"), "r1", 1));
    assert_eq!(queue.approve(&digest, "root", 2), Ok(0));
    assert!(matches!(check(&mut queue, "j", &restart("a"), "r2", 3), Standing::Approved { .. }));
    for run in ["r2", "r3"] {
        assert!(matches!(check(&mut queue, "j", &restart("a"), run, 4), Standing::Held { .. }), "{run}");
    }
}

#[test]
fn an_approval_is_for_exactly_what_was_shown() {
    let mut queue = Queue::default();
    let digest = held(check(&mut queue, "j", &restart("a"), "r1", 1));
    queue.approve(&digest, "root", 2).unwrap();
    held(check(&mut queue, "j", &restart("b"), "r2", 3));
    held(check(&mut queue, "j2", &restart("a"), "r2", 3));
    let mut other = bound("j");
    for change in 0..5 {
        match change {
            0 => other.component = "c1".into(),
            1 => other.policy = "p1".into(),
            2 => other.files = vec!["f".into()],
            3 => other.server = Some("lab".into()),
            _ => other.approval = "two".into(),
        }
        let rule = ApprovalRule::named("ops");
        let ask = restart("a");
        held(
            queue
                .check(Held { bound: &other, rule: &rule, job: "j", ask: &ask, run: "r2", or: None, how: How::Now }, 3),
        );
    }
}

#[test]
fn a_digest_that_was_shown_is_no_longer_valid_when_the_request_grows() {
    let mut queue = Queue::default();
    let first = held(check(&mut queue, "j", &restart("a"), "r1", 1));
    let second = held(check(&mut queue, "j", &restart("b"), "r1", 1));
    assert!(queue.approve(&first, "root", 2).is_err());
    queue.approve(&second, "root", 2).unwrap();
    for unit in ["b", "a"] {
        assert!(matches!(check(&mut queue, "j", &restart(unit), "r2", 3), Standing::Approved { .. }), "{unit}");
    }
}

#[test]
fn a_job_of_several_steps_comes_to_its_end() {
    let mut queue = Queue::default();
    let one = held(check(&mut queue, "j", &restart("a"), "r1", 1));
    queue.approve(&one, "root", 2).unwrap();
    assert!(matches!(check(&mut queue, "j", &restart("a"), "r2", 3), Standing::Approved { .. }));
    let two = held(check(&mut queue, "j", &restart("b"), "r2", 3));
    assert_eq!(queue.find(&two).unwrap().calls, [restart("a"), restart("b")]);
    queue.approve(&two, "root", 4).unwrap();
    for unit in ["a", "b"] {
        assert!(matches!(check(&mut queue, "j", &restart(unit), "r3", 5), Standing::Approved { .. }), "{unit}");
    }
}

#[test]
fn several_people_are_several_people() {
    let mut queue = Queue::default();
    let rule = ApprovalRule { required: 2, ..ApprovalRule::named("ops") };
    let ask = restart("a");
    let bound = bound("j");
    let digest = held(
        queue.check(Held { bound: &bound, rule: &rule, job: "j", ask: &ask, run: "r", or: None, how: How::Now }, 1),
    );
    assert_eq!(queue.approve(&digest, "ann", 2), Ok(1));
    assert_eq!(queue.approve(&digest, "ann", 2), Ok(1));
    assert_eq!(queue.approve(&digest, "bob", 2), Ok(0));
}

#[test]
fn a_flood_finds_the_queue_full_and_the_oldest_stay() {
    let mut queue = Queue::default();
    let first = held(check(&mut queue, "job 0", &restart("a"), "r", 0));
    for n in 1..10_000 {
        check(&mut queue, &format!("job {n}"), &restart("a"), "r", n);
    }
    assert_eq!(queue.waiting().len(), 10);
    assert_eq!(queue.waiting()[0].0, first);
    assert_eq!(queue.turned_away()["hq"], 9_990);
    let mut other = bound("j");
    other.server = Some("lab".into());
    let (rule, ask) = (ApprovalRule::named("ops"), restart("a"));
    held(
        queue
            .check(Held { bound: &other, rule: &rule, job: "j", ask: &ask, run: "r", or: None, how: How::Now }, 10_000),
    );
    assert!(serde_json::to_string(&queue).unwrap().len() < 1 << 20);
}

#[test]
fn the_same_job_waits_once() {
    let mut queue = Queue::default();
    let digests: Vec<String> =
        (0..100).map(|n| held(check(&mut queue, "j", &restart("a"), &format!("r{n}"), n))).collect();
    assert!(digests.iter().all(|digest| *digest == digests[0]));
    assert_eq!((queue.waiting().len(), queue.waiting()[0].1.times), (1, 100));
}

#[test]
fn what_waits_and_what_was_approved_expire() {
    let mut queue = Queue::default();
    let digest = held(check(&mut queue, "j", &restart("a"), "r", 0));
    assert!(queue.approve(&digest, "root", 14 * 86_400).is_err());
    let digest = held(check(&mut queue, "j", &restart("a"), "r", 20 * 86_400));
    queue.approve(&digest, "root", 20 * 86_400).unwrap();
    held(check(&mut queue, "j", &restart("a"), "r", 20 * 86_400 + 72 * 3_600));
}

#[test]
fn refused_is_refused_until_it_would_have_expired() {
    let mut queue = Queue::default();
    let digest = held(check(&mut queue, "j", &restart("a"), "r", 0));
    queue.refuse(&digest, "ann", 1).unwrap();
    assert_eq!(check(&mut queue, "j", &restart("a"), "r", 2), Standing::Refused { by: "ann".into() });
    assert!(queue.waiting().is_empty());
    held(check(&mut queue, "j", &restart("a"), "r", 15 * 86_400));
}

#[test]
fn a_short_digest_names_nothing() {
    let mut queue = Queue::default();
    let digest = held(check(&mut queue, "j", &restart("a"), "r", 0));
    assert!(queue.find(&digest[..15]).is_err() && queue.find("").is_err() && queue.find("zz").is_err());
    assert!(queue.find(&digest[..16]).is_ok());
}

#[test]
fn one_job_cannot_fill_the_queue_with_calls() {
    let mut queue = Queue::default();
    for n in 0..MOST_CALLS {
        held(check(&mut queue, "j", &restart(&format!("u{n}")), "r", 0));
    }
    assert!(matches!(check(&mut queue, "j", &restart("one more"), "r", 0), Standing::TurnedAway(_)));
    assert!(matches!(check(&mut queue, "k", &restart(&"x".repeat(MOST_BYTES)), "r", 0), Standing::TurnedAway(_)));
    assert_eq!(queue.waiting().len(), 1);
}

#[test]
fn a_long_job_is_kept_in_part_and_said_whole() {
    let mut queue = Queue::default();
    let job = "ä".repeat(MOST_BYTES);
    let digest = held(check(&mut queue, &job, &restart("a"), "r", 0));
    let request = queue.find(&digest).unwrap();
    assert_eq!((request.job_text.len(), request.job_bytes), (MOST_BYTES, 2 * MOST_BYTES as u64));
}

fn ahead(queue: &mut Queue, ask: &Ask, run: &str) -> Standing {
    let (bound, rule) = (bound("j"), ApprovalRule::named("ops"));
    queue.check(Held { bound: &bound, rule: &rule, job: "j", ask, or: None, run, how: How::Ahead }, 1)
}

fn fetch(name: &str) -> Ask {
    Ask { name: Some(name.into()), sha512: Some("00".into()), ..Ask::new(Verb::PkgFetch) }
}

fn is_approved(standing: &Standing) -> bool {
    matches!(standing, Standing::Approved { .. })
}

#[test]
fn a_rehearsal_lists_a_call_as_often_as_the_run_will_make_it_and_no_oftener() {
    let mut queue = Queue::default();
    for run in ["r1", "r2"] {
        for ask in [fetch("a"), restart("a"), fetch("a"), restart("b"), restart("a")] {
            held(ahead(&mut queue, &ask, run));
        }
    }
    let (digest, request) = queue.waiting().remove(0);
    assert_eq!(request.calls, [fetch("a"), restart("a"), restart("b"), restart("a")]);
    queue.approve(&digest, "root", 2).unwrap();
    // Once more, to see that nothing is new: nothing is used up.
    for ask in [fetch("a"), restart("a"), restart("b"), restart("a")] {
        assert!(is_approved(&ahead(&mut queue, &ask, "r3")), "{ask:?}");
    }
    // A download may be tried again, and by a later run; what changes something is used up, by one run.
    for (ask, run) in [("fetch", "r4"), ("fetch", "r5"), ("a", "r5"), ("b", "r5"), ("fetch", "r5"), ("a", "r5")] {
        let ask = if ask == "fetch" { fetch("a") } else { restart(ask) };
        assert!(is_approved(&check(&mut queue, "j", &ask, run, 3)), "{ask:?} {run}");
    }
    held(check(&mut queue, "j", &restart("a"), "r5", 4));
}

#[test]
fn what_a_later_rehearsal_adds_is_asked_with_all_that_went_before() {
    let mut queue = Queue::default();
    held(ahead(&mut queue, &fetch("a"), "r1"));
    let digest = held(ahead(&mut queue, &restart("a"), "r1"));
    queue.approve(&digest, "root", 2).unwrap();
    assert!(is_approved(&ahead(&mut queue, &fetch("a"), "r2")) && is_approved(&ahead(&mut queue, &restart("a"), "r2")));
    let digest = held(ahead(&mut queue, &restart("new"), "r2"));
    let calls: Vec<Ask> = queue.find(&digest).unwrap().calls.clone();
    assert_eq!(calls.len(), 3, "{calls:?}");
    assert!([fetch("a"), restart("a"), restart("new")].iter().all(|ask| calls.contains(ask)));
    assert!(!is_approved(&ahead(&mut queue, &restart("new"), "r3")), "the old approval is not one of it");
}

#[test]
fn a_look_uses_nothing_up_and_what_stands_for_a_call_does() {
    let mut queue = Queue::default();
    let (bound, rule) = (bound("j"), ApprovalRule::named("ops"));
    let (short, exact) =
        (Ask::path(Verb::FilesWrite, "/a"), Ask { bytes: Some(3), ..Ask::path(Verb::FilesWrite, "/a") });
    let mut check = |ask: &Ask, or: Option<&Ask>, how: How| {
        queue.check(Held { bound: &bound, rule: &rule, job: "j", ask, or, run: "r", how }, 1)
    };
    let digest = held(check(&short, None, How::Ahead));
    queue.approve(&digest, "root", 2).unwrap();
    let mut check = |ask: &Ask, or: Option<&Ask>, how: How| {
        queue.check(Held { bound: &bound, rule: &rule, job: "j", ask, or, run: "r", how }, 1)
    };
    assert!(is_approved(&check(&exact, Some(&short), How::Look)));
    assert!(is_approved(&check(&exact, Some(&short), How::Now)));
    held(check(&exact, Some(&short), How::Now));
}
