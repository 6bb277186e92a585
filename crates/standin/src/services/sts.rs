use std::time::Duration;

use crate::fleet::Account;
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element, Protocol};

/// How long a session lasts, in seconds: what STS allows, and what it is without `DurationSeconds`. The role has no
/// `MaxSessionDuration` of its own, so that it is an hour.
const LEAST: u64 = 900;
const MOST: u64 = 43_200;
const DEFAULT: u64 = 3600;
const ROLE_MOST: u64 = 3600;

/// `GetCallerIdentity`: every access key of the fleet belongs to the user `larder`, or to a session of a role.
pub(crate) fn get_caller_identity(call: &Call, _: &Form) -> Result<Vec<Element>, AwsError> {
    Ok(vec![
        Element::text("Arn", call.caller.arn()),
        Element::text("UserId", call.caller.user_id()),
        Element::text("Account", call.account.id()),
    ])
}

/// `AssumeRole`, with the external id that the role's trust policy asks for.
pub(crate) fn assume_role(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    let arn = required(form, "RoleArn", "roleArn")?;
    let name = required(form, "RoleSessionName", "roleSessionName")?;
    check_arn(arn)?;
    check_name(name)?;
    let duration = duration(form)?;
    let role = |account: &&Account| {
        account.role_arn() == arn && form.get("ExternalId") == Some(account.external_id().as_str())
    };
    let Some(account) = call.fleet.accounts().iter().find(role) else {
        // Whether the role does not exist or does not trust the caller is not for the caller to know.
        return Err(Protocol::STS.access_denied(&call.caller.arn(), "sts:AssumeRole", Some(arn)));
    };
    let session = call.sessions.issue(account.id(), name, duration, call.now);
    let credentials = [
        Element::text("AccessKeyId", &session.access_key_id),
        Element::text("SecretAccessKey", &session.secret_access_key),
        Element::text("SessionToken", &session.token),
        Element::text("Expiration", session.expires),
    ];
    let user = [
        Element::text("AssumedRoleId", format!("{}:{name}", account.role_id())),
        Element::text("Arn", account.assumed_role_arn(name)),
    ];
    Ok(vec![Element::of("AssumedRoleUser", user), Element::of("Credentials", credentials)])
}

fn required<'a>(form: &'a Form, parameter: &str, member: &str) -> Result<&'a str, AwsError> {
    form.get(parameter).ok_or_else(|| violated(&format!("Value null at '{member}'"), "Member must not be null"))
}

/// `arn:partition:service:region:account:resource`: all that STS looks at before it looks for the role.
fn check_arn(arn: &str) -> Result<(), AwsError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, service, _, _, resource]
            if ![partition, service, resource].contains(&"") && !arn.ends_with(':') =>
        {
            Ok(())
        }
        _ => Err(AwsError::validation_error(format!("{arn} is invalid"))),
    }
}

fn check_name(name: &str) -> Result<(), AwsError> {
    let value = format!("Value '{name}' at 'roleSessionName'");
    if name.chars().any(|it| !it.is_ascii_alphanumeric() && !"_+=,.@-".contains(it)) {
        return Err(violated(&value, r"Member must satisfy regular expression pattern: [\w+=,.@-]*"));
    }
    match name.len() {
        0..2 => Err(violated(&value, "Member must have length greater than or equal to 2")),
        2..=64 => Ok(()),
        _ => Err(violated(&value, "Member must have length less than or equal to 64")),
    }
}

fn duration(form: &Form) -> Result<Duration, AwsError> {
    let Some(asked) = form.get("DurationSeconds") else { return Ok(Duration::from_secs(DEFAULT)) };
    let value = format!("Value '{asked}' at 'durationSeconds'");
    let bound =
        |which: &str, bound: u64| violated(&value, &format!("Member must have value {which} than or equal to {bound}"));
    match asked.parse::<u64>() {
        Ok(seconds @ LEAST..=ROLE_MOST) => Ok(Duration::from_secs(seconds)),
        Ok(LEAST..=MOST) => Err(AwsError::validation_error(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )),
        Ok(seconds) if seconds > MOST => Err(bound("less", MOST)),
        _ => Err(bound("greater", LEAST)),
    }
}

fn violated(value: &str, constraint: &str) -> AwsError {
    AwsError::validation_error(format!(
        "1 validation error detected: {value} failed to satisfy constraint: {constraint}"
    ))
}
