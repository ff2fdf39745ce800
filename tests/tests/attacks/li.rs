//! The listener: who may wake the agent, and what it gives away.

use airlock_tests::fakeglpi::FakeGlpi;
use airlock_tests::namespace::{in_namespace, is_inside};
use airlock_tests::served::{STRANGER, Served, TOKEN, TRUSTED, status};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

/// What is asked for and does not come has had the time to come.
const QUIET: Duration = Duration::from_millis(1500);

/// A daemon with a server that it has not been to, and will not go to on its own before long.
fn with_server(more: &str) -> (FakeGlpi, Served) {
    let server = FakeGlpi::http();
    let served = Served::new(&format!("{more}{}", server_part(&server)));
    (server, served)
}

fn server_part(server: &FakeGlpi) -> String {
    format!("[[server]]\nname = \"hq\"\nurl = \"{}\"\n", server.url("/front/inventory.php"))
}

/// Nobody went to the server, and the daemon is well.
fn assert_nothing_ran(server: &FakeGlpi, served: &mut Served) {
    std::thread::sleep(QUIET);
    let asked: Vec<String> = server.requests().iter().map(|request| request.path.clone()).collect();
    assert!(asked.is_empty(), "{asked:?}");
    assert!(served.is_alive(), "{}", served.log());
    assert_eq!(served.ask(STRANGER, "GET /status", &[]).0, 200);
}

#[test]
fn li_01_who_is_not_trusted_wakes_nobody() {
    let (server, mut served) = with_server("");
    let wrong = format!("X-Airlock-Token: {}", TOKEN.replace('a', "b"));
    for (what, headers) in [
        ("GET /now", vec![]),
        ("POST /now", vec![]),
        ("GET /now/wrong", vec![]),
        ("GET /now/", vec![]),
        ("GET /now?partial=yes&category=software", vec![]),
        ("POST /now", vec![wrong.as_str()]),
        ("GET /now", vec!["X-Forwarded-For: 127.0.0.7", "Forwarded: for=127.0.0.7", "X-Real-IP: 127.0.0.7"]),
    ] {
        for from in [STRANGER, Ipv4Addr::LOCALHOST] {
            let (code, answer) = served.ask(from, what, &headers);
            assert_eq!(code, 403, "{what}: {answer}");
        }
    }
    assert_nothing_ran(&server, &mut served);
    assert!(served.log().contains("refused a wake from 127.0.0.9"), "{}", served.log());
    assert_refusals_are_shown(&served, &["NOT_TRUSTED", "WRONG_TOKEN"]);
}

/// The owner reads them in the audit, on the page and in `airlock status`, each with who asked and why it was refused; whoever
/// is not trusted does not.
fn assert_refusals_are_shown(served: &Served, codes: &[&str]) {
    let audit = served.airlock.json(&["audit", "show", "--denied", "--json"]);
    let confdir = served.confdir().to_str().unwrap();
    let status = served.airlock.json(&["--confdir", confdir, "status", "--json"]);
    let why = served.airlock.done(&["why"]).stdout;
    assert!(why.contains("DENY"), "{why}");
    let (code, page) = served.ask(TRUSTED, "GET /", &[]);
    let strangers = served.ask(STRANGER, "GET /", &[]).1;
    assert_eq!(code, 200);
    for code in codes {
        let records = audit.as_array().unwrap();
        let of_code = |one: &&serde_json::Value| one["record"]["code"] == *code;
        let record = records.iter().find(of_code).unwrap_or_else(|| panic!("{code}: {audit}"));
        let neighbour = record["record"]["neighbour"].as_str().unwrap();
        assert!(neighbour.starts_with("127.0.0.") && !record["record"]["why"].as_str().unwrap().is_empty(), "{record}");
        let shown = status["refused"].as_array().unwrap();
        assert!(shown.iter().any(|one| one["code"] == *code && one["neighbour"] == neighbour), "{status}");
        assert!(page.contains(code) && !strangers.contains(code), "{page}");
    }
}

#[test]
fn li_01_of_another_machine() {
    let test = "li::li_01_of_another_machine";
    let tried = in_namespace(test, &["10.7.0.1", "10.7.0.2", "10.7.0.3"], || {
        let server = FakeGlpi::on("10.7.0.3:80", None);
        let (agent, neighbour) = (Ipv4Addr::new(10, 7, 0, 1), Ipv4Addr::new(10, 7, 0, 2));
        let mut served = Served::at(agent, &format!("trust = [\"10.7.0.3\"]\n{}", server_part(&server)));
        assert_eq!(served.ask(neighbour, "GET /now", &[]).0, 403);
        std::thread::sleep(QUIET);
        assert!(server.requests().is_empty() && served.is_alive());
        assert_eq!(served.ask(Ipv4Addr::new(10, 7, 0, 3), "GET /now", &[]).0, 200);
        server.wait_for(1);
    });
    if !tried || is_inside() {
        return;
    }
    // Unless its owner says so, it is not there for other machines at all.
    let elsewhere = Served::new("").address;
    let own = airlock_native::own_addresses().into_iter().filter(|address| address.is_ipv4() && !address.is_loopback());
    for address in own {
        assert!(TcpStream::connect((address, elsewhere.port())).is_err(), "{address}");
    }
}

#[test]
fn li_01_twin_the_trusted_and_the_token_wake_it() {
    for (from, what, headers) in [
        (TRUSTED, "GET /now".to_owned(), vec!["User-Agent: GuzzleHttp/7".to_owned()]),
        (STRANGER, format!("GET /now/{TOKEN}"), vec![]),
        (STRANGER, "POST /now".to_owned(), vec![format!("Authorization: Bearer {TOKEN}")]),
    ] {
        let (server, served) = with_server("");
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let (code, answer) = served.ask(from, &what, &headers);
        assert_eq!(code, 200, "{answer}");
        server.wait_for(1);
    }
}

/// `localhost` is a name that leads to whoever asks here; and a server's own name is a name as well.
#[test]
fn li_02_names_are_no_trust() {
    let server = FakeGlpi::http();
    let url = format!("http://localhost:{}/front/inventory.php", server.address.port());
    let names = "trust = [\"localhost\", \"ip6-localhost\", \"glpi.corp.example\"]\n";
    let mut served = Served::at(Ipv4Addr::LOCALHOST, &format!("{names}[[server]]\nname = \"hq\"\nurl = \"{url}\"\n"));
    assert_eq!(served.ask(Ipv4Addr::LOCALHOST, "GET /now", &[]).0, 403);
    assert!(served.log().contains("names are no trust"), "{}", served.log());
    assert_nothing_ran(&server, &mut served);
}

#[test]
fn li_02_twin_addresses_are() {
    let server = FakeGlpi::http();
    let served = Served::at(Ipv4Addr::LOCALHOST, &format!("trust = [\"127.0.0.0/29\"]\n{}", server_part(&server)));
    assert_eq!(served.ask(Ipv4Addr::LOCALHOST, "GET /now", &[]).0, 200);
    server.wait_for(1);
}

#[test]
fn li_03_pages_of_other_sites_wake_nobody() {
    let (server, mut served) = with_server("");
    let token = format!("Authorization: Bearer {TOKEN}");
    for headers in [
        &["Origin: http://evil.test", "Sec-Fetch-Site: cross-site", "User-Agent: Mozilla/5.0"][..],
        &["Origin: null"],
        &["Origin: http://127.0.0.1"],
        &["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
        &["Sec-Fetch-Site: same-site"],
        &["Referer: http://evil.test/page.html"],
        // Browsers that say nothing of the page: an image, a form.
        &["User-Agent: Mozilla/5.0 (X11; Linux x86_64)"],
        &["Accept: image/avif,image/webp,*/*"],
    ] {
        for what in ["GET /now", "POST /now", "GET /now?partial=yes&category=software", "OPTIONS /now"] {
            assert_eq!(served.ask(TRUSTED, what, headers).0, 403, "{what} {headers:?}");
            let knows = [headers, &[token.as_str()]].concat();
            assert_eq!(served.ask(STRANGER, what, &knows).0, 403, "{what} {headers:?}");
        }
    }
    assert_nothing_ran(&server, &mut served);
    assert!(served.log().contains("a page of another site"), "{}", served.log());
    assert_refusals_are_shown(&served, &["OTHER_SITE"]);
}

#[test]
fn li_03_twin_its_own_page_and_its_servers_do() {
    for origin in [None, Some(())] {
        let (server, served) = with_server("");
        let own = format!("http://{}", served.address);
        let origin = origin.map_or(own, |()| format!("http://{}", server.address));
        let headers = [format!("Origin: {origin}"), "User-Agent: Mozilla/5.0".to_owned()];
        let (code, answer) = served.ask(TRUSTED, "POST /now", &headers.each_ref().map(String::as_str));
        assert_eq!(code, 200, "{origin}: {answer}");
        server.wait_for(1);
    }
}

#[test]
fn li_04_other_names_for_this_machine_are_refused() {
    let (server, mut served) = with_server("");
    for host in ["evil.test", "evil.test:62354", "127.0.0.1.evil.test", "localhost.evil.test", "127.0.0.2", "[::2]:80"]
    {
        for what in ["GET /now", "POST /now", "GET /", "GET /status"] {
            let (code, answer) = served.ask(TRUSTED, what, &[&format!("Host: {host}")]);
            assert_eq!(code, 421, "{what} {host}: {answer}");
            assert!(!answer.contains("hq"), "{answer}");
        }
    }
    assert_nothing_ran(&server, &mut served);
}

#[test]
fn li_04_twin_its_own_names_are_served() {
    let (_server, served) = with_server("hosts = [\"agent7.corp.example\"]\n");
    for host in [served.address.to_string(), "localhost:62354".into(), "agent7.corp.example:62354".into()] {
        assert_eq!(served.ask(STRANGER, "GET /status", &[&format!("Host: {host}")]).0, 200, "{host}");
    }
}

#[test]
fn li_05_a_storm_is_one_run() {
    let (server, mut served) = with_server("");
    let before = served.memory();
    let request = format!("GET /now HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
    let mut answered = 0;
    let began = Instant::now();
    for _ in 0..10 {
        let mut stream = served.connect(TRUSTED);
        for _ in 0..200 {
            stream.write_all(request.as_bytes()).unwrap();
            let mut head = [0; 12];
            stream.read_exact(&mut head).unwrap();
            assert_eq!(&head, b"HTTP/1.1 200");
            answered += 1;
            drain(&mut stream);
        }
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(answered, 2000);
    server.wait_for(1);
    std::thread::sleep(Duration::from_secs(2));
    let contacts = server.requests().iter().filter(|request| is_first(&request.text())).count();
    assert_eq!(contacts, 1, "one run for all of them");
    assert!(served.is_alive() && served.memory() < before + (64 << 10));
}

/// The first message of a session, in either protocol.
fn is_first(text: &str) -> bool {
    text.contains("<QUERY>PROLOG") || text.contains("\"contact\"")
}

/// The rest of an answer, whose first bytes were read.
fn drain(stream: &mut TcpStream) {
    let (mut text, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut part).unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&part[..count]);
        let shown = String::from_utf8_lossy(&text);
        let Some((head, body)) = shown.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() >= length.parse::<usize>().unwrap() {
            return;
        }
    }
}

#[test]
fn li_05_twin_one_wake_is_one_run() {
    let (server, served) = with_server("");
    assert_eq!(served.ask(TRUSTED, "GET /now", &[]).0, 200);
    server.wait_for(1);
    std::thread::sleep(QUIET);
    assert_eq!(server.requests().iter().filter(|request| is_first(&request.text())).count(), 1);
}

#[test]
fn li_06_half_open_connections_hold_nobody_up() {
    let (server, mut served) = with_server("");
    let before = served.memory();
    let mut slow = std::collections::VecDeque::new();
    for n in 0..5000_u32 {
        let [.., c, d] = n.to_be_bytes();
        // From one address, and from many.
        let from = if n % 2 == 0 { STRANGER } else { Ipv4Addr::new(127, 2, c, d) };
        let mut stream = served.connect(from);
        let _ = stream.write_all(b"GET /status HTTP/1.1\r\nHost: lo");
        slow.push_back(stream);
        // This process has its own bound on what is open.
        if slow.len() > 800 {
            slow.pop_front();
        }
        if n % 1000 == 999 {
            let began = Instant::now();
            assert_eq!(served.ask(STRANGER, "GET /status", &[]).0, 200, "beside {n} of them");
            assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        }
    }
    assert_eq!(served.ask(TRUSTED, "GET /now", &[]).0, 200);
    server.wait_for(2);
    assert!(served.is_alive());
    let after = served.memory();
    assert!(after < before + (64 << 10), "{before} KiB, then {after}");
}

#[test]
fn li_06_twin_a_slow_client_is_served() {
    let (_server, served) = with_server("");
    let mut stream = served.connect(STRANGER);
    for part in ["GET /sta", "tus HTTP/1.1\r\nHost: loc", "alhost\r\nConnection: close\r\n", "\r\n"] {
        stream.write_all(part.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(500));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("status: waiting"), "{answer}");
}

/// The answer without its date.
fn same(answer: &str) -> String {
    answer.lines().filter(|line| !line.starts_with("date")).collect::<Vec<_>>().join("\n")
}

#[test]
fn li_07_no_path_leads_to_a_file() {
    let (_server, mut served) = with_server("");
    let canary = served.confdir().join("canary");
    std::fs::write(&canary, "8f14e45fceea167a5a36dedd4bea2543").unwrap();
    let up = "../".repeat(20);
    let encoded = "%2e%2e/".repeat(20);
    let path = canary.display();
    for rest in [
        format!("a/ab/{up}{path}"),
        format!("a/ab/{encoded}{path}"),
        format!("a/ab/..%2f..%2f{path}"),
        format!("a/ab/....//{path}"),
        format!("/{path}"),
        "a/ab/../../../../etc/passwd".to_owned(),
        "a/ab/abababa".to_owned(),
        format!("a/ab/{}%00", "ab".repeat(64)),
        format!("a/ab/{}/../x", "ab".repeat(64)),
        String::new(),
    ] {
        let (code, answer) = served.ask(TRUSTED, &format!("GET /deploy/getFile/{rest}"), &[]);
        assert!(code == 404, "{rest}: {answer}");
        assert!(!answer.contains("8f14e45f") && !answer.contains("root:"), "{answer}");
    }
    for path in ["/../../etc/passwd", "/site.css/../../x", "/%2e%2e/x", "//etc/passwd", "/now/../etc/passwd"] {
        let (code, answer) = served.ask(STRANGER, &format!("GET {path}"), &[]);
        assert!((400..500).contains(&code) && !answer.contains("root:"), "{path}: {answer}");
    }
    assert!(served.is_alive());
}

#[test]
fn li_07_twin_what_is_a_page_is_served() {
    let (_server, served) = with_server("");
    assert_eq!(served.ask(TRUSTED, "GET /", &[]).0, 200);
    assert_eq!(served.ask(STRANGER, "GET /status?x=../..", &[]).0, 200);
}

#[test]
fn li_08_what_is_there_and_what_is_not_look_the_same() {
    let (_server, served) = with_server("");
    // One that is there, where deployments keep parts.
    let (known, unknown) = ("ab".repeat(64), "cd".repeat(64));
    let folder = served.airlock.vardir().join("deploy/fileparts/shared/1/a/b");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ababab"), "part").unwrap();
    let ask = |sha: &str| {
        let began = Instant::now();
        let (_, answer) = served.ask(STRANGER, &format!("GET /deploy/getFile/{}/{}/{sha}", &sha[..1], &sha[..2]), &[]);
        (same(&answer), began.elapsed())
    };
    let (mut known_times, mut unknown_times) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        let (one, took) = ask(&known);
        known_times.push(took);
        let (other, took) = ask(&unknown);
        unknown_times.push(took);
        assert_eq!(one, other);
        assert!(one.starts_with("HTTP/1.1 404 Not Found\n"), "{one}");
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (one, other) = (median(&mut known_times), median(&mut unknown_times));
    assert!(one.abs_diff(other) < Duration::from_millis(20), "{one:?} {other:?}");
}

#[test]
fn li_08_twin_others_are_answered_otherwise() {
    let (_server, served) = with_server("");
    assert_eq!(served.ask(STRANGER, "GET /status", &[]).0, 200);
    assert_eq!(served.ask(STRANGER, "GET /deploy/other", &[]).0, 400);
}

/// How many answers there are: one begins right after the body of the one before.
fn answers(text: &str) -> usize {
    (1..6).map(|class| text.matches(&format!("HTTP/1.1 {class}")).count()).sum()
}

#[test]
fn li_09_no_request_hides_another_and_none_is_endless() {
    let (server, mut served) = with_server("");
    let before = served.memory();
    let host = format!("Host: {}", served.address);
    let hidden = format!("0\r\n\r\nGET /now HTTP/1.1\r\n{host}\r\n\r\n");
    let length = format!("Content-Length: {}", hidden.len());
    for headers in [
        format!("{length}\r\nTransfer-Encoding: chunked"),
        format!("Transfer-Encoding: chunked\r\n{length}"),
        format!("Transfer-Encoding: xchunked\r\n{length}"),
        format!("{length}\r\nContent-Length: 0"),
        "Transfer-Encoding: chunked".to_owned(),
        "Content-Length: -1".to_owned(),
    ] {
        for line in ["POST /status", "GET /status", "POST /now"] {
            let answer =
                served.bytes(TRUSTED, format!("{line} HTTP/1.1\r\n{host}\r\n{headers}\r\n\r\n{hidden}").as_bytes());
            let answers = answers(&answer);
            assert!(answers == 1 && (400..500).contains(&status(&answer)), "{headers}: {answer}");
        }
    }
    for junk in ["GET /now\r\n\r\n", "GET /now HTTP/0.9\r\n\r\n", "\r\n\r\nNOW\r\n\r\n", "GET  /now  HTTP/1.1\r\n\r\n"]
    {
        let answer = served.bytes(TRUSTED, junk.as_bytes());
        assert!(answer.is_empty() || (400..500).contains(&status(&answer)), "{junk:?}: {answer}");
    }
    for path in ["/now", "/status", "/"] {
        let mut giant = served.connect(TRUSTED);
        write!(giant, "POST {path} HTTP/1.1\r\n{host}\r\nContent-Length: 1073741824\r\n\r\n").unwrap();
        let chunk = vec![b'x'; 1 << 20];
        let sent = (0..1024).take_while(|_| giant.write_all(&chunk).is_ok()).count();
        assert!(sent < 64, "{sent} MiB were taken");
    }
    let head = format!("GET /status HTTP/1.1\r\n{host}\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20));
    assert!([0, 431].contains(&status(&served.bytes(TRUSTED, head.as_bytes()))));
    assert!(served.memory() < before + (64 << 10));
    assert_nothing_ran(&server, &mut served);
}

#[test]
fn li_09_twin_several_honest_requests_on_one_connection() {
    let (server, served) = with_server("");
    let head = format!("Host: {}\r\n", served.address);
    let requests = format!(
        "GET /status HTTP/1.1\r\n{head}\r\nPOST /now HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\nGET /status HTTP/1.1\r\n{head}Connection: close\r\n\r\n"
    );
    let answer = served.bytes(TRUSTED, requests.as_bytes());
    assert_eq!(answers(&answer), 3, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3, "{answer}");
    server.wait_for(1);
}

#[test]
fn li_10_strangers_learn_nothing_from_the_page() {
    let (server, served) = with_server("");
    for from in [STRANGER, Ipv4Addr::LOCALHOST] {
        let (code, answer) = served.ask(from, "GET /", &[]);
        assert_eq!(code, 200);
        let text = answer.split("</style>").last().unwrap();
        let head = answer.split("<style>").next().unwrap();
        for word in ["hq", "inventory.php", "Next", "waiting", env!("CARGO_PKG_VERSION")] {
            assert!(!text.contains(word) && !head.contains(word), "{word}: {text}");
        }
        assert!(!answer.contains(&server.address.port().to_string()) && !answer.to_lowercase().contains("\r\nserver:"));
    }
}

#[test]
fn li_10_twin_the_trusted_see_it_all() {
    let (server, served) = with_server("");
    let (code, answer) = served.ask(TRUSTED, "GET /", &[]);
    assert_eq!(code, 200);
    for word in ["hq", &server.url("/front/inventory.php"), "Next", "waiting", env!("CARGO_PKG_VERSION")] {
        assert!(answer.contains(word), "{word}: {answer}");
    }
}
