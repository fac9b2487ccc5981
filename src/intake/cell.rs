//! A cell as read from a file, and how a column's type turns it into a value.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::columns::Unit;
use super::sheet::WIDEST;
use super::values::{self, Bad, Epoch};
use crate::model::schema::ColType;
use crate::model::*;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Raw<'a> {
    /// Nothing.
    #[default]
    Blank,
    /// Text of a typed file.
    Text(Cow<'a, str>),
    /// Text of a file without types (CSV): it may have been a number.
    Untyped(Cow<'a, str>),
    /// A number; `pad` is the width of a zero-padding number format.
    Number {
        /// The number.
        value: f64,
        /// Width of a number format such as `0000000000`.
        pad: u8,
    },
    /// A date cell.
    Day(NaiveDate),
    /// A date cell whose serial number is no day.
    BadDay(f64),
    /// A truth value.
    Bool(bool),
    /// An error such as `#N/A`.
    Error(Cow<'static, str>),
}

impl<'a> Raw<'a> {
    /// A cell that is a length of time: nothing here is one.
    pub const DURATION: Raw<'a> = Raw::Error(Cow::Borrowed("时间长度"));

    /// A date cell, by its serial number.
    pub fn serial(value: f64, epoch: Epoch) -> Raw<'a> {
        values::serial_date(value, epoch).map_or(Raw::BadDay(value), Raw::Day)
    }

    /// A date cell, by its text in ISO 8601.
    pub fn iso(text: Cow<'a, str>) -> Raw<'a> {
        match values::date(&text, Epoch::From1900) {
            Ok(day) => Raw::Day(day),
            Err(_) => Raw::Text(text),
        }
    }

    /// Puts the cell into its column of a row; what lies too far to the right for any table is dropped.
    pub(super) fn put(self, row: &mut Vec<Raw<'a>>, col: usize) {
        if self == Raw::Blank || col >= WIDEST {
            return;
        }
        if row.len() <= col {
            row.resize(col + 1, Raw::Blank);
        }
        if let Some(slot) = row.get_mut(col) {
            *slot = self;
        }
    }
}

impl Raw<'_> {
    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Raw::Blank => true,
            Raw::Text(t) | Raw::Untyped(t) => {
                t.chars().all(|c| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
            }
            _ => false,
        }
    }

    /// Bytes of its text, where it is one.
    pub fn text_bytes(&self) -> u64 {
        match self {
            Raw::Text(t) | Raw::Untyped(t) => t.len() as u64,
            Raw::Error(e) => e.len() as u64,
            _ => 0,
        }
    }

    /// The cell as text, the way a reader would see it.
    pub fn show(&self) -> Cow<'_, str> {
        match self {
            Raw::Blank => Cow::Borrowed(""),
            Raw::Text(t) | Raw::Untyped(t) => Cow::Borrowed(t),
            Raw::Number { value, pad } => Cow::Owned(number_text(*value, *pad)),
            Raw::Day(d) => Cow::Owned(d.to_string()),
            Raw::BadDay(n) => Cow::Owned(n.to_string()),
            Raw::Bool(b) => Cow::Borrowed(if *b { "TRUE" } else { "FALSE" }),
            Raw::Error(e) => Cow::Borrowed(e),
        }
    }

    /// A copy that does not borrow from the file.
    pub fn to_owned(&self) -> Raw<'static> {
        match self {
            Raw::Blank => Raw::Blank,
            Raw::Text(t) => Raw::Text(Cow::Owned(t.clone().into_owned())),
            Raw::Untyped(t) => Raw::Untyped(Cow::Owned(t.clone().into_owned())),
            Raw::Number { value, pad } => Raw::Number { value: *value, pad: *pad },
            Raw::Day(d) => Raw::Day(*d),
            Raw::BadDay(n) => Raw::BadDay(*n),
            Raw::Bool(b) => Raw::Bool(*b),
            Raw::Error(e) => Raw::Error(e.clone()),
        }
    }
}

fn number_text(value: f64, pad: u8) -> String {
    match values::decimal_of_float(value) {
        Ok(d) if pad > 0 && d.is_integer() && !d.is_sign_negative() => {
            format!("{d:0>width$}", width = usize::from(pad))
        }
        Ok(d) => d.to_string(),
        Err(_) => value.to_string(),
    }
}

/// What the reader of a cell needs to know about its column.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The column.
    pub col: Col,
    /// The unit in its header.
    pub unit: Option<Unit>,
    /// The file's date system.
    pub epoch: Epoch,
}

/// A value read from a cell, with what is to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Got<T> {
    /// The value.
    pub value: Value<T>,
    /// An error (then the value is unclear) or a warning.
    pub remark: Option<Bad>,
}

impl<T> Got<T> {
    fn known(value: T) -> Got<T> {
        Got { value: Value::Known(value), remark: None }
    }

    fn empty() -> Got<T> {
        Got { value: Value::Empty, remark: None }
    }

    fn map<U>(self, f: impl FnOnce(T) -> U) -> Got<U> {
        Got { value: self.value.map(f), remark: self.remark }
    }

    /// With the warning that a lost zero was restored.
    fn restored(self, restored: bool, raw: &Raw<'_>) -> Got<T> {
        if !restored {
            return self;
        }
        let found = raw.show();
        let remark = Bad::new(
            ProblemCode::RestoredZero,
            &found,
            format!("数字丢失了前导零，按 0{} 读取", values::squeeze(&found)),
            format!("the number lost its leading zero; read as 0{}", values::squeeze(&found)),
        );
        Got { remark: Some(remark), ..self }
    }
}

impl<T> From<Result<T, Bad>> for Got<T> {
    fn from(read: Result<T, Bad>) -> Got<T> {
        match read {
            Ok(value) => Got::known(value),
            Err(bad) => Got { value: Value::Unclear, remark: Some(bad) },
        }
    }
}

/// A type that the cells of a column are read as.
pub trait FromCell: Sized + Clone + PartialEq {
    /// Reads a cell that is neither blank, a lone dash nor an error.
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Self>;
}

/// Reads a cell by its column's type.
pub fn read<T: FromCell>(raw: &Raw<'_>, ctx: &Context) -> Got<T> {
    if raw.is_blank() {
        return Got::empty();
    }
    match raw {
        Raw::Text(t) | Raw::Untyped(t) if values::is_lone_dash(t) => Got {
            value: Value::Empty,
            remark: Some(Bad::new(
                ProblemCode::LoneDash,
                t,
                "只有横线或斜线，按空白处理",
                "only a dash or slash: read as blank",
            )),
        },
        Raw::Error(e) => Got {
            value: Value::Unclear,
            remark: Some(Bad::new(
                ProblemCode::ErrorCell,
                e,
                "单元格是错误值或无法读取的类型，请填写实际内容",
                "an error value, or a type that cannot be read; enter the value itself",
            )),
        },
        raw => T::from_cell(raw, ctx),
    }
}

fn says_none(raw: &Raw<'_>) -> bool {
    matches!(raw, Raw::Text(t) | Raw::Untyped(t) if values::squeeze(t) == "无")
}

impl FromCell for String {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<String> {
        if ctx.col.ty() == ColType::Id {
            return identifier(raw).into();
        }
        Got::known(raw.show().trim().to_owned())
    }
}

/// An identifier: digits kept exactly.
///
/// # Errors
/// A number cell of more than 15 digits has already been rounded; a fraction or a date is no identifier.
pub fn identifier(raw: &Raw<'_>) -> Result<String, Bad> {
    const ZH: &str = "请把该列设为文本格式后重新填写编号";
    const EN: &str = "format the column as text and enter the number again";
    let rounded = |found: &str| {
        Bad::new(
            ProblemCode::RoundedNumber,
            found,
            format!("数字超过15位或显示为科学计数，表格软件已丢失末位；{ZH}"),
            format!("more than 15 digits or an exponent: the spreadsheet has already rounded it; {EN}"),
        )
    };
    match raw {
        Raw::Number { value, pad } => {
            if value.abs() >= 1e15 {
                return Err(rounded(&format!("{value:.0}")));
            }
            if value.fract() != 0.0 || *value < 0.0 {
                return Err(Bad::new(
                    ProblemCode::BadNumber,
                    &value.to_string(),
                    format!("不是编号；{ZH}"),
                    format!("not an identifier; {EN}"),
                ));
            }
            Ok(number_text(*value, *pad))
        }
        Raw::Text(t) | Raw::Untyped(t) => {
            let compact = values::squeeze(t);
            // ="0012" and '0012 are how exports keep a spreadsheet from dropping zeros.
            let compact = compact.strip_prefix('=').unwrap_or(&compact);
            let compact = compact.trim_matches(|c| matches!(c, '"' | '\'' | '‘' | '’' | '`'));
            let exponent = compact.split_once(['E', 'e']).is_some_and(|(m, e)| {
                m.contains('.')
                    && m.bytes().all(|b| b.is_ascii_digit() || b == b'.')
                    && e.strip_prefix('+').unwrap_or(e).bytes().all(|b| b.is_ascii_digit())
                    && e.len() > 1
            });
            if exponent {
                return Err(rounded(t));
            }
            if compact.is_empty() {
                return Err(Bad::new(
                    ProblemCode::BadNumber,
                    t,
                    format!("不是编号；{ZH}"),
                    format!("not an identifier; {EN}"),
                ));
            }
            Ok(compact.to_owned())
        }
        other => Err(Bad::new(
            ProblemCode::BadNumber,
            &other.show(),
            format!("不是编号；{ZH}"),
            format!("not an identifier; {EN}"),
        )),
    }
}

/// A date out of any cell.
fn day(raw: &Raw<'_>, epoch: Epoch) -> Result<NaiveDate, Bad> {
    match raw {
        Raw::Day(d) => values::date(&d.to_string(), epoch),
        Raw::Number { value, .. } if (10_000.0..100_000.0).contains(value) => values::serial_date(*value, epoch)
            .ok_or_else(|| values::date("", epoch).err().unwrap_or_else(|| unreadable(raw))),
        Raw::Number { value, .. } if value.fract() == 0.0 && *value >= 1e7 && *value < 1e8 => {
            values::date(&format!("{value:.0}"), epoch)
        }
        raw => values::date(&raw.show(), epoch).map_err(|b| Bad { found: values::shorten(&raw.show()), ..b }),
    }
}

fn unreadable(raw: &Raw<'_>) -> Bad {
    Bad::new(ProblemCode::BadDate, &raw.show(), "无法读取", "cannot be read")
}

impl FromCell for NaiveDate {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<NaiveDate> {
        let open_end = matches!(raw, Raw::Text(t) | Raw::Untyped(t)
            if ctx.col == Col::CuTo && matches!(values::squeeze(t).as_str(), "至今" | "今" | "现在"));
        if says_none(raw) || open_end {
            return Got::empty();
        }
        day(raw, ctx.epoch).into()
    }
}

impl FromCell for End {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<End> {
        let none = match raw {
            Raw::Text(t) | Raw::Untyped(t) => values::says_no_end(t),
            Raw::Number { value, .. } => *value == 9995.0 || *value == 9996.0,
            _ => false,
        };
        if none {
            return Got::known(End::None);
        }
        if says_none(raw) {
            return Got::empty();
        }
        Got::from(day(raw, ctx.epoch)).map(End::On)
    }
}

impl FromCell for Month {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Month> {
        let read = match raw {
            Raw::Day(d) => {
                Ok(Month::of(*d)).and_then(|m| Month::new(m.year(), m.number()).ok_or_else(|| unreadable(raw)))
            }
            Raw::Number { value, .. } if (10_000.0..100_000.0).contains(value) => {
                day(raw, ctx.epoch).map(Month::of).map_err(|b| Bad { found: raw.show().into_owned(), ..b })
            }
            Raw::Number { .. } => values::month_of_decimal(&raw.show()),
            // A file without types cannot tell a typed 2019.1 from a number that lost its zero.
            Raw::Untyped(t) => values::month_of_decimal(t).or_else(|b| {
                let compact = values::squeeze(t);
                if compact.len() == 6 && compact.ends_with(".1") { Err(b) } else { values::month(t, ctx.epoch) }
            }),
            raw => values::month(&raw.show(), ctx.epoch),
        };
        read.into()
    }
}

/// Columns where 无 means that there is nothing: zero. In others (限额, 考核积分) it would mean something else.
fn none_is_zero(col: Col) -> bool {
    use Col::*;
    matches!(
        col,
        ApCommendations
            | PtSupervisionBonus
            | PtSupervisionDeduction
            | PtEducationBonus
            | PtEducationDeduction
            | PtLabourBonus
            | PtLabourDeduction
            | PtSpecial
            | PtPenalty
            | PtCycle
            | PrAmount
            | PrPaid
            | SpSpent
    )
}

/// Whether a column holds yuan: only these take the unit of a header or of the sheet.
fn is_money(col: Col) -> bool {
    matches!(col, Col::PrAmount | Col::PrPaid | Col::SpSpent | Col::SpLimit | Col::SpBalance)
}

fn scaled(value: Decimal, own_unit: bool, ctx: &Context, raw: &Raw<'_>) -> Result<Decimal, Bad> {
    match ctx.unit {
        Some(Unit::Money(n)) if !own_unit && is_money(ctx.col) => value
            .checked_mul(Decimal::from(n))
            .map(|v| v.normalize())
            .ok_or_else(|| Bad::new(ProblemCode::BadNumber, &raw.show(), "数额过大", "too large")),
        _ => Ok(value.normalize()),
    }
}

impl FromCell for Decimal {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Decimal> {
        if says_none(raw) {
            return if none_is_zero(ctx.col) { Got::known(Decimal::ZERO) } else { Got::empty() };
        }
        let read = match raw {
            Raw::Number { value, .. } => values::decimal_of_float(*value).map(|v| (v, false)),
            Raw::Text(t) | Raw::Untyped(t) if ctx.col == Col::ApBalance => values::balance(t).map(|v| (v, true)),
            Raw::Text(t) | Raw::Untyped(t) => values::number(t).map(|q| (q.value, q.own_unit)),
            _ => values::number(&format!("{}?", raw.show())).map(|q| (q.value, true)),
        };
        let read = read.map_err(|b| Bad { found: values::shorten(&raw.show()), ..b });
        Got::from(read.and_then(|(v, own)| scaled(v, own, ctx, raw)))
    }
}

impl FromCell for Amount {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Amount> {
        if let Raw::Text(t) | Raw::Untyped(t) = raw {
            if !says_none(raw) {
                return match values::amount(t) {
                    Ok((Amount::Yuan(v), own)) => Got::from(scaled(v, own, ctx, raw)).map(Amount::Yuan),
                    Ok((all, _)) => Got::known(all),
                    Err(bad) => Err(bad).into(),
                };
            }
        }
        Decimal::from_cell(raw, ctx).map(Amount::Yuan)
    }
}

/// 认定表扬次数, with the points that the same cell may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commendations {
    /// How many.
    pub count: Decimal,
    /// The rest of the points.
    pub rest: Option<Decimal>,
}

impl FromCell for Commendations {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Commendations> {
        match raw {
            Raw::Text(t) | Raw::Untyped(t) if !says_none(raw) => {
                Got::from(values::commendations(t)).map(|(count, rest)| Commendations { count, rest })
            }
            raw => Decimal::from_cell(raw, ctx).map(|count| Commendations { count, rest: None }),
        }
    }
}

impl FromCell for bool {
    fn from_cell(raw: &Raw<'_>, _: &Context) -> Got<bool> {
        match raw {
            Raw::Bool(b) => Got::known(*b),
            raw => values::boolean(&raw.show()).into(),
        }
    }
}

/// The text of a cell in a column of terms; number cells stand for six-digit codes.
///
/// # Errors
/// Date cells: a spreadsheet has turned a term such as 15-06-10 into a date.
fn term_text<'r>(raw: &'r Raw<'_>) -> Result<Cow<'r, str>, Bad> {
    match raw {
        Raw::Day(_) | Raw::BadDay(_) => Err(Bad::new(
            ProblemCode::BadTerm,
            &raw.show(),
            "表格软件把刑期变成了日期；请把该列设为文本，按 十五年六个月 或 15-06-00 填写",
            "the spreadsheet turned a term into a date; format the column as text and write 十五年六个月 or 15-06-00",
        )),
        raw => Ok(raw.show()),
    }
}

fn unit_term(text: &str, unit: Option<Unit>) -> Option<Term> {
    match unit {
        Some(Unit::Years) => values::term_in_unit(text, true).ok(),
        Some(Unit::Months) => values::term_in_unit(text, false).ok(),
        _ => None,
    }
}

/// A bare term.
impl FromCell for Term {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Term> {
        let text = match term_text(raw) {
            Ok(text) => text,
            Err(bad) => return Err(bad).into(),
        };
        if let Some(t) = unit_term(&text, ctx.unit) {
            return Got::known(t);
        }
        match values::term(&text) {
            Ok((t, restored)) => Got::known(t).restored(restored, raw),
            Err(bad) => Err(bad).into(),
        }
    }
}

impl FromCell for values::SentenceText {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Self> {
        let text = match term_text(raw) {
            Ok(text) => text,
            Err(bad) => return Err(bad).into(),
        };
        let text = match unit_term(&text, ctx.unit) {
            Some(t) => Cow::Owned(t.zh()),
            None => text,
        };
        match values::sentence(&text) {
            Ok(s) => Got::known(s).restored(s.restored, raw),
            Err(bad) => Err(bad).into(),
        }
    }
}

impl FromCell for Sentence {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Self> {
        if says_none(raw) {
            return Got::empty();
        }
        values::SentenceText::from_cell(raw, ctx).map(|s| s.sentence)
    }
}

impl FromCell for Vec<CountTerm> {
    fn from_cell(raw: &Raw<'_>, _: &Context) -> Got<Self> {
        match term_text(raw) {
            Ok(text) => values::count_terms(&text).into(),
            Err(bad) => Err(bad).into(),
        }
    }
}

impl FromCell for values::ProposalText {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Self> {
        let text = match term_text(raw) {
            Ok(text) => text,
            Err(bad) => return Err(bad).into(),
        };
        // A parole application proposes no reduction.
        if matches!(values::squeeze(&text).as_str(), "无" | "假释" | "建议假释" | "提请假释") {
            return Got::empty();
        }
        let text = match unit_term(&text, ctx.unit) {
            Some(t) => Cow::Owned(t.zh()),
            None => text,
        };
        match values::proposal(&text) {
            Ok(p) => Got::known(p).restored(p.restored, raw),
            Err(bad) => Err(bad).into(),
        }
    }
}

impl FromCell for values::ChangeText {
    fn from_cell(raw: &Raw<'_>, _: &Context) -> Got<Self> {
        if says_none(raw) {
            return Got::empty();
        }
        match term_text(raw) {
            Ok(text) => values::change(&text).into(),
            Err(bad) => Err(bad).into(),
        }
    }
}

impl FromCell for Rights {
    fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Self> {
        let text = match term_text(raw) {
            Ok(text) => text,
            Err(bad) => return Err(bad).into(),
        };
        if let Some(t) = unit_term(&text, ctx.unit) {
            return Got::known(Rights::For(t));
        }
        match values::rights(&text) {
            Ok(Some(r)) => Got::known(r),
            Ok(None) => Got::empty(),
            Err(bad) => Err(bad).into(),
        }
    }
}

/// Words that mean a word of the contract, by column type.
const SYNONYMS: &[(&[&str], &str)] = &[
    (&["男性", "M"], "男"),
    (&["女性", "F"], "女"),
    (&["提请减刑", "减刑案件", "建议减刑"], "减刑"),
    (&["提请假释", "假释案件", "建议假释"], "假释"),
    (&["开庭审理", "开庭审"], "开庭"),
    (&["书面审理", "书面审"], "书面"),
    (&["确有悔改", "悔改表现", "悔改"], "确有悔改表现"),
    (&["立功", "有立功表现"], "立功表现"),
    (&["重大立功", "有重大立功表现"], "重大立功表现"),
    (&["立功表现"], "立功"),
    (&["重大立功表现"], "重大立功"),
    (&["职务犯罪罪犯", "职务犯"], "职务犯罪"),
    (&["金融犯罪罪犯", "破坏金融管理秩序和金融诈骗犯罪", "金融犯"], "金融犯罪"),
    (&["涉黑犯罪", "涉黑罪犯", "涉黑犯", "黑社会性质组织犯罪"], "涉黑"),
    (&["危害国家安全犯罪", "危害国家安全罪犯"], "危害国家安全"),
    (&["恐怖活动犯罪", "恐怖活动罪犯"], "恐怖活动"),
    (&["有组织暴力犯罪", "有组织的暴力性犯罪", "有组织暴力性犯罪"], "有组织暴力"),
    (&["老年罪犯", "老年犯"], "老年"),
    (&["严重疾病罪犯", "患严重疾病", "患有严重疾病"], "严重疾病"),
    (&["残疾", "身体残疾罪犯"], "身体残疾"),
    (&["罚款", "并处罚金"], "罚金"),
    (&["没收个人财产", "没收个人全部财产", "没收全部财产", "没收部分财产"], "没收财产"),
    (&["追缴违法所得", "追缴赃款", "追赃"], "追缴"),
    (&["退赔", "责令退赃退赔", "责令退赔违法所得"], "责令退赔"),
    (&["附带民事赔偿", "刑事附带民事赔偿", "民赔", "附带民事"], "民事赔偿"),
    (
        &[
            "履行完毕",
            "已履行完毕",
            "已执行完毕",
            "全部履行",
            "已全部履行",
            "已履行",
            "已缴纳",
            "已缴清",
            "全部缴纳",
            "已全部缴纳",
            "缴清",
            "已结清",
        ],
        "执行完毕",
    ),
    (&["部分缴纳", "部分执行", "已部分履行", "部分履行完毕", "已部分缴纳"], "部分履行"),
    (&["未缴纳", "未缴", "未执行", "尚未履行", "均未履行", "未履行任何"], "未履行"),
    (&["终本", "终结本次执行程序"], "终结本次执行"),
    (&["终结执行程序"], "终结执行"),
    (&["免除"], "裁定免除"),
    (&["分期履行", "分期缴纳中", "分期缴纳"], "分期履行中"),
    (&["被害人谅解放弃", "谅解并放弃"], "谅解放弃"),
    (&["有履行能力", "有能力"], "有"),
    (&["无履行能力", "无能力"], "无"),
    (&["不清楚", "不详"], "不明"),
    (&["积极退赃", "积极退赔"], "积极"),
    (&["不积极退赃", "不积极退赔"], "不积极"),
    (&["发明专利"], "发明"),
    (&["实用新型专利"], "实用新型"),
    (&["外观设计专利"], "外观设计"),
    (&["看守所", "看守所关押"], "看守所羁押"),
    (&["指定居所监视居住"], "监视居住"),
    (&["在押服刑", "监狱服刑", "服刑"], "在押"),
    (&["新罪", "又犯新罪"], "又犯罪"),
];

fn bad_word(found: &str, words: &[&str], none: bool) -> Bad {
    let mut list = words.to_vec();
    if none {
        list.push("无");
    }
    Bad::new(
        ProblemCode::BadEnum,
        found,
        format!("可接受：{}", list.join("、")),
        format!("accepted: {}", list.join(", ")),
    )
}

/// The word of the contract that a text stands for, within one list.
fn word<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    if let Some(w) = words.iter().find(|w| **w == text) {
        return Some(w);
    }
    SYNONYMS
        .iter()
        .filter(|(synonyms, _)| synonyms.contains(&text))
        // 无履行能力 must not become the 无 of another list, which would mean that nothing is owed.
        .filter(|(_, canonical)| !matches!(*canonical, "有" | "无") || words.contains(&"不明"))
        .find_map(|(_, canonical)| words.iter().find(|w| *w == canonical).copied())
}

macro_rules! one_word {
    ($($ty:ident)*) => { $(
        impl FromCell for $ty {
            fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<$ty> {
                let words = match ctx.col.ty() {
                    ColType::One(words) => words,
                    _ => &[],
                };
                let text = values::squeeze(&raw.show());
                if let Some(w) = word(&text, words).and_then($ty::from_zh) {
                    return Got::known(w);
                }
                // 无 in a column whose list lacks it: there is none.
                if text == "无" && !ctx.col.required() {
                    return Got::empty();
                }
                Err(bad_word(&raw.show(), words, false)).into()
            }
        }
    )* };
}

one_word! { Sex Restitution Assessment AppKind Hearing AwardKind Grade Patent PropertyKind PropertyState Ability CustodyKind NewCrimeKind }

macro_rules! many_words {
    ($($ty:ident)*) => { $(
        impl FromCell for BTreeSet<$ty> {
            fn from_cell(raw: &Raw<'_>, ctx: &Context) -> Got<Self> {
                let words = match ctx.col.ty() {
                    ColType::Many(words) => words,
                    _ => &[],
                };
                let shown = raw.show();
                let bad = || Got::from(Err(bad_word(&shown, words, true)));
                if matches!(values::squeeze(&shown).as_str(), "无" | "否" | "没有" | "均无")
                    || (ctx.col == Col::InHealth && matches!(values::squeeze(&shown).as_str(), "健康" | "良好" | "正常"))
                    || (ctx.col == Col::InCategories && matches!(values::squeeze(&shown).as_str(), "普通" | "普通罪犯"))
                {
                    return Got::known(BTreeSet::new());
                }
                let mut out = BTreeSet::new();
                for part in shown.split(|c: char| c.is_whitespace() || matches!(c, '、' | ',' | '，' | ';' | '；' | '/' | '+' | '|' | '和' | '及')) {
                    let part = values::squeeze(part);
                    if part.is_empty() {
                        continue;
                    }
                    match word(&part, words).and_then($ty::from_zh) {
                        Some(w) => out.insert(w),
                        None => return bad(),
                    };
                }
                if out.is_empty() { bad() } else { Got::known(out) }
            }
        }
    )* };
}

many_words! { Declared Health Conduct Situation }
