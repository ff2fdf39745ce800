//! DE-14, DE-15, DE-17: what a job removes, moves, copies and asks about on the machine.

use super::job::{Job, code};
use airlock_gate::calls::{DeployHash, DeployStat};
use airlock_gate::{CallError, Code};
use airlock_tests::policies::grant;
use airlock_tests::roads::Road;
use std::time::{Duration, Instant};

fn grants(verbs: &[&str], path: &str) -> String {
    verbs.iter().map(|verb| grant(verb, &format!("paths = [\"{path}\"]"))).collect()
}

#[test]
fn de_14_only_what_is_granted_is_removed_and_never_a_root() {
    let decided = Road::both().map(|road| {
        let job = Job::on(&road, &grants(&["files.delete"], "BASE/acme"));
        let mut codes = Vec::new();
        for place in
            ["/", "/home", "/var/lib/airlock", "BASE", "BASE/acme2", "BASE/acme2/x", "BASE/own", "BASE/acme/../secret"]
        {
            codes.push(job.refused(job.gate.deploy_remove(&road.here(place))));
        }
        // Through links, of either kind, and a folder that has some.
        for place in ["BASE/acme/out", "BASE/acme/out/shadow", "BASE/acme/link", "BASE/acme/key", "BASE/acme"] {
            codes.push(job.refused(job.gate.deploy_remove(&road.here(place))));
        }
        road.assert_untouched();
        // All of it is granted, and still not the agent's own.
        let job = Job::on(&road, &grants(&["files.delete"], "BASE"));
        for place in ["BASE/own", "BASE/own/key", "BASE/acme/key"] {
            codes.push(job.refused(job.gate.deploy_remove(&road.here(place))));
        }
        road.assert_untouched();
        codes
    });
    let [no, bad, link, own] = [Code::NoGrant, Code::BadName, Code::Link, Code::AgentPath].map(code);
    let outside = [&no, &no, &own, &no, &no, &no, &no, &bad];
    // In the folder itself the first that is refused is the second name of a key.
    let inside = [&link, &link, &link, &own, &own, &own, &own, &own];
    assert_eq!(decided[0].iter().collect::<Vec<_>>(), [outside.as_slice(), &inside].concat());
    assert_eq!(decided[0], decided[1]);
}

#[test]
fn de_14_the_folder_that_a_grant_names_stays() {
    for road in Road::both() {
        let job = Job::on(&road, &grants(&["files.delete"], "BASE/acme/sub"));
        let root = job.now(job.gate.deploy_remove(&road.here("BASE/acme/sub")));
        assert!(matches!(&root, Err(CallError::Failed(why)) if why.contains("grant")), "{} {root:?}", road.name);
    }
}

#[test]
fn de_14_twin_a_tree_below_a_granted_folder_goes() {
    for road in Road::both() {
        let job = Job::on(&road, &grants(&["files.delete", "files.stat", "files.mkdir"], "BASE/acme"));
        job.now(job.gate.deploy_make_dir(&road.here("BASE/acme/sub/a/b"))).unwrap();
        job.now(job.gate.deploy_remove(&road.here("BASE/acme/sub"))).unwrap();
        let at = road.here("BASE/acme/sub");
        assert_eq!(job.now(job.gate.call(DeployStat { at })), Ok(None), "{}", road.name);
        road.assert_untouched();
    }
}

#[test]
fn de_15_both_ends_of_a_copy_and_of_a_move_are_granted_or_nothing_is_done() {
    let decided = Road::both().map(|road| {
        let verbs = ["files.read", "files.write", "files.stat"];
        let forbid = "[[forbid]]\nverb = \"files.read\"\npaths = [\"BASE/acme/sub/deep\"]\n";
        let job = Job::on(&road, &format!("{}{forbid}", grants(&verbs, "BASE/acme")));
        let mut codes = Vec::new();
        let mut copy = |from: &str, to: &str| {
            codes.push(job.refused(job.gate.deploy_copy(&road.here(from), &road.here(to))));
        };
        copy("/etc", "work:w");
        copy("/etc/passwd", "work:w");
        copy("BASE/secret/shadow", "work:w");
        copy("BASE/acme/link", "work:w");
        copy("BASE/acme/out/shadow", "work:w");
        copy("BASE/acme/key", "work:w");
        copy("BASE/acme", "work:w");
        copy("BASE/acme/a.txt", "/etc/cron.d/x");
        copy("BASE/acme/a.txt", "BASE/acme2/x");
        copy("BASE/acme/a.txt", "BASE/acme/out/x");
        copy("BASE/acme/a.txt", "BASE/acme/key");
        copy("BASE/acme/a.txt", "BASE/acme/twin");
        copy("BASE/acme/a.txt", "work:../x");
        // A source that is not granted to be removed: it is not even copied.
        codes.push(job.refused(job.gate.deploy_move(&road.here("BASE/acme/a.txt"), "work:a.txt")));
        assert_eq!(job.now(job.gate.call(DeployStat { at: "work:a.txt".into() })), Ok(None));
        let at = road.here("BASE/acme/a.txt");
        assert!(job.now(job.gate.call(DeployStat { at })).unwrap().is_some());
        road.assert_untouched();
        codes
    });
    let [no, link, own, bad] = [Code::NoGrant, Code::Link, Code::AgentPath, Code::BadArgument].map(code);
    let expected = [&no, &no, &no, &link, &link, &own, &own, &no, &no, &link, &own, &link, &bad, &no];
    assert_eq!(decided[0].iter().collect::<Vec<_>>(), expected);
    assert_eq!(decided[0], decided[1]);
}

#[test]
fn de_15_what_is_forbidden_below_a_tree_is_not_copied_with_it() {
    for road in Road::both() {
        let verbs = ["files.read", "files.write", "files.mkdir", "files.delete"];
        let forbid = "[[forbid]]\nverb = \"files.read\"\npaths = [\"BASE/acme/sub/deep\"]\n";
        let job = Job::on(&road, &format!("{}{forbid}", grants(&verbs, "BASE/acme")));
        job.now(job.gate.deploy_make_dir(&road.here("BASE/acme/sub/deep"))).unwrap();
        job.now(job.gate.deploy_copy(&road.here("BASE/acme/a.txt"), &road.here("BASE/acme/sub/deep/key"))).unwrap();
        let whole = job.refused(job.gate.deploy_copy(&road.here("BASE/acme/sub"), "work:all"));
        let moved = job.refused(job.gate.deploy_move(&road.here("BASE/acme/sub"), "work:all"));
        assert_eq!([whole, moved], [code(Code::Forbidden), code(Code::Forbidden)], "{}", road.name);
        assert_eq!(job.now(job.gate.call(DeployStat { at: "work:all".into() })), Ok(None));
    }
}

#[test]
fn de_15_twin_files_go_to_the_job_and_back() {
    for road in Road::both() {
        let verbs = ["files.read", "files.write", "files.mkdir", "files.delete", "files.hash"];
        let job = Job::on(&road, &grants(&verbs, "BASE/acme"));
        let path = |path: &str| road.here(path);
        assert_eq!(job.now(job.gate.deploy_copy(&path("BASE/acme/a.txt"), "work:a.txt")), Ok(1), "{}", road.name);
        assert_eq!(job.now(job.gate.deploy_move("work:a.txt", &path("BASE/acme/sub/b.txt"))), Ok(1));
        assert_eq!(job.now(job.gate.call(DeployStat { at: "work:a.txt".into() })), Ok(None));
        assert_eq!(job.now(job.gate.deploy_move(&path("BASE/acme/sub"), &path("BASE/acme/new"))), Ok(1));
        let hash = |at: &str| job.now(job.gate.call(DeployHash { at: path(at) }));
        assert_eq!(hash("BASE/acme/new/b.txt"), Ok(super::job::sum(b"hello")));
        assert_eq!(hash("BASE/acme/sub/b.txt"), Err(CallError::NotFound));
        road.assert_untouched();
    }
}

/// What a task hears of a refusal, apart from the number of its record.
fn heard<T: std::fmt::Debug>(answer: Result<T, CallError>) -> String {
    match answer {
        Err(CallError::Denied(denial)) => format!("{} {:?}", denial.capability, denial.reason),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn de_17_a_check_outside_says_the_same_whether_something_is_there_or_not() {
    let decided = Road::both().map(|road| {
        let job = Job::on(&road, &grants(&["files.stat", "files.hash"], "BASE/acme"));
        let ask = |path: &str| {
            let at = road.here(path);
            let hash = heard(job.now(job.gate.call(DeployHash { at: at.clone() })));
            [hash, heard(job.now(job.gate.call(DeployStat { at })))]
        };
        let (there, missing) = (ask("BASE/secret/shadow"), ask("BASE/secret/nothing"));
        assert_eq!(there, missing, "{}", road.name);
        assert_eq!(ask("/root/.ssh/id_ed25519"), there);
        // Nothing is looked at before it is refused, so there is no time to tell by.
        let time = |path: &str| {
            let times = (0..50).map(|_| {
                let (started, at) = (Instant::now(), road.here(path));
                drop(job.now(job.gate.call(DeployHash { at })));
                started.elapsed()
            });
            let mut times: Vec<Duration> = times.collect();
            times.sort_unstable();
            times[25]
        };
        let (there, missing) = (time("BASE/secret/shadow"), time("BASE/secret/nothing"));
        assert!(there.abs_diff(missing) < Duration::from_millis(2), "{} {there:?} {missing:?}", road.name);
        job.codes()
    });
    assert!(decided.iter().flatten().all(|one| *one == code(Code::NoGrant)));
}

#[test]
fn de_17_twin_a_check_inside_is_answered() {
    for road in Road::both() {
        let job = Job::on(&road, &grants(&["files.stat", "files.hash"], "BASE/acme"));
        let hash = job.now(job.gate.call(DeployHash { at: road.here("BASE/acme/a.txt") }));
        assert_eq!(hash, Ok(super::job::sum(b"hello")), "{}", road.name);
        assert_eq!(job.now(job.gate.call(DeployStat { at: road.here("BASE/acme/none") })), Ok(None));
    }
}
