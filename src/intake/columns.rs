//! Which header means which column: the aliases of `rules/columns.toml` and of the user's overlays.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use serde::Deserialize;

use super::values::squeeze;
use crate::model::{Col, SheetKind};

const BUILTIN: &str = include_str!("../../rules/columns.toml");

/// What a header stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A column of the contract.
    Col(Col),
    /// A column that is not in the contract but says how columns of the contract are to be read.
    Extra(Extra),
    /// Known, and not read.
    Ignored,
}

/// Columns beside the contract that real exports have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extra {
    /// 监管加扣分: signed, both a bonus and a deduction.
    SupervisionSigned,
    /// 教育加扣分.
    EducationSigned,
    /// 劳动加扣分 (定额加扣分).
    LabourSigned,
    /// 减刑幅度: the amount of a reduction, without the word.
    ReductionAmount,
    /// 加减刑幅度: an amount that 变更类型 makes a reduction or an addition.
    ChangeAmount,
    /// 变更类型 beside 加减刑幅度.
    ChangeKind,
}

const EXTRAS: [(SheetKind, &str, Extra); 6] = [
    (SheetKind::Points, "监管加扣分", Extra::SupervisionSigned),
    (SheetKind::Points, "教育加扣分", Extra::EducationSigned),
    (SheetKind::Points, "劳动加扣分", Extra::LabourSigned),
    (SheetKind::Rulings, "减刑幅度", Extra::ReductionAmount),
    (SheetKind::Rulings, "加减刑幅度", Extra::ChangeAmount),
    (SheetKind::Rulings, "变更类型", Extra::ChangeKind),
];

/// The unit a header names in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A number of yuan: 元, 千元, 万元, 亿元.
    Money(u64),
    /// 年
    Years,
    /// 月, 个月
    Months,
}

impl Unit {
    fn of(text: &str) -> Option<Unit> {
        Some(match text.trim_start_matches("单位:") {
            "元" | "人民币元" => Unit::Money(1),
            "千元" => Unit::Money(1000),
            "万元" | "万" => Unit::Money(10_000),
            "百万元" => Unit::Money(1_000_000),
            "亿元" => Unit::Money(100_000_000),
            "年" => Unit::Years,
            "月" | "个月" => Unit::Months,
            _ => return None,
        })
    }
}

/// A header cell made comparable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Without white space, brackets and what is in them, full width folded.
    pub key: String,
    /// The unit in the brackets.
    pub unit: Option<Unit>,
}

impl Header {
    /// Normalises the text of a header cell.
    pub fn of(text: &str) -> Header {
        let mut key = String::new();
        let mut inside = String::new();
        let mut depth = 0u32;
        let mut unit = None;
        for c in squeeze(text).chars() {
            match c {
                '(' | '[' | '【' | '〔' | '〈' | '<' => depth += 1,
                ')' | ']' | '】' | '〕' | '〉' | '>' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        unit = unit.or_else(|| Unit::of(&inside));
                        inside.clear();
                    }
                }
                c if depth > 0 => inside.push(c),
                '*' | ':' | '"' | '\'' | '“' | '”' => {}
                c => key.push(c),
            }
        }
        Header { key: key.to_lowercase(), unit }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    ignored: Vec<String>,
    #[serde(default)]
    columns: BTreeMap<String, Vec<String>>,
}

/// A file of aliases could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// It could not be read.
    #[error("cannot read the column file {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It is not the TOML expected.
    #[error("column file {name}, line {line}: {reason}")]
    Syntax {
        /// The file.
        name: String,
        /// One-based line.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// It names a sheet or column that does not exist.
    #[error("column file {name}: there is no {what} {found:?}; accepted: {accepted}")]
    Unknown {
        /// The file.
        name: String,
        /// "sheet" or "column".
        what: &'static str,
        /// The name found.
        found: String,
        /// The names there are.
        accepted: String,
    },
    /// One alias is given to two columns of one sheet.
    #[error("column file {name}: in {sheet}, {alias:?} stands for both {first:?} and {second:?}")]
    Twice {
        /// The file.
        name: String,
        /// The kind of sheet.
        sheet: &'static str,
        /// The alias.
        alias: String,
        /// One column.
        first: String,
        /// The other.
        second: String,
    },
}

impl ColumnsError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            ColumnsError::Read { path, reason } => format!("列名文件{}无法读取：{reason}", path.display()),
            ColumnsError::Syntax { name, line, reason } => format!("列名文件{name}第{line}行有误：{reason}"),
            ColumnsError::Unknown { name, what, found, accepted } => {
                let what = if *what == "sheet" { "表" } else { "列" };
                format!("列名文件{name}：没有名为“{found}”的{what}；可用：{accepted}")
            }
            ColumnsError::Twice { name, sheet, alias, first, second } => {
                format!("列名文件{name}：{sheet}中“{alias}”同时指“{first}”和“{second}”")
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
struct KindAliases {
    names: HashSet<String>,
    columns: HashMap<String, Target>,
}

/// All aliases, built in and added.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    kinds: Vec<(SheetKind, KindAliases)>,
}

impl Columns {
    /// The built-in aliases, with overlays laid over them in order.
    ///
    /// # Errors
    /// An overlay cannot be read, is not valid, or names what does not exist.
    pub fn load(overlays: &[PathBuf]) -> Result<Columns, ColumnsError> {
        let read = |path: &PathBuf| {
            let text = crate::bounded::text(path);
            let text = text.map_err(|e| ColumnsError::Read { path: path.clone(), reason: e.to_string() })?;
            Ok((path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()), text))
        };
        Columns::of_texts(&overlays.iter().map(read).collect::<Result<Vec<_>, ColumnsError>>()?)
    }

    /// The same from the names and texts of the overlays.
    ///
    /// # Errors
    /// An overlay is not valid, or names what does not exist.
    pub fn of_texts(overlays: &[(String, String)]) -> Result<Columns, ColumnsError> {
        let mut columns = Columns { kinds: SheetKind::ALL.map(|k| (k, KindAliases::default())).to_vec() };
        for (kind, aliases) in &mut columns.kinds {
            aliases.names.insert(Header::of(kind.name()).key);
            for col in kind.columns() {
                aliases.columns.insert(Header::of(col.name()).key, Target::Col(col));
            }
        }
        columns.overlay("columns.toml", BUILTIN)?;
        for (name, text) in overlays {
            columns.overlay(name, text.trim_start_matches('\u{feff}'))?;
        }
        Ok(columns)
    }

    fn overlay(&mut self, name: &str, text: &str) -> Result<(), ColumnsError> {
        let file: BTreeMap<String, KindFile> = toml::from_str(text).map_err(|e| ColumnsError::Syntax {
            name: name.to_owned(),
            line: e.span().map_or(1, |s| text.get(..s.start).map_or(1, |t| t.matches('\n').count() + 1)),
            reason: e.message().to_owned(),
        })?;
        for (sheet, entry) in file {
            let accepted = || SheetKind::ALL.map(SheetKind::name).join("、");
            let found = self.kinds.iter_mut().find(|(k, _)| k.name() == sheet);
            let (kind, aliases) = found.ok_or_else(|| ColumnsError::Unknown {
                name: name.to_owned(),
                what: "sheet",
                found: sheet.clone(),
                accepted: accepted(),
            })?;
            aliases.names.extend(entry.names.iter().map(|n| Header::of(n).key));
            let mut added: HashMap<String, &str> = HashMap::new();
            for (column, names) in &entry.columns {
                let target =
                    kind.columns().find(|c| c.name() == column).map(Target::Col).or_else(|| {
                        EXTRAS.iter().find(|(k, n, _)| k == kind && n == column).map(|e| Target::Extra(e.2))
                    });
                let target = target.ok_or_else(|| ColumnsError::Unknown {
                    name: name.to_owned(),
                    what: "column",
                    found: column.clone(),
                    accepted: kind.columns().map(Col::name).collect::<Vec<_>>().join("、"),
                })?;
                for alias in names.iter().chain(matches!(target, Target::Extra(_)).then_some(column)) {
                    let key = Header::of(alias).key;
                    if let Some(first) = added.insert(key.clone(), column).filter(|first| first != column) {
                        return Err(ColumnsError::Twice {
                            name: name.to_owned(),
                            sheet: kind.name(),
                            alias: alias.clone(),
                            first: first.to_owned(),
                            second: column.clone(),
                        });
                    }
                    // The canonical name always keeps its meaning.
                    if !kind.columns().any(|c| Header::of(c.name()).key == key && Target::Col(c) != target) {
                        aliases.columns.insert(key, target);
                    }
                }
            }
            for ignored in &entry.ignored {
                aliases.columns.entry(Header::of(ignored).key).or_insert(Target::Ignored);
            }
        }
        Ok(())
    }

    fn of(&self, kind: SheetKind) -> Option<&KindAliases> {
        self.kinds.iter().find(|(k, _)| *k == kind).map(|(_, a)| a)
    }

    /// What a normalised header means in a kind of sheet.
    pub fn target(&self, kind: SheetKind, key: &str) -> Option<Target> {
        self.of(kind)?.columns.get(key).copied()
    }

    /// The kind of sheet a sheet or file name stands for, and how surely; numbers, dates and separators around the
    /// name do not matter.
    pub fn kind_of_name(&self, name: &str) -> Option<(SheetKind, Named)> {
        let key = Header::of(name).key;
        let edge = |c: char| {
            c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | '年' | '月' | '季' | '度' | '第' | '表' | '#')
        };
        let bare = key.trim_matches(edge);
        let by = |test: &dyn Fn(SheetKind, &KindAliases) -> bool| {
            self.kinds.iter().find(|(k, a)| test(*k, a)).map(|(k, _)| *k)
        };
        if let Some(kind) = by(&|k, _| k.name() == key || k.name() == bare) {
            return Some((kind, Named::Exactly));
        }
        if let Some(kind) = by(&|_, a| a.names.contains(&key) || a.names.contains(bare)) {
            return Some((kind, Named::Alias));
        }
        let mut hits = self.kinds.iter().filter(|(k, _)| key.contains(k.name()));
        match (hits.next(), hits.next()) {
            (Some((kind, _)), None) => Some((*kind, Named::Partly)),
            _ => None,
        }
    }
}

/// How surely a name tells the kind of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The name of the contract: the sheet is of that kind, whatever its header.
    Exactly,
    /// An alias: a header that clearly belongs to another kind overrules it.
    Alias,
    /// The name of the contract within a longer name: a hint.
    Partly,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_compared_without_blanks_width_and_brackets() {
        for (text, key, unit) in [
            (" 罪犯\n编号 ", "罪犯编号", None),
            ("罚金（万元）", "罚金", Some(Unit::Money(10_000))),
            ("金额[单位：元]", "金额", Some(Unit::Money(1))),
            ("建议减刑（个月）", "建议减刑", Some(Unit::Months)),
            ("罪犯编号*", "罪犯编号", None),
            ("ＩＤ（备用）", "id", None),
            ("未闭合（万元", "未闭合", None),
        ] {
            assert_eq!(Header::of(text), Header { key: key.to_owned(), unit }, "{text:?}");
        }
    }

    #[test]
    fn the_builtin_file_is_valid_and_leaves_canonical_names_alone() {
        let columns = Columns::load(&[]).unwrap();
        for col in Col::ALL {
            assert_eq!(columns.target(col.sheet(), col.name()), Some(Target::Col(*col)), "{}", col.name());
        }
        for kind in SheetKind::ALL {
            assert_eq!(columns.kind_of_name(kind.name()), Some((kind, Named::Exactly)));
        }
    }

    #[test]
    fn sheet_names_are_recognised_with_numbers_around_them() {
        let columns = Columns::load(&[]).unwrap();
        for (name, kind) in [
            ("计分考核2", Some((SheetKind::Points, Named::Exactly))),
            ("2024年计分考核（一监区）", Some((SheetKind::Points, Named::Exactly))),
            ("01_罪犯信息", Some((SheetKind::Inmates, Named::Exactly))),
            ("某监狱提请案件汇总", Some((SheetKind::Applications, Named::Partly))),
            ("罪犯花名册", Some((SheetKind::Inmates, Named::Alias))),
            ("Sheet1", None),
            ("奖惩与计分考核", None),
        ] {
            assert_eq!(columns.kind_of_name(name), kind, "{name}");
        }
    }
}
