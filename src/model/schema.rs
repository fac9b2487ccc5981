//! The columns of the contract: one table that intake, the template and the findings share.

use serde::{Deserialize, Serialize};

/// The kinds of sheet a batch consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SheetKind {
    /// 罪犯信息: one row a person, the judgment being executed.
    Inmates,
    /// 提请案件: one row an application.
    Applications,
    /// 计分考核: one row a person and month.
    Points,
    /// 奖惩: awards and penalties.
    Awards,
    /// 历次裁定: earlier rulings.
    Rulings,
    /// 财产性判项: property judgments.
    Property,
    /// 狱内消费: spending.
    Spending,
    /// 羁押轨迹: custody record.
    Custody,
    /// 新罪漏罪: new or undiscovered crimes.
    NewCrimes,
}

impl SheetKind {
    /// All kinds, in the order of the contract.
    pub const ALL: [SheetKind; 9] = [
        SheetKind::Inmates,
        SheetKind::Applications,
        SheetKind::Points,
        SheetKind::Awards,
        SheetKind::Rulings,
        SheetKind::Property,
        SheetKind::Spending,
        SheetKind::Custody,
        SheetKind::NewCrimes,
    ];

    /// The sheet's name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            SheetKind::Inmates => "罪犯信息",
            SheetKind::Applications => "提请案件",
            SheetKind::Points => "计分考核",
            SheetKind::Awards => "奖惩",
            SheetKind::Rulings => "历次裁定",
            SheetKind::Property => "财产性判项",
            SheetKind::Spending => "狱内消费",
            SheetKind::Custody => "羁押轨迹",
            SheetKind::NewCrimes => "新罪漏罪",
        }
    }

    /// The sheet's name in English.
    pub fn name_en(self) -> &'static str {
        match self {
            SheetKind::Inmates => "inmates",
            SheetKind::Applications => "applications",
            SheetKind::Points => "points",
            SheetKind::Awards => "awards and penalties",
            SheetKind::Rulings => "earlier rulings",
            SheetKind::Property => "property judgments",
            SheetKind::Spending => "spending",
            SheetKind::Custody => "custody record",
            SheetKind::NewCrimes => "new or undiscovered crimes",
        }
    }

    /// Whether a batch without this sheet cannot be reviewed at all.
    pub fn required(self) -> bool {
        matches!(self, SheetKind::Inmates | SheetKind::Applications)
    }

    /// Its columns, in the order of the contract.
    pub fn columns(self) -> impl Iterator<Item = Col> {
        Col::ALL.iter().copied().filter(move |c| c.sheet() == self)
    }
}

/// How a column's cells are read; the column decides, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColType {
    /// Text kept exactly.
    Text,
    /// An identifier: digits kept exactly, leading zeros included.
    Id,
    /// A date.
    Date,
    /// A date, or a word that means "none" (无期).
    EndDate,
    /// A month.
    Month,
    /// A number (points or money).
    Number,
    /// Yes or no.
    Bool,
    /// One word out of a list.
    One(&'static [&'static str]),
    /// Any number of words out of a list, or 无.
    Many(&'static [&'static str]),
    /// A sentence, a proposal, a ruling's content or another composite text with its own reader.
    Composite,
}

macro_rules! columns {
    ($($sheet:ident { $($id:ident $name:literal $ty:expr $(, $req:ident)?;)* })*) => {
        /// A column of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[allow(missing_docs)]
        pub enum Col { $($($id,)*)* }

        impl Col {
            /// Every column, in the order of the contract.
            pub const ALL: &'static [Col] = &[$($(Col::$id,)*)*];

            /// The canonical header.
            pub fn name(self) -> &'static str { match self { $($(Col::$id => $name,)*)* } }

            /// The sheet it belongs to.
            pub fn sheet(self) -> SheetKind { match self { $($(Col::$id => SheetKind::$sheet,)*)* } }

            /// How its cells are read.
            pub fn ty(self) -> ColType {
                use ColType::*;
                match self { $($(Col::$id => $ty,)*)* }
            }

            /// Whether the contract requires it.
            pub fn required(self) -> bool {
                match self { $($(Col::$id => columns!(@req $($req)?),)*)* }
            }
        }
    };
    (@req required) => { true };
    (@req) => { false };
}

columns! {
    Inmates {
        InNo "罪犯编号" Id, required;
        InName "姓名" Text, required;
        InSex "性别" One(&["男", "女"]);
        InBirth "出生日期" Date;
        InIdNumber "身份证号" Id;
        InCharges "罪名" Text, required;
        InCrimeDate "犯罪日期" Date;
        InSentence "原判刑罚" Composite, required;
        InCountTerms "各罪刑期" Composite;
        InJudged "判决日期" Date;
        InEffective "判决生效日期" Date;
        InDetained "羁押日期" Date;
        InDelivered "交付执行日期" Date;
        InTermStart "刑期起日" Date;
        InTermEnd "刑期止日" EndDate;
        InCurrentEnd "现刑期止日" EndDate;
        InReprieveEnd "死缓期满日" Date;
        InRecidivist "累犯" Bool;
        InDrugRecidivist "毒品再犯" Bool;
        InFunctionary "原国家工作人员" Bool;
        InLimited "限制减刑" Bool;
        InWholeLife "终身监禁" Bool;
        InSuspended "缓刑" Bool;
        InRank "原职务级别" Text;
        InCategories "罪犯类别" Many(&["职务犯罪", "金融犯罪", "涉黑", "危害国家安全", "恐怖活动", "毒品犯罪集团首要分子", "毒品再犯", "累犯", "有组织暴力"]);
        InHealth "身体状况" Many(&["老年", "严重疾病", "身体残疾", "基本丧失劳动能力", "生活不能自理", "丧失劳动能力"]);
        InHealthDate "鉴定日期" Date;
        InRights "附加剥夺政治权利" Composite;
        InRestitution "退赃情况" One(&["积极", "不积极", "无"]);
        InRemorse "认罪悔罪" Bool;
        InAssessment "社区矫正调查评估" One(&["适宜", "不适宜", "未评估"]);
        InAssessmentDate "调查评估意见日期" Date;
        InPrison "监狱" Text;
        InWard "监区" Text;
    }
    Applications {
        ApNo "罪犯编号" Id, required;
        ApCaseNo "案号" Text;
        ApKind "类型" One(&["减刑", "假释"]), required;
        ApApplied "提请日期" Date, required;
        ApProposal "建议减刑" Composite;
        ApRights "建议剥夺政治权利" Composite;
        ApConduct "改造表现" Many(&["确有悔改表现", "立功表现", "重大立功表现"]), required;
        ApPeriodFrom "考核起日" Date;
        ApPeriodTo "考核止日" Date;
        ApCommendations "认定表扬次数" Number;
        ApBalance "认定剩余考核分" Number;
        ApPublishedFrom "公示起日" Date;
        ApPublishedTo "公示止日" Date;
        ApSent "移送检察机关日期" Date;
        ApOpinion "检察意见日期" Date;
        ApCourt "审理法院" Text;
        ApHearing "审理方式" One(&["开庭", "书面"]);
        ApReceived "收到裁定书日期" Date;
        ApRuled "裁定日期" Date;
        ApResult "裁定结果" Composite;
        ApProbationEnd "考验期止日" Date;
    }
    Points {
        PtNo "罪犯编号" Id, required;
        PtMonth "考核月份" Month, required;
        PtSupervisionBase "监管基础分" Number;
        PtSupervisionBonus "监管加分" Number;
        PtSupervisionDeduction "监管扣分" Number;
        PtEducationBase "教育基础分" Number;
        PtEducationBonus "教育加分" Number;
        PtEducationDeduction "教育扣分" Number;
        PtLabourBase "劳动基础分" Number;
        PtLabourBonus "劳动加分" Number;
        PtLabourDeduction "劳动扣分" Number;
        PtSpecial "专项加分" Number;
        PtPenalty "处罚扣分" Number;
        PtScore "当月考核分" Number, required;
        PtBalance "考核积分" Number;
        PtCycle "周期扣减" Number;
        PtOfficer "考核民警" Text;
        PtPrison "监狱" Text;
        PtWard "监区" Text;
        PtPost "岗位" Text;
        PtNote "备注" Text;
    }
    Awards {
        AwNo "罪犯编号" Id, required;
        AwDate "日期" Date, required;
        AwKind "种类" One(&["表扬", "物质奖励", "不予奖励", "警告", "记过", "禁闭", "立功", "重大立功", "记功", "专项加分", "取消"]), required;
        AwGrade "等级" One(&["积极", "合格", "不合格"]);
        AwCycleFrom "周期起月" Month;
        AwCycleTo "周期止月" Month;
        AwFrom "起日" Date;
        AwTo "止日" Date;
        AwPoints "分值" Number;
        AwReason "事由" Text;
        AwDocNo "文号" Text;
        AwPatent "专利类型" One(&["发明", "实用新型", "外观设计"]);
        AwConfirmed "主管部门确认" Bool;
        AwFullRoster "参评名册完整" Bool;
    }
    Rulings {
        RuNo "罪犯编号" Id, required;
        RuDate "裁定日期" Date, required;
        RuServed "送达日期" Date;
        RuChange "变更内容" Composite, required;
        RuNewStart "减后刑期起日" Date;
        RuNewEnd "减后刑期止日" EndDate;
        RuRights "剥夺政治权利" Composite;
        RuCourt "裁定法院" Text;
        RuCaseNo "案号" Text;
    }
    Property {
        PrNo "罪犯编号" Id, required;
        PrKind "种类" One(&["罚金", "没收财产", "追缴", "责令退赔", "民事赔偿"]), required;
        PrAmount "金额" Composite;
        PrPaid "已履行金额" Number;
        PrState "状态" One(&["执行完毕", "部分履行", "未履行", "终结执行", "终结本次执行", "裁定免除", "分期履行中", "谅解放弃", "提存"]), required;
        PrAble "履行能力" One(&["有", "无", "不明"]);
        PrSituation "第六条情形" Many(&["拒不交代去向", "隐瞒转移", "妨害执行", "拒不申报", "虚假申报", "借名虚报或超额消费"]);
        PrSituationEnded "情形消失日期" Date;
        PrPerformed "履行完毕日期" Date;
    }
    Spending {
        SpNo "罪犯编号" Id, required;
        SpMonth "月份" Month, required;
        SpSpent "消费额" Number;
        SpLimit "限额" Number;
        SpBalance "账户余额" Number;
    }
    Custody {
        CuNo "罪犯编号" Id, required;
        CuFrom "开始日期" Date, required;
        CuTo "结束日期" Date;
        CuKind "类型" One(&["看守所羁押", "取保候审", "监视居住", "留置", "入监", "入监教育", "在押", "住院", "康复", "禁闭", "隔离调查", "立案侦查", "解回", "暂予监外执行", "收监", "离监探亲", "调监", "停工", "脱逃", "释放", "假释", "死亡", "特赦"]), required;
        CuReason "事由" Text;
        CuAuthority "决定机关" Text;
        CuDocNo "文号" Text;
        CuPlace "地点" Text;
        CuNote "备注" Text;
    }
    NewCrimes {
        NcNo "罪犯编号" Id, required;
        NcKind "种类" One(&["又犯罪", "漏罪"]), required;
        NcCrimeDate "犯罪日期" Date;
        NcConfirmed "判决确定日期" Date;
        NcSentence "刑罚" Composite;
        NcDecided "决定执行刑罚" Composite;
        NcNewStart "新刑期起日" Date;
        NcNewEnd "新刑期止日" EndDate;
        NcIntentional "故意犯罪" Bool;
        NcConfessed "主动交代" Bool;
    }
}
