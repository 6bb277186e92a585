//! The faults that are errors, as each service spells them.

use super::FaultKind;
use crate::caller::Caller;
use crate::operations::Service;
use crate::request::Form;
use crate::wire::AwsError;

impl FaultKind {
    /// The error that the call is refused with, if this is such a fault.
    pub(crate) fn refusal(self, service: Service, action: &str, caller: &Caller, form: &Form) -> Option<AwsError> {
        Some(match self {
            Self::Throttled => throttled(service),
            Self::AccessDenied => {
                let resource = match action {
                    "sts:AssumeRole" => form.get("RoleArn").map(str::to_owned),
                    "iam:ListInstanceProfiles" => {
                        Some(format!("arn:aws:iam::{}:instance-profile/", caller.account.id()))
                    }
                    _ => None,
                };
                service.protocol().access_denied(&caller.arn(), action, resource.as_deref())
            }
            Self::ExpiredToken => service.protocol().expired_credentials(),
            Self::ServerError => server_error(service),
            Self::Unavailable => unavailable(service),
            Self::Slow(_)
            | Self::Dropped
            | Self::Truncated
            | Self::Malformed
            | Self::EmptyPages
            | Self::RepeatingToken => return None,
        })
    }
}

/// Refused for too many calls.
pub(crate) fn throttled(service: Service) -> AwsError {
    match service {
        Service::Drs => AwsError::new(429, "ThrottlingException", "Rate exceeded"),
        Service::CloudTrail => AwsError::new(400, "ThrottlingException", "Rate exceeded"),
        Service::CostExplorer => AwsError::new(
            400,
            "LimitExceededException",
            "You made too many calls in a short period of time. Try again later.",
        ),
        Service::Quotas => AwsError::new(400, "TooManyRequestsException", "Rate exceeded"),
        Service::Ec2 => AwsError::new(503, "RequestLimitExceeded", "Request limit exceeded."),
        Service::Iam | Service::Sts => AwsError::new(400, "Throttling", "Rate exceeded"),
    }
}

fn server_error(service: Service) -> AwsError {
    match service {
        Service::Drs => AwsError::new(500, "InternalServerException", "Internal server error"),
        Service::Quotas => AwsError::new(500, "ServiceException", "Internal service error"),
        Service::Ec2 => AwsError::new(500, "InternalError", "An internal error has occurred"),
        Service::Iam => AwsError::new(500, "ServiceFailure", "The request failed because of a server error."),
        Service::Sts | Service::CloudTrail | Service::CostExplorer => {
            AwsError::new(500, "InternalFailure", "The request failed because of a server error.")
        }
    }
}

fn unavailable(service: Service) -> AwsError {
    match service {
        Service::Drs | Service::Quotas => {
            AwsError::new(503, "ServiceUnavailableException", "Service is temporarily unavailable")
        }
        Service::Ec2 => AwsError::new(503, "Unavailable", "The server is overloaded and can't handle the request."),
        Service::Iam | Service::Sts | Service::CloudTrail | Service::CostExplorer => {
            AwsError::new(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
        }
    }
}
