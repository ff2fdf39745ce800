//! Parts of packages: for the neighbour that may have them, and for nobody else there is anything.

use super::*;
use airlock_gate::calls::peer_path;
use sha2::{Digest, Sha512};
use std::io::Write;

#[test]
fn a_part_goes_to_whom_it_is_for_and_everything_else_is_not_there() {
    let mut file = tempfile::tempfile().unwrap();
    let bytes = vec![b'x'; 300_000];
    let part = Sha512Sum::new(Sha512::digest(&bytes).into());
    file.write_all(&bytes).unwrap();
    let get = |path: &str| format!("GET {path}");
    with("", |tried| async move {
        *tried.fake.shared.lock().unwrap() = Some((TRUSTED, part, file));
        let whole = tried.ask(TRUSTED, &get(&peer_path(&part)), &[]).await;
        assert_eq!((whole.status, whole.header("content-length")), (200, Some("300000")), "{}", whole.head);
        assert_eq!(whole.body.as_bytes(), bytes);
        let same = |heard: Heard| (heard.status, heard.reason, heard.body);
        let nothing = same(tried.ask(TRUSTED, &get(&peer_path(&Sha512Sum::new([7; 64]))), &[]).await);
        assert_eq!(nothing.0, 404);
        // Not for this one; no name of a part; another method.
        for (who, request) in [
            (STRANGER, get(&peer_path(&part))),
            (TRUSTED, get("/deploy/getFile/")),
            (TRUSTED, get(&format!("/deploy/getFile/0/00/{part}"))),
            (TRUSTED, get("/deploy/getFile/../../etc/passwd")),
            (TRUSTED, get(&peer_path(&part)).replacen("GET", "PUT", 1)),
        ] {
            assert_eq!(same(tried.ask(who, &request, &[]).await), nothing, "{request}");
        }
        // One neighbour that asks without an end is told so, for a minute, whatever it asks for.
        let mut last = 0;
        for _ in 0..700 {
            last = tried.ask(STRANGER, &get(&peer_path(&part)), &[]).await.status;
        }
        assert_eq!((last, tried.ask(TRUSTED, &get(&peer_path(&part)), &[]).await.status), (429, 200));
    });
}
