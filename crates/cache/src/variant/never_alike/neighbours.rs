use super::question::{Dice, Question, piece};

/// A change that a careless way of writing a question down would not show.
type Change = fn(&mut Question, &mut Dice);

const CHANGES: [Change; 17] = [
    |question, dice| parameter(question, dice, |(name, value), _| move_between(name, value, Direction::Back)),
    |question, dice| parameter(question, dice, |(name, value), _| move_between(name, value, Direction::Forth)),
    |question, dice| parameter(question, dice, |(name, value), _| std::mem::swap(name, value)),
    |question, dice| parameter(question, dice, |(name, value), dice| tail(name, value, piece(dice))),
    |question, dice| parameter(question, dice, |(name, value), dice| extend(name, value, dice)),
    |question, dice| parameter(question, dice, |(name, value), dice| rewrite(name, value, dice)),
    |question, dice| parameter(question, dice, |(name, value), _| with_length(name, value)),
    merge_parameters,
    split_parameter,
    |question, _| question.parameters.get_or_insert_default().push((String::new(), String::new())),
    repeat_parameter,
    resource_as_parameter,
    digest_as_parameter,
    move_between_parts,
    hostile_part,
    separator_in_part,
    drop_or_empty,
];

#[derive(Clone, Copy)]
enum Direction {
    Back,
    Forth,
}

/// Questions near this one: each change alone, and pairs of them.
pub(super) fn neighbours(question: &Question, dice: &mut Dice) -> Vec<Question> {
    let mut near = Vec::new();
    for change in CHANGES {
        for again in [None, Some(CHANGES[dice.below(CHANGES.len())]), Some(CHANGES[dice.below(CHANGES.len())])] {
            let mut changed = question.clone();
            change(&mut changed, dice);
            if let Some(again) = again {
                again(&mut changed, dice);
            }
            near.push(changed.sorted());
        }
    }
    near
}

fn parameter(question: &mut Question, dice: &mut Dice, change: impl Fn((&mut String, &mut String), &mut Dice)) {
    let parameters = question.parameters.iter_mut().flatten();
    let mut parameters: Vec<_> = parameters.map(|(name, value)| (name, value)).collect();
    if !parameters.is_empty() {
        let chosen = dice.below(parameters.len());
        change(parameters.swap_remove(chosen), dice);
    }
}

/// Moves a character over the border of two texts, which together stay the same.
fn move_between(first: &mut String, second: &mut String, direction: Direction) {
    match direction {
        Direction::Forth => second.insert_str(0, &first.pop().map(String::from).unwrap_or_default()),
        Direction::Back if !second.is_empty() => first.push(second.remove(0)),
        Direction::Back => {}
    }
}

/// Moves a separator and all behind it from one text to the other.
fn tail(name: &mut String, value: &mut String, separator: &str) {
    match value.split_once(separator) {
        Some((before, behind)) => (*name, *value) = (format!("{name}{separator}{before}"), behind.to_owned()),
        None => name.push_str(separator),
    }
}

fn extend(name: &mut String, value: &mut String, dice: &mut Dice) {
    [name, value][dice.below(2)].push_str(piece(dice));
}

/// What reads the same, or is decoded to the same by somebody.
fn rewrite(name: &mut String, value: &mut String, dice: &mut Dice) {
    let (from, to) = [
        ("#", "%23"),
        ("%23", "#"),
        ("1", "１"),
        ("８", "8"),
        ("é", "e\u{301}"),
        ("e\u{301}", "é"),
        ("a", "Ａ"),
        (" ", "+"),
        ("\0", ""),
        ("=", "%3D"),
    ][dice.below(10)];
    let text = if dice.below(2) == 0 { name } else { value };
    *text = text.replace(from, to);
}

/// Takes into the name what stands between a name and a value where lengths are written before each.
fn with_length(name: &mut String, value: &mut String) {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    *name = format!("{name}\0\0\0\0\0\0\0{}{value}", char::from(length & 0x7f));
    value.clear();
}

fn merge_parameters(question: &mut Question, dice: &mut Dice) {
    if let Some(parameters) = question.parameters.as_mut().filter(|parameters| parameters.len() > 1) {
        let (name, value) = parameters.swap_remove(0);
        let into = &mut parameters[0];
        into.0 = format!("{name}{}{value}{}{}", piece(dice), piece(dice), into.0);
    }
}

fn split_parameter(question: &mut Question, _: &mut Dice) {
    let Some((name, value)) = question.parameters.as_mut().and_then(Vec::pop) else { return };
    let parts = [(name, String::new()), (value, String::new())];
    question.parameters.get_or_insert_default().extend(parts);
}

fn repeat_parameter(question: &mut Question, dice: &mut Dice) {
    if let Some(parameters) = question.parameters.as_mut().filter(|parameters| !parameters.is_empty()) {
        let repeated = parameters[dice.below(parameters.len())].clone();
        parameters.push(repeated);
    }
}

/// A resource and a parameter are not the same, whatever the parameter's name is.
fn resource_as_parameter(question: &mut Question, dice: &mut Dice) {
    match question.resource.take() {
        Some(resource) => {
            let name = ["", "resource", piece(dice)][dice.below(3)].to_owned();
            question.parameters.get_or_insert_default().push((name, resource));
        }
        None => question.resource = question.parameters.as_mut().and_then(Vec::pop).map(|(_, value)| value),
    }
}

/// A parameter that is named as the other parameters' digest, as a question about a resource has it.
fn digest_as_parameter(question: &mut Question, _: &mut Dice) {
    let Ok(key) = (Question { resource: None, ..question.clone() }).key() else { return };
    let digest = key.as_str().rsplit('#').next().unwrap_or_default().to_owned();
    question.parameters = Some(vec![(digest, question.resource.take().unwrap_or_default())]);
}

/// Moves a word between the data type, the region and the partition.
fn move_between_parts(question: &mut Question, dice: &mut Dice) {
    let Question { data_type, partition, region, .. } = question;
    let region = region.get_or_insert_default();
    let (from, to) = match dice.below(4) {
        0 => (data_type, region),
        1 => (region, data_type),
        2 => (partition, region),
        _ => (region, partition),
    };
    if let Some((stays, word)) = from.rsplit_once('-').map(|(stays, word)| (stays.to_owned(), word.to_owned())) {
        *to = format!("{word}-{to}");
        *from = stays;
    }
}

/// A part with what no part may have.
fn hostile_part(question: &mut Question, dice: &mut Dice) {
    let hostile = piece(dice);
    let part = match dice.below(5) {
        0 => &mut question.data_type,
        1 => &mut question.partition,
        2 => question.region.get_or_insert_default(),
        3 => question.account.get_or_insert_with(|| "global".to_owned()),
        _ => question.resource.get_or_insert_default(),
    };
    part.push_str(hostile);
}

/// What would be two ways of cutting one text, if a part could have the separator.
fn separator_in_part(question: &mut Question, dice: &mut Dice) {
    let (region, word) = (question.region.get_or_insert_default(), "east-1");
    if dice.below(2) == 0 {
        question.data_type = format!("{}#{region}", question.data_type);
        *region = word.to_owned();
    } else {
        *region = format!("{region}#{word}");
    }
}

/// A part that is absent, or there and empty.
fn drop_or_empty(question: &mut Question, dice: &mut Dice) {
    match dice.below(6) {
        0 => question.region = None,
        1 => question.region = Some("-".to_owned()),
        2 => question.account = None,
        3 => question.parameters = None,
        4 => question.parameters = Some(Vec::new()),
        _ => question.resource = None,
    }
}
