//! WC-05 to WC-08: where requests go, and what they say. With real sockets in a network of the test's own.

use airlock_gate::calls::{HttpReply, HttpSend, Target};
use airlock_gate::ports::{Answer, Http};
use airlock_gate::{CallError, Scope};
use airlock_native::MachineHttp;
use airlock_sandbox::RunError;
use airlock_tests::listener::{Seen, canary, listen, ok, redirect};
use airlock_tests::namespace::in_namespace;
use airlock_tests::policies::grant;
use airlock_tests::rig::{Rig, Run, Setup};
use airlock_tests::roads::Road;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

const ORIGINS: &str =
    "origins = [\"http://repo.acme.test:8080\", \"http://203.0.113.5:8080\"]\nmethods = [\"GET\", \"HEAD\", \"POST\"]";

/// A resolver that says what the test says, in turns, before the machine's own HTTP.
struct Names {
    answers: BTreeMap<&'static str, Vec<Vec<&'static str>>>,
    asked: Mutex<BTreeMap<String, usize>>,
    http: MachineHttp,
}

impl Http for Names {
    fn resolve<'a>(&'a self, target: &'a Target) -> Answer<'a, Vec<IpAddr>> {
        let mut asked = self.asked.lock().unwrap();
        let turn = asked.entry(target.host.clone()).or_default();
        let known = self.answers.get(target.host.as_str()).map(|turns| &turns[(*turn).min(turns.len() - 1)]);
        *turn += 1;
        let addresses = known.map(|all| all.iter().map(|one| one.parse().unwrap()).collect());
        Box::pin(async move { addresses.ok_or(CallError::NotFound) })
    }

    fn send<'a>(&'a self, call: HttpSend, scope: &'a Scope) -> Answer<'a, HttpReply> {
        self.http.send(call, scope)
    }
}

type Turns = Vec<Vec<&'static str>>;

fn live(names: &[(&'static str, Turns)], policy: &str) -> Setup {
    let (answers, asked) = (names.iter().cloned().collect(), Mutex::default());
    let http = Arc::new(Names { answers, asked, http: MachineHttp::default() });
    Setup { http, ..Road::live().setup(policy) }
}

fn mocked(names: &[(&'static str, Turns)], http: &str, policy: &str) -> Setup {
    let hosts: String = names.iter().map(|(name, turns)| format!("\"{name}\" = {turns:?}\n")).collect();
    Road::mock(&format!("\n[hosts]\n{hosts}{http}")).setup(policy)
}

fn get(rig: &Rig, url: &str, setup: Setup) -> Run {
    rig.act("fetch", &["GET", url, ""], setup)
}

fn only(run: &Run) -> String {
    assert!(run.ended.is_err(), "{:?}", run.said());
    let codes = run.refused();
    assert_eq!(codes.len(), 1, "{:#?}", run.audit);
    codes[0].clone()
}

const REPO: &str = "http://repo.acme.test:8080/x";

fn rebinding() -> Vec<(&'static str, Turns)> {
    vec![("repo.acme.test", vec![vec!["203.0.113.5"], vec!["127.0.0.1"]])]
}

fn split() -> Vec<(&'static str, Turns)> {
    vec![("repo.acme.test", vec![vec!["203.0.113.5", "127.0.0.1"]])]
}

#[test]
fn wc_05_a_name_that_changes_its_mind_leads_nowhere() {
    let rig = Rig::new();
    let answers = "[[http]]\nurl = \"http://repo.acme.test:8080/x\"\nbody = \"package\"\n";
    let policy = grant("http.fetch", ORIGINS);
    for address in [
        "127.0.0.1",
        "::1",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "fe80::1",
        "224.0.0.1",
        "64:ff9b::7f00:1",
    ] {
        let names = vec![("repo.acme.test", vec![vec!["203.0.113.5", address]])];
        let code = only(&get(&rig, REPO, mocked(&names, answers, &policy)));
        assert_ne!(code, "NO_GRANT", "{address}");
    }
    in_namespace("wc::http::wc_05_a_name_that_changes_its_mind_leads_nowhere", &["203.0.113.5"], || {
        let repo = listen("203.0.113.5:8080", |_| ok("package"));
        let own = canary("127.0.0.1:8080");
        let setup = || live(&rebinding(), &policy);
        // The first look is the only one: what it said is where the request goes.
        assert_eq!(get(&rig, REPO, setup()).said(), [format!("200 from {REPO}: package")]);
        let shared = live(&rebinding(), &policy);
        let http = Arc::clone(&shared.http);
        assert_eq!(get(&rig, REPO, shared).ended, Ok(()));
        assert_eq!(only(&get(&rig, REPO, Setup { http, ..live(&[], &policy) })), "LOOPBACK");
        assert_eq!(only(&get(&rig, REPO, live(&split(), &policy))), "LOOPBACK");
        assert_eq!((repo.all().len(), own.all().len()), (2, 0));
    });
    rig.goes_on();
}

#[test]
fn wc_05_twin_a_name_that_stays_works() {
    let rig = Rig::new();
    let names = vec![("repo.acme.test", vec![vec!["203.0.113.5"]])];
    let answers = "[[http]]\nurl = \"http://repo.acme.test:8080/x\"\nbody = \"package\"\n";
    let policy = grant("http.fetch", ORIGINS);
    assert_eq!(get(&rig, REPO, mocked(&names, answers, &policy)).said(), [format!("200 from {REPO}: package")]);
    in_namespace("wc::http::wc_05_twin_a_name_that_stays_works", &["203.0.113.5"], || {
        let repo = listen("203.0.113.5:8080", |_| ok("package"));
        assert_eq!(get(&rig, REPO, live(&names, &policy)).said(), [format!("200 from {REPO}: package")]);
        let seen = repo.all().join("");
        assert!(
            seen.contains("GET /x HTTP/1.1\r\n") && seen.to_lowercase().contains("host: repo.acme.test:8080\r\n"),
            "{seen}"
        );
    });
}

#[test]
fn wc_06_addresses_in_any_disguise_are_refused() {
    let rig = Rig::new();
    let wide = grant("http.fetch", "origins = [\"http://203.0.113.5:8080\", \"http://*.acme.test\"]");
    let urls = [
        "http://169.254.169.254/",
        "http://[::1]/",
        "http://10.1.0.1/",
        "http://127.0.0.1:8080/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[fd00:ec2::254]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://１２７.0.0.1/",
        "http://203.0.113.5:8080@127.0.0.1/",
        "http://127.0.0.1#@203.0.113.5:8080/",
        "http://203.0.113.5:8080\\@127.0.0.1/",
        "http://203.0.113.5:22/",
        "https://203.0.113.5:8080/",
        "ftp://203.0.113.5/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://acme.test/",
        "http://evilacme.test/",
        "http://acme.test.evil.test/",
    ];
    let mocked_codes = urls.map(|url| only(&get(&rig, url, mocked(&[], "", &wide))));
    in_namespace("wc::http::wc_06_addresses_in_any_disguise_are_refused", &["169.254.169.254", "10.1.0.1"], || {
        let canaries = ["127.0.0.1:80", "127.0.0.1:8080", "169.254.169.254:80", "10.1.0.1:80", "[::1]:80"].map(canary);
        let codes = urls.map(|url| only(&get(&rig, url, live(&[], &wide))));
        assert_eq!(codes, mocked_codes);
        assert!(canaries.iter().all(|canary: &Seen| canary.all().is_empty()));
    });
    rig.goes_on();
}

#[test]
fn wc_06_twin_an_address_that_is_granted_works() {
    let rig = Rig::new();
    let (url, policy) = ("http://203.0.113.5:8080/", grant("http.fetch", ORIGINS));
    in_namespace("wc::http::wc_06_twin_an_address_that_is_granted_works", &["203.0.113.5"], || {
        let _repo = listen("203.0.113.5:8080", |_| ok("package"));
        assert_eq!(get(&rig, url, live(&[], &policy)).said(), [format!("200 from {url}: package")]);
    });
    let answers = "[[http]]\nurl = \"http://203.0.113.5:8080/\"\nbody = \"package\"\n";
    assert_eq!(get(&rig, url, mocked(&[], answers, &policy)).said(), [format!("200 from {url}: package")]);
}

#[test]
fn wc_07_each_hop_of_a_redirect_is_a_request() {
    let rig = Rig::new();
    let policy = grant("http.fetch", ORIGINS);
    let from = "http://203.0.113.5:8080/";
    let targets = [
        "http://127.0.0.1:8080/",
        "//127.0.0.1:8080/",
        "http://169.254.169.254/",
        "http://203.0.113.5:8081/",
        "http://other.test/",
    ];
    let codes = targets.map(|to| {
        let answers = format!("[[http]]\nurl = \"{from}\"\nstatus = 302\nheaders = {{ location = \"{to}\" }}\n");
        only(&get(&rig, from, mocked(&[], &answers, &policy)))
    });
    assert_eq!(codes[0], "LOOPBACK");
    in_namespace("wc::http::wc_07_each_hop_of_a_redirect_is_a_request", &["203.0.113.5", "169.254.169.254"], || {
        let canaries = ["127.0.0.1:8080", "169.254.169.254:80", "203.0.113.5:8081"].map(canary);
        let turn = Arc::new(Mutex::new(String::new()));
        let said = Arc::clone(&turn);
        let repo = listen("203.0.113.5:8080", move |_| redirect(302, &said.lock().unwrap()));
        for (to, code) in targets.iter().zip(&codes) {
            *turn.lock().unwrap() = (*to).to_owned();
            assert_eq!(only(&get(&rig, from, live(&[], &policy))), *code, "{to}");
        }
        // Round and round, and to what is no URL: named errors, no more requests than three redirects.
        for to in ["/again", "javascript:alert(1)", "http://u:p@203.0.113.5:8080/", "http://203.0.113.5:8080\\x"] {
            *turn.lock().unwrap() = to.to_owned();
            let run = get(&rig, from, live(&[], &policy));
            assert!(
                matches!(&run.ended, Err(RunError::Failed(why)) if why.contains("redirect")),
                "{to}: {:?}",
                run.ended
            );
        }
        assert!(repo.all().len() <= targets.len() + 4 + 3);
        // A POST is not repeated elsewhere: the redirect is the answer.
        *turn.lock().unwrap() = "http://203.0.113.5:8081/".to_owned();
        let run = rig.act("fetch", &["POST", from, "report"], live(&[], &policy));
        assert_eq!(run.said(), [format!("302 from {from}: ")]);
        assert!(canaries.iter().all(|canary: &Seen| canary.all().is_empty()));
    });
    rig.goes_on();
}

#[test]
fn wc_07_twin_a_redirect_to_what_is_granted_is_followed() {
    let rig = Rig::new();
    let policy = grant("http.fetch", ORIGINS);
    in_namespace("wc::http::wc_07_twin_a_redirect_to_what_is_granted_is_followed", &["203.0.113.5"], || {
        let answer = |head: &str| if head.starts_with("GET /x ") { redirect(301, "/x/") } else { ok("package") };
        let _repo = listen("203.0.113.5:8080", answer);
        let run = get(&rig, "http://203.0.113.5:8080/x", live(&[], &policy));
        assert_eq!(run.said(), ["200 from http://203.0.113.5:8080/x/: package"]);
    });
    let answers = "[[http]]\nurl = \"http://203.0.113.5:8080/x\"\nstatus = 301\nheaders = { location = \"/x/\" }\n\
                   [[http]]\nurl = \"http://203.0.113.5:8080/x/\"\nbody = \"package\"\n";
    let run = get(&rig, "http://203.0.113.5:8080/x", mocked(&[], answers, &policy));
    assert_eq!(run.said(), ["200 from http://203.0.113.5:8080/x/: package"]);
}

#[test]
fn wc_08_headers_of_the_hosts_are_not_the_tasks_to_set() {
    let rig = Rig::new();
    let (url, policy) = ("http://203.0.113.5:8080/", grant("http.fetch", ORIGINS));
    let tries = [
        ("Host", "evil.test"),
        ("hOsT", "evil.test"),
        ("Authorization", "Basic eA=="),
        ("Content-Length", "0"),
        ("Cookie", "a=b"),
        ("Transfer-Encoding", "chunked"),
        ("transfer_encoding", "chunked"),
        ("Connection", "keep-alive"),
        ("Proxy-Authorization", "x"),
        ("Expect", "100-continue"),
        ("Upgrade", "h2c"),
        ("TE", "trailers"),
        ("Trailer", "x"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-A", "b\r\nHost: evil.test"),
        ("X-A", "b\nc"),
        ("X-A", "b\rc"),
        ("X-A", "b\0c"),
        ("X-A", "é"),
        ("X-A\r\nHost", "evil.test"),
        ("X A", "b"),
        ("X-A:", "b"),
        ("", "b"),
        (" Host", "x"),
        ("Host ", "x"),
    ];
    let refused = |setup: &dyn Fn() -> Setup| {
        for (name, value) in tries {
            let run = rig.act("fetch", &["GET", url, "", name, value], setup());
            assert_eq!(only(&run), "BAD_ARGUMENT", "{name:?}: {value:?}");
        }
        // A body that a GET does not have is another request in disguise.
        assert_eq!(only(&rig.act("fetch", &["GET", url, "GET / HTTP/1.1\r\n\r\n"], setup())), "BAD_ARGUMENT");
    };
    refused(&|| mocked(&[], "", &policy));
    in_namespace("wc::http::wc_08_headers_of_the_hosts_are_not_the_tasks_to_set", &["203.0.113.5"], || {
        let repo = canary("203.0.113.5:8080");
        refused(&|| live(&[], &policy));
        assert!(repo.all().is_empty());
    });
    rig.goes_on();
}

#[test]
fn wc_08_twin_headers_of_its_own_arrive() {
    let rig = Rig::new();
    let (url, policy) = ("http://203.0.113.5:8080/", grant("http.fetch", ORIGINS));
    in_namespace("wc::http::wc_08_twin_headers_of_its_own_arrive", &["203.0.113.5"], || {
        let repo = listen("203.0.113.5:8080", |_| ok("ok"));
        let run = rig.act(
            "fetch",
            &["POST", url, "body", "X-Package", "a b", "content-type", "text/plain"],
            live(&[], &policy),
        );
        assert_eq!(run.ended, Ok(()));
        let seen = repo.all().join("").to_lowercase();
        assert!(seen.contains("x-package: a b\r\n") && seen.contains("host: 203.0.113.5:8080\r\n"), "{seen}");
    });
}
