//! Writing the sheets: workbooks (several when a sheet is full) or CSV, and the answer key.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::people::{Plan, Planted, Row, Sheets, person};

/// The headers of each sheet.
pub const HEADERS: [(&str, &[&str]); 8] = [
    (
        "罪犯信息",
        &[
            "罪犯编号",
            "姓名",
            "性别",
            "出生日期",
            "身份证号",
            "罪名",
            "犯罪日期",
            "原判刑罚",
            "判决日期",
            "判决生效日期",
            "羁押日期",
            "交付执行日期",
            "刑期起日",
            "刑期止日",
            "现刑期止日",
            "累犯",
            "毒品再犯",
            "原国家工作人员",
            "限制减刑",
            "终身监禁",
            "缓刑",
            "罪犯类别",
            "身体状况",
            "附加剥夺政治权利",
            "退赃情况",
            "认罪悔罪",
            "监狱",
            "监区",
        ],
    ),
    (
        "提请案件",
        &[
            "罪犯编号",
            "案号",
            "类型",
            "提请日期",
            "建议减刑",
            "建议剥夺政治权利",
            "改造表现",
            "考核起日",
            "考核止日",
            "认定表扬次数",
            "认定剩余考核分",
            "公示起日",
            "公示止日",
            "移送检察机关日期",
            "审理法院",
        ],
    ),
    (
        "计分考核",
        &[
            "罪犯编号",
            "考核月份",
            "监管基础分",
            "监管加分",
            "监管扣分",
            "教育基础分",
            "教育加分",
            "教育扣分",
            "劳动基础分",
            "劳动加分",
            "劳动扣分",
            "专项加分",
            "处罚扣分",
            "当月考核分",
            "考核积分",
            "周期扣减",
            "考核民警",
            "监狱",
            "监区",
        ],
    ),
    ("奖惩", &["罪犯编号", "日期", "种类", "等级", "周期起月", "周期止月"]),
    (
        "历次裁定",
        &[
            "罪犯编号",
            "裁定日期",
            "送达日期",
            "变更内容",
            "减后刑期起日",
            "减后刑期止日",
            "剥夺政治权利",
            "裁定法院",
            "案号",
        ],
    ),
    ("财产性判项", &["罪犯编号", "种类", "金额", "已履行金额", "状态", "履行能力", "第六条情形", "履行完毕日期"]),
    ("狱内消费", &["罪犯编号", "月份", "消费额", "限额", "账户余额"]),
    ("羁押轨迹", &["罪犯编号", "开始日期", "结束日期", "类型"]),
];

/// Rows that one sheet can hold below its header.
pub const FULL: u32 = 1_048_575;

fn lists(sheets: &Sheets) -> [&Vec<Row>; 8] {
    [
        &sheets.inmates,
        &sheets.applications,
        &sheets.points,
        &sheets.awards,
        &sheets.rulings,
        &sheets.property,
        &sheets.spending,
        &sheets.custody,
    ]
}

/// Writes CSV files.
pub fn csv(plan: &Plan, out: &Path) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let mut files = Vec::new();
    for (name, headers) in HEADERS {
        let mut file = csv::Writer::from_writer(BufWriter::new(fs::File::create(out.join(format!("{name}.csv")))?));
        file.write_record(headers)?;
        files.push(file);
    }
    let mut planted = Vec::new();
    for n in 0..plan.people {
        let mut sheets = Sheets::default();
        planted.extend(person(plan, n, &mut sheets));
        for (file, rows) in files.iter_mut().zip(lists(&sheets)) {
            for row in rows {
                file.write_record(row)?;
            }
        }
    }
    for mut file in files {
        file.flush()?;
    }
    answers(&planted, out)
}

/// A workbook being filled.
struct Book {
    book: Workbook,
    rows: [u32; 8],
}

impl Book {
    fn new() -> Result<Book, XlsxError> {
        let mut book = Workbook::new();
        for (name, headers) in HEADERS {
            let sheet = book.add_worksheet_with_constant_memory()?;
            sheet.set_name(name)?;
            for (col, header) in headers.iter().enumerate() {
                sheet.write_string(0, col as u16, *header)?;
            }
        }
        Ok(Book { book, rows: [0; 8] })
    }

    fn has_room(&self, sheets: &Sheets, full: u32) -> bool {
        self.rows.iter().zip(lists(sheets)).all(|(used, more)| used + more.len() as u32 <= full)
    }

    fn add(&mut self, sheets: &Sheets) -> Result<(), XlsxError> {
        for (i, rows) in lists(sheets).into_iter().enumerate() {
            let sheet = self.book.worksheet_from_index(i)?;
            for row in rows {
                self.rows[i] += 1;
                for (col, cell) in row.iter().enumerate() {
                    // Points, amounts and counts are numbers in a prison's export; numbers of persons, and others too long
                    // for a spreadsheet, are text.
                    match cell.parse::<f64>() {
                        Ok(number) if col > 0 && cell.len() <= 15 && !cell.contains('-') => {
                            sheet.write_number(self.rows[i], col as u16, number)?;
                        }
                        _ if cell.is_empty() => {}
                        _ => {
                            sheet.write_string(self.rows[i], col as u16, cell)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn save(mut self, path: &Path) -> Result<(), XlsxError> {
        self.book.save(path)
    }
}

/// Writes workbooks: so many with as many people in each, and another one wherever a sheet has `full` rows.
pub fn workbooks(plan: &Plan, files: u32, full: u32, out: &Path) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let failed = |e: XlsxError| io::Error::other(e.to_string());
    let path = |number: u32| out.join(format!("批次{number}.xlsx"));
    let mut planted = Vec::new();
    let mut book = Book::new().map_err(failed)?;
    let (mut number, mut share) = (1, 0);
    for n in 0..plan.people {
        let mut sheets = Sheets::default();
        planted.extend(person(plan, n, &mut sheets));
        let mine = (u64::from(n) * u64::from(files) / u64::from(plan.people)) as u32;
        if mine > share || !book.has_room(&sheets, full) {
            let done = std::mem::replace(&mut book, Book::new().map_err(failed)?);
            done.save(&path(number)).map_err(failed)?;
            (number, share) = (number + 1, mine);
        }
        book.add(&sheets).map_err(failed)?;
    }
    book.save(&path(number)).map_err(failed)?;
    answers(&planted, out)
}

/// The answer key, in a folder of its own so that it is not taken for input.
fn answers(planted: &[Planted], out: &Path) -> io::Result<()> {
    if planted.is_empty() {
        return Ok(());
    }
    let key: Vec<_> = planted
        .iter()
        .map(|p| serde_json::json!({"case_no": p.case_no, "check": p.check, "outcome": p.outcome}))
        .collect();
    let mut file = BufWriter::new(fs::File::create(out.join("answers.json"))?);
    serde_json::to_writer_pretty(&mut file, &key)?;
    file.flush()
}
