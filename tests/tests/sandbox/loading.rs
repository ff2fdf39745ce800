//! What does not come in: each is refused before any of it is compiled, with words that say what to do.

use airlock_sandbox::{Checked, CodeCache, LoadError, NoCache, Sandbox, World, inspect};
use airlock_tests::HOSTILE;
use airlock_tests::wasm::replaced;
use std::sync::Mutex;

fn refused(bytes: &[u8], world: World) -> LoadError {
    // `airlock task inspect` looks at the same bytes: it must come through all of them.
    let _ = inspect(bytes);
    match Checked::new(bytes, world) {
        Err(error) => error,
        Ok(checked) => match Sandbox::new().unwrap().load(&checked, &NoCache) {
            Err(error) => error,
            Ok(_) => panic!("it came in"),
        },
    }
}

#[test]
fn what_is_no_component_is_refused() {
    let module = b"\0asm\x01\0\0\0";
    let error = refused(module, World::Everything);
    assert!(matches!(error, LoadError::NotAComponent(_)), "{error}");
    assert!(error.to_string().contains("a core module; components are made by wit-component"), "{error}");
    for bytes in [&b""[..], b"\0", b"\0asm", b"#!/bin/sh\nexit 0\n", &[0xff; 4096]] {
        let error = refused(bytes, World::Everything);
        assert!(matches!(error, LoadError::NotAComponent(_)), "{bytes:?}: {error}");
        assert!(error.to_string().starts_with("not a WebAssembly component"), "{error}");
    }
}

#[test]
fn a_component_cut_short_is_refused_wherever_it_is_cut() {
    let step = HOSTILE.len() / 50;
    for length in (1..HOSTILE.len()).step_by(step) {
        let cut = &HOSTILE[..length];
        let refused = match Checked::new(cut, World::Everything) {
            Err(error) => matches!(error, LoadError::NotAComponent(_)),
            // Cut between two sections, it is a whole component that lacks something.
            Ok(checked) => Sandbox::new().unwrap().load(&checked, &NoCache).is_err(),
        };
        assert!(refused, "{length} bytes of it came in");
    }
}

#[test]
fn a_component_that_is_too_large_is_refused() {
    let mut bytes = HOSTILE.to_vec();
    bytes.resize(65 << 20, 0);
    let error = refused(&bytes, World::Everything);
    assert!(matches!(error, LoadError::TooLarge { limit: 67_108_864, .. }), "{error}");
    assert!(error.to_string().contains("at most 67108864 are accepted"), "{error}");
}

#[test]
fn precompiled_code_is_refused() {
    #[derive(Default)]
    struct Tap(Mutex<Vec<u8>>);
    impl CodeCache for Tap {
        fn get(&self, _key: &str) -> Option<Vec<u8>> {
            None
        }
        fn put(&self, _key: &str, code: &[u8]) {
            *self.0.lock().unwrap() = code.to_vec();
        }
    }
    let tap = Tap::default();
    Sandbox::new().unwrap().load(&Checked::new(HOSTILE, World::Everything).unwrap(), &tap).unwrap();
    let code = tap.0.lock().unwrap().clone();
    assert!(code.starts_with(b"\x7fELF"), "compiled code is in another form now");
    let error = refused(&code, World::Everything);
    assert!(matches!(error, LoadError::Precompiled), "{error}");
    assert!(error.to_string().contains("give the component itself (.wasm)"), "{error}");
}

#[test]
fn an_import_outside_the_world_is_refused() {
    let wasi = replaced(HOSTILE, b"airlock:facts/facts@0.1.0", b"wasi:cli/environmen@0.2.0");
    let error = refused(&wasi, World::Everything);
    assert!(
        matches!(&error, LoadError::OutsideWorld { import, .. } if import == "wasi:cli/environmen@0.2.0"),
        "{error}"
    );
    assert!(
        error.to_string().contains("build the component without it (in Rust, for wasm32-unknown-unknown)"),
        "{error}"
    );
    let stranger = replaced(HOSTILE, b"airlock:facts/facts@0.1.0", b"airlock:facts/files@0.1.0");
    let error = refused(&stranger, World::Everything);
    assert!(
        error.to_string().contains("airlock:facts/files@0.1.0, which tasks of the kind everything never have"),
        "{error}"
    );
}

#[test]
fn a_version_that_is_not_there_does_not_fit() {
    let newer = replaced(HOSTILE, b"airlock:facts/facts@0.1.0", b"airlock:facts/facts@0.9.0");
    let error = refused(&newer, World::Everything);
    assert!(matches!(&error, LoadError::DoesNotFit { world: "everything", .. }), "{error}");
    assert!(error.to_string().contains("airlock:facts/facts@0.9.0"), "{error}");
}

#[test]
fn a_function_that_is_not_there_does_not_fit() {
    let error = refused(&replaced(HOSTILE, b"sections", b"selfdest"), World::Everything);
    assert!(
        matches!(&error, LoadError::DoesNotFit { .. } | LoadError::Compile(_) | LoadError::NotAComponent(_)),
        "{error}"
    );
}

#[test]
fn a_right_that_the_kind_does_not_have_is_refused() {
    let error = refused(HOSTILE, World::Base);
    assert!(matches!(&error, LoadError::OutsideWorld { world: "base", .. }), "{error}");
    assert!(error.to_string().contains(", which tasks of the kind base never have"), "{error}");
}

#[test]
fn a_component_that_exports_no_task_is_refused() {
    // A component of nothing at all.
    let error = refused(b"\0asm\x0d\0\x01\0", World::Everything);
    assert!(matches!(&error, LoadError::DoesNotFit { .. }), "{error}");
}

#[test]
fn flipped_bytes_never_do_harm() {
    let sandbox = Sandbox::new().unwrap();
    for at in (8..HOSTILE.len()).step_by(HOSTILE.len() / 24) {
        let mut bytes = HOSTILE.to_vec();
        bytes[at] ^= 0x55;
        if let Ok(checked) = Checked::new(&bytes, World::Everything) {
            let _ = sandbox.load(&checked, &NoCache);
        }
        let _ = inspect(&bytes);
    }
}
