//! Ports for servers that can't be told to choose their own.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// A port of the loopback address that nobody listened on just now. Somebody may take it before it is used, so whoever
/// starts a server on it is ready to try another.
///
/// # Errors
/// If the system has no port to give.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
