use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::request::Unsigned;
use crate::wire::Protocol;

/// An error that AWS answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwsError {
    pub(crate) status: u16,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// Members of the error's shape besides the message; only the JSON protocols have such.
    pub(crate) members: Map<String, Value>,
}

impl AwsError {
    pub(crate) fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), members: Map::new() }
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

    /// The query services' answer to a parameter that does not fit its constraints.
    pub(crate) fn validation_error(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
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
    pub(crate) fn unsigned(self, why: &Unsigned) -> AwsError {
        let json = matches!(self, Self::RestJson | Self::Json);
        match (why, json) {
            (Unsigned::Missing, true) => {
                AwsError::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
            }
            (Unsigned::Missing, false) => {
                AwsError::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
            }
            (Unsigned::Malformed, json) => AwsError::new(
                if json { 403 } else { 400 },
                if json { "IncompleteSignatureException" } else { "IncompleteSignature" },
                "Authorization header requires a 'Credential' of Signature Version 4.",
            ),
        }
    }

    /// An access key that no account has, or a region that the account has not opted in to.
    pub(crate) fn invalid_credentials(self) -> AwsError {
        let invalid = "The security token included in the request is invalid.";
        match self {
            Self::Ec2 => {
                AwsError::new(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
            }
            Self::Query(_) => AwsError::new(403, "InvalidClientTokenId", invalid),
            Self::RestJson => AwsError::new(403, "UnrecognizedClientException", invalid),
            Self::Json => AwsError::new(400, "UnrecognizedClientException", invalid),
        }
    }

    /// A service without regions was called as if it had some.
    pub(crate) fn wrong_region(self, region: &str, only: &str) -> AwsError {
        let message = format!("Credential should be scoped to a valid region, not '{region}'; it is '{only}'.");
        let json = matches!(self, Self::RestJson | Self::Json);
        AwsError::new(403, if json { "InvalidSignatureException" } else { "SignatureDoesNotMatch" }, message)
    }

    /// Temporary credentials whose time is over.
    pub(crate) fn expired_credentials(self) -> AwsError {
        let expired = "The security token included in the request is expired";
        match self {
            Self::Ec2 => AwsError::new(400, "RequestExpired", "Request has expired."),
            Self::Query(_) => AwsError::new(403, "ExpiredToken", expired),
            Self::RestJson => AwsError::new(403, "ExpiredTokenException", expired),
            Self::Json => AwsError::new(400, "ExpiredTokenException", expired),
        }
    }

    /// No policy allows `action` (such as `ec2:DescribeSubnets`) to `principal`, an ARN. `resource` is the ARN that the
    /// action needs a permission on, where it takes one.
    pub(crate) fn access_denied(self, principal: &str, action: &str, resource: Option<&str>) -> AwsError {
        let on = resource.map(|arn| format!(" on resource: {arn}")).unwrap_or_default();
        // AWS does not tell who may assume a role.
        let why = match action {
            "sts:AssumeRole" => String::new(),
            _ => format!(" because no identity-based policy allows the {action} action"),
        };
        let message = format!("User: {principal} is not authorized to perform: {action}{on}{why}");
        match self {
            Self::Ec2 => {
                let message = format!("You are not authorized to perform this operation. {message}");
                AwsError::new(403, "UnauthorizedOperation", message)
            }
            Self::Query(_) => AwsError::new(403, "AccessDenied", message),
            Self::RestJson => AwsError::new(403, "AccessDeniedException", message),
            Self::Json => AwsError::new(400, "AccessDeniedException", message),
        }
    }

    pub(crate) fn unknown_operation(self, name: &str) -> AwsError {
        match self {
            Self::Ec2 => {
                AwsError::new(400, "InvalidAction", format!("The action {name} is not valid for this web service."))
            }
            Self::Query(_) => AwsError::new(400, "InvalidAction", format!("Could not find operation {name}")),
            Self::RestJson => AwsError::new(404, "UnknownOperationException", format!("Unknown operation {name}")),
            Self::Json => AwsError::new(400, "UnknownOperationException", format!("Unknown operation {name}")),
        }
    }
}
