//! Reads a template before anything is filled in: a placeholder that does not exist is found wherever it stands, also in a
//! branch that few cases take or a list that is usually empty.

use minijinja::{Environment, ErrorKind, Value};

use super::engine::{BLANK_FUNCTION, describe};
use super::names::{Name, Shape};

/// What `loop` has.
const LOOP: &[&str] = &[
    "index",
    "index0",
    "revindex",
    "revindex0",
    "first",
    "last",
    "length",
    "depth",
    "depth0",
    "previtem",
    "nextitem",
    "cycle",
    "changed",
];
/// Functions a template may call.
const FUNCTIONS: &[&str] = &[BLANK_FUNCTION, "range", "dict"];

/// What is wrong with a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// There is no such placeholder; perhaps the second was meant.
    Unknown(String, Option<String>),
    /// The tag cannot be understood.
    Tag(String),
}

/// What a name stands for inside a loop.
#[derive(Clone, Copy)]
enum Bound {
    /// A placeholder, or an item of a list of texts.
    Plain,
    /// A list.
    List(&'static [&'static str]),
    /// An item with these fields.
    Item(&'static [&'static str]),
    /// Something computed in the template.
    Any,
}

/// A block that is open: what a loop names.
type Block<'s> = Vec<(&'s str, Bound)>;

/// Looks at every tag of a template that is otherwise well-formed; says where the first wrong one begins.
///
/// # Errors
/// The place of the tag and what is wrong with it.
pub fn examine(env: &Environment<'_>, source: &str, known: &[Name]) -> Result<(), (usize, Mistake)> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut at = 0;
    while let Some((from, open)) = next(source, at) {
        let close = match open {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let Some(end) = source[from..].find(close).map(|n| from + n) else { break };
        at = end + close.len();
        let body = source[from + open.len()..end].trim_matches(['-', '+']).trim();
        let done = match open {
            "{{" => expression(env, body, &blocks, known),
            "{%" => statement(env, body, &mut blocks, known),
            _ => Ok(()),
        };
        done.map_err(|mistake| (from, mistake))?;
    }
    Ok(())
}

fn next(source: &str, at: usize) -> Option<(usize, &'static str)> {
    ["{{", "{%", "{#"].into_iter().filter_map(|open| Some((at + source.get(at..)?.find(open)?, open))).min()
}

fn statement<'s>(
    env: &Environment<'_>,
    body: &'s str,
    blocks: &mut Vec<Block<'s>>,
    known: &[Name],
) -> Result<(), Mistake> {
    let (word, rest) = body.split_once(char::is_whitespace).map_or((body, ""), |(w, r)| (w, r.trim()));
    match word {
        "if" => {
            expression(env, rest, blocks, known)?;
            blocks.push(Block::new());
        }
        "elif" => expression(env, rest, blocks, known)?,
        // What a loop names does not exist where it had nothing to go through.
        "else" => {
            if let Some(block) = blocks.last_mut() {
                block.clear();
            }
        }
        "endif" | "endfor" => drop(blocks.pop()),
        "for" => {
            let (names, list) = rest.split_once(" in ").ok_or_else(|| Mistake::Tag(body.to_owned()))?;
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            // The list itself is looked at without the names of its own loop.
            let (list, condition) = list.split_once(" if ").map_or((list, None), |(l, c)| (l, Some(c)));
            expression(env, list, blocks, known)?;
            let item = match names.as_slice() {
                [_] => item_of(env, list, blocks, known),
                _ => Bound::Any,
            };
            let mut block: Block<'s> = names.into_iter().map(|name| (name, item)).collect();
            block.push(("loop", Bound::Item(LOOP)));
            blocks.push(block);
            if let Some(condition) = condition {
                expression(env, condition, blocks, known)?;
            }
        }
        other => return Err(Mistake::Tag(other.to_owned())),
    }
    Ok(())
}

/// What an item of a list is: known where the expression speaks of one list only.
fn item_of(env: &Environment<'_>, list: &str, blocks: &[Block<'_>], known: &[Name]) -> Bound {
    let Ok(expression) = env.compile_expression(list) else { return Bound::Any };
    let mut names = expression.undeclared_variables(false).into_iter();
    match (names.next(), names.next()) {
        (Some(name), None) if !list.contains(['(', '[']) => match bound(&name, blocks, known) {
            Some(Bound::List(fields)) => Bound::Item(fields),
            Some(Bound::Plain) => Bound::Plain,
            _ => Bound::Any,
        },
        _ => Bound::Any,
    }
}

fn bound(name: &str, blocks: &[Block<'_>], known: &[Name]) -> Option<Bound> {
    let named = blocks.iter().rev().flatten().find(|(n, _)| *n == name).map(|(_, b)| *b);
    named.or_else(|| {
        let (_, shape) = known.iter().find(|(n, _)| *n == name)?;
        Some(match shape {
            Shape::List(fields) => Bound::List(fields),
            Shape::Text | Shape::Flag | Shape::Lines => Bound::Plain,
        })
    })
}

fn expression(env: &Environment<'_>, text: &str, blocks: &[Block<'_>], known: &[Name]) -> Result<(), Mistake> {
    let compiled = env.compile_expression(text).map_err(|e| Mistake::Tag(describe(&e)))?;
    let mut paths: Vec<String> = compiled.undeclared_variables(true).into_iter().collect();
    paths.sort();
    for path in paths {
        let (name, field) = path.split_once('.').map_or((path.as_str(), None), |(n, f)| (n, Some(f)));
        let fields = match (bound(name, blocks, known), field) {
            (None, None) if FUNCTIONS.contains(&name) => continue,
            (None, _) => {
                let here = blocks.iter().flatten().map(|(n, _)| *n).filter(|n| *n != "loop");
                return Err(Mistake::Unknown(path.clone(), like(name, here.chain(known.iter().map(|(n, _)| *n)))));
            }
            (Some(_), None) | (Some(Bound::Any), _) => continue,
            (Some(Bound::Item(fields)), Some(_)) => fields,
            (Some(Bound::Plain | Bound::List(_)), Some(_)) => &[],
        };
        if let Some(field) = field.filter(|f| !fields.contains(f)) {
            let meant = like(field, fields.iter().copied()).map(|f| format!("{name}.{f}"));
            return Err(Mistake::Unknown(path.clone(), meant));
        }
    }
    // Filters and functions are only found when they are used: tried with something in every place.
    match compiled.eval(samples(blocks, known)) {
        Err(e)
            if matches!(
                e.kind(),
                ErrorKind::UnknownFilter
                    | ErrorKind::UnknownTest
                    | ErrorKind::UnknownFunction
                    | ErrorKind::UnknownMethod
            ) =>
        {
            Err(Mistake::Tag(describe(&e)))
        }
        _ => Ok(()),
    }
}

/// Something for every name.
fn samples(blocks: &[Block<'_>], known: &[Name]) -> Value {
    let text = || Value::from("1");
    let item = |fields: &[&'static str]| Value::from_pairs(fields.iter().map(|f| (*f, text())));
    let of_name = known.iter().map(|(name, shape)| {
        let value = match shape {
            Shape::Text => text(),
            Shape::Flag => Value::from(true),
            Shape::Lines => Value::from(vec![text()]),
            Shape::List(fields) => Value::from(vec![item(fields)]),
        };
        ((*name).to_owned(), value)
    });
    let of_block = blocks.iter().flatten().map(|(name, bound)| {
        let value = match bound {
            Bound::Item(fields) => item(fields),
            _ => text(),
        };
        ((*name).to_owned(), value)
    });
    Value::from_pairs(of_name.chain(of_block))
}

/// The name that shares most characters with a misspelt one.
fn like<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    let score = |name: &str| {
        let common = wrong.chars().filter(|c| name.contains(*c)).count();
        (common * 2 * 100).checked_div(wrong.chars().count() + name.chars().count()).unwrap_or(0)
    };
    let best = names.map(|n| (score(n), n)).max_by_key(|(s, n)| (*s, std::cmp::Reverse(*n)))?;
    (best.0 >= 50).then(|| best.1.to_owned())
}
