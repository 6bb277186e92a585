//! Links the functions to a fixed address. Otherwise the loader would adjust tens of thousands of pointers before their
//! first line: a third of a start, and a megabyte of each container. Libraries, heap and stack stay where chance puts
//! them.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
