use std::time::Duration;

use clap::Args;

/// The longest pause between two rounds: a day.
const LONGEST: u64 = 86_400;

#[derive(Debug, Args)]
pub(crate) struct WatchFlag {
    /// Answer again and again, after so many seconds each [default: 2], until Ctrl-C, which ends with exit code 0. It is
    /// the cache that is asked again: AWS only when an entry is past its TTL
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2", value_parser = pause)]
    pub(crate) watch: Option<Duration>,
}

fn pause(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        format!("that is no whole number of seconds from 1 to {LONGEST}; what is no number goes before --watch")
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        flag: WatchFlag,
    }

    fn watch(words: &str) -> Result<Option<u64>, String> {
        let parsed = Only::try_parse_from(words.split(' ')).map_err(|error| error.to_string())?;
        Ok(parsed.flag.watch.map(|pause| pause.as_secs()))
    }

    #[test]
    fn the_pause_may_be_left_out() {
        assert_eq!(watch("larder"), Ok(None));
        assert_eq!(watch("larder --watch"), Ok(Some(2)));
        assert_eq!(watch("larder --watch 5"), Ok(Some(5)));
        assert_eq!(watch("larder --watch=86400"), Ok(Some(86_400)));
    }

    #[test]
    fn a_pause_that_can_not_be_is_refused() {
        for words in ["larder --watch 0", "larder --watch 86401", "larder --watch=-1", "larder --watch ec2-subnets"] {
            let refused = watch(words).expect_err(words);
            assert!(refused.contains("from 1 to 86400"), "{refused}");
        }
    }
}
