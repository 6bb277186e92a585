use std::ops::RangeInclusive;

use super::Server;
use crate::caller::Caller;
use crate::calls::CalledOperation;
use crate::operations::{Operation, Service};
use crate::request::{CredentialScope, Incoming};
use crate::wire::{AwsError, Protocol};

/// What an operation takes that was only recorded, in milliseconds.
const RECORDED_LATENCY: &RangeInclusive<u64> = &(120..=320);

/// A refusal, and the protocol to say it in.
type Refusal = (Protocol, AwsError);

/// A call of an operation that there is, by somebody who may call.
pub(super) struct Recognised<'a> {
    pub(super) caller: Caller<'a>,
    pub(super) region: &'static str,
    pub(super) service: Service,
    pub(super) name: String,
    /// Absent for an operation that was only recorded.
    pub(super) operation: Option<&'static Operation>,
}

impl Recognised<'_> {
    pub(super) fn called(&self) -> CalledOperation {
        CalledOperation {
            operation: format!("{}:{}", self.service.signing_name(), self.name),
            account_id: self.caller.account.id().to_string(),
            region: self.region.to_owned(),
        }
    }

    pub(super) fn latency(&self) -> &RangeInclusive<u64> {
        self.operation.map_or(RECORDED_LATENCY, |operation| &operation.latency)
    }
}

impl Server {
    /// Who calls what, as AWS goes about it: first the credentials, then the operation.
    pub(super) fn recognise(&self, incoming: &Incoming) -> Result<Recognised<'_>, Refusal> {
        let guess = Protocol::guess(incoming);
        let scope = CredentialScope::of(&incoming.parts).map_err(|why| (guess, guess.unsigned(&why)))?;
        let service = Service::ALL.into_iter().find(|service| service.signing_name() == scope.service);
        let protocol = service.map_or(guess, Service::protocol);
        let refused = |error| (protocol, error);

        let known = (&self.fleet, &self.sessions, self.unknown_keys);
        let caller = Caller::identify(&scope, incoming, known, self.clock.now(), protocol).map_err(refused)?;
        if let Some(only) = service.and_then(Service::only_region).filter(|only| *only != scope.region) {
            return Err(refused(protocol.wrong_region(&scope.region, only)));
        }
        let region = self.fleet.regions().iter().find(|it| **it == scope.region);
        let region = region.ok_or_else(|| refused(protocol.invalid_credentials()))?;

        let name = protocol.operation_name(incoming);
        let operation = service.and_then(|service| Operation::find(service, &name));
        let action = format!("{}:{name}", scope.service);
        let recorded = || self.replay.iter().any(|replay| replay.actions().any(|it| it == action));
        match service {
            Some(service) if operation.is_some() || recorded() => {
                Ok(Recognised { caller, region, service, name, operation })
            }
            _ => {
                tracing::warn!(action, "an operation that the stand-in does not know");
                Err(refused(protocol.unknown_operation(&name)))
            }
        }
    }
}
