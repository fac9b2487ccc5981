//! Puts every mutant of a source tree into it at once, each behind a switch that is asked while the program runs.
//!
//! `mutation MUTANTS.json TREE [LEFT_OUT]` reads what `cargo mutants --list --json` prints, numbers the mutants in that order,
//! rewrites the sources in TREE in place, and prints as JSON which mutants could not be put in and where in the new sources
//! each one stands, so that what the compiler complains about can be told of a mutant. LEFT_OUT names, a line each, numbers of
//! mutants to leave out, and functions that must stay `const` because a constant is made with them; other functions lose it,
//! since nothing can be asked while compiling. One build then serves every mutant; without it each would be a build of its own.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

use proc_macro2::{LineColumn, Span};
use serde::{Deserialize, Serialize};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

#[derive(Deserialize)]
struct Mutant {
    file: String,
    genre: String,
    replacement: String,
    span: Place,
}

#[derive(Deserialize)]
struct Place {
    start: Position,
    end: Position,
}

/// Line and column, both from 1, the column in characters.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Put {
    id: usize,
    file: String,
    /// Bytes of the new source.
    start: usize,
    end: usize,
    /// Whether it stands at the start of a function, where the compiler may complain of what follows.
    returns: bool,
}

#[derive(Serialize)]
struct Report {
    put: Vec<Put>,
    left: Vec<(usize, String)>,
}

type Failure = Box<dyn std::error::Error>;

/// The switch: `JXJS_MUTANT` names the mutant that is on; `JXJS_MUTANTS_SEEN` names a file that takes the number of every
/// mutant that was asked for.
const SWITCH: &str = r#"
//! Written by the mutation tests.
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

static ON: AtomicU32 = AtomicU32::new(u32::MAX);
static LOG: OnceLock<Option<std::fs::File>> = OnceLock::new();
static SEEN: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

#[inline]
pub fn on(id: u32) -> bool {
    match ON.load(Ordering::Relaxed) {
        u32::MAX => first(id),
        n => n == id,
    }
}

#[cold]
fn first(id: u32) -> bool {
    let log = LOG.get_or_init(|| {
        let path = std::env::var_os("JXJS_MUTANTS_SEEN")?;
        std::fs::OpenOptions::new().append(true).create(true).open(path).ok()
    });
    if let Some(mut log) = log.as_ref() {
        if !SEEN[id as usize].swap(true, Ordering::Relaxed) {
            let _ = log.write_all(format!("{id}\n").as_bytes());
        }
        return false;
    }
    let n = std::env::var("JXJS_MUTANT").ok().and_then(|n| n.parse().ok()).unwrap_or(u32::MAX - 1);
    ON.store(n, Ordering::Relaxed);
    n == id
}
"#;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let (list, tree) = match args.as_slice() {
        [_, list, tree, ..] => (list, Path::new(tree)),
        _ => return Err("usage: mutation MUTANTS.json TREE [LEFT_OUT]".into()),
    };
    let mutants: Vec<Mutant> = serde_json::from_str(&std::fs::read_to_string(list)?)?;
    let left_out: HashSet<String> = match args.get(3) {
        Some(path) => std::fs::read_to_string(path)?.lines().map(str::to_owned).collect(),
        None => HashSet::new(),
    };
    let mut files: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (id, mutant) in mutants.iter().enumerate() {
        files.entry(&mutant.file).or_default().push((id, mutant));
    }
    let mut report = Report { put: vec![], left: vec![] };
    for (file, mutants) in files {
        let path = tree.join(file);
        let source = std::fs::read_to_string(&path)?;
        let sites = sites(&source, &mutants, &left_out, &mut report.left)?;
        let mut writer = Writer { source: &source, file, out: String::new(), put: &mut report.put };
        writer.write(0, source.len(), &sites)?;
        std::fs::write(&path, writer.out)?;
    }
    std::fs::write(tree.join("src/mutant_switch.rs"), SWITCH.replace("COUNT", &mutants.len().to_string()))?;
    let root = tree.join("src/lib.rs");
    let lib = std::fs::read_to_string(&root)?;
    std::fs::write(root, format!("{lib}\n#[doc(hidden)]\npub mod mutant_switch;\n"))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

/// A place of the source and what becomes of it.
struct Site {
    start: usize,
    end: usize,
    change: Change,
}

enum Change {
    /// An expression: one text for every mutant.
    Expression(Vec<(usize, String)>),
    /// Before the first statement of a function: values that it may return at once.
    Returns(Vec<(usize, String)>),
    /// After a pattern without a guard: the arm is passed over.
    Arm(usize),
    /// Around a guard: the same.
    GuardedArm(usize),
    /// Not written: a `const`.
    Nothing,
}

impl Site {
    /// Outer places before inner ones, what is put before a place before that place.
    fn rank(&self) -> (usize, bool, std::cmp::Reverse<usize>, bool) {
        (self.start, self.start != self.end, std::cmp::Reverse(self.end), matches!(self.change, Change::Expression(_)))
    }
}

/// Where in a source the things stand that are mutated.
#[derive(Default)]
struct Found {
    /// By the start of the operator: the expression.
    operators: HashMap<Position, (Span, Span)>,
    /// By the start of its first statement: a function.
    functions: HashSet<Position>,
    /// By their start: the end of the pattern, and the guard.
    arms: HashMap<Position, (Position, Option<Span>)>,
    guards: HashMap<Position, Span>,
    /// By the start of the field: the whole expression, and where the next field or the rest starts.
    fields: HashMap<Position, (Span, Position)>,
    /// What is evaluated while compiling cannot ask a switch.
    constant: Vec<(Position, Position)>,
    /// By name: `const` of a function, and the function's body.
    const_functions: Vec<(String, Span, Span)>,
}

impl From<LineColumn> for Position {
    fn from(at: LineColumn) -> Self {
        Position { line: at.line, column: at.column + 1 }
    }
}

fn has_let(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(b) if matches!(b.op, syn::BinOp::And(_)) => has_let(&b.left) || has_let(&b.right),
        _ => false,
    }
}

/// `_`, or a name that is not that of a variant or constant.
fn takes_all(pattern: &syn::Pat) -> bool {
    match pattern {
        syn::Pat::Wild(_) => true,
        syn::Pat::Ident(name) => {
            name.subpat.is_none() && name.ident.to_string().starts_with(|c: char| !c.is_uppercase())
        }
        _ => false,
    }
}

impl Found {
    fn block(&mut self, block: &syn::Block, signature: &syn::Signature) {
        if let Some(first) = block.stmts.first() {
            self.functions.insert(first.span().start().into());
        }
        if let Some(word) = &signature.constness {
            self.const_functions.push((signature.ident.to_string(), word.span(), block.span()));
        }
    }
}

impl<'a> Visit<'a> for Found {
    fn visit_item_fn(&mut self, f: &'a syn::ItemFn) {
        self.block(&f.block, &f.sig);
        visit::visit_item_fn(self, f);
    }

    fn visit_impl_item_fn(&mut self, f: &'a syn::ImplItemFn) {
        self.block(&f.block, &f.sig);
        visit::visit_impl_item_fn(self, f);
    }

    fn visit_trait_item_fn(&mut self, f: &'a syn::TraitItemFn) {
        if let Some(block) = &f.default {
            self.block(block, &f.sig);
        }
        visit::visit_trait_item_fn(self, f);
    }

    fn visit_item_const(&mut self, c: &'a syn::ItemConst) {
        self.constant.push((c.span().start().into(), c.span().end().into()));
        visit::visit_item_const(self, c);
    }

    fn visit_impl_item_const(&mut self, c: &'a syn::ImplItemConst) {
        self.constant.push((c.span().start().into(), c.span().end().into()));
        visit::visit_impl_item_const(self, c);
    }

    fn visit_item_static(&mut self, c: &'a syn::ItemStatic) {
        self.constant.push((c.span().start().into(), c.span().end().into()));
        visit::visit_item_static(self, c);
    }

    fn visit_expr_binary(&mut self, b: &'a syn::ExprBinary) {
        if !has_let(&b.left) && !has_let(&b.right) {
            self.operators.insert(b.op.span().start().into(), (b.span(), b.op.span()));
        }
        visit::visit_expr_binary(self, b);
    }

    fn visit_expr_unary(&mut self, u: &'a syn::ExprUnary) {
        self.operators.insert(u.op.span().start().into(), (u.span(), u.op.span()));
        visit::visit_expr_unary(self, u);
    }

    fn visit_expr_match(&mut self, m: &'a syn::ExprMatch) {
        let last = m.arms.iter().rposition(|a| a.guard.is_none() && takes_all(&a.pat));
        for (n, arm) in m.arms.iter().enumerate() {
            let guard = arm.guard.as_ref().map(|(_, g)| g);
            if guard.is_some_and(|g| has_let(g)) || guard.is_none() && last.is_none_or(|last| last <= n) {
                continue;
            }
            self.arms.insert(arm.span().start().into(), (arm.pat.span().end().into(), guard.map(Spanned::span)));
            if let Some(guard) = guard {
                self.guards.insert(guard.span().start().into(), guard.span());
            }
        }
        visit::visit_expr_match(self, m);
    }

    fn visit_expr_struct(&mut self, s: &'a syn::ExprStruct) {
        let mut after: Vec<Position> = s.fields.iter().skip(1).map(|f| f.span().start().into()).collect();
        if let Some(dots) = &s.dot2_token {
            after.push(dots.span().start().into());
        }
        for (field, next) in s.fields.iter().zip(after) {
            self.fields.insert(field.span().start().into(), (s.span(), next));
        }
        visit::visit_expr_struct(self, s);
    }
}

/// Byte offsets of lines and characters.
struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn new(source: &'s str) -> Self {
        let starts = std::iter::once(0).chain(source.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Lines { source, starts }
    }

    fn offset(&self, at: Position) -> usize {
        let start = self.starts[at.line - 1];
        let line = &self.source[start..];
        start + line.char_indices().nth(at.column - 1).map_or(line.len(), |(i, _)| i)
    }

    fn range(&self, span: Span) -> (usize, usize) {
        (self.offset(span.start().into()), self.offset(span.end().into()))
    }
}

fn sites(
    source: &str,
    mutants: &[(usize, &Mutant)],
    left_out: &HashSet<String>,
    left: &mut Vec<(usize, String)>,
) -> Result<Vec<Site>, Failure> {
    let mut found = Found::default();
    found.visit_file(&syn::parse_file(source)?);
    let lines = Lines::new(source);
    let mut sites: BTreeMap<(usize, usize, u8), Site> = BTreeMap::new();
    for (name, word, body) in &found.const_functions {
        if left_out.contains(name) {
            found.constant.push((body.start().into(), body.end().into()));
        } else {
            let (start, end) = lines.range(*word);
            sites.insert((start, end, 3), Site { start, end, change: Change::Nothing });
        }
    }
    for &(id, mutant) in mutants {
        if left_out.contains(&id.to_string()) {
            continue;
        }
        let at = mutant.span.start;
        let here = lines.offset(at);
        // What a function returns is written before its first statement, and may be a constant.
        let before = mutant.genre == "FnValue";
        let constant = found.constant.iter().map(|&(from, to)| (lines.offset(from), lines.offset(to)));
        let constant = { constant }.any(|(from, to)| (from < here || from == here && !before) && here < to);
        if constant {
            left.push((id, "evaluated while compiling".into()));
            continue;
        }
        let text = |from: usize, to: usize| &source[from..to];
        let mut add = |start: usize, end: usize, kind: u8, id: usize, with: String| {
            let site = sites.entry((start, end, kind)).or_insert_with(|| Site {
                start,
                end,
                change: if kind == 0 { Change::Expression(vec![]) } else { Change::Returns(vec![]) },
            });
            if let Change::Expression(all) | Change::Returns(all) = &mut site.change {
                all.push((id, with));
            }
        };
        match mutant.genre.as_str() {
            "BinaryOperator" | "UnaryOperator" => match found.operators.get(&at) {
                Some(&(whole, operator)) => {
                    let ((start, end), (from, to)) = (lines.range(whole), lines.range(operator));
                    let new = mutant.replacement.trim();
                    let new = if new == "/* ~ changed by cargo-mutants ~ */" { "" } else { new };
                    add(start, end, 0, id, format!("{} {new} {}", text(start, from), text(to, end)));
                }
                None => left.push((id, "no such operator outside let chains".into())),
            },
            "FnValue" if found.functions.contains(&at) => add(here, here, 1, id, mutant.replacement.clone()),
            "MatchArmGuard" => match found.guards.get(&at) {
                Some(&guard) => {
                    let (start, end) = lines.range(guard);
                    add(start, end, 0, id, mutant.replacement.clone());
                }
                None => left.push((id, "a guard with a let".into())),
            },
            "MatchArm" => match found.arms.get(&at) {
                Some(&(pattern, guard)) => {
                    let (start, end, change) = match guard.map(|g| lines.range(g)) {
                        Some((start, end)) => (start, end, Change::GuardedArm(id)),
                        None => (lines.offset(pattern), lines.offset(pattern), Change::Arm(id)),
                    };
                    sites.insert((start, end, 2), Site { start, end, change });
                }
                None => left.push((id, "nothing else takes what the arm takes, or its guard has a let".into())),
            },
            "StructField" => match found.fields.get(&at) {
                Some(&(whole, next)) => {
                    let ((start, end), next) = (lines.range(whole), lines.offset(next));
                    add(start, end, 0, id, format!("{}{}", text(start, here), text(next, end)));
                }
                None => left.push((id, "no such field".into())),
            },
            other => left.push((id, format!("{other} at {at:?} to {:?}", mutant.span.end))),
        }
    }
    let mut sites: Vec<Site> = sites.into_values().collect();
    sites.sort_by_key(Site::rank);
    Ok(sites)
}

struct Writer<'s> {
    source: &'s str,
    file: &'s str,
    out: String,
    put: &'s mut Vec<Put>,
}

impl Writer<'_> {
    /// The source from `start` to `end` with all that is to be changed in it; `sites` are those within, outer ones first.
    fn write(&mut self, start: usize, end: usize, sites: &[Site]) -> Result<(), Failure> {
        let (mut at, mut sites) = (start, sites);
        while let Some((site, rest)) = sites.split_first() {
            let inner = rest.iter().take_while(|s| s.start < site.end).count();
            let inner = if site.start == site.end { 0 } else { inner };
            self.out.push_str(&self.source[at..site.start]);
            self.site(site, &rest[..inner])?;
            at = site.end;
            sites = &rest[inner..];
        }
        self.out.push_str(&self.source[at..end]);
        Ok(())
    }

    fn site(&mut self, site: &Site, inner: &[Site]) -> Result<(), Failure> {
        match &site.change {
            Change::Expression(alternatives) => {
                self.out.push('(');
                for (id, text) in alternatives {
                    self.alternative(*id, "", text, " } else ")?;
                }
                self.out.push_str("{ ");
                self.write(site.start, site.end, inner)?;
                self.out.push_str(" })");
            }
            Change::Returns(values) => {
                for (id, text) in values {
                    self.alternative(*id, "return ", text, "; } ")?;
                }
            }
            Change::Nothing => {}
            Change::Arm(id) => write!(self.out, " if !crate::mutant_switch::on({id})")?,
            Change::GuardedArm(id) => {
                write!(self.out, "!crate::mutant_switch::on({id}) && (")?;
                self.write(site.start, site.end, inner)?;
                self.out.push(')');
            }
        }
        Ok(())
    }

    fn alternative(&mut self, id: usize, before: &str, text: &str, after: &str) -> Result<(), Failure> {
        write!(self.out, "if crate::mutant_switch::on({id}) {{ ")?;
        let start = self.out.len();
        write!(self.out, "{before}{text}")?;
        self.put.push(Put { id, file: self.file.to_string(), start, end: self.out.len(), returns: !before.is_empty() });
        self.out.push_str(after);
        Ok(())
    }
}
