//! What our clients read from moto and what they read from the stand-in, of the same resources: the same members, types
//! and values. Two emulators of different hands that agree are a better witness than one.

mod mirror;
mod pair;

mod resources;
mod roles;
