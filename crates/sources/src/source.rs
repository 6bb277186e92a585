use std::future::Future;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{Aws, Cost, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, TtlPolicy};

/// The port to upstream: one data type, its facts as consts and one method.
///
/// An implementation is a unit struct in a file of its own; its row in the table makes it known to everyone else.
pub trait Source: 'static {
    /// The kebab-case name: `ec2-subnets`.
    const NAME: &'static str;
    /// One line for people, without a full stop.
    const SUMMARY: &'static str;
    /// The HTTP path: `/ec2/subnets`.
    const PATH: &'static str;
    /// How long an answer may be used.
    const TTL: TtlPolicy = TtlPolicy::UNLISTED;
    /// What AWS charges for a fetch.
    const COST: Cost = Cost::Nothing;
    /// Which parts the scope has.
    const SCOPE: ScopeRule;
    /// The regions that have the service, by name; `None` where every region has it.
    const REGIONS: Option<&'static [&'static str]> = None;
    /// The IAM actions that `fetch` needs, as a policy names them: `ec2:DescribeSubnets`.
    const IAM_ACTIONS: &'static [&'static str];
    /// The events that make a stored answer old. One that is missing here costs freshness until [`Self::TTL`] is over; one
    /// that changes nothing in the answer costs a call.
    const MADE_OLD_BY: &'static [MadeOldBy] = &[];
    /// Where the list stands in the answer, if the answer is one.
    const LIST: Option<ListShape> = None;
    /// The field of the list's items that holds an account, if they are about different ones: a caller gets to see
    /// only those that are about his accounts.
    const ACCOUNT_OF_ITEM: Option<&'static str> = None;

    /// What is answered. The same state of AWS gives the same bytes: lists are sorted, maps are ordered.
    type Answer: Serialize + ToSchema + Send;

    /// Asks AWS, in the scope's region and with the credentials of `aws`, and reads every page.
    ///
    /// # Errors
    /// A [`FetchError`] that names the operation that failed. An incomplete answer is an error, never a short list.
    fn fetch(aws: &Aws, scope: &Scope) -> impl Future<Output = Result<Self::Answer, FetchError>> + Send;
}
