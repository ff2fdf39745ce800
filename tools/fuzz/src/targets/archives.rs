//! Archives that a job brings, and the manifests of packages.

use super::Target;

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "native/unpack/tar",
        run: |bytes| _ = airlock_native::is_archive(bytes, "a.tar"),
        seeds: &[include_bytes!("../../seeds/archive.tar")],
    },
    Target {
        name: "native/unpack/zip",
        run: |bytes| _ = airlock_native::is_archive(bytes, "a.zip"),
        seeds: &[include_bytes!("../../seeds/archive.zip")],
    },
    Target {
        name: "native/unpack/packed",
        run: |bytes| _ = airlock_native::is_archive(bytes, "a.gz"),
        seeds: &[
            include_bytes!("../../seeds/archive.tar.gz"),
            include_bytes!("../../seeds/archive.tar.xz"),
            include_bytes!("../../seeds/archive.tar.zst"),
        ],
    },
    Target {
        name: "trust/package/manifest",
        run: |bytes| drop(airlock_trust::PackageManifest::parse(bytes)),
        seeds: &[b"format = 1\nkind = \"package\"\nname = \"acme\"\nversion = \"1.0.0\"\ncounter = 1\n\
            issued = 2026-01-01T00:00:00Z\nexpires = 2026-02-01T00:00:00Z\nsize = 9\n\
            sha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"],
    },
];
