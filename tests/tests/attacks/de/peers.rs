//! DE-21: a neighbour that has a part is no authority for what it is. With real sockets in a network of the test's own, and on
//! a mock of it.

use super::job::{Job, MIRROR, file, sum};
use airlock_gate::calls::JobFile;
use airlock_tests::listener::{Seen, listen, ok, redirect};
use airlock_tests::namespace::{in_namespace, is_inside, network};
use airlock_tests::policies::grant;
use airlock_tests::roads::Road;

const FIRST: &str = "a part of a package";
const SECOND: &str = "the next part of it!";
const OTHER: &str = "b part of a package";
const PEERS: &str = "cidr = [\"203.0.113.0/28\"]";

fn policy(peers: &str) -> String {
    format!("{}{peers}", grant("pkg.fetch", "origins = [\"http://203.0.113.5:8080\"]"))
}

fn whole() -> JobFile {
    JobFile { shared: true, ..file("a", b"", &[FIRST.as_bytes(), SECOND.as_bytes()]) }
}

fn path(part: &str) -> String {
    let part = sum(part.as_bytes());
    format!("{}/{}/{part}", &part[..1], &part[..2])
}

/// Both parts, one after the other.
fn fetch(job: &Job) {
    for part in [FIRST, SECOND] {
        let fetched = job.now(job.gate.deploy_fetch(MIRROR, &sum(part.as_bytes()), &whole()));
        assert_eq!(fetched, Ok(part.len() as u64), "{part}");
        assert_eq!(job.now(job.gate.call(airlock_gate::calls::DeployHas { part: sum(part.as_bytes()) })), Ok(true));
    }
}

/// What was asked for; that somebody only looked whether it listens is nothing.
fn asked(seen: &Seen) -> usize {
    seen.all().iter().filter(|request| request.starts_with("GET ")).count()
}

/// Serves the part that is asked for.
fn serves(address: &str) -> Seen {
    listen(address, |request| if request.contains(&path(FIRST)) { ok(FIRST) } else { ok(SECOND) })
}

#[test]
fn de_21_a_neighbour_that_gives_other_bytes_is_not_asked_again_and_the_mirror_is() {
    in_namespace(
        "de::peers::de_21_a_neighbour_that_gives_other_bytes_is_not_asked_again_and_the_mirror_is",
        &[],
        || {
            network("203.0.113.1/24");
            let mirror = serves("203.0.113.5:8080");
            let canary = listen("203.0.113.9:80", |_| ok(FIRST));
            let peers = [
                listen("203.0.113.7:62354", |_| ok(OTHER)),
                listen("203.0.113.8:62354", |_| "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_owned()),
                listen("203.0.113.9:62354", |_| redirect(302, "http://203.0.113.9/x")),
            ];
            // No grant names this one.
            let outside = listen("203.0.113.20:62354", |_| ok(FIRST));
            let job = Job::on(&Road::live(), &policy(&grant("p2p.fetch", PEERS)));
            fetch(&job);
            assert_eq!(peers.each_ref().map(asked), [1, 1, 1], "each is asked once");
            assert_eq!((asked(&mirror), asked(&canary), outside.all().len()), (2, 0, 0));
            assert!(job.codes().is_empty(), "{:?}", job.codes());
        },
    );
    if is_inside() {
        return;
    }
    let entry = |url: String, more: &str| format!("[[http]]\nurl = \"{url}\"\n{more}\n");
    let mut text = "\npeers = [\"203.0.113.7\", \"203.0.113.8\", \"203.0.113.9\", \"203.0.113.20\"]\n".to_owned();
    for part in [FIRST, SECOND] {
        text += &entry(format!("{MIRROR}{}", path(part)), &format!("body = \"{part}\""));
    }
    // Nothing answers for the second part: who would be asked for it would be in the way of nobody, and is banned.
    let peer = |last: u8| format!("http://203.0.113.{last}:62354/deploy/getFile/{}", path(FIRST));
    text += &entry(peer(7), &format!("body = \"{OTHER}\""));
    text += &entry(peer(8), "status = 403");
    text += &entry(peer(9), "status = 302\nheaders = { location = \"http://203.0.113.9/x\" }");
    let mock = Road::mock(&text);
    let job = Job::on(&mock, &policy(&grant("p2p.fetch", PEERS)));
    fetch(&job);
    assert!(job.codes().is_empty(), "{:?}", job.codes());
    mock.assert_untouched();
}

#[test]
fn de_21_twin_a_neighbour_that_has_the_part_saves_the_way_to_the_mirror() {
    in_namespace("de::peers::de_21_twin_a_neighbour_that_has_the_part_saves_the_way_to_the_mirror", &[], || {
        network("203.0.113.1/24");
        let mirror = serves("203.0.113.5:8080");
        let without = listen("203.0.113.7:62354", |_| "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_owned());
        let with = serves("203.0.113.8:62354");
        let job = Job::on(&Road::live(), &policy(&grant("p2p.fetch", PEERS)));
        fetch(&job);
        assert_eq!((asked(&without), asked(&with), asked(&mirror)), (1, 2, 0), "who had the first is asked first");
        // Nobody is asked without the owner's grant, or for what the server does not share.
        let job = Job::on(&Road::live(), &policy(""));
        fetch(&job);
        let alone = Job::on(&Road::live(), &policy(&grant("p2p.fetch", PEERS)));
        let of = JobFile { shared: false, ..whole() };
        assert!(alone.now(alone.gate.deploy_fetch(MIRROR, &sum(FIRST.as_bytes()), &of)).is_ok());
        assert_eq!((asked(&with), asked(&mirror)), (2, 3));
    });
    if is_inside() {
        return;
    }
    let mut text = "\npeers = [\"203.0.113.8\"]\n".to_owned();
    for part in [FIRST, SECOND] {
        let url = format!("http://203.0.113.8:62354/deploy/getFile/{}", path(part));
        text += &format!("[[http]]\nurl = \"{url}\"\nbody = \"{part}\"\n");
    }
    fetch(&Job::on(&Road::mock(&text), &policy(&grant("p2p.fetch", PEERS))));
}
