//! Components: resources and the engine.
