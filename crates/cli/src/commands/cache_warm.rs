mod warmed;

use larder_app::configuration::Configuration;
use larder_app::wiring::configured_region;
use larder_app::{
    AccountId, App, ChosenRegions, DataType, Directives, EC2_REGIONS, Principal, Question, Refresh, Reply,
    data_type_of_text,
};
use serde_json::json;

use crate::arguments::Warm;
use crate::exit::{Exit, WrongUsage};
use crate::output::{complain, say, say_json};
use crate::progress::Progress;
use crate::session::{Given, check_outlives_a_process, log_little, open, read};
use warmed::{Outcome, Warmed, exit, failure, for_people, for_programs, of_answer, of_problem};

/// What is asked of one account.
struct Round {
    /// None is the own one.
    account: Option<AccountId>,
    data_types: Vec<&'static DataType>,
}

/// Asks through the cache: what is fresh stays, what is missing is fetched and kept.
pub(crate) async fn run(given: &Given, warm: &Warm) -> anyhow::Result<Exit> {
    let (data_types, regions, accounts) = (warm.types.named_or_free()?, warm.regions.named()?, warm.accounts.named()?);
    let mut configuration = read(given, &warm.store)?;
    check_outlives_a_process(&configuration)?;
    // What is past its TTL is to be fetched, and not served while it is.
    configuration.cache.settings.refresh = Refresh::Within(Directives::default().deadline);
    let app = open_store(given, &configuration).await?;
    let regions = match regions {
        None if data_types.iter().any(|data_type| data_type.scope.has_region()) => Some(configured().await?),
        named => named,
    };
    let mut warmed = Vec::new();
    {
        let bar = Progress::counted("Warming");
        let rounds = rounds(&data_types, accounts);
        bar.expect(rounds.iter().map(|round| round.data_types.len()).sum());
        for round in rounds {
            warmed.extend(round.ask(&app, regions.as_ref(), &bar).await);
        }
    }
    if given.json {
        say_json(
            &json!({"store": app.store().in_use(), "warmed": warmed.iter().map(for_programs).collect::<Vec<_>>()}),
        )?;
    } else {
        say(&for_people(&warmed));
        warmed.iter().filter_map(failure).for_each(|line| complain(&line));
    }
    Ok(exit(&warmed))
}

async fn open_store(given: &Given, configuration: &Configuration) -> anyhow::Result<App> {
    log_little(configuration);
    let app = open(configuration).await;
    given.asks(&app);
    match &app.store().reason {
        Some(reason) => anyhow::bail!("nothing can be kept: {reason}"),
        None => Ok(app),
    }
}

/// The configured region, which is checked once and before anything is asked.
async fn configured() -> anyhow::Result<ChosenRegions> {
    let configured = configured_region().await.ok_or_else(|| {
        let reason =
            "no region is configured: name one, such as --region us-east-1, several with commas between them, or all";
        WrongUsage(reason.to_owned())
    })?;
    Ok(ChosenRegions::These([configured.region()?].into()))
}

/// By account. What is the same for every one is asked once.
fn rounds(data_types: &[&'static DataType], accounts: Vec<AccountId>) -> Vec<Round> {
    let accounts = if accounts.is_empty() { vec![None] } else { accounts.into_iter().map(Some).collect() };
    let rounds = accounts.into_iter().enumerate().map(|(nth, account)| {
        let is_asked = |data_type: &&&DataType| nth == 0 || data_type.scope.has_account();
        Round { account, data_types: data_types.iter().filter(is_asked).copied().collect() }
    });
    rounds.collect()
}

impl Round {
    async fn ask(mut self, app: &App, regions: Option<&ChosenRegions>, bar: &Progress) -> Vec<Warmed> {
        let mut warmed = Vec::new();
        let needs_all = |data_type: &&DataType| data_type.scope.has_region() && regions == Some(&ChosenRegions::All);
        if self.data_types.iter().any(needs_all)
            && let Some(failed) = self.without_regions(app).await
        {
            // Each of them would say the same.
            let planned = self.data_types.len();
            self.data_types.retain(|data_type| !needs_all(data_type) && data_type.name != EC2_REGIONS);
            (self.data_types.len()..planned).for_each(|_| bar.step());
            warmed.push(failed);
        }
        for data_type in &self.data_types {
            warmed.extend(self.ask_one(app, data_type, regions).await);
            bar.step();
        }
        warmed
    }

    /// Why it is not known which regions the account may use, if so.
    async fn without_regions(&self, app: &App) -> Option<Warmed> {
        let advice =
            "It tells what --region all stands for: allow it, or name the regions (--region us-east-1,eu-west-1).";
        let data_type = data_type_of_text(EC2_REGIONS).ok()?;
        let question = self.question(data_type, None);
        let asked = app.queries().ask(&Principal::local(), &question, &Directives::default()).await;
        asked.err().map(|problem| self.warmed(data_type, None, of_problem(&problem.adding(advice))))
    }

    async fn ask_one(&self, app: &App, data_type: &'static DataType, regions: Option<&ChosenRegions>) -> Vec<Warmed> {
        let asked = regions.filter(|_| data_type.scope.has_region()).map(ToString::to_string);
        let question = self.question(data_type, asked.as_deref());
        match app.queries().ask(&Principal::local(), &question, &Directives::default()).await {
            Ok(Reply::One(answer)) => vec![self.warmed(data_type, asked, of_answer(&answer))],
            Err(problem) => vec![self.warmed(data_type, asked, of_problem(&problem))],
            Ok(Reply::Regional(regional)) => {
                let one = |region: &str, outcome| self.warmed(data_type, Some(region.to_owned()), outcome);
                let answers = regional.answers.iter().map(|(region, answer)| one(region.name(), of_answer(answer)));
                let failed = regional.failed.iter().map(|(region, problem)| one(region, of_problem(problem)));
                let mut warmed: Vec<_> = answers.chain(failed).collect();
                warmed.sort_by(|a, b| a.region.cmp(&b.region));
                warmed
            }
        }
    }

    fn question<'a>(&'a self, data_type: &'static DataType, region: Option<&'a str>) -> Question<'a> {
        Question { data_type, region, account: self.account.as_ref().map(AccountId::as_str) }
    }

    fn warmed(&self, data_type: &'static DataType, region: Option<String>, outcome: Outcome) -> Warmed {
        let account = self.account.clone().filter(|_| data_type.scope.has_account());
        Warmed { data_type, account, region, outcome }
    }
}
