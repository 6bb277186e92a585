use std::time::Duration;

use futures::stream::{self, StreamExt};
use jiff::{Timestamp, ToSpan};
use larder_cache::Directives;
use larder_history::{CostsOfAccount, Period};

use super::answer::{CostAnswer, CostsOfOne, FailedAccount, all_failed, etag_of, source_of};
use super::asked::{AskedCosts, Granularity, METRICS_OF_COSTS, recent, today};
use super::known::KnownCosts;
use super::series::{SeriesByLabel, Shape};
use crate::accounts_seen::SeenAccount;
use crate::outage::is_outage;
use crate::problem::{Code, Problem};
use crate::queries::data_type_of_text;
use crate::{App, Principal, Question, Reply};

/// The data type of costs.
pub const COSTS: &str = "costs";

/// What is left of a request's time for the history, once AWS was too slow.
const LEFT_FOR_HISTORY: Duration = Duration::from_secs(5);

/// Reads costs.
pub struct Costs<'a>(&'a App);

impl App {
    /// What accounts cost.
    #[must_use]
    pub fn costs(&self) -> Costs<'_> {
        Costs(self)
    }
}

/// What is known of one account, or why nothing is.
struct OfAccount {
    account: SeenAccount,
    known: Result<KnownCosts, Problem>,
}

impl Costs<'_> {
    /// What is known of each account: the last three months from the cache, else from AWS, else and only while AWS is out
    /// of reach from the history; the time before from the history.
    ///
    /// # Errors
    /// A [`Problem`] of the question, or of all accounts where nothing is known of any.
    pub async fn ask(
        &self,
        principal: &Principal,
        asked: &AskedCosts<'_>,
        directives: &Directives,
    ) -> Result<CostAnswer, Problem> {
        let Self(app) = self;
        principal.check_read()?;
        let began = app.environment().now();
        let left = || {
            let left = directives.deadline.saturating_sub(app.environment().now().since(began));
            let deadline = if app.history().is_configured() { left.saturating_sub(LEFT_FOR_HISTORY) } else { left };
            Directives { deadline, ..*directives }
        };
        let without_forcing = Directives { max_age: None, ..left() };
        let accounts = app.accounts_seen(principal, asked.accounts, &without_forcing).await?;
        let now = app.now();
        let period = asked.period.unwrap_or_else(|| recent(now));
        let of_accounts = accounts.into_iter().map(|account| self.of_account(principal, account, period, left()));
        let of_accounts: Vec<_> = stream::iter(of_accounts).buffered(app.side_by_side()).collect().await;
        let shape = Shape {
            period,
            tomorrow: today(now).saturating_add(1.day()),
            granularity: asked.granularity,
            group_by: asked.group_by,
            metric: asked.metric,
        };
        answer(of_accounts, &shape, now)
    }

    async fn of_account(
        &self,
        principal: &Principal,
        account: SeenAccount,
        period: Period,
        directives: Directives,
    ) -> OfAccount {
        let Self(app) = self;
        let now = app.now();
        let known = self.by_cache(principal, &account, &directives).await;
        let is_missing = |known: &KnownCosts| known.days.first().is_none_or(|first| period.from < *first);
        let wants_history = match &known {
            Ok(known) => is_missing(known),
            Err(problem) => is_outage(problem.code()),
        };
        if !wants_history || !app.history().is_configured() {
            return OfAccount { account, known };
        }
        let kept = match tokio::time::timeout(LEFT_FOR_HISTORY, self.kept(&account, period)).await {
            Ok(kept) => kept,
            Err(_) => Err(Problem::new(Code::HistoryUnavailable, "The history did not answer in time.")),
        };
        let known = match (known, kept) {
            (Ok(known), Ok(Some(kept))) => Ok(known.with_earlier(kept)),
            (Err(problem), Ok(Some(kept))) => Ok(KnownCosts::of_history(kept, problem, now)),
            (Ok(known), Err(of_history)) => Ok(known.without_earlier(of_history)),
            (Err(problem), Err(of_history)) => Err(problem.adding(of_history.detail())),
            (known, Ok(None)) => known,
        };
        OfAccount { account, known }
    }

    async fn by_cache(
        &self,
        principal: &Principal,
        account: &SeenAccount,
        directives: &Directives,
    ) -> Result<KnownCosts, Problem> {
        let Self(app) = self;
        let data_type = data_type_of_text(COSTS)?;
        let question = Question { data_type, region: None, account: Some(account.id.as_str()) };
        match app.queries().ask(principal, &question, directives).await? {
            Reply::One(answer) => KnownCosts::of_answer(&answer, data_type),
            Reply::Regional(_) => Err(Problem::new(Code::Internal, "Costs were told by region.")),
        }
    }

    async fn kept(&self, account: &SeenAccount, period: Period) -> Result<Option<CostsOfAccount>, Problem> {
        let history = self.0.history();
        let opened = history.opened().await?;
        history.told(opened.costs(account.id.as_str(), period)).await
    }
}

fn answer(of_accounts: Vec<OfAccount>, shape: &Shape, now: Timestamp) -> Result<CostAnswer, Problem> {
    let (mut accounts, mut failed) = (Vec::new(), Vec::new());
    for of_account in of_accounts {
        match of_account.known {
            Ok(known) => accounts.push((of_account.account, Some(known))),
            Err(problem) => {
                failed.push((of_account.account.clone(), problem));
                accounts.push((of_account.account, None));
            }
        }
    }
    let known: Vec<_> = accounts.iter().filter_map(|(account, known)| Some((account, known.as_ref()?))).collect();
    if known.is_empty() && !failed.is_empty() {
        return Err(all_failed(&failed));
    }
    let SeriesByLabel { labels, series, incomplete, total } = SeriesByLabel::of(&accounts, shape);
    let granularity = Granularity::WORDS.iter().find(|(_, it)| *it == shape.granularity).map_or("", |(word, _)| word);
    let metric = METRICS_OF_COSTS.iter().find(|(_, it)| *it == shape.metric).map_or("", |(word, _)| word);
    let etag = failed.is_empty().then(|| etag_of(&known, shape));
    let (currency, total) = total.unzip();
    Ok(CostAnswer {
        labels: labels.iter().map(ToString::to_string).collect(),
        data: series,
        currency,
        total,
        granularity,
        metric,
        from: shape.period.from.to_string(),
        to: shape.period.to.to_string(),
        incomplete: incomplete.iter().map(ToString::to_string).collect(),
        accounts: known.iter().map(|(account, known)| CostsOfOne::of(account, known, now)).collect(),
        failed_accounts: failed.iter().map(|(account, problem)| FailedAccount::of(account, problem)).collect(),
        source: source_of(&known),
        age_seconds: known.iter().map(|(_, known)| known.oldest(now).as_secs()).max(),
        etag,
    })
}
