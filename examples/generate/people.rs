//! The people: sentence, earlier rulings, points, awards, custody, spending, property and one application each, all
//! lawful, computed forward month by month; then, for some, one planted defect.

use chrono::{Datelike, NaiveDate, Weekday};
use jxjs::model::date::{add, add_days, last};
use jxjs::model::{Month, Term};

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many people.
    pub people: u32,
    /// Months of points each; the 2021 rules on points have been in force for [`MOST_MONTHS`].
    pub months: u32,
    /// Seed.
    pub seed: u64,
    /// How many of a million people get a defect.
    pub defects_per_million: u64,
}

/// From October 2021, when the present rules on points came into force, to September 2026. Earlier months would be under
/// other rules, with other points.
pub const MOST_MONTHS: u32 = 60;

/// A row of a sheet, cell by cell in the order of [`crate::write::HEADERS`].
pub type Row = Vec<String>;

/// Everything about one person, sheet by sheet.
#[derive(Default)]
pub struct Sheets {
    pub inmates: Vec<Row>,
    pub applications: Vec<Row>,
    pub points: Vec<Row>,
    pub awards: Vec<Row>,
    pub rulings: Vec<Row>,
    pub property: Vec<Row>,
    pub spending: Vec<Row>,
    pub custody: Vec<Row>,
}

/// A planted defect: the case and the check that must find it.
pub struct Planted {
    pub case_no: String,
    pub check: &'static str,
    pub outcome: &'static str,
}

/// SplitMix64: small, fast, the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, person: u64) -> Dice {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ person.wrapping_mul(0xBF58_476D_1CE4_E5B9));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    /// True `n` times in a hundred.
    pub fn percent(&mut self, n: u64) -> bool {
        self.next() % 100 < n
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[(self.next() % list.len() as u64) as usize]
    }
}

const CHARGES: &[&str] =
    &["盗窃罪", "故意伤害罪", "交通肇事罪", "诈骗罪", "寻衅滋事罪", "开设赌场罪", "合同诈骗罪", "非法经营罪"];
const SURNAMES: &[&str] = &["测", "试", "样", "例", "拟", "仿"];
const GIVEN: &[&str] = &["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

/// The last month of points.
fn last_month() -> Month {
    Month::new(2026, 9).expect("a month")
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

/// Points in hundredths, as written.
fn points(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A synthetic identity number of the test region, with a right checksum.
fn identity(birth: NaiveDate, serial: u32) -> String {
    let body = format!("999{:03}{}{:03}", serial / 500 % 1000, birth.format("%Y%m%d"), serial % 500 * 2 + 1);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    format!("{body}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize])
}

/// A working day on or after `from` (October 2026 after the holiday has no other days off).
fn workday(from: NaiveDate) -> NaiveDate {
    let mut d = from;
    while matches!(d.weekday(), Weekday::Sat | Weekday::Sun) {
        d = add_days(d, 1);
    }
    d
}

/// The defects, with what must find them.
const DEFECTS: &[(&str, &str)] = &[
    ("reduction/amount", "violation"),
    ("reduction/interval", "violation"),
    ("reduction/property", "violation"),
    ("reduction/grounds", "violation"),
    ("points/month-sum", "violation"),
    ("points/balance", "violation"),
    ("category/undeclared", "risk"),
];

/// One person of the plan.
pub fn person(plan: &Plan, n: u32, sheets: &mut Sheets) -> Option<Planted> {
    let mut dice = Dice::new(plan.seed, u64::from(n));
    let no = format!("61{:08}", n + 1);
    let case_no = format!("（2026）示狱减字第{}号", n + 1);
    let prison = format!("示例第{}监狱", n / 3000 + 1);
    let ward = format!("{}监区", dice.between(1, 12));

    // Delivered so that the months of points fill the time up to the application.
    let first = last_month().plus(1 - plan.months as i32);
    let delivered = add_days(first.first_day(), dice.between(2, 24));
    let start = add_days(delivered, -dice.between(120, 300));
    let effective = add_days(delivered, -dice.between(12, 25));
    let judged = add_days(effective, -dice.between(11, 14));
    let served_months = plan.months + 10;
    let years = (served_months / 6 + dice.between(1, 4) as u32).clamp(3, 14);
    let term = Term::of_years(years);
    let end = last(start, term);
    let charge = *dice.pick(CHARGES);
    let birth = add_days(day(1970, 1, 1), dice.between(0, 10_500));
    let applied = workday(day(2026, 10, 20));

    // Earlier reductions at lawful intervals, never at the cap, never in a hurry.
    let recidivist = dice.percent(8) && charge != "交通肇事罪";
    let begin = Term::of_months(match years {
        _ if recidivist => 24,
        0..=4 => 12,
        5..=9 => 18,
        _ => 24,
    });
    let pause = Term::of_months(if years < 10 { 12 } else { 18 });
    let mut earlier: Vec<(NaiveDate, NaiveDate, u32)> = Vec::new();
    let mut ready = add(delivered, begin);
    loop {
        let ruled = workday(add_days(ready, dice.between(95, 160)));
        let served = add_days(ruled, dice.between(2, 6));
        let amount = dice.between(4, 7) as u32;
        if add(served, pause) > add_days(applied, -40) {
            break;
        }
        earlier.push((ruled, served, amount));
        ready = add(served, pause);
    }
    let eligible = add_days(applied, -30) >= ready;
    let taken: u32 = earlier.iter().map(|e| e.2).sum();
    let left = Term::of_months(term.total_months() - taken);
    let current_end = last(start, left);
    let mut proposed = dice.between(4, 7) as u32;

    let planted = (eligible && u64::from(dice.next() as u32) * 1_000_000 < plan.defects_per_million << 32)
        .then(|| DEFECTS[(u64::from(n) % DEFECTS.len() as u64) as usize]);
    let defect = planted.map_or("", |(check, _)| check);
    if defect == "reduction/interval" && earlier.is_empty() {
        return person_without(plan, n, sheets);
    }

    let mut rulings = Vec::new();
    let mut off = 0;
    for (i, (ruled, served, amount)) in earlier.iter().enumerate() {
        off += amount;
        let (ruled, served) = if defect == "reduction/interval" && i + 1 == earlier.len() {
            (add_days(applied, -200), add_days(applied, -196))
        } else {
            (*ruled, *served)
        };
        let after = last(start, Term::of_months(term.total_months() - off));
        rulings.push(vec![
            no.clone(),
            ruled.to_string(),
            served.to_string(),
            format!("减刑{amount}个月"),
            start.to_string(),
            after.to_string(),
            "无".to_owned(),
            "示例市中级人民法院".to_owned(),
            format!("（{}）示01刑更{}号", ruled.year(), n * 10 + i as u32),
        ]);
    }

    let charge = if defect == "category/undeclared" { "信用卡诈骗罪" } else { charge };
    let flag = |yes: bool| if yes { "是" } else { "否" }.to_owned();
    sheets.inmates.push(vec![
        no.clone(),
        format!("{}某{}", dice.pick(SURNAMES), dice.pick(GIVEN)),
        "男".to_owned(),
        birth.to_string(),
        identity(birth, n),
        charge.to_owned(),
        add_days(start, -dice.between(3, 60)).to_string(),
        format!("有期徒刑{years}年"),
        judged.to_string(),
        effective.to_string(),
        start.to_string(),
        delivered.to_string(),
        start.to_string(),
        end.to_string(),
        current_end.to_string(),
        flag(recidivist),
        "否".to_owned(),
        "否".to_owned(),
        "否".to_owned(),
        "否".to_owned(),
        "否".to_owned(),
        if recidivist { "累犯" } else { "无" }.to_owned(),
        "无".to_owned(),
        "无".to_owned(),
        if charge.contains("诈骗") || charge == "盗窃罪" { "积极" } else { "无" }.to_owned(),
        flag(defect != "reduction/grounds"),
        prison.clone(),
        ward.clone(),
    ]);

    let custody = |from: NaiveDate, to: Option<NaiveDate>, kind: &str| {
        vec![no.clone(), from.to_string(), to.map(|d| d.to_string()).unwrap_or_default(), kind.to_owned()]
    };
    // Not into a third month: three months under sixty points in a cycle are read either way (art. 23).
    let schooled = add_days(Month::of(delivered).plus(1).first_day(), dice.between(19, 26));
    sheets.custody.push(custody(start, Some(add_days(delivered, -1)), "看守所羁押"));
    sheets.custody.push(custody(delivered, Some(delivered), "入监"));
    sheets.custody.push(custody(add_days(delivered, 1), Some(schooled), "入监教育"));
    sheets.custody.push(custody(add_days(schooled, 1), None, "在押"));

    if dice.percent(60) || defect == "reduction/property" {
        let unpaid = defect == "reduction/property";
        let paid = dice.percent(75) && !unpaid;
        let amount = dice.between(2, 40) * 1000;
        sheets.property.push(vec![
            no.clone(),
            "罚金".to_owned(),
            amount.to_string(),
            if paid { amount } else { 0 }.to_string(),
            if paid {
                "执行完毕"
            } else if unpaid {
                "未履行"
            } else {
                "终结本次执行"
            }
            .to_owned(),
            if unpaid { "有" } else { "无" }.to_owned(),
            "无".to_owned(),
            if paid { add_days(delivered, 200).min(add_days(applied, -250)).to_string() } else { String::new() },
        ]);
    }

    let since = earlier.last().map_or(delivered, |e| add_days(e.0, 1));
    let claim = ledger(plan, &mut dice, &no, &prison, &ward, delivered, schooled, since, recidivist, defect, sheets);
    for month in 0..plan.months.min(24) {
        let month = last_month().plus(-(month as i32));
        let spent = dice.between(60, 280);
        sheets.spending.push(vec![
            no.clone(),
            month.to_string(),
            spent.to_string(),
            "300".to_owned(),
            dice.between(200, 900).to_string(),
        ]);
    }

    if !eligible {
        // Not yet due for a further reduction: on the roll, without an application.
        sheets.rulings.extend(rulings);
        return None;
    }
    if defect == "reduction/amount" {
        proposed = 25;
    }
    sheets.rulings.extend(rulings);
    sheets.applications.push(vec![
        no,
        case_no.clone(),
        "减刑".to_owned(),
        applied.to_string(),
        format!("{proposed}个月"),
        "无".to_owned(),
        "确有悔改表现".to_owned(),
        claim.from.to_string(),
        claim.to.last_day().to_string(),
        claim.commendations.to_string(),
        claim.balance,
        "2026-10-09".to_owned(),
        "2026-10-16".to_owned(),
        "2026-10-22".to_owned(),
        "示例市中级人民法院".to_owned(),
    ]);
    planted.map(|(check, outcome)| Planted { case_no, check, outcome })
}

/// The same person without a defect, where the one drawn does not fit.
fn person_without(plan: &Plan, n: u32, sheets: &mut Sheets) -> Option<Planted> {
    person(&Plan { defects_per_million: 0, ..*plan }, n, sheets)
}

/// What the application claims of the points.
struct Claim {
    from: NaiveDate,
    to: Month,
    commendations: usize,
    balance: String,
}

/// Sixty months (or fewer) of points with their cycles and awards; returns what can be claimed.
#[allow(clippy::too_many_arguments)]
fn ledger(
    plan: &Plan,
    dice: &mut Dice,
    no: &str,
    prison: &str,
    ward: &str,
    delivered: NaiveDate,
    schooled: NaiveDate,
    since: NaiveDate,
    strict: bool,
    defect: &str,
    sheets: &mut Sheets,
) -> Claim {
    let officers = ["民警一", "民警二", "民警三", "民警四", "民警五", "民警六"];
    let mut balance = 0i64;
    let mut cycle_from = Month::of(delivered);
    let mut below = false;
    let mut awards: Vec<(Month, NaiveDate, bool)> = Vec::new();
    let mut before_last = 0;
    let from = Month::of(delivered);
    let spoiled = i64::from(plan.months) / 2 + 1;
    for i in 0..=from.until(last_month()) {
        let month = from.plus(i);
        let days = i64::from(month.days());
        let counted = (jxjs::model::date::days_between(schooled, month.last_day())).clamp(0, days);
        let base = |full: i64| (full * 100 * counted * 2 + days) / (2 * days);
        let bases = [base(35), base(35), base(30)];
        let full = counted == days;
        let mut bonus = [0i64; 3];
        let mut deduction = [0i64; 3];
        if full {
            bonus = [dice.between(0, 6) * 100, dice.between(0, 8) * 100, dice.between(0, 12) * 100];
            // The strictly scored get less, as the rules on points ask.
            if strict {
                bonus = bonus.map(|b| b / 200 * 100);
            }
            if dice.percent(12) {
                deduction[dice.between(0, 2) as usize] = dice.between(1, 3) * 100;
            }
        }
        let sum = |b: &[i64; 3], d: &[i64; 3]| (0..3).map(|k| bases[k] + b[k] - d[k]).sum::<i64>();
        let mut score = sum(&bonus, &deduction);
        if full && score < 10_000 {
            below = true;
        }
        if month == last_month() {
            before_last = balance;
        }
        balance += score;
        let closes = balance >= 60_000;
        if closes {
            balance -= 60_000;
        }
        if defect == "points/month-sum" && i64::from(i) == spoiled {
            score += 500;
        }
        if defect == "points/balance" && i64::from(i) == spoiled {
            balance += 800;
        }
        let cells = (0..3).flat_map(|k| [points(bases[k]), points(bonus[k]), points(deduction[k])]);
        let mut row = vec![no.to_owned(), month.to_string()];
        row.extend(cells);
        row.extend(["0".to_owned(), "0".to_owned(), points(score), points(balance)]);
        row.push(if closes { "600".to_owned() } else { "0".to_owned() });
        row.push((*dice.pick(&officers)).to_owned());
        row.extend([prison.to_owned(), ward.to_owned()]);
        sheets.points.push(row);
        if closes {
            let graded = add_days(month.last_day(), dice.between(6, 20));
            let kind = if below { "物质奖励" } else { "表扬" };
            if graded <= day(2026, 9, 30) || month < last_month() {
                sheets.awards.push(vec![
                    no.to_owned(),
                    graded.to_string(),
                    kind.to_owned(),
                    "合格".to_owned(),
                    cycle_from.to_string(),
                    month.to_string(),
                ]);
                awards.push((month, graded, !below));
            }
            cycle_from = month.plus(1);
            below = false;
        }
    }
    // The period claimed begins and ends where no award stands with one foot outside, so that both ways of counting agree.
    let mut begin = Month::of(since).plus(1);
    while let Some((_, graded, _)) =
        awards.iter().find(|(closed, graded, _)| *closed < begin && *graded >= begin.first_day())
    {
        begin = Month::of(*graded).plus(1);
    }
    let closes_last = cycle_from > last_month();
    let to = if closes_last { last_month().plus(-1) } else { last_month() };
    let inside = |(closed, _, commended): &&(Month, NaiveDate, bool)| *commended && *closed >= begin && *closed <= to;
    Claim {
        from: begin.first_day(),
        to,
        commendations: awards.iter().filter(inside).count(),
        balance: points(if closes_last { before_last } else { balance }),
    }
}
