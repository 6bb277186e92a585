//! Answering once, or again and again.

mod screen;

use std::io;
use std::time::Duration;

use anyhow::Context;

use crate::exit::{self, Exit};
use crate::output::{complain, unwritten, write_out};
use crate::progress::Progress;
use crate::session::Given;
use crate::stop::stop_signal;
use screen::Screen;

/// What a command answers in one round.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    /// The answer itself, for stdout; nothing is written where it is empty.
    pub(crate) answer: String,
    /// What is said beside it, on stderr.
    pub(crate) beside: Option<String>,
    /// How the program ends if it is the only one.
    pub(crate) exit: Exit,
}

/// Where rounds are shown. It fails once nobody reads there any more.
trait Show {
    fn round(&mut self, round: &Round) -> io::Result<()>;
    fn failure(&mut self, words: &str) -> io::Result<()>;
}

/// Answers once; with `every`, again after each such pause, until the program is told to stop, which is how a watch
/// ends well. What fails in the first round ends it: it was typed wrong, or can't be had. What fails later is said, and
/// the watch goes on. `what` is being done, for who waits.
///
/// # Errors
/// Those of the first round.
pub(crate) async fn answer(
    given: &Given,
    every: Option<Duration>,
    what: String,
    mut round: impl AsyncFnMut(&Progress) -> anyhow::Result<Round>,
) -> anyhow::Result<Exit> {
    let Some(every) = every else {
        let round = first(what, &mut round).await?;
        return Lines.round(&round).or_else(|error| unwritten(&error)).map(|()| round.exit);
    };
    let stop = stop_signal().context("the signals that stop the program can't be awaited")?;
    let failed = |error: &anyhow::Error| exit::words(error, given.json);
    let screen = if given.json { None } else { Screen::of_stdout(every) };
    let again = async {
        match screen {
            Some(mut screen) => rounds(every, what, round, &mut screen, failed).await,
            None => rounds(every, what, round, &mut Lines, failed).await,
        }
    };
    tokio::select! {
        biased;
        _ = stop => Ok(Exit::Done),
        ended = again => ended,
    }
}

/// Rounds until nobody reads them any more, unless the first one is not well.
///
/// # Errors
/// Those of the first round, and that of writing one.
async fn rounds(
    every: Duration,
    what: String,
    mut round: impl AsyncFnMut(&Progress) -> anyhow::Result<Round>,
    show: &mut impl Show,
    failed: impl Fn(&anyhow::Error) -> String,
) -> anyhow::Result<Exit> {
    let one = first(what, &mut round).await?;
    let mut shown = show.round(&one);
    if one.exit != Exit::Done {
        return Ok(one.exit);
    }
    loop {
        if let Err(error) = shown {
            return unwritten(&error).map(|()| Exit::Done);
        }
        tokio::time::sleep(every).await;
        shown = match round(&Progress::hidden()).await {
            Ok(round) => show.round(&round),
            Err(error) => show.failure(&failed(&error)),
        };
    }
}

/// The round that somebody waits for in front of an empty screen.
async fn first(what: String, round: &mut impl AsyncFnMut(&Progress) -> anyhow::Result<Round>) -> anyhow::Result<Round> {
    let progress = Progress::of(what);
    round(&progress).await
}

/// One round below the other.
struct Lines;

impl Show for Lines {
    fn round(&mut self, round: &Round) -> io::Result<()> {
        if !round.answer.is_empty() {
            write_out(&format!("{}\n", round.answer))?;
        }
        round.beside.iter().for_each(|words| complain(words));
        Ok(())
    }

    fn failure(&mut self, words: &str) -> io::Result<()> {
        complain(words);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::bail;

    use super::*;

    /// Somebody who takes so many rounds.
    struct Reader {
        shown: Vec<String>,
        most: usize,
        then: io::ErrorKind,
    }

    impl Show for Reader {
        fn round(&mut self, round: &Round) -> io::Result<()> {
            self.failure(&round.answer)
        }

        fn failure(&mut self, words: &str) -> io::Result<()> {
            if self.shown.len() == self.most {
                return Err(self.then.into());
            }
            self.shown.push(words.to_owned());
            Ok(())
        }
    }

    fn told(number: u32, exit: Exit) -> Round {
        Round { answer: format!("round {number}"), beside: None, exit }
    }

    /// What is shown within 5 s, a round every 2 s, where some rounds fail; and how it ended, if it did.
    async fn check(
        most: usize,
        fails: impl Fn(u32) -> bool,
        exit: Exit,
    ) -> (Vec<String>, Option<anyhow::Result<Exit>>) {
        let (mut reader, mut number) = (Reader { shown: Vec::new(), most, then: io::ErrorKind::BrokenPipe }, 0);
        let round = async |_: &Progress| {
            number += 1;
            if fails(number) {
                bail!("round {number} failed");
            }
            Ok(told(number, exit))
        };
        let words = |error: &anyhow::Error| error.to_string();
        let rounds = rounds(Duration::from_secs(2), String::new(), round, &mut reader, words);
        let ended = tokio::time::timeout(Duration::from_secs(5), rounds).await.ok();
        (reader.shown, ended)
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_follows_each_pause() {
        let (shown, ended) = check(9, |_| false, Exit::Done).await;
        assert_eq!(shown, ["round 1", "round 2", "round 3"]);
        assert!(ended.is_none(), "it goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_failure_is_said_and_the_watch_goes_on() {
        let (shown, ended) = check(9, |number| number == 2, Exit::Done).await;
        assert_eq!(shown, ["round 1", "round 2 failed", "round 3"]);
        assert!(ended.is_none(), "it goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_well_at_first_ends_it() {
        let (nothing, ended) = check(9, |number| number == 1, Exit::Done).await;
        assert!(nothing.is_empty() && ended.expect("it ends").is_err());
        let (once, ended) = check(9, |_| false, Exit::Failed).await;
        assert_eq!((once.len(), ended.expect("it ends").expect("no error")), (1, Exit::Failed));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_well_once_nobody_reads_it() {
        let (shown, ended) = check(1, |_| false, Exit::Done).await;
        assert_eq!((shown.len(), ended.expect("it ends").expect("no error")), (1, Exit::Done));
    }

    #[tokio::test(start_paused = true)]
    async fn it_does_not_end_well_where_it_can_not_be_written() {
        let mut reader = Reader { shown: Vec::new(), most: 1, then: io::ErrorKind::StorageFull };
        let round = async |_: &Progress| Ok(told(1, Exit::Done));
        let ended = rounds(Duration::from_secs(2), String::new(), round, &mut reader, ToString::to_string).await;
        assert!(ended.expect_err("a failure").to_string().contains("stdout"));
    }
}
