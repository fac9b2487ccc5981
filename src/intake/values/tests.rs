//! Tables of every accepted format and of what must be refused.

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::model::{Amount, Change, Proposal, Rights, Sentence, Term};

fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn n(text: &str) -> Decimal {
    text.parse().unwrap()
}

const E: Epoch = Epoch::From1900;

#[test]
fn dates_in_every_accepted_format() {
    for text in [
        "2019-03-05",
        "2019/3/5",
        "2019.3.5",
        "20190305",
        "2019年3月5日",
        "2019年03月05日",
        "二〇一九年三月五日",
        "二○一九年三月五日",
        "二Ο一九年三月五日",
        "二О一九年三月五日",
        "二零一九年三月五日",
        "二〇一九年〇三月〇五日",
        "2019-03-05T00:00:00",
        "2019-03-05 00:00",
        "2019/3/5 0:00:00",
        "2019年3月5日 00:00",
        "2019-03-05 08:30:15.000",
        " 2019 - 03 - 05 ",
        "２０１９．３．５",
        "2019年3月5号",
        "43529",
    ] {
        assert_eq!(date(text, E).ok(), Some(d("2019-03-05")), "{text}");
    }
    for (text, expected) in [
        ("二〇一七年十二月三十一日", "2017-12-31"),
        ("二〇二〇年十月二十日", "2020-10-20"),
        ("二〇二〇年十一月一十日", "2020-11-10"),
        ("1982.05.10", "1982-05-10"),
        ("2020-02-29", "2020-02-29"),
        ("1999年1月廿日", "1999-01-20"),
    ] {
        assert_eq!(date(text, E).ok(), Some(d(expected)), "{text}");
    }
    assert_eq!(date("42067", Epoch::From1904).ok(), Some(d("2019-03-05")));
}

#[test]
fn what_is_not_a_date_for_certain_is_refused() {
    for text in [
        "",
        "19-03-05",
        "2019-03",
        "2019年3月",
        "201903",
        "2019-02-30",
        "2019-02-29",
        "2019年2月30日",
        "2019-13-01",
        "20191301",
        "2013年上半年",
        "2019",
        "2019.3",
        "3/5/2019",
        "05-03-2019",
        "2019-3/5",
        "2019-03-05Z",
        "2019-03-05T16:00:00Z",
        "2019-03-05 25:00",
        "二〇一九年三月",
        "一九年三月五日",
        "1850-01-01",
        "9999-12-31",
        "2019-03-05至2020-03-05",
        "约2019-03-05",
        "12",
        "99999999",
    ] {
        let bad = date(text, E).unwrap_err();
        assert_eq!(bad.code, ProblemCode::BadDate, "{text}");
        assert!(bad.want_zh.contains("2019-03-05") && bad.want_en.contains("2019-03-05"), "{text}");
    }
}

#[test]
fn serial_days_of_both_systems() {
    for (serial, epoch, expected) in [
        (43529.0, Epoch::From1900, Some("2019-03-05")),
        (43529.75, Epoch::From1900, Some("2019-03-05")),
        (61.0, Epoch::From1900, Some("1900-03-01")),
        (60.0, Epoch::From1900, None),
        (59.0, Epoch::From1900, Some("1900-02-28")),
        (42067.0, Epoch::From1904, Some("2019-03-05")),
        (0.0, Epoch::From1904, Some("1904-01-01")),
        (-1.0, Epoch::From1900, None),
        (f64::NAN, Epoch::From1900, None),
        (1e18, Epoch::From1900, None),
    ] {
        assert_eq!(serial_date(serial, epoch), expected.map(d), "{serial}");
    }
}

#[test]
fn months_in_every_accepted_format() {
    for text in [
        "2024-03",
        "2024-3",
        "2024/3",
        "2024.03",
        "2024.3",
        "2024年3月",
        "2024年03月",
        "202403",
        "二〇二四年三月",
        "2024-03-01",
        "2024年3月31日",
        "2024年3月份",
        "45352",
    ] {
        assert_eq!(month(text, E).map(|m| m.to_string()).ok().as_deref(), Some("2024-03"), "{text}");
    }
    for text in ["", "2024", "24-03", "2024-13", "2024年", "3月", "2024上半年", "202413", "2024-02-30", "2024年0月"]
    {
        assert!(month(text, E).is_err(), "{text}");
    }
    for (text, expected) in
        [("2019.1", None), ("2019.2", Some("2019-02")), ("2019.12", Some("2019-12")), ("201910", Some("2019-10"))]
    {
        assert_eq!(month_of_decimal(text).map(|m| m.to_string()).ok().as_deref(), expected, "{text}");
    }
    assert!(month_of_decimal("2019.1").unwrap_err().want_zh.contains("10月"));
}

#[test]
fn terms_in_every_accepted_format() {
    for (text, years, months, days) in [
        ("05_00_00", 5, 0, 0),
        ("15-06-00", 15, 6, 0),
        ("10_06_15", 10, 6, 15),
        ("150600", 15, 6, 0),
        ("000600", 0, 6, 0),
        ("15年6个月", 15, 6, 0),
        ("15年6月", 15, 6, 0),
        ("十五年六个月", 15, 6, 0),
        ("15年零6个月", 15, 6, 0),
        ("十五年零六个月", 15, 6, 0),
        ("十五年又六个月", 15, 6, 0),
        ("九个月", 0, 9, 0),
        ("十八个月", 1, 6, 0),
        ("半个月", 0, 0, 15),
        ("半年", 0, 6, 0),
        ("一年半", 1, 6, 0),
        ("1年半", 1, 6, 0),
        ("六个半月", 0, 6, 15),
        ("四年十二天", 4, 0, 12),
        ("四年零十二天", 4, 0, 12),
        ("1年2个月3天", 1, 2, 3),
        ("二十五年", 25, 0, 0),
        ("两年", 2, 0, 0),
        ("１５年", 15, 0, 0),
        ("三十天", 0, 0, 30),
        ("两个月", 0, 2, 0),
        ("一年零半个月", 1, 0, 15),
    ] {
        assert_eq!(term(text), Ok((Term::new(years, months, days), false)), "{text}");
    }
    assert_eq!(term("50600"), Ok((Term::new(5, 6, 0), true)));
    for text in [
        "",
        "15",
        "1.6",
        "1.5年",
        "15-06",
        "15-12-00",
        "15-06-31",
        "159900",
        "600",
        "1100",
        "9995",
        "9996",
        "年",
        "个月",
        "0年",
        "00-00-00",
        "十五",
        "6",
        "三百五年",
        "15年6",
        "15年以上",
        "六个月余",
        "约六个月",
        "15/06/00",
        "2015-06-10",
        "一五年",
        "六个月十五年",
        "-5年",
        "1年1年",
        "1e3年",
        "无",
    ] {
        let bad = term(text).unwrap_err();
        assert_eq!((bad.code, bad.want_zh.contains("15-06-00")), (ProblemCode::BadTerm, true), "{text}");
    }
}

#[test]
fn sentences_in_every_accepted_format() {
    let fixed = |y, m| Sentence::Fixed(Term::new(y, m, 0));
    for (text, expected) in [
        ("有期徒刑十五年", fixed(15, 0)),
        ("有期徒刑3年6个月", fixed(3, 6)),
        ("有期徒刑07-00-00", fixed(7, 0)),
        ("有期徒刑03_06_00，剥夺政治权利一年", fixed(3, 6)),
        ("有期徒刑三年零六个月", fixed(3, 6)),
        ("判处有期徒刑十五年", fixed(15, 0)),
        ("有期十五年", fixed(15, 0)),
        ("十五年", fixed(15, 0)),
        ("15-06-00", fixed(15, 6)),
        ("15_06_00", fixed(15, 6)),
        ("150600", fixed(15, 6)),
        ("无期徒刑", Sentence::Life),
        ("无期", Sentence::Life),
        ("9995", Sentence::Life),
        ("9996", Sentence::Reprieve),
        ("死刑缓期二年执行", Sentence::Reprieve),
        ("死刑，缓期二年执行", Sentence::Reprieve),
        ("死刑、缓期2年执行", Sentence::Reprieve),
        ("死缓", Sentence::Reprieve),
        ("死缓二年", Sentence::Reprieve),
        ("拘役六个月", Sentence::Detention(Term::of_months(6))),
        ("管制二年", Sentence::Control(Term::of_years(2))),
        ("有期徒刑十五年，剥夺政治权利三年，并处罚金人民币二十二万元", fixed(15, 0)),
        ("有期徒刑十五年并处罚金5000元", fixed(15, 0)),
        ("有期徒刑十五年（从犯）", fixed(15, 0)),
        ("有期徒刑十五年;没收个人全部财产", fixed(15, 0)),
        ("数罪并罚，决定执行有期徒刑十二年", fixed(12, 0)),
        ("抢劫罪有期徒刑十年，盗窃罪有期徒刑三年，决定执行有期徒刑十二年，并处罚金一万元", fixed(12, 0)),
    ] {
        assert_eq!(sentence(text).map(|s| s.sentence), Ok(expected), "{text}");
    }
    for text in [
        "",
        "15",
        "1.6",
        "死刑",
        "有期徒刑",
        "有期徒刑15",
        "有期徒刑十年，减为有期徒刑八年",
        "抢劫罪有期徒刑十年，盗窃罪有期徒刑三年",
        "无期徒刑，减为有期徒刑二十二年",
        "15年以上",
        "2015-06-10",
        "罚金五千元",
        "无",
        "十五年左右",
    ] {
        assert_eq!(sentence(text).map_err(|b| b.code), Err(ProblemCode::BadTerm), "{text}");
    }
}

#[test]
fn the_tail_of_a_sentence_is_read() {
    let s = sentence("死刑，缓期二年执行，剥夺政治权利终身，并处没收个人全部财产，对其限制减刑").unwrap();
    assert_eq!((s.rights, s.limited, s.whole_life, s.suspended), (Some(Rights::ForLife), true, false, false));
    let s = sentence("有期徒刑三年，缓刑四年").unwrap();
    assert!(s.suspended);
    let s = sentence("有期徒刑十五年，附加剥夺政治权利三年").unwrap();
    assert_eq!(s.rights, Some(Rights::For(Term::of_years(3))));
    let s = sentence("死缓，终身监禁，不得减刑、假释").unwrap();
    assert!(s.whole_life);
}

#[test]
fn single_counts() {
    let read =
        |text| count_terms(text).map(|list| list.into_iter().map(|c| (c.charge, c.sentence)).collect::<Vec<_>>());
    let expected = vec![
        ("抢劫罪".to_owned(), Sentence::Fixed(Term::of_years(12))),
        ("盗窃罪".to_owned(), Sentence::Fixed(Term::of_years(3))),
    ];
    for text in [
        "抢劫罪:十二年;盗窃罪:三年",
        "抢劫罪：十二年；盗窃罪：三年",
        "抢劫罪十二年；盗窃罪3年；",
        "抢劫罪:有期徒刑十二年;盗窃罪:03-00-00",
    ] {
        assert_eq!(read(text), Ok(expected.clone()), "{text}");
    }
    assert_eq!(read("故意杀人罪:无期").map(|l| l[0].1), Ok(Sentence::Life));
    assert_eq!(read("无"), Ok(vec![]));
    for text in ["", "抢劫罪", "抢劫罪:", ":十二年", "抢劫罪:12", "抢劫罪:十二年;盗窃罪", ";;"] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn proposals() {
    let six = Proposal::Reduce(Term::of_months(6));
    for (text, expected) in [
        ("六个月", six),
        ("减刑六个月", six),
        ("建议减刑六个月", six),
        ("减去有期徒刑六个月", six),
        ("减刑6个月", six),
        ("00-06-00", six),
        ("000600", six),
        ("1年", Proposal::Reduce(Term::of_years(1))),
        ("减刑一年，剥夺政治权利不变", Proposal::Reduce(Term::of_years(1))),
        ("减为有期徒刑二十二年", Proposal::ToFixed(Term::of_years(22))),
        ("减为有期徒刑十九年三个月", Proposal::ToFixed(Term::new(19, 3, 0))),
        ("减为二十五年", Proposal::ToFixed(Term::of_years(25))),
        ("减为无期徒刑", Proposal::ToLife),
        ("减余刑", Proposal::Remainder),
        ("减去余刑", Proposal::Remainder),
    ] {
        assert_eq!(proposal(text).map(|p| p.proposal), Ok(expected), "{text}");
    }
    assert_eq!(
        proposal("减为有期徒刑二十二年，剥夺政治权利改为七年").unwrap().rights,
        Some(Rights::For(Term::of_years(7)))
    );
    for text in [
        "",
        "6",
        "0.5",
        "减刑",
        "减为死刑",
        "减为拘役",
        "同意",
        "六个月以上",
        "九个月或一年",
        "减刑0个月",
        "有期徒刑二十二年",
    ] {
        assert_eq!(proposal(text).map_err(|b| b.code), Err(ProblemCode::BadTerm), "{text}");
    }
}

#[test]
fn rulings_in_every_accepted_form() {
    let revoked = |case_no: Option<&str>, date: Option<&str>| Change::ReductionRevoked {
        case_no: case_no.map(str::to_owned),
        date: date.map(d),
    };
    for (text, expected) in [
        ("减刑六个月", Change::Reduce(Term::of_months(6))),
        ("裁定减刑六个月", Change::Reduce(Term::of_months(6))),
        ("减去有期徒刑一年", Change::Reduce(Term::of_years(1))),
        ("准予减刑一年二个月", Change::Reduce(Term::new(1, 2, 0))),
        ("减刑00-06-00", Change::Reduce(Term::of_months(6))),
        ("减余刑", Change::ReduceRemainder),
        ("减为无期徒刑", Change::ToLife),
        ("减为无期徒刑，剥夺政治权利终身", Change::ToLife),
        ("减为有期徒刑二十二年", Change::ToFixed(Term::of_years(22))),
        ("减为有期徒刑十九年三个月，剥夺政治权利改为七年", Change::ToFixed(Term::new(19, 3, 0))),
        ("假释", Change::Parole),
        ("予以假释", Change::Parole),
        ("假释，考验期至2025年3月5日", Change::Parole),
        ("撤销假释", Change::ParoleRevoked),
        ("撤销假释，收监执行", Change::ParoleRevoked),
        ("撤销减刑裁定", revoked(None, None)),
        ("撤销减刑裁定（2019）陕01刑更123号", revoked(Some("(2019)陕01刑更123号"), None)),
        ("撤销〔2019〕陕01刑更123号减刑裁定", revoked(Some("〔2019〕陕01刑更123号"), None)),
        ("撤销2019年3月5日减刑裁定", revoked(None, Some("2019-03-05"))),
        ("撤销减刑裁定2019-03-05", revoked(None, Some("2019-03-05"))),
        ("撤销二〇一九年三月五日的减刑裁定", revoked(None, Some("2019-03-05"))),
        ("不计入刑期四年十二天", Change::NotCounted(Term::new(4, 0, 12))),
        ("不计入执行刑期二年", Change::NotCounted(Term::of_years(2))),
        ("四年零十二天不计入刑期", Change::NotCounted(Term::new(4, 0, 12))),
        ("再审改判有期徒刑五年", Change::RetrialChanged(Sentence::Fixed(Term::of_years(5)))),
        ("改判无期徒刑", Change::RetrialChanged(Sentence::Life)),
        ("再审维持", Change::RetrialUpheld),
        ("再审维持原判", Change::RetrialUpheld),
        ("数罪并罚决定执行有期徒刑十二年", Change::Merged(Sentence::Fixed(Term::of_years(12)))),
        ("数罪并罚，决定执行有期徒刑十二年，并处罚金一万元", Change::Merged(Sentence::Fixed(Term::of_years(12)))),
        ("恢复减刑六个月", Change::ReductionRestored(Term::of_months(6))),
        ("不予减刑", Change::Refused),
        ("不予假释", Change::Refused),
        ("不准予减刑", Change::Refused),
        ("驳回减刑申请", Change::Refused),
    ] {
        assert_eq!(change(text).map(|c| c.change), Ok(expected), "{text}");
    }
    assert_eq!(
        change("减为有期徒刑二十二年，剥夺政治权利改为七年").unwrap().rights,
        Some(Rights::For(Term::of_years(7)))
    );
    for text in [
        "",
        "六个月",
        "减刑",
        "同意",
        "准予减刑",
        "加刑六个月",
        "撤销",
        "撤销减刑裁定，恢复减刑六个月",
        "撤销假释，撤销减刑",
        "不计入刑期",
        "再审",
        "再审改判",
        "数罪并罚",
        "恢复六个月",
        "恢复减刑",
        "减为拘役",
        "不予",
        "假释六个月后",
        "减刑6",
    ]
    .iter()
    .filter(|t| **t != "不予")
    {
        assert_eq!(change(text).map_err(|b| b.code), Err(ProblemCode::BadTerm), "{text}");
    }
}

#[test]
fn political_rights() {
    for (text, expected) in [
        ("三年", Some(Rights::For(Term::of_years(3)))),
        ("1年", Some(Rights::For(Term::of_years(1)))),
        ("03-00-00", Some(Rights::For(Term::of_years(3)))),
        ("剥夺政治权利五年", Some(Rights::For(Term::of_years(5)))),
        ("改为七年", Some(Rights::For(Term::of_years(7)))),
        ("剥夺政治权利终身", Some(Rights::ForLife)),
        ("终身", Some(Rights::ForLife)),
        ("无", Some(Rights::None)),
        ("否", Some(Rights::None)),
        ("00_00_00", Some(Rights::None)),
        ("不变", None),
    ] {
        assert_eq!(rights(text), Ok(expected), "{text}");
    }
    for text in ["", "3", "三", "有", "是", "长期", "三年以上"] {
        assert!(rights(text).is_err(), "{text}");
    }
}

#[test]
fn numbers_in_every_accepted_format() {
    for (text, expected) in [
        ("100", "100"),
        ("-3", "-3"),
        ("+3", "3"),
        ("−2.5", "-2.5"),
        ("0", "0"),
        ("1,234,567.80", "1234567.8"),
        ("1，234", "1234"),
        ("１００．５", "100.5"),
        ("85分", "85"),
        ("5000元", "5000"),
        ("5000元整", "5000"),
        ("¥5,000", "5000"),
        ("￥5000.00", "5000"),
        ("人民币5000元", "5000"),
        ("1千元", "1000"),
        ("2.5万元", "25000"),
        ("1万2千元", "12000"),
        ("22万", "220000"),
        ("3千万元", "30000000"),
        ("1.2亿元", "120000000"),
        ("人民币二十二万元", "220000"),
        ("二十二万元", "220000"),
        ("一千五百元整", "1500"),
        ("叁万伍仟元", "35000"),
        ("一百零五", "105"),
        ("十五", "15"),
        ("三万零五百元", "30500"),
        ("一亿二千万元", "120000000"),
        ("零", "0"),
    ] {
        assert_eq!(number(text).map(|q| q.value), Ok(n(expected)), "{text}");
    }
    for text in [
        "",
        "abc",
        "1,23",
        "12,34,567",
        "1.2.3",
        "1.",
        ".5",
        "--3",
        "1e3",
        "1.23E+09",
        "50%",
        "5角",
        "3元5角",
        "三百五",
        "一万二",
        "2万5",
        "约5000元",
        "5000元左右",
        "5000元(已缴)",
        "5000-6000",
        "1 000 x",
        "二千三千",
        "十百",
        "99999999999999999999999",
        "万元",
        "元",
        "一二三",
        "NaN",
        "∞",
    ] {
        let bad = number(text).map(|q| q.value);
        assert_eq!(bad.map_err(|b| b.code), Err(ProblemCode::BadNumber), "{text}");
    }
    for (text, own) in [("22万", true), ("5000元", true), ("5000", false), ("85分", false), ("¥5", true)] {
        assert_eq!(number(text).map(|q| q.own_unit), Ok(own), "{text}");
    }
}

#[test]
fn binary_numbers_become_the_decimals_a_spreadsheet_shows() {
    for (value, expected) in [
        (0.1 + 0.2, "0.3"),
        (23.71, "23.71"),
        (1.1 * 3.0, "3.3"),
        (100.0, "100"),
        (-2.5, "-2.5"),
        (1e-20, "0"),
        (123456789012345.0, "123456789012345"),
        (33.333333333333336, "33.3333333333333"),
        (1234567890.0, "1234567890"),
    ] {
        assert_eq!(decimal_of_float(value), Ok(n(expected)), "{value}");
    }
    for value in [f64::NAN, f64::INFINITY, 1e25] {
        assert!(decimal_of_float(value).is_err());
    }
}

#[test]
fn amounts_commendations_and_the_rest_of_points() {
    for text in ["没收个人全部财产", "没收全部财产", "个人全部财产", "并处没收个人全部财产"]
    {
        assert_eq!(amount(text).map(|a| a.0), Ok(Amount::AllProperty), "{text}");
    }
    assert_eq!(amount("1千元").map(|a| a.0), Ok(Amount::Yuan(n("1000"))));
    assert!(amount("没收部分财产").is_err());
    for (text, count, rest) in [
        ("4", "4", None),
        ("4次", "4", None),
        ("四次", "4", None),
        ("表扬4次", "4", None),
        ("表扬4次，余502分", "4", Some("502")),
        ("表扬四个；剩余考核分502.5", "4", Some("502.5")),
    ] {
        assert_eq!(commendations(text), Ok((n(count), rest.map(n))), "{text}");
    }
    for text in ["", "表扬", "4次，物质奖励1次", "表扬4次，余502分，记功1次"] {
        assert!(commendations(text).is_err(), "{text}");
    }
    assert_eq!(balance("余502分"), Ok(n("502")));
    assert_eq!(balance("502.5"), Ok(n("502.5")));
}

#[test]
fn yes_and_no() {
    for text in ["是", "有", "1", "Y", "y", "√", "TRUE", "yes", " 是 ", "１"] {
        assert_eq!(boolean(text), Ok(true), "{text}");
    }
    for text in ["否", "无", "0", "N", "n", "×", "FALSE", "no"] {
        assert_eq!(boolean(text), Ok(false), "{text}");
    }
    for text in ["", "不明", "2", "累犯", "待查"] {
        assert_eq!(boolean(text).map_err(|b| b.code), Err(ProblemCode::BadBool), "{text}");
    }
}

#[test]
fn lone_dashes_and_words_for_no_end() {
    for text in ["/", "—", "-", "·", "——", " / ", "－", "--", "／"] {
        assert!(is_lone_dash(text), "{text}");
    }
    for text in ["", " ", "无", "-1", "a/b"] {
        assert!(!is_lone_dash(text), "{text}");
    }
    for text in ["无期", "死缓", "9995", "9996", "无期徒刑"] {
        assert!(says_no_end(text), "{text}");
    }
    assert!(!says_no_end("无"));
}

#[test]
fn case_numbers_compare_without_width_and_brackets() {
    assert_eq!(fold_case_no("（2019）陕01刑更 123号"), fold_case_no("〔2019〕陕01刑更123号"));
}

proptest! {
    #[test]
    fn nothing_panics_on_any_text(text in any::<String>()) {
        everything(&text);
    }

    #[test]
    fn nothing_panics_on_text_of_the_trade(text in "[0-9０-９〇零一二两三十百千万亿半年个月天日元分余刑减为死缓无期徒决定执行撤销假释改判不计入（）()，,.:：;；/_ -]{0,24}") {
        everything(&text);
    }

    #[test]
    fn every_day_is_read_back(days in 0u32..90_000) {
        let day = NaiveDate::from_ymd_opt(1930, 1, 1).unwrap() + chrono::Days::new(u64::from(days));
        for format in ["%Y-%m-%d", "%Y/%-m/%-d", "%Y.%-m.%-d", "%Y%m%d", "%Y年%-m月%-d日", "%Y-%m-%dT00:00:00"] {
            let text = day.format(format).to_string();
            prop_assert_eq!(date(&text, E).ok(), Some(day), "{}", text);
        }
    }

    #[test]
    fn every_term_is_read_back(years in 0u32..26, months in 0u32..12, days in 0u32..31) {
        prop_assume!(years + months + days > 0);
        let expected = Term::new(years, months, days);
        prop_assert_eq!(term(&expected.zh()).ok(), Some((expected, false)));
        for text in [format!("{years:02}-{months:02}-{days:02}"), format!("{years:02}_{months:02}_{days:02}"), format!("{years:02}{months:02}{days:02}")] {
            prop_assert_eq!(term(&text).ok(), Some((expected, false)), "{}", text);
        }
    }

    #[test]
    fn two_decimals_survive_a_binary_cell(cents in -10_000_000i64..10_000_000) {
        let exact = Decimal::new(cents, 2).normalize();
        prop_assert_eq!(decimal_of_float(cents as f64 / 100.0).ok(), Some(exact));
    }
}

fn everything(text: &str) {
    for epoch in [Epoch::From1900, Epoch::From1904] {
        let _ = (date(text, epoch), month(text, epoch));
    }
    let _ = (month_of_decimal(text), term(text), term_in_unit(text, true), sentence(text), count_terms(text));
    let _ =
        (proposal(text), change(text), rights(text), number(text), amount(text), commendations(text), balance(text));
    let _ = (boolean(text), is_lone_dash(text), says_no_end(text), fold_case_no(text), shorten(text));
}

proptest! {
    /// The short way to a decimal gives what writing the number out gives.
    #[test]
    fn short_and_long_ways_to_a_decimal_agree(whole in -99_999_999_999_999_i64..=99_999_999_999_999, digits in 0..7_i32, any in -1e9..1e9_f64) {
        for value in [whole as f64 / 10_f64.powi(digits), any, any.round() / 100.0, any * 1e-9] {
            if value == 0.0 || value.abs() < 1e-13 {
                continue;
            }
            let long = Decimal::from_scientific(&format!("{value:.14e}")).unwrap().normalize();
            let short = decimal_of_float(value).unwrap();
            prop_assert_eq!((short, short.scale()), (long, long.scale()), "{}", value);
        }
    }
}
