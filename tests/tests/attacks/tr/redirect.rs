//! TR-05, TR-06: redirects that carry a report away.

use super::{REPORT, done, https, post, refused, transport, trusting};
use airlock_net::server::Request;
use airlock_tests::fakeglpi::{FakeGlpi, Play};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

#[test]
fn tr_05_what_is_sent_is_never_redirected() {
    let (server, canary) = (FakeGlpi::http(), FakeGlpi::http());
    for status in STATUSES {
        for location in [canary.url("/x"), "/elsewhere".to_owned(), server.url("/front/inventory.php")] {
            server.next(Play::Redirect { status, location });
            assert_eq!(refused(transport(&server.url("/front/inventory.php")), post()), "E-REDIRECT-POST");
        }
    }
    assert_eq!(canary.connections(), 0);
    assert!(server.requests().iter().all(|request| request.path == "/front/inventory.php"));
}

#[test]
fn tr_05_what_is_asked_for_is_not_redirected_to_another_origin() {
    let (server, canary) = (FakeGlpi::http(), FakeGlpi::http());
    let host = format!("http://localhost:{}/", server.address.port());
    for status in STATUSES {
        for location in [canary.url("/x"), canary.url("").replace("http:", ""), host.clone()] {
            server.next(Play::Redirect { status, location });
            assert_eq!(refused(transport(&server.url("/")), Request::get("")), "E-REDIRECT-ORIGIN");
        }
    }
    for _ in 0..4 {
        server.next(Play::Redirect { status: 302, location: "/again".to_owned() });
    }
    assert_eq!(refused(transport(&server.url("/")), Request::get("")), "E-REDIRECT-MANY");
    assert_eq!(canary.connections(), 0);
}

#[test]
fn tr_05_twin_a_question_is_redirected_within_its_origin() {
    for status in STATUSES {
        let server = FakeGlpi::http();
        server.next(Play::Redirect { status, location: "/x/?action=getConfig".to_owned() });
        done(transport(&server.url("/")), Request::get("/x?action=getConfig"));
        let paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(paths, ["/x", "/x/"]);
    }
}

#[test]
fn tr_06_https_is_never_left() {
    let (server, authority, folder) = https();
    let canary = FakeGlpi::http();
    let plain = format!("http://localhost:{}/", server.address.port());
    for status in STATUSES {
        for location in [canary.url("/x"), plain.clone(), "ftp://localhost/".to_owned()] {
            for request in [post(), Request::get("")] {
                server.next(Play::Redirect { status, location: location.clone() });
                assert_eq!(refused(trusting(&server, &authority, folder.path()), request), "E-TLS-DOWNGRADE");
            }
        }
    }
    assert_eq!(canary.connections(), 0);
}

#[test]
fn tr_06_twin_a_question_is_redirected_within_https() {
    let (server, authority, folder) = https();
    server.next(Play::Redirect { status: 301, location: server.url("/x/?action=getConfig") });
    done(trusting(&server, &authority, folder.path()), Request::get("/x?action=getConfig"));
    done(trusting(&server, &authority, folder.path()), post());
    assert_eq!(server.inventories(), [REPORT]);
}
