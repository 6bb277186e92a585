use std::collections::{BTreeSet, HashSet};

use super::{DESCRIBE_INSTANCES, Server, servers_of};
use crate::pages::every_page;
use crate::{AccountId, Accounts, FailureKind, FetchError, Region};

/// The most ids in one request: EC2 takes 1,000, and gets slow before that.
const IDS_AT_ONCE: usize = 200;
const NOT_FOUND: &str = "InvalidInstanceID.NotFound";
const MALFORMED: &str = "InvalidInstanceID.Malformed";

/// What became of the servers that were asked for by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedServers {
    /// Those that EC2 knows, by id.
    pub known: Vec<Server>,
    /// The ids that EC2 says it does not know: of servers that were terminated over an hour ago, are of another account or
    /// region, or never were. One that was launched seconds ago may be among them.
    pub gone: BTreeSet<String>,
    /// What is no id of an instance.
    pub malformed: BTreeSet<String>,
}

/// The servers of an account and region that have these ids. One that is gone, or no id, does not keep the
/// others from being told.
///
/// # Errors
/// Whatever a request failed with, [`FailureKind::Malformed`] if an answer leaves out an id without saying so, and
/// those of [`Accounts::aws_of`].
pub async fn servers_by_id(
    ids: impl IntoIterator<Item = String>,
    accounts: &Accounts,
    account: &AccountId,
    region: Region,
) -> Result<AskedServers, FetchError> {
    let (ids, malformed): (BTreeSet<_>, _) = ids.into_iter().partition(|id| is_instance_id(id));
    let mut asked = AskedServers { malformed, ..AskedServers::default() };
    let ids: Vec<_> = ids.into_iter().collect();
    for ids in ids.chunks(IDS_AT_ONCE) {
        tell_of(ids.to_vec(), accounts, account, region, &mut asked).await?;
    }
    Ok(asked)
}

async fn tell_of(
    mut ids: Vec<String>,
    accounts: &Accounts,
    account: &AccountId,
    region: Region,
    asked: &mut AskedServers,
) -> Result<(), FetchError> {
    while !ids.is_empty() {
        let reservations = accounts.ask(account, Some(region), |aws| {
            let request = aws.ec2(region).describe_instances().set_instance_ids(Some(ids.clone()));
            let pages = request.into_paginator().send();
            every_page(DESCRIBE_INSTANCES, pages, |page| (page.next_token, page.reservations))
        });
        match reservations.await {
            Ok(reservations) => {
                let known = servers_of(reservations)?;
                let told: HashSet<_> = known.iter().map(|server| &server.id).collect();
                if let Some(id) = ids.iter().find(|id| !told.contains(id)) {
                    return Err(FetchError::without(DESCRIBE_INSTANCES, id));
                }
                asked.known.extend(known);
                return Ok(());
            }
            Err(error) => {
                let refused = match &error.kind {
                    FailureKind::Rejected { code } if code == NOT_FOUND => &mut asked.gone,
                    FailureKind::Rejected { code } if code == MALFORMED => &mut asked.malformed,
                    _ => return Err(error),
                };
                let (named, before) = (named(&error.message), ids.len());
                refused.extend(ids.extract_if(.., |id| named.contains(id.as_str())));
                if ids.len() == before {
                    return Err(error);
                }
            }
        }
    }
    Ok(())
}

/// What an error's message may name as an id: `The instance IDs 'i-0a, i-0b' do not exist`, `Invalid id: "i-0c"`.
fn named(message: &str) -> HashSet<&str> {
    let apart = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '-');
    // A long message is cut, maybe within an id.
    let (whole, _) = message.rsplit_once(apart).unwrap_or_default();
    whole.split(apart).collect()
}

/// Whether EC2 may take it for one: `i-` and 8 to 17 hexadecimal digits.
fn is_instance_id(text: &str) -> bool {
    let digits = text.strip_prefix("i-").unwrap_or_default();
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (8..=17).contains(&digits.len()) && digits.bytes().all(hexadecimal)
}

#[cfg(test)]
mod tests;
