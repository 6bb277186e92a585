use std::fmt;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{Aws, Cost, FailureKind, FetchError, MadeOldBy, Region, Scope, ScopeRule, Source, TtlPolicy};

/// One kind of question: a row of the table. Everything that differs by data type is read from here.
pub struct DataType {
    /// The kebab-case name: `ec2-subnets`.
    pub name: &'static str,
    /// One line for people, without a full stop.
    pub summary: &'static str,
    /// The HTTP path: `/ec2/subnets`.
    pub path: &'static str,
    /// How long an answer may be used, where the configuration says nothing else.
    pub ttl: TtlPolicy,
    /// What AWS charges for a fetch.
    pub cost: Cost,
    /// Which parts the scope has.
    pub scope: ScopeRule,
    /// The regions that have the service, by name; `None` where every region has it. See [`Self::is_in`].
    pub regions: Option<&'static [&'static str]>,
    /// The IAM actions that a fetch needs.
    pub iam_actions: &'static [&'static str],
    /// The events that make a stored answer old.
    pub made_old_by: &'static [MadeOldBy],
    /// Where the list stands in the answer, if the answer is one.
    pub list: Option<ListShape>,
    /// The field of the list's items that holds an account, if they are about different ones: `accountId`. A caller may
    /// see only the items of his accounts.
    pub account_of_item: Option<&'static str>,
    fetch: Fetch,
    schema: fn() -> NamedSchema,
    nested_schemas: fn() -> Vec<NamedSchema>,
}

/// A list answer: an object whose `member` is the list, sorted by `id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListShape {
    /// The member that holds the list: `subnets`.
    pub member: &'static str,
    /// The field of an item that names it: `subnetId`.
    pub id: &'static str,
}

/// A schema with its name among OpenAPI's components.
pub type NamedSchema = (String, RefOr<Schema>);

type Fetch = for<'a> fn(&'a Aws, &'a Scope) -> BoxFuture<'a, Result<Bytes, FetchError>>;

impl DataType {
    /// The row of a source: its type is forgotten here, and nowhere else.
    #[must_use]
    pub const fn of<S: Source>() -> Self {
        Self {
            name: S::NAME,
            summary: S::SUMMARY,
            path: S::PATH,
            ttl: S::TTL,
            cost: S::COST,
            scope: S::SCOPE,
            regions: S::REGIONS,
            iam_actions: S::IAM_ACTIONS,
            made_old_by: S::MADE_OLD_BY,
            list: S::LIST,
            account_of_item: S::ACCOUNT_OF_ITEM,
            fetch: fetch_json::<S>,
            schema: named_schema::<S::Answer>,
            nested_schemas: nested_schemas::<S::Answer>,
        }
    }

    /// Asks AWS and gives the whole answer as JSON.
    ///
    /// # Errors
    /// What [`Source::fetch`] says, and [`FailureKind::Malformed`] if the answer can't be written as JSON.
    pub async fn fetch(&self, aws: &Aws, scope: &Scope) -> Result<Bytes, FetchError> {
        (self.fetch)(aws, scope).await
    }

    /// Whether that region has the service.
    #[must_use]
    pub fn is_in(&self, region: Region) -> bool {
        self.regions.is_none_or(|regions| regions.contains(&region.name()))
    }

    /// The answer's schema.
    #[must_use]
    pub fn schema(&self) -> NamedSchema {
        (self.schema)()
    }

    /// The schemas that the answer's schema refers to.
    #[must_use]
    pub fn nested_schemas(&self) -> Vec<NamedSchema> {
        (self.nested_schemas)()
    }
}

impl fmt::Debug for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DataType").field(&self.name).finish()
    }
}

fn fetch_json<'a, S: Source>(aws: &'a Aws, scope: &'a Scope) -> BoxFuture<'a, Result<Bytes, FetchError>> {
    S::fetch(aws, scope)
        .map(|answer| {
            let json = serde_json::to_vec(&answer?).map_err(|error| {
                let operation = S::IAM_ACTIONS.first().copied().unwrap_or(S::NAME);
                FetchError::new(FailureKind::Malformed, operation, error.to_string())
            })?;
            Ok(Bytes::from(json))
        })
        .boxed()
}

fn named_schema<T: ToSchema>() -> NamedSchema {
    (T::name().into_owned(), <T as PartialSchema>::schema())
}

fn nested_schemas<T: ToSchema>() -> Vec<NamedSchema> {
    let mut schemas = Vec::new();
    T::schemas(&mut schemas);
    schemas
}
