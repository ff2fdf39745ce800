//! What a server may get to know of this machine: by a collection, which is the task itself run on this machine and on a mock
//! of it, and by an inventory.

mod answers;
mod collect;
mod privacy;
mod scene;
