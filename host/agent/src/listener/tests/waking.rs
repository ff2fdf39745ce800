//! `/now`: who may wake, for what, and how often.

use super::*;
use crate::listener::view::Partial;

const TOKEN: &str = "a token of many characters";

/// The settings with a token, and its file.
fn token() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    airlock_native::write_document(&path, format!("{}\n", TOKEN.replace(' ', "-")).as_bytes()).unwrap();
    let more = format!("token_file = \"{}\"\n", path.display());
    (folder, more)
}

#[test]
fn a_trusted_address_or_the_token_and_nobody_else() {
    let (_folder, more) = token();
    with(&more, |tried| async move {
        let right = TOKEN.replace(' ', "-");
        let bearer = format!("Authorization: Bearer {right}");
        for (from, what, headers, status) in [
            (STRANGER, "GET /now".to_owned(), vec![], 403),
            (STRANGER, "POST /now".to_owned(), vec![], 403),
            (STRANGER, "GET /now/wrong".to_owned(), vec![], 403),
            (STRANGER, "GET /now/".to_owned(), vec![], 403),
            (STRANGER, "POST /now".to_owned(), vec!["X-Airlock-Token: wrong"], 403),
            (IpAddr::from([127, 0, 0, 1]), "GET /now".to_owned(), vec![], 403),
        ] {
            let heard = tried.ask(from, &what, &headers).await;
            assert_eq!(heard.status, status, "{what}");
            assert!(heard.body.contains("Access denied"));
        }
        assert!(tried.fake.woken().is_empty());
        assert_eq!(tried.ask(TRUSTED, "GET /now", &["User-Agent: GuzzleHttp/7"]).await.status, 200);
        assert_eq!(tried.fake.woken().len(), 1);
        for (n, (what, headers)) in [
            (format!("GET /now/{right}?target=a"), vec![]),
            ("POST /now?target=b".to_owned(), vec![bearer.as_str()]),
            (format!("POST /now/{right}?target=c"), vec![]),
        ]
        .into_iter()
        .enumerate()
        {
            let heard = tried.ask(STRANGER, &what, &headers).await;
            assert_eq!((heard.status, heard.body.contains("OK")), (200, true), "{what}");
            assert_eq!(tried.fake.woken().len(), n + 2);
        }
    });
}

#[test]
fn tokens_are_not_to_be_guessed() {
    let (_folder, more) = token();
    with(&more, |tried| async move {
        for n in 0..10 {
            assert_eq!(tried.ask(STRANGER, &format!("GET /now/{n}"), &[]).await.status, 403);
        }
        let right = TOKEN.replace(' ', "-");
        assert_eq!(tried.ask(STRANGER, &format!("GET /now/{right}"), &[]).await.status, 429);
        assert_eq!(tried.ask([127, 0, 0, 8].into(), &format!("GET /now/{right}"), &[]).await.status, 200);
    });
}

#[test]
fn pages_of_other_sites_wake_nobody() {
    let (_folder, more) = token();
    with(&more, |tried| async move {
        let right = format!("Authorization: Bearer {}", TOKEN.replace(' ', "-"));
        for headers in [
            &["Origin: http://evil.test"][..],
            &["Origin: null"],
            &["Sec-Fetch-Site: cross-site"],
            &["Sec-Fetch-Site: same-site"],
            &["Referer: http://evil.test/"],
            &["User-Agent: Mozilla/5.0"],
            &["Origin: http://evil.test", "Sec-Fetch-Site: same-origin"],
            &["Accept: image/webp"],
            &["Origin: http://glpi.example"],
        ] {
            for what in ["GET /now", "POST /now", "GET /now?partial=yes&category=software"] {
                let with_token = [headers, &[right.as_str()]].concat();
                assert_eq!(tried.ask(TRUSTED, what, headers).await.status, 403, "{what} {headers:?}");
                assert_eq!(tried.ask(STRANGER, what, &with_token).await.status, 403, "{what} {headers:?}");
            }
            let preflight = [headers, &["Access-Control-Request-Method: GET"]].concat();
            assert_eq!(tried.ask(TRUSTED, "OPTIONS /now", &preflight).await.status, 403, "{headers:?}");
        }
        assert!(tried.fake.woken().is_empty());
    });
}

#[test]
fn pages_of_the_server_and_our_own_may() {
    with("", |tried| async move {
        let origin = "Origin: https://glpi.example";
        let asked = ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: x", origin];
        let preflight = tried.ask(TRUSTED, "OPTIONS /now", &asked).await;
        assert_eq!(preflight.status, 204);
        assert_eq!(preflight.header("access-control-allow-origin"), Some("https://glpi.example"));
        assert_eq!(preflight.header("access-control-allow-headers"), Some("*"));
        assert_eq!(tried.ask(STRANGER, "OPTIONS /now", &asked).await.status, 403);
        assert!(tried.fake.woken().is_empty(), "a preflight asks and does nothing");
        let heard = tried.ask(TRUSTED, "GET /now", &[origin, "Sec-Fetch-Site: cross-site"]).await;
        assert_eq!((heard.status, heard.header("access-control-allow-origin")), (200, Some("https://glpi.example")));
        let own = format!("Origin: http://{}", tried.listener.address());
        assert_eq!(tried.ask(TRUSTED, "POST /now?target=b", &[&own, "Sec-Fetch-Site: same-origin"]).await.status, 200);
        assert_eq!(tried.fake.woken().len(), 2);
    });
}

#[test]
fn a_partial_inventory_is_asked_for() {
    with("", |tried| async move {
        assert_eq!(
            tried.ask(TRUSTED, "GET /now?partial=yes&category=software,printer&target=hq", &[]).await.status,
            200
        );
        let partial = Some(Partial { categories: vec!["software".into(), "printer".into()] });
        assert_eq!(tried.fake.woken(), [Wake { target: Some("hq".into()), partial }]);
        assert_eq!(tried.ask(TRUSTED, "GET /now?partial=yes", &[]).await.status, 400);
    });
}

#[test]
fn a_storm_is_one_wake_and_one_more_at_its_end() {
    let spacing = Duration::from_millis(400);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.unwrap().block_on(async {
        let fake = Fake::new();
        let wakes = wakes::Wakes::new(spacing, Arc::clone(&fake) as _);
        assert!(matches!(wakes.wake(Wake::default()), wakes::Taken::Now(_)));
        for _ in 0..1000 {
            assert!(matches!(wakes.wake(Wake::default()), wakes::Taken::Later(_)));
        }
        assert_eq!(fake.woken().len(), 1);
        tokio::time::sleep(spacing * 3).await;
        assert_eq!(fake.woken().len(), 2, "none is lost");
        let many = (0..100).filter(|n| {
            let wake = Wake { target: Some(n.to_string()), partial: None };
            matches!(wakes.wake(wake), wakes::Taken::Now(_))
        });
        assert_eq!(many.count(), 8, "different ones are bounded too");
    });
}
