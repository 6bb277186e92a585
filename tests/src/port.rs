//! Ports for servers that can't be told to choose their own.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// A port of the loopback address that nobody listened on just now. Somebody may take it before it is used, so whoever
/// starts a server on it is ready to try another.
///
/// # Errors
/// If the system has no port to give.
pub fn free_port() -> io::Result<u16> {
    let [port] = free_ports()?;
    Ok(port)
}

/// As [`free_port`], and all different: none is let go before the last one is found.
pub(crate) fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    let mut held = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
