//! The placeholders that exist, by document: what a template is checked against before anything is filled in.

use super::Kind;

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text or a number.
    Text,
    /// A condition.
    Flag,
    /// A list of texts.
    Lines,
    /// A list of items with these fields.
    List(&'static [&'static str]),
}

/// A placeholder with what it stands for.
pub type Name = (&'static str, Shape);

const ISSUES: Shape =
    Shape::List(&["序号", "标题", "检查项", "结果", "事实", "事实句", "依据", "依据简称", "出处", "材料"]);

const HEAD: &[Name] = &[
    ("院名", Shape::Text),
    ("部门代字", Shape::Text),
    ("文种代字", Shape::Text),
    ("文号", Shape::Text),
    ("年份", Shape::Text),
    ("文种", Shape::Text),
    ("主送机关", Shape::Text),
    ("抄送机关", Shape::Text),
    ("成文日期", Shape::Text),
    ("审查人", Shape::Text),
    ("草稿", Shape::Flag),
    ("监狱", Shape::Text),
    ("未检查项目", Shape::Text),
    ("未检查明细", Shape::Lines),
    ("规则版本", Shape::Text),
    ("截止日", Shape::Text),
];

const CASE_TEXTS: &[&str] = &[
    "罪犯姓名",
    "罪犯编号",
    "性别",
    "出生日期",
    "身份证号",
    "监区",
    "罪名",
    "原判刑罚",
    "判决日期",
    "生效日期",
    "交付执行日期",
    "刑期起日",
    "刑期止日",
    "刑期概述",
    "现刑期止日",
    "附加刑",
    "原职务级别",
    "从严身份",
    "可能从严身份",
    "提请类型",
    "案件名称",
    "提请日期",
    "建议内容",
    "改造表现",
    "考核起日",
    "考核止日",
    "表扬次数",
    "剩余考核分",
    "公示起日",
    "公示止日",
    "审理法院",
    "审理方式",
    "案号",
    "移送日期",
    "检察意见日期",
    "裁定日期",
    "裁定案号",
    "裁定内容",
    "收到裁定书日期",
    "裁定概述",
    "裁定简况",
    "刑罚阶段",
    "起始日",
    "间隔届满日",
    "最早可提请日",
    "幅度上限",
    "调整后幅度",
    "最早刑满日",
    "重算止日",
    "减后止日",
    "可假释日",
    "可另行提请日",
    "意见到期日",
    "延长到期日",
    "纠正到期日",
    "备案到期日",
    "备案机关",
    "回复期限",
    "核查结论",
    "拟提意见",
    "意见结论",
    "违法概述",
    "风险概述",
    "存疑概述",
    "财产概述",
    "奖惩概述",
    "羁押概述",
];

const CASE: &[Name] = &[
    ("有提请", Shape::Flag),
    ("是减刑", Shape::Flag),
    ("是假释", Shape::Flag),
    ("已裁定", Shape::Flag),
    ("纠正逾期", Shape::Flag),
    ("未发现不当", Shape::Flag),
    ("违法情形", ISSUES),
    ("提请不当情形", ISSUES),
    ("程序违法情形", ISSUES),
    ("未核实依据的情形", ISSUES),
    ("风险情形", ISSUES),
    ("需说明情形", ISSUES),
    ("存疑情形", ISSUES),
    ("合法情形", ISSUES),
    ("全部核对", ISSUES),
    ("计分差异", ISSUES),
    ("需补材料", Shape::List(&["序号", "材料", "疑点", "栏目"])),
    ("历次裁定", Shape::List(&["日期", "案号", "法院", "内容", "止日"])),
    ("财产性判项", Shape::List(&["种类", "金额", "已履行", "状态", "履行能力"])),
    ("奖惩情况", Shape::List(&["日期", "种类", "等级", "事由"])),
    ("羁押轨迹", Shape::List(&["起日", "止日", "类型", "地点"])),
];

const ABOUT_ALL: Name = ("批次问题", Shape::List(&["序号", "标题", "事实", "依据", "出处", "人数"]));

/// The placeholders of a document.
pub fn known(kind: Kind) -> Vec<Name> {
    let mut out = HEAD.to_vec();
    match kind {
        Kind::Batch => out.extend([
            ABOUT_ALL,
            ("案件数", Shape::Text),
            ("批次案件", Shape::List(&["序号", "姓名", "编号", "罪名", "原判", "拟提请", "意见", "理由"])),
        ]),
        Kind::Suggestion => out.push(ABOUT_ALL),
        _ => {
            out.extend(CASE_TEXTS.iter().map(|name| (*name, Shape::Text)));
            out.extend(CASE);
            if kind == Kind::Receipt {
                out.push(("送达文书", Shape::List(&["名称"])));
            }
        }
    }
    out
}
