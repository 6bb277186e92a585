use serde_json::{Map, Value, json};

use crate::request::Unsigned;
use crate::wire::Protocol;

/// An error that AWS answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Members of the error's shape besides the message; only the JSON protocols have such.
    pub(crate) members: Map<String, Value>,
}

impl Fault {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), members: Map::new() }
    }

    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    pub(crate) fn too_large() -> Self {
        Self::new(413, "RequestEntityTooLarge", "The request is too large.")
    }

    /// EC2's code for almost everything that is wrong with a parameter.
    pub(crate) fn invalid_parameter_value(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterValue", message)
    }

    /// DRS's answer to a member that does not fit its shape.
    pub(crate) fn validation(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fields = json!([{ "name": field, "message": message }]);
        Self::new(400, "ValidationException", message).with("reason", "fieldValidationFailed").with("fieldList", fields)
    }
}

/// The errors that each protocol has its own code for.
impl Protocol {
    pub(crate) fn unsigned(self, why: &Unsigned) -> Fault {
        let json = matches!(self, Self::RestJson | Self::Json);
        match (why, json) {
            (Unsigned::Missing, true) => {
                Fault::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
            }
            (Unsigned::Missing, false) => {
                Fault::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
            }
            (Unsigned::Malformed, json) => Fault::new(
                if json { 403 } else { 400 },
                if json { "IncompleteSignatureException" } else { "IncompleteSignature" },
                "Authorization header requires a 'Credential' of Signature Version 4.",
            ),
        }
    }

    /// An access key that no account has, or a region that the account has not opted in to.
    pub(crate) fn invalid_credentials(self) -> Fault {
        let invalid = "The security token included in the request is invalid.";
        match self {
            Self::Ec2 => Fault::new(401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
            Self::Query => Fault::new(403, "InvalidClientTokenId", invalid),
            Self::RestJson => Fault::new(403, "UnrecognizedClientException", invalid),
            Self::Json => Fault::new(400, "UnrecognizedClientException", invalid),
        }
    }

    pub(crate) fn unknown_operation(self, name: &str) -> Fault {
        match self {
            Self::Ec2 => {
                Fault::new(400, "InvalidAction", format!("The action {name} is not valid for this web service."))
            }
            Self::Query => Fault::new(400, "InvalidAction", format!("Could not find operation {name}")),
            Self::RestJson => Fault::new(404, "UnknownOperationException", format!("Unknown operation {name}")),
            Self::Json => Fault::new(400, "UnknownOperationException", format!("Unknown operation {name}")),
        }
    }
}
