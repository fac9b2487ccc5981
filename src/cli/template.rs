//! `jxjs template`: an empty or sample workbook with the headers, drop-downs and notes of the contract.

use std::path::PathBuf;

use jxjs::checks::case::Lang;
use jxjs::model::schema::ColType;
use jxjs::model::{Col, SheetKind};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Note, Workbook, Worksheet, XlsxError,
};

use super::files::{Force, said};
use super::{ARGUMENTS, Failure, HELP, OPTIONS, Outcomes, Status, opinion};

/// 生成填报用的工作簿：表头、下拉选项、填写说明 / a workbook to fill in, with headers, drop-downs and notes
#[derive(clap::Args)]
#[command(help_template = HELP, next_help_heading = OPTIONS)]
pub struct Args {
    /// 要写出的 .xlsx 文件 / the .xlsx file to write
    #[arg(value_name = "FILE", help_heading = ARGUMENTS, required_unless_present = "opinions")]
    file: Option<PathBuf>,

    /// 附几行虚构的示例数据 / with a few invented rows
    #[arg(long)]
    sample: bool,

    /// 把内置的文书模板（Word 文件，可以修改）写入该文件夹 / write the built-in Word templates into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "sample")]
    opinions: Option<PathBuf>,

    #[command(flatten)]
    force: Force,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> Outcomes {
    let mut outbox = args.force.outbox();
    if let Some(dir) = &args.opinions {
        opinion::write_templates(dir, &mut outbox, lang)?;
    }
    if let Some(file) = &args.file {
        let bytes = workbook(args.sample).map_err(|e| {
            let file = file.display();
            Failure::Message(lang.pick(
                || format!("模板无法写出到 {file}：{e}"),
                || format!("the template cannot be written to {file}: {e}"),
            ))
        })?;
        outbox.put_at(file, &bytes).map_err(|e| said(&e, lang))?;
    }
    outbox.commit().map_err(|e| said(&e, lang))?;
    Ok(Status::Clear)
}

/// Rows that get a drop-down.
const ROWS: u32 = 5000;

/// An empty workbook, or one with a few invented rows.
fn workbook(sample: bool) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same template is the same file.
    let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    instructions(book.add_worksheet())?;
    for kind in SheetKind::ALL {
        let sheet = book.add_worksheet();
        table(sheet, kind)?;
        if sample {
            fill(sheet, kind)?;
        }
    }
    book.save_to_buffer()
}

fn instructions(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("填写说明")?;
    sheet.set_column_width(0, 110)?;
    let wrap = Format::new().set_text_wrap();
    let lines = [
        "填写说明 How to fill in",
        "1. 深色表头为必填列，其余各列没有把握可以留空。空白一律按“不明”处理，不等于“无”；确实没有的，填“无”。",
        "2. 罪犯信息和提请案件两张表必须有。其余各表没有数据来源的，请整张删除：保留空表表示“确认没有”，删除表示“没有提供”。",
        "3. 编号、刑期各列已设为文本格式，请勿改动，以免丢失前导零，或把 15-06-10 变成日期。",
        "4. 刑期写作 十五年六个月、15年6个月 或 15-06-00（年、月、日）。日期写作 2019-03-05。金额以元计，或在表头注明单位，如 金额（万元）。",
        "5. 表头可以用常见的别名，也可以用 --columns 文件为自己的列名指定含义；列的顺序不限。",
        "Dark headers are required. Blank means unknown, never none: write 无 for none. Delete sheets you have no data for: an \
         empty sheet says that there is nothing, a missing one says nothing.",
    ];
    let title = Format::new().set_bold().set_font_size(14);
    for (row, line) in (0u32..).zip(lines) {
        sheet.write_string_with_format(row, 0, line, if row == 0 { &title } else { &wrap })?;
    }
    Ok(())
}

fn table(sheet: &mut Worksheet, kind: SheetKind) -> Result<(), XlsxError> {
    sheet.set_name(kind.name())?;
    sheet.set_freeze_panes(1, if kind == SheetKind::Inmates { 2 } else { 1 })?;
    let header = Format::new().set_bold().set_align(FormatAlign::Center).set_border(FormatBorder::Thin).set_text_wrap();
    let required = header.clone().set_background_color(Color::RGB(0x1F4E79)).set_font_color(Color::White);
    let optional = header.set_background_color(Color::RGB(0xDDEBF7));
    for (n, col) in (0u16..).zip(kind.columns()) {
        let format = if col.required() { &required } else { &optional };
        sheet.write_string_with_format(0, n, col.name(), format)?;
        let note = Note::new(note(col)).set_width(260).set_height(110).add_author_prefix(false);
        sheet.insert_note(0, n, &note)?;
        let cells = match col.ty() {
            ColType::Date => Format::new().set_num_format("yyyy-mm-dd"),
            ColType::Number => Format::new(),
            _ => Format::new().set_num_format("@"),
        };
        sheet.set_column_format(n, &cells)?;
        let width = col.name().chars().count() as f64 * 2.2 + 2.0;
        sheet.set_column_width(n, width.max(11.0))?;
        if let Some(list) = drop_down(col)? {
            sheet.add_data_validation(1, n, ROWS, n, &list)?;
        }
    }
    Ok(())
}

/// The drop-down of a column; lists that allow several words, or a blank, only suggest.
fn drop_down(col: Col) -> Result<Option<DataValidation>, XlsxError> {
    let (words, several): (Vec<&str>, bool) = match col.ty() {
        ColType::One(words) => (words.to_vec(), false),
        ColType::Many(words) => (words.iter().copied().chain(["无"]).collect(), true),
        ColType::Bool => (vec!["是", "否"], false),
        _ => return Ok(None),
    };
    let list = DataValidation::new().allow_list_strings(&words)?.ignore_blank(true);
    Ok(Some(if several {
        list.set_error_style(DataValidationErrorStyle::Information)
            .set_error_title("可填多项")?
            .set_error_message("多项用顿号分开；没有的填“无”。")?
    } else {
        list.set_error_style(DataValidationErrorStyle::Stop).set_error_title("请从列表中选择")?
    }))
}

/// What a column's note says.
fn note(col: Col) -> String {
    use Col::*;
    let accepted = match col {
        InSentence => "有期徒刑十五年、有期徒刑3年6个月、15-06-00、无期徒刑、死刑缓期二年执行、拘役六个月、管制二年；后面可以接附加刑。".to_owned(),
        InCountTerms => "每罪一项，用分号分开：抢劫罪:十二年;盗窃罪:三年。数罪并罚的案件需要。".to_owned(),
        InCharges => "一个或几个罪名，用顿号分开。".to_owned(),
        InCrimeDate => "最后一次犯罪行为的日期，决定适用哪一版刑法。写作 2019-03-05。".to_owned(),
        InEffective => "判决确定之日；无期徒刑、死缓从该日起算。写作 2019-03-05。".to_owned(),
        InDelivered => "交付监狱执行之日（入监日期）。写作 2019-03-05。".to_owned(),
        InTermEnd | InCurrentEnd => "写作 2027-03-04；无期徒刑、死缓填“无期”或“死缓”。".to_owned(),
        InRights | RuRights | ApRights => "三年、终身 或 无。".to_owned(),
        InRestitution => "积极、不积极，或 无（没有应退的赃款赃物）。".to_owned(),
        ApProposal => "六个月、1年、减为有期徒刑二十二年、减为无期徒刑、减余刑。假释案件留空。".to_owned(),
        ApResult => "减刑六个月、假释、不予减刑、不予假释等。".to_owned(),
        ApConduct => "确有悔改表现、立功表现、重大立功表现，可填多项；都没有的填“无”。".to_owned(),
        RuChange => "减刑六个月、减为无期徒刑、减为有期徒刑二十二年、假释、撤销假释、撤销减刑裁定（注明案号或日期）、不计入刑期四年十二天、\
                     再审改判有期徒刑五年、再审维持、数罪并罚决定执行有期徒刑十二年、恢复减刑六个月。"
            .to_owned(),
        PrAmount => "以元计的数字、1千元、人民币二十二万元、没收个人全部财产。".to_owned(),
        NcSentence | NcDecided => "有期徒刑三年、拘役六个月、无期徒刑等。".to_owned(),
        CuReason => "暂予监外执行：严重疾病、短期内有生命危险、生活不能自理、怀孕哺乳；收监：情形消失、违反规定、不符合条件；\
                     解回：漏罪、作证、抗诉再审、其他。"
            .to_owned(),
        CuTo => "写作 2019-03-05；仍在继续的留空。起止两日都计算在内。".to_owned(),
        PtCycle => "考核周期届满扣减的分数，如 600；没有的留空或填 0。".to_owned(),
        PtSupervisionDeduction | PtEducationDeduction | PtLabourDeduction | PtPenalty => "数字，正负都按扣分处理。".to_owned(),
        _ => match col.ty() {
            ColType::Text | ColType::Composite => "文字。".to_owned(),
            ColType::Id => "按文本填写，前导零和18位数字原样保留。".to_owned(),
            ColType::Date => "写作 2019-03-05、2019/3/5、20190305 或 2019年3月5日；须有四位年份和日。".to_owned(),
            ColType::EndDate => "写作 2027-03-04；没有止日的填“无期”。".to_owned(),
            ColType::Month => "写作 2024-03、2024年3月 或 202403。".to_owned(),
            ColType::Number => "数字。".to_owned(),
            ColType::Bool => "是 或 否；不清楚的留空。".to_owned(),
            ColType::One(words) => format!("选填：{}。", words.join("、")),
            ColType::Many(words) => format!("可填多项，用顿号分开：{}；都没有的填“无”。", words.join("、")),
        },
    };
    format!("{}{accepted}", if col.required() { "必填。" } else { "" })
}

/// Invented persons and rows. Nobody real is meant.
fn sample_rows(kind: SheetKind) -> Vec<Vec<(Col, String)>> {
    use Col::*;
    let row = |cells: &[(Col, &str)]| cells.iter().map(|(c, t)| (*c, (*t).to_owned())).collect();
    const A: &str = "6100000001";
    const B: &str = "6100000002";
    match kind {
        SheetKind::Inmates => vec![
            row(&[
                (InNo, A),
                (InName, "示例甲"),
                (InSex, "男"),
                (InBirth, "1988-04-12"),
                (InCharges, "盗窃罪"),
                (InCrimeDate, "2019-02-20"),
                (InSentence, "有期徒刑八年"),
                (InJudged, "2019-08-20"),
                (InEffective, "2019-09-01"),
                (InDetained, "2019-03-05"),
                (InDelivered, "2019-10-10"),
                (InTermStart, "2019-03-05"),
                (InTermEnd, "2027-03-04"),
                (InCurrentEnd, "2027-03-04"),
                (InRecidivist, "否"),
                (InDrugRecidivist, "否"),
                (InFunctionary, "否"),
                (InLimited, "否"),
                (InWholeLife, "否"),
                (InSuspended, "否"),
                (InCategories, "无"),
                (InHealth, "无"),
                (InRights, "无"),
                (InRestitution, "积极"),
                (InRemorse, "是"),
                (InPrison, "示例监狱"),
                (InWard, "一监区"),
            ]),
            row(&[
                (InNo, B),
                (InName, "示例乙"),
                (InSex, "女"),
                (InBirth, "1979-11-03"),
                (InCharges, "故意伤害罪"),
                (InCrimeDate, "2019-05-11"),
                (InSentence, "有期徒刑五年"),
                (InJudged, "2019-11-05"),
                (InEffective, "2019-11-18"),
                (InDetained, "2019-06-01"),
                (InDelivered, "2019-12-15"),
                (InTermStart, "2019-06-01"),
                (InTermEnd, "2024-05-31"),
                (InCurrentEnd, "2024-05-31"),
                (InRecidivist, "否"),
                (InDrugRecidivist, "否"),
                (InFunctionary, "否"),
                (InLimited, "否"),
                (InWholeLife, "否"),
                (InSuspended, "否"),
                (InCategories, "无"),
                (InHealth, "无"),
                (InRights, "无"),
                (InRestitution, "无"),
                (InRemorse, "是"),
                (InAssessment, "适宜"),
                (InAssessmentDate, "2022-11-20"),
                (InPrison, "示例监狱"),
                (InWard, "二监区"),
            ]),
        ],
        SheetKind::Applications => vec![
            row(&[
                (ApNo, A),
                (ApCaseNo, "（2023）示减1号"),
                (ApKind, "减刑"),
                (ApApplied, "2023-02-10"),
                (ApProposal, "六个月"),
                (ApConduct, "确有悔改表现"),
                (ApPeriodFrom, "2021-10-01"),
                (ApPeriodTo, "2022-12-31"),
                (ApCommendations, "2"),
                (ApBalance, "375"),
                (ApPublishedFrom, "2023-01-10"),
                (ApPublishedTo, "2023-01-16"),
                (ApSent, "2023-02-10"),
            ]),
            row(&[
                (ApNo, B),
                (ApCaseNo, "（2023）示假1号"),
                (ApKind, "假释"),
                (ApApplied, "2023-02-10"),
                (ApConduct, "确有悔改表现"),
                (ApPublishedFrom, "2023-01-10"),
                (ApPublishedTo, "2023-01-16"),
                (ApSent, "2023-02-10"),
            ]),
        ],
        SheetKind::Points => sample_points(A),
        SheetKind::Awards => vec![
            row(&[
                (AwNo, A),
                (AwDate, "2022-04-15"),
                (AwKind, "表扬"),
                (AwGrade, "合格"),
                (AwCycleFrom, "2021-10"),
                (AwCycleTo, "2022-03"),
            ]),
            row(&[
                (AwNo, A),
                (AwDate, "2022-10-14"),
                (AwKind, "表扬"),
                (AwGrade, "合格"),
                (AwCycleFrom, "2022-04"),
                (AwCycleTo, "2022-09"),
            ]),
        ],
        SheetKind::Rulings => vec![row(&[
            (RuNo, B),
            (RuDate, "2021-12-20"),
            (RuServed, "2021-12-24"),
            (RuChange, "减刑五个月"),
            (RuNewEnd, "2023-12-31"),
            (RuCourt, "示例市中级人民法院"),
            (RuCaseNo, "（2021）示01刑更10号"),
        ])],
        SheetKind::Property => vec![
            row(&[
                (PrNo, A),
                (PrKind, "罚金"),
                (PrAmount, "10000"),
                (PrPaid, "10000"),
                (PrState, "执行完毕"),
                (PrAble, "有"),
            ]),
            row(&[
                (PrNo, B),
                (PrKind, "民事赔偿"),
                (PrAmount, "3万元"),
                (PrPaid, "3万元"),
                (PrState, "执行完毕"),
                (PrAble, "有"),
            ]),
        ],
        SheetKind::Spending => vec![
            row(&[(SpNo, A), (SpMonth, "2022-11"), (SpSpent, "180.50"), (SpLimit, "300"), (SpBalance, "1240.00")]),
            row(&[(SpNo, A), (SpMonth, "2022-12"), (SpSpent, "210"), (SpLimit, "300"), (SpBalance, "1330.00")]),
        ],
        SheetKind::Custody => vec![
            row(&[
                (CuNo, A),
                (CuFrom, "2019-03-05"),
                (CuTo, "2019-10-09"),
                (CuKind, "看守所羁押"),
                (CuPlace, "示例市看守所"),
            ]),
            row(&[(CuNo, A), (CuFrom, "2019-10-10"), (CuKind, "在押"), (CuPlace, "示例监狱")]),
            row(&[
                (CuNo, B),
                (CuFrom, "2019-06-01"),
                (CuTo, "2019-12-14"),
                (CuKind, "看守所羁押"),
                (CuPlace, "示例市看守所"),
            ]),
            row(&[(CuNo, B), (CuFrom, "2019-12-15"), (CuKind, "在押"), (CuPlace, "示例监狱")]),
        ],
        SheetKind::NewCrimes => Vec::new(),
    }
}

/// Fifteen months of 105 points each: two cycles close, the rest is carried.
fn sample_points(no: &str) -> Vec<Vec<(Col, String)>> {
    use Col::*;
    let mut balance = 0;
    (0..15)
        .map(|n| {
            let (year, month) = (2021 + (9 + n) / 12, (9 + n) % 12 + 1);
            balance += 105;
            let cycle = if balance >= 600 { 600 } else { 0 };
            balance -= cycle;
            let mut row = vec![(PtNo, no.to_owned()), (PtMonth, format!("{year}-{month:02}"))];
            for (col, value) in [
                (PtSupervisionBase, 35),
                (PtSupervisionBonus, 2),
                (PtSupervisionDeduction, 0),
                (PtEducationBase, 35),
                (PtEducationBonus, 1),
                (PtEducationDeduction, 0),
                (PtLabourBase, 30),
                (PtLabourBonus, 2),
                (PtLabourDeduction, 0),
                (PtSpecial, 0),
                (PtPenalty, 0),
                (PtScore, 105),
                (PtBalance, balance),
                (PtCycle, cycle),
            ] {
                row.push((col, value.to_string()));
            }
            row.extend([(PtPrison, "示例监狱"), (PtWard, "一监区")].map(|(c, t)| (c, t.to_owned())));
            row
        })
        .collect()
}

fn fill(sheet: &mut Worksheet, kind: SheetKind) -> Result<(), XlsxError> {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let text = Format::new().set_num_format("@");
    for (r, cells) in (1u32..).zip(sample_rows(kind)) {
        for (col, value) in cells {
            let Some(n) = (0u16..).zip(kind.columns()).find(|(_, c)| *c == col).map(|(n, _)| n) else { continue };
            let number: Option<f64> = if col.ty() == ColType::Number { value.parse().ok() } else { None };
            match (col.ty(), number) {
                (ColType::Date | ColType::EndDate, _) => {
                    sheet.write_datetime_with_format(r, n, ExcelDateTime::parse_from_str(&value)?, &date)?;
                }
                (_, Some(number)) => {
                    sheet.write_number(r, n, number)?;
                }
                _ => {
                    sheet.write_string_with_format(r, n, &value, &text)?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jxjs::intake;

    fn read(sample: bool) -> jxjs::model::Batch {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("模板.xlsx");
        std::fs::write(&path, workbook(sample).unwrap()).unwrap();
        intake::read(&[path], &intake::Options::default()).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn the_sample_is_read_without_a_problem() {
        let batch = read(true);
        assert_eq!(batch.problems, []);
        assert_eq!(
            batch.dossiers.iter().flat_map(|d| d.open().problems).collect::<Vec<_>>(),
            Vec::<jxjs::model::Problem>::new()
        );
        assert_eq!(batch.dossiers.len(), 2);
        let points = batch.dossiers[0].open().points;
        let last = points.last().unwrap();
        assert_eq!((points.len(), last.balance.known().map(ToString::to_string)), (15, Some("375".into())));
        for sheet in batch.inputs.iter().flat_map(|i| &i.sheets) {
            assert_eq!(sheet.read, sheet.used, "{sheet:?}");
        }
    }

    #[test]
    fn the_empty_template_has_every_column() {
        let batch = read(false);
        assert_eq!(batch.problems, []);
        assert!(batch.dossiers.is_empty());
        for col in Col::ALL {
            assert!(batch.presence.has_column(*col), "{}", col.name());
        }
    }

    #[test]
    fn the_same_template_is_the_same_file() {
        assert_eq!(workbook(true).unwrap(), workbook(true).unwrap());
    }
}
