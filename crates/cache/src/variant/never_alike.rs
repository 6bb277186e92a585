//! Two questions that differ in anything never share a key, and never a digest's input, however much alike they are made.

mod neighbours;
mod question;

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::canonical;
use neighbours::neighbours;
use question::{Dice, Question};

/// How many pairs of a question and a near one, or of two that are near the same one, are held against each other.
const PAIRS: usize = 1_000_000;

/// What has been asked so far, and what became of it.
#[derive(Default)]
struct Asked {
    identities: HashMap<Box<str>, Question>,
    texts: HashMap<Box<str>, Question>,
    digested: HashMap<Vec<u8>, Question>,
    pairs: usize,
    refused: HashMap<&'static str, usize>,
}

impl Asked {
    /// Questions that are near one another: any two of them are a pair.
    fn ask(&mut self, family: &BTreeSet<Question>) {
        let accepted = family.iter().filter(|question| self.accept(question)).count();
        self.pairs += accepted * accepted.saturating_sub(1) / 2;
    }

    /// Whether it has a key; then nothing of it is that of another question.
    fn accept(&mut self, question: &Question) -> bool {
        let key = match question.key() {
            Ok(key) => key,
            Err(refusal) => {
                *self.refused.entry(refusal.part).or_default() += 1;
                return false;
            }
        };
        assert_alone(&mut self.identities, key.identity().into(), question, "key");
        assert_alone(&mut self.texts, key.as_str().into(), &question.in_regions_partition(), "text");
        if let Some(parameters) = &question.parameters {
            let parameters = parameters.iter().map(|(name, value)| (&**name, &**value));
            assert_alone(&mut self.digested, canonical(parameters), &question.only_parameters(), "digest's input");
        }
        true
    }
}

/// Fails if what is a question's is another's too.
fn assert_alone<T: Hash + Eq>(seen: &mut HashMap<T, Question>, its: T, question: &Question, what: &str) {
    let first = seen.entry(its).or_insert_with(|| question.clone());
    assert_eq!(first, question, "two questions share a {what}");
}

#[test]
fn distinct_questions_never_share_a_key_nor_the_input_of_a_digest() {
    let (mut dice, mut asked) = (Dice::new(0x1a7d_e41a), Asked::default());
    while asked.pairs < PAIRS {
        let question = Question::any(&mut dice);
        let family: BTreeSet<_> = neighbours(&question, &mut dice).into_iter().chain([question]).collect();
        asked.ask(&family);
    }
    // What is refused is so by every rule there is, and is no pair of those counted.
    for part in ["data type", "partition", "region", "account", "resource"] {
        assert!(asked.refused.get(part).is_some_and(|count| *count > 100), "{part}: {:?}", asked.refused);
    }
    assert!(asked.digested.len() > 10_000 && asked.identities.len() > 20_000, "the pairs are not of a few questions");
}
