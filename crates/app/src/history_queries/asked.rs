use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::HistoryQuery;
use super::parameter::Given;
use crate::problem::Problem;
use crate::sync::accounts_of;
use crate::{App, Principal};

/// A question to the history, with the words of its parameters.
#[derive(Clone, Debug)]
pub struct AskedHistory<'a> {
    /// Accounts with commas between them; all that the caller may see where absent.
    pub accounts: Option<&'a str>,
    /// Names and words, of the row's own parameters.
    pub words: Vec<(&'a str, &'a str)>,
}

/// What the history answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryAnswer {
    /// Each with the fields of the query's columns.
    pub rows: Vec<Map<String, Value>>,
    /// When AWS was last asked, with success, for what they are of: for the account and region of them where that is longest
    /// ago. Null if it never was.
    pub as_of: Option<Timestamp>,
}

impl HistoryQuery {
    /// What the history answers.
    ///
    /// # Errors
    /// A [`Problem`] if a word is wrong, the caller may not see an account, or the history can't be asked.
    pub async fn ask(
        &self,
        app: &App,
        principal: &Principal,
        asked: &AskedHistory<'_>,
    ) -> Result<HistoryAnswer, Problem> {
        principal.check_read()?;
        let accounts = accounts_of(principal, asked.accounts)?;
        let word = |name: &str| asked.words.iter().find(|(known, _)| *known == name).map(|(_, word)| *word);
        let given = Given::read(accounts, app.now(), word)?;
        given.check_days(self.most_days)?;
        let history = app.history();
        let opened = history.opened().await?;
        let rows = history.told((self.run)(&*opened, &given)).await?;
        let as_of = history.told(opened.as_of(&given.accounts, self.what)).await?;
        Ok(HistoryAnswer { rows, as_of })
    }
}
