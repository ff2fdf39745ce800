//! What is refused to neighbours is recorded: at once, and not as often as somebody likes.

use super::*;
use crate::listener::refusals::{Because, Refusals};

fn said(fake: &Fake) -> Vec<(String, String, u64)> {
    let refused = fake.refused.lock().unwrap();
    refused.iter().map(|one| (one.what.clone(), one.code.clone(), one.times)).collect()
}

fn on_a_runtime<F: Future<Output = ()>>(test: F) {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test);
}

#[test]
fn a_storm_is_one_record_and_one_more_that_counts_it() {
    let spacing = Duration::from_millis(300);
    on_a_runtime(async {
        let fake = Fake::new();
        let refusals = Refusals::new(spacing, Arc::clone(&fake) as _);
        for _ in 0..1000 {
            refusals.tell(STRANGER, "a wake", Because::NotTrusted, "no".to_owned());
        }
        tokio::time::sleep(spacing * 3).await;
        let (what, code) = (format!("a wake from {STRANGER}"), "NOT_TRUSTED".to_owned());
        assert_eq!(said(&fake), [(what.clone(), code.clone(), 1), (what, code, 999)]);
    });
}

#[test]
fn however_many_ask_the_records_are_bounded_and_count_them_all() {
    let fake = Fake::new();
    on_a_runtime(async {
        let refusals = Refusals::new(Duration::from_secs(600), Arc::clone(&fake) as _);
        for n in 0..2000_u32 {
            refusals.tell(IpAddr::from(n.to_be_bytes()), "a wake", Because::WrongToken, "no".to_owned());
        }
        // It ends before the spacing does.
        drop(refusals);
    });
    let said = said(&fake);
    assert!(said.len() <= 34, "{said:?}");
    assert_eq!(said.iter().map(|(_, _, times)| times).sum::<u64>(), 2000);
    assert!(said.iter().any(|(what, _, times)| what == "a wake from many" && *times > 1900), "{said:?}");
}

/// The threads that write are all at work elsewhere when the daemon ends.
#[test]
fn what_nobody_has_begun_to_write_is_written_at_the_end() {
    let fake = Fake::new();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        tokio::task::spawn_blocking(move || held.recv());
        let refusals = Refusals::new(Duration::from_secs(600), Arc::clone(&fake) as _);
        for _ in 0..3 {
            refusals.tell(STRANGER, "a wake", Because::NotTrusted, "no".to_owned());
        }
        assert!(said(&fake).is_empty());
        drop(refusals);
    });
    let times: Vec<u64> = said(&fake).into_iter().map(|(_, _, times)| times).collect();
    assert_eq!(times, [1, 2]);
    release.send(()).unwrap();
}

#[test]
fn each_way_to_be_refused_has_its_code() {
    with("", |tried| async move {
        assert_eq!(tried.ask(STRANGER, "GET /now", &[]).await.status, 403);
        assert_eq!(tried.ask(STRANGER, "GET /now/wrong", &[]).await.status, 403);
        assert_eq!(tried.ask(TRUSTED, "GET /now", &["Origin: http://evil.test"]).await.status, 403);
        for n in 0..9 {
            assert_eq!(
                tried.ask(TRUSTED, &format!("GET /now?target=t{n}"), &[]).await.status,
                if n < 8 { 200 } else { 429 }
            );
        }
        // They are written on threads of their own.
        while said(&tried.fake).len() < 4 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let codes: Vec<String> = said(&tried.fake).into_iter().map(|(_, code, _)| code).collect();
        for code in ["NOT_TRUSTED", "WRONG_TOKEN", "OTHER_SITE", "TOO_MANY"] {
            assert!(codes.iter().any(|said| said == code), "{code}: {codes:?}");
        }
    });
}
