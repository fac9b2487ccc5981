//! A batch of invented persons with names that try to be more than text, read from CSV files as a user would hand it in.
#![allow(dead_code)]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use jxjs::checks::case::Lang;
use jxjs::intake;
use jxjs::law::Rules;
use jxjs::model::Batch;
use jxjs::report::Report;
use jxjs::review::{BatchReview, ReviewOptions, review_batch};

/// A name that is markup.
pub const MARKUP: &str = "<script>alert(1)</script>";
/// A name that is a formula.
pub const FORMULA: &str = "=HYPERLINK(\"http://example.com\",\"点我\")";
/// A name that would end an attribute.
pub const QUOTES: &str = "\" onmouseover='alert(2)' x=\"&amp;";

/// A batch with its review.
pub struct Made {
    pub dir: tempfile::TempDir,
    pub batch: Batch,
    pub review: BatchReview,
    pub rules: Arc<Rules>,
    pub lang: Lang,
}

impl Made {
    pub fn report(&self) -> Report<'_> {
        Report::new(&self.batch, &self.review, &self.rules, self.lang)
    }

    pub fn input(&self) -> PathBuf {
        self.dir.path().join("批次")
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The files, in a folder of their own.
pub fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("批次");
    fs::create_dir(&folder).unwrap();
    let write = |name: &str, lines: &[String]| fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();

    let mut inmates = vec![
        "罪犯编号,姓名,性别,出生日期,罪名,原判刑罚,判决日期,判决生效日期,交付执行日期,刑期起日,刑期止日,现刑期止日,累犯,毒品再犯,\
         原国家工作人员,限制减刑,终身监禁,缓刑,罪犯类别,身体状况,附加剥夺政治权利,退赃情况,认罪悔罪,监狱,监区"
            .to_owned(),
    ];
    let people = [("3101000001", MARKUP), ("3101000002", FORMULA), ("3101000003", QUOTES), ("3101000004", "赵六")];
    for (no, name) in people {
        let sentence = if no == "3101000004" {
            "无期徒刑,2015-01-10,2015-01-21,2015-03-15,,,"
        } else {
            "有期徒刑十五年,2021-01-10,2021-01-21,2021-03-15,2020-06-01,2035-05-31,2035-05-31"
        };
        let name = quoted(name);
        inmates.push(format!(
            "{no},{name},男,1985-06-01,盗窃罪,{sentence},否,否,否,否,否,否,无,无,无,无,是,某监狱,<b>一监区</b>"
        ));
    }
    write("罪犯信息.csv", &inmates);
    let application =
        |no: &str, case: &str, day: &str, amount: &str| format!("{no},{case},减刑,{day},{amount},确有悔改表现");
    write(
        "提请案件.csv",
        &[
            "罪犯编号,案号,类型,提请日期,建议减刑,改造表现".to_owned(),
            application("3101000001", "某狱减字第1号", "2023-01-10", "六个月"),
            application("3101000002", "某狱减字第2号", "2023-03-15", "六个月"),
            application("3101000003", "=1+1", "2023-03-15", "一年六个月"),
            application("3101000004", "某狱减字第4号", "2023-03-15", "六个月"),
        ],
    );
    write(
        "历次裁定.csv",
        &[
            "罪犯编号,裁定日期,送达日期,变更内容,减后刑期起日,减后刑期止日".to_owned(),
            "3101000004,2018-05-01,2018-05-04,减为有期徒刑二十二年,2018-05-01,2040-04-30".to_owned(),
            "3101000004,2020-11-10,2020-11-13,减刑八个月,,2039-08-30".to_owned(),
        ],
    );
    write("财产性判项.csv", &["罪犯编号,种类,状态".to_owned()]);
    write(
        "羁押轨迹.csv",
        &[
            "罪犯编号,开始日期,结束日期,类型".to_owned(),
            "3101000001,2020-06-01,2021-03-14,看守所羁押".to_owned(),
            "3101000001,2021-03-15,2021-03-15,入监".to_owned(),
            "3101000001,2021-03-16,,在押".to_owned(),
            "3101000001,2022-02-01,2022-05-31,暂予监外执行".to_owned(),
            "3101000001,2022-06-01,2022-06-01,收监".to_owned(),
        ],
    );
    let mut points = vec![
        "罪犯编号,考核月份,监管基础分,监管加分,监管扣分,教育基础分,教育加分,教育扣分,劳动基础分,劳动加分,劳动扣分,专项加分,\
         处罚扣分,当月考核分,考核积分,周期扣减"
            .to_owned(),
    ];
    let mut balance = 0;
    for at in 0..14 {
        let (year, month) = (2021 + (at + 6) / 12, (at + 6) % 12 + 1);
        // The sixth month claims ten points more than its parts make.
        let (taken, extra) = if at == 3 { (8, 0) } else { (0, if at == 5 { 10 } else { 0 }) };
        let score = 105 - taken + extra;
        balance += score;
        let cycle = if balance >= 600 { 600 } else { 0 };
        balance -= cycle;
        points.push(format!("3101000001,{year}-{month:02},35,5,{taken},35,0,0,30,0,0,0,0,{score},{balance},{cycle}"));
    }
    write("计分考核.csv", &points);
    write(
        "奖惩.csv",
        &[
            "罪犯编号,日期,种类,等级,周期起月,周期止月,参评名册完整".to_owned(),
            "3101000001,2022-01-10,表扬,合格,2021-07,2021-12,否".to_owned(),
        ],
    );
    dir
}

/// The batch, read and reviewed.
pub fn made(lang: Lang) -> Made {
    let dir = folder();
    let batch = intake::read(&[dir.path().join("批次")], &intake::Options::default()).unwrap();
    let rules = Rules::builtin();
    let as_of = "2026-11-24".parse().unwrap();
    let review = review_batch(&batch, &rules, &ReviewOptions { as_of, lang, only: Vec::new() });
    Made { dir, batch, review, rules, lang }
}
