//! DE-25: a list of mirrors is no list of addresses to be tried. With real sockets in a network of the test's own.

use super::job::{Job, MIRROR, code, file, sum};
use airlock_gate::{CallError, Code};
use airlock_tests::listener::{canary, listen, ok, redirect};
use airlock_tests::namespace::{in_namespace, is_inside};
use airlock_tests::policies::grant;
use airlock_tests::roads::Road;

const PART: &[u8] = b"a part of a package";
const NAMED: &str = "http://mirror.acme.test:8080/p/";
const ORIGINS: &str =
    "origins = [\"http://203.0.113.5:8080\", \"http://mirror.acme.test:8080\", \"http://127.0.0.1:8080\"]";

fn path() -> String {
    let part = sum(PART);
    format!("{}/{}/{part}", &part[..1], &part[..2])
}

/// Every mirror but one is refused, and by nothing but the policy.
fn codes(job: &Job, mirrors: &[&str]) -> Vec<String> {
    let of = file("a", PART, &[PART]);
    mirrors.iter().map(|mirror| job.refused(job.gate.deploy_fetch(mirror, &sum(PART), &of))).collect()
}

const OUTSIDE: [&str; 6] = [
    "http://203.0.113.5:22/",
    "http://203.0.113.6:8080/p/",
    "http://203.0.113.7:445/",
    "https://203.0.113.5:8080/p/",
    "http://127.0.0.1:8080/p/",
    "http://user@203.0.113.5:8080/p/",
];

fn expected() -> Vec<String> {
    let no = code(Code::NoGrant);
    let mut all = vec![no; 4];
    all.extend([code(Code::Loopback), code(Code::BadArgument)]);
    all
}

#[test]
fn de_25_only_mirrors_of_the_policy_are_contacted() {
    in_namespace(
        "de::mirrors::de_25_only_mirrors_of_the_policy_are_contacted",
        &["203.0.113.5", "203.0.113.6", "203.0.113.7"],
        || {
            let canaries = ["203.0.113.5:22", "203.0.113.6:8080", "203.0.113.7:445", "127.0.0.1:8080"].map(canary);
            let job = Job::on(&Road::live(), &grant("pkg.fetch", ORIGINS));
            assert_eq!(codes(&job, &OUTSIDE), expected());
            // A granted mirror that sends elsewhere is asked once, and nobody else is.
            let moved = listen("203.0.113.5:8080", |_| redirect(302, "http://203.0.113.6:8080/p/x"));
            assert_eq!(codes(&job, &[MIRROR]), [code(Code::NoGrant)]);
            assert_eq!(moved.all().len(), 1);
            for canary in canaries {
                assert!(canary.all().is_empty(), "{:?}", canary.all());
            }
        },
    );
    if is_inside() {
        return;
    }
    let mock = Road::mock(&format!(
        "\n[hosts]\n\"mirror.acme.test\" = [[\"127.0.0.1\"]]\n[[http]]\nurl = \"{MIRROR}{}\"\nstatus = 302\nheaders = {{ location = \"http://203.0.113.6:8080/p/x\" }}\n",
        path()
    ));
    let job = Job::on(&mock, &grant("pkg.fetch", ORIGINS));
    assert_eq!(codes(&job, &OUTSIDE), expected());
    assert_eq!(codes(&job, &[MIRROR, NAMED]), [code(Code::NoGrant), code(Code::Loopback)]);
    mock.assert_untouched();
}

#[test]
fn de_25_twin_a_mirror_of_the_policy_gives_its_part() {
    in_namespace("de::mirrors::de_25_twin_a_mirror_of_the_policy_gives_its_part", &["203.0.113.5"], || {
        let served = listen("203.0.113.5:8080", |_| ok(std::str::from_utf8(PART).unwrap()));
        let job = Job::on(&Road::live(), &grant("pkg.fetch", ORIGINS));
        let of = file("a", PART, &[PART]);
        assert_eq!(job.now(job.gate.deploy_fetch(MIRROR, &sum(PART), &of)), Ok(PART.len() as u64));
        let asked = served.all();
        assert!(asked[0].starts_with(&format!("GET /p/{} ", path())), "{asked:?}");
        // As fast as the grant says, and no faster.
        let slow = Job::on(&Road::live(), &grant("pkg.fetch", &format!("{ORIGINS}\nbytes_per_second = 10")));
        let began = std::time::Instant::now();
        assert_eq!(slow.now(slow.gate.deploy_fetch(MIRROR, &sum(PART), &of)), Ok(PART.len() as u64));
        assert!(began.elapsed() >= std::time::Duration::from_secs(1), "{:?}", began.elapsed());
        // Nobody is there: an ordinary failure, and the next mirror may do.
        let nobody =
            job.now(job.gate.deploy_fetch("http://203.0.113.5:8080/q/", &sum(b"other"), &file("b", b"", &[b"other"])));
        assert!(matches!(nobody, Err(CallError::Failed(_))), "{nobody:?}");
    });
    if is_inside() {
        return;
    }
    let body = std::str::from_utf8(PART).unwrap();
    let mock = Road::mock(&format!("\n[[http]]\nurl = \"{MIRROR}{}\"\nbody = \"{body}\"\n", path()));
    let job = Job::on(&mock, &grant("pkg.fetch", ORIGINS));
    let of = file("a", PART, &[PART]);
    assert_eq!(job.now(job.gate.deploy_fetch(MIRROR, &sum(PART), &of)), Ok(PART.len() as u64));
}
