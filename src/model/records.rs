//! The records of a workbook, one struct a sheet. Values that may be missing are [`Field`]s; a record exists
//! only if the row could be attributed to a person.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::date::{Month, Term};
use super::schema::Col;
use super::value::{Field, RowRef, Value};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $id:ident $zh:literal $en:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $id,)* }

        impl $name {
            /// All values, in the order of the contract.
            pub const ALL: &'static [$name] = &[$($name::$id,)*];
            /// The word of the contract.
            pub fn zh(self) -> &'static str { match self { $($name::$id => $zh,)* } }
            /// The same in English.
            pub fn en(self) -> &'static str { match self { $($name::$id => $en,)* } }
            /// The value of a word of the contract.
            pub fn from_zh(text: &str) -> Option<$name> { match text { $($zh => Some($name::$id),)* _ => None } }
        }
    };
}

words! {
    /// 性别.
    Sex { /// 男
        Male "男" "male", /// 女
        Female "女" "female", }
}
words! {
    /// A word of 罪犯类别: a category the prison has declared.
    Declared {
        /// 职务犯罪
        Duty "职务犯罪" "duty crime",
        /// 金融犯罪
        Finance "金融犯罪" "finance crime",
        /// 涉黑
        OrganizedCrime "涉黑" "organized crime",
        /// 危害国家安全
        NationalSecurity "危害国家安全" "national security",
        /// 恐怖活动
        Terrorism "恐怖活动" "terrorism",
        /// 毒品犯罪集团首要分子
        DrugRingleader "毒品犯罪集团首要分子" "drug ringleader",
        /// 毒品再犯
        DrugRecidivist "毒品再犯" "drug recidivist",
        /// 累犯
        Recidivist "累犯" "recidivist",
        /// 有组织暴力
        OrganizedViolence "有组织暴力" "organized violence",
    }
}
words! {
    /// A word of 身体状况.
    Health {
        /// 老年
        Old "老年" "old",
        /// 严重疾病
        GravelyIll "严重疾病" "gravely ill",
        /// 身体残疾
        Disabled "身体残疾" "disabled",
        /// 基本丧失劳动能力
        MostlyUnableToWork "基本丧失劳动能力" "largely unable to work",
        /// 生活不能自理 (fills 生活难以自理)
        CannotCareForSelf "生活不能自理" "cannot care for self",
        /// 丧失劳动能力
        UnableToWork "丧失劳动能力" "unable to work",
    }
}
words! {
    /// 退赃情况.
    Restitution {
        /// 积极
        Active "积极" "active",
        /// 不积极
        Passive "不积极" "not active",
        /// 无: nothing owed
        NothingOwed "无" "nothing owed",
    }
}
words! {
    /// 社区矫正调查评估.
    Assessment {
        /// 适宜
        Suitable "适宜" "suitable",
        /// 不适宜
        Unsuitable "不适宜" "unsuitable",
        /// 未评估
        NotAssessed "未评估" "not assessed",
    }
}
words! {
    /// What is applied for.
    AppKind {
        /// 减刑
        Reduction "减刑" "reduction",
        /// 假释
        Parole "假释" "parole",
    }
}
words! {
    /// A word of 改造表现.
    Conduct {
        /// 确有悔改表现
        Repentance "确有悔改表现" "repentance",
        /// 立功表现
        Merit "立功表现" "merit",
        /// 重大立功表现
        MajorMerit "重大立功表现" "major merit",
    }
}
words! {
    /// 审理方式.
    Hearing {
        /// 开庭
        Open "开庭" "open hearing",
        /// 书面
        Written "书面" "in writing",
    }
}
words! {
    /// 种类 of an award or penalty.
    AwardKind {
        /// 表扬
        Commendation "表扬" "commendation",
        /// 物质奖励
        Material "物质奖励" "material reward",
        /// 不予奖励
        NoAward "不予奖励" "no award",
        /// 警告
        Warning "警告" "warning",
        /// 记过
        Demerit "记过" "demerit",
        /// 禁闭
        Confinement "禁闭" "confinement",
        /// 立功
        Merit "立功" "merit",
        /// 重大立功
        MajorMerit "重大立功" "major merit",
        /// 记功 (older regimes; not a 立功)
        OldMerit "记功" "merit record",
        /// 专项加分
        Special "专项加分" "special bonus",
        /// 取消
        Cancelled "取消" "cancellation",
    }
}
words! {
    /// 等级 of a cycle.
    Grade {
        /// 积极
        Active "积极" "active",
        /// 合格
        Passed "合格" "passed",
        /// 不合格
        Failed "不合格" "failed",
    }
}
words! {
    /// 专利类型.
    Patent {
        /// 发明
        Invention "发明" "invention",
        /// 实用新型
        UtilityModel "实用新型" "utility model",
        /// 外观设计
        Design "外观设计" "design",
    }
}
words! {
    /// 种类 of a property judgment.
    PropertyKind {
        /// 罚金
        Fine "罚金" "fine",
        /// 没收财产
        Confiscation "没收财产" "confiscation",
        /// 追缴
        Recovery "追缴" "recovery of proceeds",
        /// 责令退赔
        Restitution "责令退赔" "ordered restitution",
        /// 民事赔偿
        CivilDamages "民事赔偿" "civil damages",
    }
}
words! {
    /// 状态 of a property judgment.
    PropertyState {
        /// 执行完毕
        Performed "执行完毕" "performed",
        /// 部分履行
        Partly "部分履行" "partly performed",
        /// 未履行
        Unperformed "未履行" "not performed",
        /// 终结执行
        Terminated "终结执行" "execution terminated",
        /// 终结本次执行
        TerminatedForNow "终结本次执行" "execution terminated for now",
        /// 裁定免除
        Remitted "裁定免除" "remitted by ruling",
        /// 分期履行中
        Instalments "分期履行中" "in instalments, none overdue",
        /// 谅解放弃
        Forgiven "谅解放弃" "forgiven and waived",
        /// 提存
        Deposited "提存" "deposited",
    }
}
words! {
    /// 履行能力.
    Ability {
        /// 有
        Able "有" "able",
        /// 无
        Unable "无" "unable",
        /// 不明
        Unclear "不明" "unclear",
    }
}
words! {
    /// 第六条情形: a situation of 2024 property rules art. 6.
    Situation {
        /// 拒不交代去向 (6.1)
        WhereaboutsWithheld "拒不交代去向" "whereabouts of proceeds withheld",
        /// 隐瞒转移 (6.1)
        Hidden "隐瞒转移" "property hidden or moved",
        /// 妨害执行 (6.1)
        Obstruction "妨害执行" "execution obstructed",
        /// 拒不申报 (6.1)
        NotDeclared "拒不申报" "property not declared",
        /// 虚假申报 (6.1)
        FalselyDeclared "虚假申报" "property falsely declared",
        /// 借名虚报或超额消费 (6.2)
        Spending "借名虚报或超额消费" "spending under another name or over the limit",
    }
}
words! {
    /// 类型 of a custody interval.
    CustodyKind {
        /// 看守所羁押
        DetentionCentre "看守所羁押" "detention centre",
        /// 取保候审
        Bail "取保候审" "bail",
        /// 监视居住
        ResidentialSurveillance "监视居住" "residential surveillance",
        /// 留置
        Liuzhi "留置" "liuzhi detention",
        /// 入监
        Intake "入监" "intake",
        /// 入监教育
        IntakeEducation "入监教育" "intake education",
        /// 在押
        Held "在押" "in prison",
        /// 住院
        Hospital "住院" "hospital",
        /// 康复
        Recovery "康复" "convalescence",
        /// 禁闭
        Confinement "禁闭" "confinement",
        /// 隔离调查
        Isolation "隔离调查" "isolation for inquiry",
        /// 立案侦查
        Investigation "立案侦查" "criminal investigation",
        /// 解回
        TakenBack "解回" "taken back for another case",
        /// 暂予监外执行
        OutsideExecution "暂予监外执行" "temporary execution outside prison",
        /// 收监
        Recalled "收监" "taken back into prison",
        /// 离监探亲
        HomeLeave "离监探亲" "home leave",
        /// 调监
        Transfer "调监" "transfer",
        /// 停工
        WorkStopped "停工" "work stopped",
        /// 脱逃
        Escape "脱逃" "escape",
        /// 释放
        Released "释放" "released",
        /// 假释
        Parole "假释" "parole",
        /// 死亡
        Death "死亡" "death",
        /// 特赦
        Pardon "特赦" "pardon",
    }
}
words! {
    /// 种类 of a new or undiscovered crime.
    NewCrimeKind {
        /// 又犯罪
        NewCrime "又犯罪" "new crime",
        /// 漏罪
        Undiscovered "漏罪" "undiscovered earlier crime",
    }
}

/// A principal punishment (主刑).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sentence {
    /// 管制
    Control(Term),
    /// 拘役
    Detention(Term),
    /// 有期徒刑
    Fixed(Term),
    /// 无期徒刑
    Life,
    /// 死刑缓期二年执行
    Reprieve,
}

impl Sentence {
    /// The term, where there is one.
    pub fn term(self) -> Option<Term> {
        match self {
            Sentence::Control(t) | Sentence::Detention(t) | Sentence::Fixed(t) => Some(t),
            Sentence::Life | Sentence::Reprieve => None,
        }
    }

    /// In Chinese, in full.
    pub fn zh(self) -> String {
        match self {
            Sentence::Control(t) => format!("管制{}", t.zh()),
            Sentence::Detention(t) => format!("拘役{}", t.zh()),
            Sentence::Fixed(t) => format!("有期徒刑{}", t.zh()),
            Sentence::Life => "无期徒刑".to_owned(),
            Sentence::Reprieve => "死刑缓期二年执行".to_owned(),
        }
    }

    /// In English.
    pub fn en(self) -> String {
        match self {
            Sentence::Control(t) => format!("control, {}", t.en()),
            Sentence::Detention(t) => format!("short-term detention, {}", t.en()),
            Sentence::Fixed(t) => format!("fixed-term imprisonment, {}", t.en()),
            Sentence::Life => "life imprisonment".to_owned(),
            Sentence::Reprieve => "death with a two-year reprieve".to_owned(),
        }
    }
}

/// An end date, or the statement that there is none (life).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Ends on this day (still served).
    On(NaiveDate),
    /// 无期, 死缓: no end date.
    None,
}

impl End {
    /// The date, if there is one.
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            End::On(d) => Some(d),
            End::None => None,
        }
    }
}

/// Deprivation of political rights (剥夺政治权利).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rights {
    /// 无: not imposed
    None,
    /// For a term.
    For(Term),
    /// 终身
    ForLife,
}

/// One entry of 各罪刑期: the punishment of one count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CountTerm {
    /// The charge as written.
    pub charge: String,
    /// Its punishment.
    pub sentence: Sentence,
}

/// What the prison proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// Take off this much.
    Reduce(Term),
    /// 减为无期徒刑
    ToLife,
    /// 减为有期徒刑…
    ToFixed(Term),
    /// 减余刑: all that is left
    Remainder,
}

/// What an earlier ruling changed (变更内容).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// 减刑…
    Reduce(Term),
    /// 减余刑
    ReduceRemainder,
    /// 减为无期徒刑
    ToLife,
    /// 减为有期徒刑…
    ToFixed(Term),
    /// 假释
    Parole,
    /// 撤销假释
    ParoleRevoked,
    /// 撤销减刑裁定, with the case number or the date of the ruling revoked, where given
    ReductionRevoked {
        /// 案号 of the ruling revoked.
        case_no: Option<String>,
        /// Date of the ruling revoked.
        date: Option<NaiveDate>,
    },
    /// 不计入刑期…
    NotCounted(Term),
    /// 再审改判…
    RetrialChanged(Sentence),
    /// 再审维持
    RetrialUpheld,
    /// 数罪并罚决定执行…
    Merged(Sentence),
    /// 恢复减刑…
    ReductionRestored(Term),
    /// 不予减刑 / 不予假释: the application was refused
    Refused,
}

/// A row of 罪犯信息.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Inmate {
    pub no: Field<String>,
    pub name: Field<String>,
    pub sex: Field<Sex>,
    pub birth: Field<NaiveDate>,
    pub id_number: Field<String>,
    /// 罪名 as written; it is resolved against the charge list by the law module.
    pub charges: Field<String>,
    pub crime_date: Field<NaiveDate>,
    pub sentence: Field<Sentence>,
    pub count_terms: Field<Vec<CountTerm>>,
    pub judged: Field<NaiveDate>,
    pub effective: Field<NaiveDate>,
    pub detained: Field<NaiveDate>,
    pub delivered: Field<NaiveDate>,
    pub term_start: Field<NaiveDate>,
    pub term_end: Field<End>,
    pub current_end: Field<End>,
    pub reprieve_end: Field<NaiveDate>,
    pub recidivist: Field<bool>,
    pub drug_recidivist: Field<bool>,
    pub functionary: Field<bool>,
    pub limited: Field<bool>,
    pub whole_life: Field<bool>,
    pub suspended: Field<bool>,
    pub rank: Field<String>,
    pub categories: Field<BTreeSet<Declared>>,
    pub health: Field<BTreeSet<Health>>,
    pub health_date: Field<NaiveDate>,
    pub rights: Field<Rights>,
    pub restitution: Field<Restitution>,
    pub remorse: Field<bool>,
    pub assessment: Field<Assessment>,
    pub assessment_date: Field<NaiveDate>,
    pub prison: Field<String>,
    pub ward: Field<String>,
}

/// A row of 提请案件.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Application {
    pub no: Field<String>,
    pub case_no: Field<String>,
    pub kind: Field<AppKind>,
    pub applied: Field<NaiveDate>,
    pub proposal: Field<Proposal>,
    pub rights: Field<Rights>,
    pub conduct: Field<BTreeSet<Conduct>>,
    pub period_from: Field<NaiveDate>,
    pub period_to: Field<NaiveDate>,
    pub commendations: Field<Decimal>,
    pub balance: Field<Decimal>,
    pub published_from: Field<NaiveDate>,
    pub published_to: Field<NaiveDate>,
    pub sent: Field<NaiveDate>,
    pub opinion: Field<NaiveDate>,
    pub court: Field<String>,
    pub hearing: Field<Hearing>,
    pub received: Field<NaiveDate>,
    pub ruled: Field<NaiveDate>,
    pub result: Field<Change>,
    pub probation_end: Field<NaiveDate>,
}

impl Application {
    /// The ruling on the application as its own row gives it; `None` without 裁定日期.
    pub fn ruling(&self) -> Option<Ruling> {
        self.ruled.get().map(|_| Ruling {
            date: self.ruled.clone(),
            served: Field::empty(Col::RuServed, self.received.at),
            change: self.result.clone(),
            new_start: Field::empty(Col::RuNewStart, self.ruled.at),
            new_end: Field::empty(Col::RuNewEnd, self.ruled.at),
            rights: Field::empty(Col::RuRights, self.rights.at),
            court: self.court.clone(),
            case_no: self.case_no.clone(),
        })
    }
}

/// One of the three parts of a month's points: 监管改造, 教育和文化改造, 劳动改造. Deductions are kept as positive amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// 基础分
    pub base: Value<Decimal>,
    /// 加分
    pub bonus: Value<Decimal>,
    /// 扣分, as a positive amount
    pub deduction: Value<Decimal>,
}

/// A row of 计分考核.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PointRow {
    pub at: RowRef,
    pub month: Month,
    pub supervision: Part,
    pub education: Part,
    pub labour: Part,
    pub special: Value<Decimal>,
    /// 处罚扣分, as a positive amount
    pub penalty: Value<Decimal>,
    pub score: Value<Decimal>,
    pub balance: Value<Decimal>,
    /// 周期扣减, as a positive amount
    pub cycle: Value<Decimal>,
    pub officer: Value<String>,
    pub prison: Value<String>,
    pub ward: Value<String>,
    pub post: Value<String>,
    pub note: Value<String>,
}

/// A row of 奖惩.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Award {
    pub date: Field<NaiveDate>,
    pub kind: Field<AwardKind>,
    pub grade: Field<Grade>,
    pub cycle_from: Field<Month>,
    pub cycle_to: Field<Month>,
    pub from: Field<NaiveDate>,
    pub to: Field<NaiveDate>,
    pub points: Field<Decimal>,
    pub reason: Field<String>,
    pub doc_no: Field<String>,
    pub patent: Field<Patent>,
    pub confirmed: Field<bool>,
    pub full_roster: Field<bool>,
}

/// A row of 历次裁定.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Ruling {
    pub date: Field<NaiveDate>,
    pub served: Field<NaiveDate>,
    pub change: Field<Change>,
    pub new_start: Field<NaiveDate>,
    pub new_end: Field<End>,
    pub rights: Field<Rights>,
    pub court: Field<String>,
    pub case_no: Field<String>,
}

/// 金额 of a property item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// In yuan.
    Yuan(Decimal),
    /// 没收个人全部财产
    AllProperty,
}

/// A row of 财产性判项.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PropertyItem {
    pub kind: Field<PropertyKind>,
    pub amount: Field<Amount>,
    pub paid: Field<Decimal>,
    pub state: Field<PropertyState>,
    pub able: Field<Ability>,
    pub situation: Field<BTreeSet<Situation>>,
    pub situation_ended: Field<NaiveDate>,
    pub performed: Field<NaiveDate>,
}

/// A row of 狱内消费.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SpendingRow {
    pub at: RowRef,
    pub month: Month,
    pub spent: Value<Decimal>,
    pub limit: Value<Decimal>,
    pub balance: Value<Decimal>,
}

/// A row of 羁押轨迹; both days included, an empty `to` means "still".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CustodyRow {
    pub from: Field<NaiveDate>,
    pub to: Field<NaiveDate>,
    pub kind: Field<CustodyKind>,
    pub reason: Field<String>,
    pub authority: Field<String>,
    pub doc_no: Field<String>,
    pub place: Field<String>,
    pub note: Field<String>,
}

/// A row of 新罪漏罪.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct NewCrime {
    pub kind: Field<NewCrimeKind>,
    pub crime_date: Field<NaiveDate>,
    pub confirmed: Field<NaiveDate>,
    pub sentence: Field<Sentence>,
    pub decided: Field<Sentence>,
    pub new_start: Field<NaiveDate>,
    pub new_end: Field<End>,
    pub intentional: Field<bool>,
    pub confessed: Field<bool>,
}
