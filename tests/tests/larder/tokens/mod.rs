//! Access tokens, what is asked with them, and what has to come of it.

mod issued;
mod permitted;
mod refused;

pub(crate) use issued::{AUDIENCE, Issued, with};
pub(crate) use permitted::PERMITTED;
pub(crate) use refused::REFUSED;

/// A request: method, path and body.
pub(crate) type Asked = (&'static str, &'static str, Option<&'static str>);

/// For the account of Larder's own credentials, which the request does not name.
pub(crate) const READ: Asked = ("GET", "/ec2/subnets?region=us-east-1", None);
