mod errors;
mod protocol;
mod xml;

pub(crate) use errors::AwsError;
pub(crate) use protocol::{Payload, Protocol};
pub(crate) use xml::Element;
