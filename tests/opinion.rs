//! The Word files a review writes: which ones, what they say, and how an office changes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use jxjs::report::docx::{Kind, engine};

struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn jxjs(dir: &Path, args: &[&str]) -> Ran {
    let output = Command::cargo_bin("jxjs").unwrap().current_dir(dir).args(args).output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Invented persons: one proposed too early while the publication still ran, one whose improper ruling was made, one with
/// awkward texts, and a former official whose ruling is to be filed.
fn batch() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("批次");
    fs::create_dir(&folder).unwrap();
    let write = |name: &str, lines: &[&str]| fs::write(folder.join(name), lines.join("\n")).unwrap();
    write(
        "罪犯信息.csv",
        &[
            "罪犯编号,姓名,性别,出生日期,罪名,犯罪日期,原判刑罚,判决日期,判决生效日期,交付执行日期,刑期起日,刑期止日,现刑期止日,累犯,毒品再犯,\
             原国家工作人员,限制减刑,终身监禁,缓刑,罪犯类别,身体状况,附加剥夺政治权利,退赃情况,认罪悔罪,监狱,监区,原职务级别",
            "3101000001,张三,男,1985-06-01,盗窃罪,2023-05-01,有期徒刑十五年,2024-01-10,2024-01-21,2025-03-15,2023-06-01,2038-05-31,\
             2038-05-31,否,否,否,否,否,否,无,无,无,无,是,示例监狱,一监区,",
            "3101000002,李四,女,1990-02-28,诈骗罪,2018-05-01,有期徒刑十年,2019-01-10,2019-01-21,2019-03-15,2018-06-01,2028-05-31,\
             2028-05-31,否,否,否,否,否,否,无,无,无,无,是,示例监狱,二监区,",
            "3101000003,<w:b/>&{{ x }}{% y %},男,1990-02-28,盗窃罪,2018-05-01,有期徒刑十年,2019-01-10,2019-01-21,2019-03-15,2018-06-01,\
             2028-05-31,2028-05-31,否,否,否,否,否,否,无,无,无,无,是,示例监狱,二监区,",
            "3101000004,赵六,男,1968-02-03,受贿罪,2016-05-01,有期徒刑十一年,2019-01-10,2019-01-21,2019-03-15,2018-06-01,2029-05-31,\
             2028-12-31,否,否,是,否,否,否,职务犯罪,无,无,积极,是,示例监狱,二监区,正处级",
        ],
    );
    write(
        "提请案件.csv",
        &[
            "罪犯编号,案号,类型,提请日期,建议减刑,改造表现,公示起日,公示止日,移送检察机关日期,审理法院,审理方式,收到裁定书日期,裁定日期,裁定结果",
            "3101000001,（2026）示减1号,减刑,2026-11-10,十个月,确有悔改表现,2026-11-05,2026-11-12,2026-11-10,示例市中级人民法院,开庭,,,",
            "3101000002,（2026）示减2号,减刑,2026-01-05,一年,确有悔改表现,2025-11-05,2025-11-15,2026-01-06,示例市中级人民法院,书面,\
             2026-11-09,2026-11-02,减刑一年",
            "3101000003,../../a:b,减刑,2026-01-05,六个月,确有悔改表现,2025-11-05,2025-11-15,2026-01-06,示例市中级人民法院,书面,,,",
            "3101000004,（2026）示减4号,减刑,2026-09-05,五个月,确有悔改表现,2026-08-03,2026-08-14,2026-09-06,示例市中级人民法院,开庭,\
             2026-11-09,2026-11-02,减刑五个月",
        ],
    );
    write(
        "历次裁定.csv",
        &[
            "罪犯编号,裁定日期,送达日期,变更内容,减后刑期止日,裁定法院,案号",
            "3101000002,2025-03-20,2025-03-25,减刑五个月,2027-12-31,示例市中级人民法院,（2025）示01刑更10号",
        ],
    );
    write(
        "财产性判项.csv",
        &["罪犯编号,种类,金额,已履行金额,状态,履行能力", "3101000001,罚金,10000,10000,执行完毕,有"],
    );
    dir
}

const AS_OF: [&str; 2] = ["--as-of", "2026-11-20"];

fn opinion(dir: &Path, more: &[&str]) -> Ran {
    jxjs(dir, &[&["opinion", "批次", "--out", "结果"], &AS_OF[..], more].concat())
}

/// Name and text of every document written.
fn texts(dir: &Path) -> BTreeMap<String, String> {
    fs::read_dir(dir.join("结果/意见"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, engine::text_of(&fs::read(path).unwrap()).unwrap())
        })
        .collect()
}

/// The parts of a Word file that hold text, as they are.
fn part(path: &Path, name: &str) -> String {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_documents_that_are_called_for_and_what_they_say() {
    let dir = batch();
    let ran = opinion(dir.path(), &[]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""), "{}", ran.out);
    let texts = texts(dir.path());
    let names: Vec<&str> = texts.keys().map(String::as_str).collect();
    insta::assert_snapshot!("names", names.join("\n"));
    for (name, text) in &texts {
        // The number of the version changes, the documents should not.
        let text = text.lines().filter(|l| !l.starts_with("（规则版本")).collect::<Vec<_>>().join("\n");
        if !name.starts_with("a_b") {
            insta::assert_snapshot!(name.trim_end_matches(".docx"), text);
        }
    }
}

#[test]
fn texts_of_the_workbook_stay_texts() {
    let dir = batch();
    opinion(dir.path(), &["--inmate", "3101000003"]);
    let texts = texts(dir.path());
    let report = &texts["a_b-审查报告.docx"];
    assert!(report.contains("罪犯<w:b/>&{{ x }}{% y %}，男"), "{report}");
    assert!(texts.keys().all(|n| n.starts_with("a_b-")), "{:?}", texts.keys());
}

#[test]
fn a_draft_until_a_reviewer_is_named() {
    let dir = batch();
    let header = |dir: &Path| part(&dir.join("结果/意见/（2026）示减1号-审查报告.docx"), "word/header1.xml");
    opinion(dir.path(), &[]);
    assert!(header(dir.path()).contains("草稿"));
    opinion(dir.path(), &["--reviewer", "王检察", "--force"]);
    assert!(!header(dir.path()).contains("草稿"));
    let report = &texts(dir.path())["（2026）示减1号-审查报告.docx"];
    assert!(report.contains("审查人：王检察") && report.contains("【待填：承办检察官签名】"), "{report}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let dir = batch();
    let path = dir.path().join("结果/意见/（2026）示减1号-审查报告.docx");
    opinion(dir.path(), &[]);
    let first = fs::read(&path).unwrap();
    opinion(dir.path(), &["--force"]);
    assert_eq!(first, fs::read(&path).unwrap());
}

#[test]
fn check_writes_them_too_whatever_its_language() {
    let dir = batch();
    let args = ["check", "批次", "--out", "结果", "--quiet", "--lang", "en"];
    let ran = jxjs(dir.path(), &[&args[..], &AS_OF[..]].concat());
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    let report = &texts(dir.path())["（2026）示减1号-审查报告.docx"];
    assert!(report.contains("起始时间不足"), "{report}");
    let ran = jxjs(dir.path(), &["check", "批次", "--reviewer", "王检察"]);
    assert!(ran.status == 2 && ran.err.contains("--out"), "{}", ran.err);
}

/// Writes the templates out and changes a text in one of them.
fn own_template(dir: &Path, kind: Kind, from: &str, to: &str) -> PathBuf {
    let folder = dir.join("模板");
    let ran = jxjs(dir, &["template", "--opinions", "模板"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let path = folder.join(format!("{}.docx", kind.name()));
    let mut source = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for i in 0..source.len() {
        use std::io::{Read, Write};
        let mut file = source.by_index(i).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        if name == "word/document.xml" {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    fs::write(&path, out.finish().unwrap().into_inner()).unwrap();
    folder
}

#[test]
fn an_office_edits_its_templates() {
    let dir = batch();
    own_template(dir.path(), Kind::Report, "{{ 院名 }}", "示例市人民检察院");
    let ran = opinion(dir.path(), &["--templates", "模板"]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    let report = &texts(dir.path())["（2026）示减1号-审查报告.docx"];
    assert!(report.starts_with("示例市人民检察院\n"), "{report}");
    // What was edited is not overwritten.
    let again = jxjs(dir.path(), &["template", "--opinions", "模板"]);
    assert!(again.status == 2 && again.err.contains("已经存在"), "{}", again.err);
}

#[test]
fn an_unknown_placeholder_names_its_paragraph() {
    let dir = batch();
    own_template(dir.path(), Kind::Report, "{{ 刑期概述 }}", "{{ 刑期概要 }}");
    let ran = opinion(dir.path(), &["--templates", "模板"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("审查报告.docx") && ran.err.contains("刑期概要") && ran.err.contains("段"), "{}", ran.err);
}

/// Wherever it stands: nobody of the batch has an award, no case is of a person without an application, and what is not
/// asked is not computed. Nothing is written.
#[test]
fn an_unknown_placeholder_is_found_in_what_no_case_prints() {
    for (from, to, wrong, meant) in [
        ("{{ 项.事由 }}", "{{ 项.事因 }}", "项.事因", "项.事由"),
        ("仅就刑罚执行记录", "{{ 罪犯姓命 }}仅就刑罚执行记录", "罪犯姓命", "罪犯姓名"),
        ("{% if 可能从严身份 %}", "{% if 有提请 or 可能从宽身份 %}", "可能从宽身份", "可能从严身份"),
        ("{% if 问题.材料 %}", "{% if false and 项目.材料 %}", "项目.材料", "未检查项目"),
    ] {
        let dir = batch();
        own_template(dir.path(), Kind::Report, from, to);
        let ran = opinion(dir.path(), &["--templates", "模板"]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{to}");
        assert!(ran.err.contains(&format!("没有“{wrong}”这个占位符，是否应为“{meant}”")), "{}", ran.err);
        assert!(ran.err.contains("审查报告.docx 第") && ran.err.contains(wrong), "{}", ran.err);
        assert!(!dir.path().join("结果").exists());
    }
}

#[test]
fn a_tag_that_does_not_exist_is_an_error() {
    for (from, to) in [
        ("{{ 项.事由 }}", "{{ 项.事由|大写 }}"),
        ("{{ 项.事由 }}", "{{ 提示(项.事由) }}"),
        ("{{ 项.事由 }}", "{{ 项.事由.upper() }}"),
        ("{{ 项.事由 }}", "{% set 甲 = 1 %}"),
        ("{{ 项.事由 }}", "{{ 项.事由 或 }}"),
    ] {
        let dir = batch();
        own_template(dir.path(), Kind::Report, from, to);
        let ran = opinion(dir.path(), &["--templates", "模板"]);
        assert_eq!(ran.status, 2, "{to}");
        assert!(ran.err.contains("审查报告.docx 第"), "{to}: {}", ran.err);
    }
}

#[test]
fn what_a_template_may_do() {
    for (from, to) in [
        (
            "{{ 项.事由 }}",
            "{{ loop.index }}{{ 项.事由|upper }}{% if loop.last and 罪犯姓名|length > 1 %}{{ 待填('说明') }}{% endif %}",
        ),
        ("{{ 项.事由 }}", "{% for 次 in 历次裁定 if 次.日期 %}{{ 次.内容 }}{% else %}{{ 裁定概述 }}{% endfor %}"),
        ("{{ 项.事由 }}", "{# 备注 {{ 什么 }} #}{% for 句 in 未检查明细 %}{{ 句 }}{% endfor %}"),
    ] {
        let dir = batch();
        own_template(dir.path(), Kind::Report, from, to);
        let ran = opinion(dir.path(), &["--templates", "模板"]);
        assert_eq!((ran.status, ran.err.as_str()), (1, ""), "{to}");
    }
}

#[test]
fn a_template_no_document_is_named_after_is_an_error() {
    let dir = batch();
    fs::create_dir(dir.path().join("模板")).unwrap();
    fs::write(dir.path().join("模板/审察报告.docx"), "").unwrap();
    fs::write(dir.path().join("模板/~$审查报告.docx"), "").unwrap();
    let ran = opinion(dir.path(), &["--templates", "模板"]);
    assert!(ran.status == 2 && ran.err.contains("审察报告") && ran.err.contains("补充材料函.docx"), "{}", ran.err);
}

#[test]
fn an_unknown_inmate_is_an_error() {
    let dir = batch();
    let ran = opinion(dir.path(), &["--inmate", "1"]);
    assert!(ran.status == 2 && ran.err.contains("罪犯编号"), "{}", ran.err);
}

fn program(names: &[&'static str]) -> Option<&'static str> {
    let works = |name: &&&str| std::process::Command::new(name).arg("--version").output().is_ok();
    let found = names.iter().find(works).copied();
    if found.is_none() {
        eprintln!("skipped: no {} on this machine", names.join(" or "));
    }
    found
}

/// The pages of every document, each as its lines.
fn pages(dir: &Path) -> Option<BTreeMap<String, Vec<Vec<String>>>> {
    let office = program(&["soffice", "libreoffice"])?;
    let reader = program(&["pdftotext"])?;
    let profile = format!("-env:UserInstallation=file://{}", dir.join("profile").display());
    let pdfs = dir.join("pdf");
    let documents = fs::read_dir(dir.join("结果/意见")).unwrap().map(|entry| entry.unwrap().path());
    let output = std::process::Command::new(office)
        .args([profile.as_str(), "--headless", "--convert-to", "pdf", "--outdir"])
        .arg(&pdfs)
        .args(documents)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut out = BTreeMap::new();
    for entry in fs::read_dir(&pdfs).unwrap() {
        let path = entry.unwrap().path();
        let text = std::process::Command::new(reader).arg("-layout").arg(&path).arg("-").output().unwrap();
        let text = String::from_utf8(text.stdout).unwrap();
        // A page ends with a form feed; its number and the mark of a draft are not what it says.
        let lines = |page: &str| -> Vec<String> {
            let lines = page.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("草稿"));
            lines.filter(|l| !(l.starts_with('—') && l.ends_with('—'))).map(str::to_owned).collect()
        };
        let text = text.trim_end_matches('\u{c}');
        out.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), text.split('\u{c}').map(lines).collect());
    }
    Some(out)
}

#[test]
fn an_office_suite_opens_them_and_no_page_is_empty() {
    let dir = batch();
    opinion(dir.path(), &[]);
    let Some(pages) = pages(dir.path()) else { return };
    assert_eq!(pages.len(), texts(dir.path()).len());
    for (name, pages) in &pages {
        for (n, page) in pages.iter().enumerate() {
            // What closes a document never stands alone.
            let alone = page.iter().all(|l| l.starts_with("抄送") || l.starts_with("【待填") || l.starts_with("附件"));
            assert!(!alone, "{name}, page {}: {page:?}", n + 1);
        }
        let most = match name {
            n if n.contains("审查表") || n.contains("送达回证") => 1,
            n if n.contains("审查报告") => 12,
            _ => 4,
        };
        assert!(pages.len() <= most, "{name}: {} pages", pages.len());
    }
}
