//! Tells the benchmarks which compiler built them.

use std::process::Command;

fn main() {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler).arg("--version").output();
    let version =
        output.map_or_else(|_| "unknown".into(), |output| String::from_utf8_lossy(&output.stdout).into_owned());
    println!("cargo:rustc-env=LARDER_BENCH_RUSTC={}", version.trim());
    println!("cargo:rerun-if-changed=build.rs");
}
