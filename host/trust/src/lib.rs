//! Which components may come in: keys, signed manifests, versions that never go back.
