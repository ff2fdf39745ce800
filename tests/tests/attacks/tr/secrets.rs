//! TR-07, TR-08, TR-16, TR-18: passwords, tokens, cookies and proxies stay where they belong.

use super::{done, https, post, refused, transport, trusting, wait};
use airlock_net::server::{Auth, Proxy, ProxySettings, Request, Secret, ServerClient, Transport};
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::namespace::in_namespace;

const PASSWORD: &str = "basic-canary-83f1";

fn basic() -> Auth {
    Auth::Basic { user: "agent".to_owned(), password: Secret::new(PASSWORD) }
}

fn oauth() -> Auth {
    Auth::OAuth { client_id: "agent".to_owned(), client_secret: Secret::new(PASSWORD), token_url: None }
}

/// Plain http with credentials, as the owner has to allow it.
fn cleartext(url: &str, auth: Auth) -> Transport {
    Transport { auth, allow_cleartext: true, ..transport(url) }
}

/// Nobody got anything that is a secret.
fn assert_nothing_told(canary: &FakeGlpi) {
    for request in canary.requests() {
        assert_eq!(request.header("authorization"), None, "{request:?}");
        assert!(!request.text().contains(PASSWORD) && !request.path.contains("token"), "{request:?}");
    }
}

#[test]
fn tr_07_a_password_is_shown_to_no_other_origin() {
    let (server, mirror) = (FakeGlpi::http(), FakeGlpi::http());
    server.wants_basic("agent", PASSWORD);
    mirror.at("/", Play::Unauthorized("Basic realm=\"x\"".to_owned()));
    wait(async {
        let client = ServerClient::new(cleartext(&server.url("/"), basic())).unwrap();
        let session = client.session();
        assert_eq!(session.send(post()).await.unwrap().status, 200);
        // In the session itself nobody else is spoken with.
        let same_host = format!("http://localhost:{}/", server.address.port());
        for url in [mirror.url("/a/ab/cd"), same_host, server.url("/").replace("http://", "http://u:p@")] {
            assert_eq!(session.send(Request::get(url)).await.unwrap_err().code(), "E-OTHER-ORIGIN");
        }
        assert_eq!(mirror.connections(), 0);
        // Where the policy allows another address, it is a stranger.
        let stranger = client.stranger(&mirror.url("/a/ab/cd")).unwrap().session();
        assert_eq!(stranger.send(Request::get("")).await.unwrap().status, 401);
    });
    assert_eq!(mirror.requests().len(), 1);
    assert_nothing_told(&mirror);
}

#[test]
fn tr_07_a_password_is_shown_to_another_host_neither() {
    let test = "tr::secrets::tr_07_a_password_is_shown_to_another_host_neither";
    in_namespace(test, &["10.0.0.5", "10.0.0.66"], || {
        let server = FakeGlpi::on("10.0.0.5:80", None);
        let mirror = FakeGlpi::on("10.0.0.66:80", None);
        server.wants_basic("agent", PASSWORD);
        mirror.at("/", Play::Unauthorized("Basic realm=\"x\"".to_owned()));
        for status in [301, 307] {
            server.next(Play::Redirect { status, location: "http://10.0.0.66/a".to_owned() });
            assert_eq!(refused(cleartext(&server.url("/"), basic()), Request::get("")), "E-REDIRECT-ORIGIN");
        }
        done(cleartext(&server.url("/"), basic()), post());
        let client = ServerClient::new(cleartext(&server.url("/"), basic())).unwrap();
        let stranger = client.stranger("http://10.0.0.66/a/ab/cd").unwrap();
        assert_eq!(wait(async { stranger.session().send(Request::get("")).await }).unwrap().status, 401);
        assert_nothing_told(&mirror);
    });
}

#[test]
fn tr_07_a_password_does_not_go_over_plain_http_unless_the_owner_says_so() {
    for auth in [basic(), oauth()] {
        let server = FakeGlpi::http();
        server.wants_basic("agent", PASSWORD);
        assert_eq!(refused(Transport { auth, ..transport(&server.url("/")) }, post()), "E-CLEARTEXT");
        assert_eq!(server.requests().len(), 1);
        assert_nothing_told(&server);
    }
    // An https server does not get around it by naming a stranger of its own.
    let (server, authority, folder) = https();
    let client = ServerClient::new(trusting(&server, &authority, folder.path())).unwrap();
    assert_eq!(client.stranger("http://localhost/x").unwrap_err().code(), "E-TLS-DOWNGRADE");
}

#[test]
fn tr_07_a_refused_password_is_shown_once() {
    let server = FakeGlpi::http();
    server.wants_basic("agent", "another");
    wait(async {
        let session = ServerClient::new(cleartext(&server.url("/"), basic())).unwrap().session();
        assert_eq!(session.send(post()).await.unwrap().status, 401);
    });
    let shown = server.requests().iter().filter(|request| request.header("authorization").is_some()).count();
    assert_eq!((server.requests().len(), shown), (2, 1));
}

#[test]
fn tr_07_twin_the_configured_origin_gets_the_password_after_it_asks() {
    let (server, authority, folder) = https();
    server.wants_basic("agent", PASSWORD);
    let transport = Transport { auth: basic(), ..trusting(&server, &authority, folder.path()) };
    wait(async {
        let session = ServerClient::new(transport).unwrap().session();
        for _ in 0..3 {
            assert_eq!(session.send(post()).await.unwrap().status, 200);
        }
    });
    let shown: Vec<bool> = server.requests().iter().map(|r| r.header("authorization").is_some()).collect();
    assert_eq!(shown, [false, true, true, true], "asked once, then shown in the same session");
    assert_eq!(server.connections(), 1, "one connection for the session");
}

#[test]
fn tr_08_a_token_is_asked_for_where_the_configuration_says() {
    let (server, mirror) = (FakeGlpi::http(), FakeGlpi::http());
    server.wants_oauth("agent", PASSWORD);
    mirror.wants_oauth("agent", PASSWORD);
    wait(async {
        let client = ServerClient::new(cleartext(&server.url("/plugins/glpiinventory/"), oauth())).unwrap();
        let stranger = client.stranger(&mirror.url("/plugins/x/")).unwrap().session();
        assert_eq!(stranger.send(Request::get("")).await.unwrap().status, 401);
        // A 401 at any path of the server has the token of the configured one.
        let session = client.session();
        assert_eq!(session.send(Request::post("/evil/plugins/y/", "{}")).await.unwrap().status, 400);
    });
    assert_nothing_told(&mirror);
    let asked: Vec<String> =
        server.requests().into_iter().map(|request| request.path).filter(|path| path.contains("token")).collect();
    assert_eq!(asked, ["/api.php/token"]);
    // Nor is a token asked for elsewhere because the configuration mixes two servers up.
    let elsewhere = Auth::OAuth {
        client_id: "agent".to_owned(),
        client_secret: Secret::new(PASSWORD),
        token_url: Some(mirror.url("/api.php/token")),
    };
    assert_eq!(ServerClient::new(cleartext(&server.url("/"), elsewhere)).unwrap_err().code(), "E-SETTINGS");
}

#[test]
fn tr_08_a_redirect_of_the_token_request_is_not_followed() {
    let (server, canary) = (FakeGlpi::http(), FakeGlpi::http());
    server.next(Play::Unauthorized("Bearer".to_owned()));
    server.next(Play::Redirect { status: 307, location: canary.url("/api.php/token") });
    assert_eq!(refused(cleartext(&server.url("/"), oauth()), post()), "E-TOKEN");
    assert_eq!(canary.connections(), 0);
}

#[test]
fn tr_08_twin_a_token_opens_the_configured_server() {
    let (server, authority, folder) = https();
    server.wants_oauth("agent", PASSWORD);
    let transport = Transport { auth: oauth(), ..trusting(&server, &authority, folder.path()) };
    wait(async {
        let session = ServerClient::new(transport).unwrap().session();
        for _ in 0..2 {
            assert_eq!(session.send(post()).await.unwrap().status, 200);
        }
    });
    let paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    let inventory = "/front/inventory.php";
    assert_eq!(paths, [inventory, "/api.php/token", inventory, inventory]);
}

/// The environment of a test cannot be changed safely: another process has it.
#[test]
fn tr_16_a_proxy_of_the_environment_is_not_used() {
    const MARK: &str = "AIRLOCK_TEST_TR_16";
    if let Ok(urls) = std::env::var(MARK) {
        let (server, way) = urls.split_once(' ').unwrap();
        let proxy = if way == "environment" { Proxy::Environment } else { Proxy::None };
        let _ = send_through(server, proxy);
        return;
    }
    for way in ["none", "environment"] {
        let (server, canary) = (FakeGlpi::http(), FakeGlpi::http());
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "tr::secrets::tr_16_a_proxy_of_the_environment_is_not_used"]);
        for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
            again.env(name, canary.url(""));
        }
        let output = again.env(MARK, format!("{} {way}", server.url("/"))).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let counts = (server.requests().len(), canary.requests().len());
        let expected = if way == "environment" { (0, 1) } else { (1, 0) };
        assert_eq!(counts, expected, "{way}");
    }
}

fn send_through(url: &str, proxy: Proxy) -> u16 {
    super::send(Transport { proxy, ..transport(url) }, post()).unwrap().status
}

#[test]
fn tr_16_a_proxy_that_wants_credentials_or_refuses_is_named() {
    let proxy = FakeGlpi::http();
    let through = Proxy::Through(ProxySettings::parse(&proxy.url("")).unwrap());
    let (server, authority, folder) = https();
    let encrypted = Transport { proxy: through.clone(), ..trusting(&server, &authority, folder.path()) };
    let plain = Transport { proxy: through, ..transport("http://glpi.test/") };
    for (transport, status, code) in [
        (plain, 407, "E-PROXY-CREDENTIALS"),
        (encrypted.clone(), 407, "E-PROXY-CREDENTIALS"),
        (encrypted, 403, "E-PROXY"),
    ] {
        proxy.next(Play::Reply(Reply::status(status)));
        assert_eq!(refused(transport, post()), code);
    }
    assert_eq!(server.connections(), 0, "nothing goes around a proxy");
}

#[test]
fn tr_16_twin_the_proxy_that_the_owner_named_is_used() {
    let proxy = FakeGlpi::http();
    let settings = ProxySettings::parse(&proxy.url("").replace("http://", "http://me:pw@")).unwrap();
    let through =
        |url: &str, settings: &ProxySettings| Transport { proxy: Proxy::Through(settings.clone()), ..transport(url) };
    done(through("http://glpi.test/front/inventory.php", &settings), post());
    let request = proxy.requests().pop().unwrap();
    assert!(request.line.starts_with("POST http://glpi.test/front/inventory.php "), "{}", request.line);
    assert_eq!(request.header("proxy-authorization"), Some("Basic bWU6cHc="));
    // What is excepted is reached without it.
    let server = FakeGlpi::http();
    let excepted = ProxySettings { no_proxy: vec!["127.0.0.0/8".to_owned()], ..settings };
    done(through(&server.url("/"), &excepted), post());
    assert_eq!((server.requests().len(), proxy.requests().len()), (1, 1));
    assert_eq!(server.requests()[0].header("proxy-authorization"), None);
}

#[test]
fn tr_16_twin_https_goes_through_a_tunnel_that_sees_nothing() {
    let (server, authority, folder) = https();
    let (address, heard) = super::tls::tunnel(server.address);
    let settings = ProxySettings::parse(&format!("http://me:pw@{address}")).unwrap();
    done(Transport { proxy: Proxy::Through(settings), ..trusting(&server, &authority, folder.path()) }, post());
    let heard = String::from_utf8_lossy(&heard.lock().unwrap()).into_owned();
    assert!(heard.starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", server.address.port())), "{heard:.300}");
    assert!(heard.contains("proxy-authorization: Basic bWU6cHc=\r\n"), "{heard:.300}");
    assert!(!heard.contains("report-51c7") && !heard.contains("inventory.php"));
    assert_eq!(server.inventories().len(), 1);
}

#[test]
fn tr_18_cookies_stay_with_their_origin_and_end_with_the_session() {
    let test = "tr::secrets::tr_18_cookies_stay_with_their_origin_and_end_with_the_session";
    in_namespace(test, &["10.0.0.5", "10.0.0.6"], || {
        let (server, other) = (FakeGlpi::on("10.0.0.5:80", None), FakeGlpi::on("10.0.0.6:80", None));
        let with = |cookie: &str| Play::Reply(Reply::json("{}").header("Set-Cookie", cookie));
        server.next(with("s=1; Domain=.0.0.6; Path=/"));
        server.next(with("t=2; Path=/"));
        wait(async {
            let client = ServerClient::new(transport(&server.url("/"))).unwrap();
            let session = client.session();
            for _ in 0..3 {
                session.send(post()).await.unwrap();
            }
            client.stranger(&other.url("/")).unwrap().session().send(Request::get("")).await.unwrap();
            client.session().send(post()).await.unwrap();
        });
        let cookies = |server: &FakeGlpi| -> Vec<Option<String>> {
            server.requests().iter().map(|request| request.header("cookie").map(str::to_owned)).collect()
        };
        assert_eq!(cookies(&other), [None]);
        assert_eq!(cookies(&server), [None, None, Some("t=2".to_owned()), None]);
    });
}

#[test]
fn tr_18_twin_a_cookie_comes_back_in_the_same_session() {
    let server = FakeGlpi::http();
    server.next(Play::Reply(Reply::json("{}").header("Set-Cookie", "glpi=a1; path=/; HttpOnly")));
    wait(async {
        let session = ServerClient::new(transport(&server.url("/"))).unwrap().session();
        for _ in 0..2 {
            session.send(post()).await.unwrap();
        }
    });
    assert_eq!(server.requests()[1].header("cookie"), Some("glpi=a1"));
}
