//! Files are written whole or not at all, for their owner only, and never over others unasked.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

fn jxjs(dir: &Path, args: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jxjs"));
    command.current_dir(dir).args(args);
    command
}

fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    said(jxjs(dir, args).output().unwrap())
}

fn said(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// A batch of invented people in the folder `name`; every application is for `proposal`.
fn batch(dir: &Path, name: &str, people: usize, applied: &str) {
    let folder = dir.join(name);
    fs::create_dir(&folder).unwrap();
    let mut inmates = "罪犯编号,姓名,性别,出生日期,罪名,犯罪日期,原判刑罚,判决日期,判决生效日期,交付执行日期,刑期起日,刑期止日,现刑期止日,\
                       累犯,毒品再犯,原国家工作人员,限制减刑,终身监禁,缓刑,罪犯类别,身体状况,附加剥夺政治权利,退赃情况,认罪悔罪,监狱,监区\n"
        .to_owned();
    let mut applications = "罪犯编号,案号,类型,提请日期,建议减刑,改造表现\n".to_owned();
    for n in 1..=people {
        inmates += &format!(
            "{},示例{n},男,1985-06-01,盗窃罪,2019-05-01,有期徒刑十五年,2021-01-10,2021-01-21,2021-03-15,2020-06-01,2035-05-31,2035-05-31,\
             否,否,否,否,否,否,无,无,无,无,是,示例监狱,一监区\n",
            3_101_000_000u64 + n as u64
        );
        applications +=
            &format!("{},（2026）示减{n}号,减刑,{applied},六个月,确有悔改表现\n", 3_101_000_000u64 + n as u64);
    }
    fs::write(folder.join("罪犯信息.csv"), inmates).unwrap();
    fs::write(folder.join("提请案件.csv"), applications).unwrap();
    fs::write(folder.join("历次裁定.csv"), "罪犯编号,裁定日期,变更内容\n").unwrap();
    fs::write(folder.join("财产性判项.csv"), "罪犯编号,种类,状态\n").unwrap();
}

const EARLY: &str = "2022-01-10";
const LAWFUL: &str = "2025-11-10";

fn check<'a>(input: &'a str, out: &'a str) -> Vec<&'a str> {
    vec!["check", input, "--as-of", "2026-11-24", "--quiet", "--annotate", "--out", out]
}

/// Every file below a folder: path relative to it, with `/`, and content.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, dir: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for path in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(dir, dir, &mut found);
    found
}

/// The same names and the same bytes; only names are printed.
fn assert_same(now: &BTreeMap<String, Vec<u8>>, before: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(now.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    let changed: Vec<&String> = now.iter().filter(|(name, bytes)| before[*name] != **bytes).map(|(n, _)| n).collect();
    assert_eq!(changed, Vec::<&String>::new());
}

fn leftovers(dir: &Path) -> Vec<PathBuf> {
    let hidden = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().starts_with(".jxjs-");
    fs::read_dir(dir).map(|d| d.map(|e| e.unwrap().path()).filter(hidden).collect()).unwrap_or_default()
}

#[test]
fn nothing_is_overwritten_unasked() {
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 2, EARLY);
    let (status, _, err) = run(dir.path(), &check("批次", "结果"));
    assert_eq!((status, err.as_str()), (1, ""));
    let before = files(&dir.path().join("结果"));
    assert!(before.len() > 6, "{:?}", before.keys());
    // Said before any work: the second input does not even exist.
    for input in ["批次", "没有"] {
        let (status, out, err) = run(dir.path(), &check(input, "结果"));
        assert_eq!((status, out.as_str()), (2, ""));
        for named in ["审查台账.xlsx", "报告.html", "review.json", "意见", "标注", "--force"] {
            assert!(err.contains(named), "{named}: {err}");
        }
        assert!(!err.contains("示减"), "{err}");
    }
    assert_same(&files(&dir.path().join("结果")), &before);
    let (status, _, err) = run(dir.path(), &[&check("批次", "结果")[..], &["--force"]].concat());
    assert_eq!((status, err.as_str()), (1, ""));
    assert_same(&files(&dir.path().join("结果")), &before);

    // A folder that holds other things is not in the way.
    fs::create_dir(dir.path().join("卷宗")).unwrap();
    fs::write(dir.path().join("卷宗/笔记.txt"), "x").unwrap();
    assert_eq!(run(dir.path(), &check("批次", "卷宗")).0, 1);
    assert_eq!(fs::read(dir.path().join("卷宗/笔记.txt")).unwrap(), b"x");

    assert_eq!(run(dir.path(), &["template", "空白.xlsx"]).0, 0);
    let blank = fs::read(dir.path().join("空白.xlsx")).unwrap();
    let (status, _, err) = run(dir.path(), &["template", "--sample", "空白.xlsx"]);
    assert!(status == 2 && err.contains("空白.xlsx") && err.contains("--force"), "{err}");
    assert!(fs::read(dir.path().join("空白.xlsx")).unwrap() == blank);
    assert_eq!(run(dir.path(), &["template", "--sample", "空白.xlsx", "--force"]).0, 0);
    assert!(fs::read(dir.path().join("空白.xlsx")).unwrap() != blank);
}

#[test]
fn opinions_of_other_cases_are_not_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 2, EARLY);
    let opinion = |no: &str, more: &[&str]| {
        let args = ["opinion", "批次", "--as-of", "2026-11-24", "--out", "结果", "--inmate", no];
        run(dir.path(), &[&args[..], more].concat())
    };
    assert_eq!(opinion("3101000001", &[]).0, 1);
    let first = files(&dir.path().join("结果"));
    assert_eq!(opinion("3101000002", &[]).0, 1);
    let both = files(&dir.path().join("结果"));
    assert!(both.len() > first.len() && first.iter().all(|(name, bytes)| both.get(name) == Some(bytes)));
    let (status, _, err) = opinion("3101000001", &[]);
    assert!(status == 2 && err.contains("--force") && err.contains("意见"), "{err}");
    assert_eq!(opinion("3101000001", &["--force"]).0, 1);
    assert_same(&files(&dir.path().join("结果")), &both);
}

#[test]
fn documents_that_no_longer_hold_are_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 2, EARLY);
    batch(dir.path(), "更正", 2, LAWFUL);
    assert_eq!(run(dir.path(), &check("批次", "结果")).0, 1);
    let first = files(&dir.path().join("结果/意见"));
    fs::write(dir.path().join("结果/意见/会议记录.docx"), "own").unwrap();
    let (status, _, err) = run(dir.path(), &[&check("更正", "结果")[..], &["--force"]].concat());
    assert_eq!(status, 1, "{err}");
    let second = files(&dir.path().join("结果/意见"));
    let gone: Vec<&String> = first.keys().filter(|n| !second.contains_key(*n)).collect();
    assert!(gone.iter().any(|n| n.contains("提请检察意见书")), "{:?}", second.keys());
    for name in &gone {
        assert!(second.get(&format!("以前/{name}")) == first.get(*name), "{name}");
    }
    assert_eq!(second["会议记录.docx"], b"own");
    assert!(err.contains(&format!("{} 份文书", gone.len())) && err.contains("以前") && !err.contains("示减"), "{err}");
    // What was set aside is not in the way of the next run, and stays.
    let (status, _, err) = run(dir.path(), &[&check("更正", "结果")[..], &["--force"]].concat());
    assert_eq!((status, err.as_str()), (1, ""));
    assert_same(&files(&dir.path().join("结果/意见")), &second);
}

#[cfg(unix)]
#[test]
fn outputs_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 1, EARLY);
    for command in [
        &check("批次", "结果")[..],
        &["opinion", "批次", "--out", "文书"],
        &["template", "模板.xlsx", "--opinions", "文书模板"],
    ] {
        let mut shell = std::process::Command::new("sh");
        // Whatever the user's own setting would give others.
        let line = format!("umask 000; exec '{}' \"$@\"", env!("CARGO_BIN_EXE_jxjs"));
        assert!(
            shell.current_dir(dir.path()).args(["-c", &line, "sh"]).args(command).output().unwrap().stderr.is_empty()
        );
    }
    fn walk(path: &Path, seen: &mut usize) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{}", path.display());
        *seen += 1;
        for entry in fs::read_dir(path).into_iter().flatten() {
            walk(&entry.unwrap().path(), seen);
        }
    }
    let mut seen = 0;
    for made in ["结果", "文书", "模板.xlsx", "文书模板"] {
        walk(&dir.path().join(made), &mut seen);
    }
    assert!(seen > 20, "{seen}");
}

/// What stops in the middle for lack of room leaves what was there.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_files() {
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 2, EARLY);
    batch(dir.path(), "更正", 2, LAWFUL);
    assert_eq!(run(dir.path(), &check("批次", "结果")).0, 1);
    let before = files(&dir.path().join("结果"));
    // No file may grow beyond so many blocks; the signal that would end the program is ignored, so that it sees the error.
    for blocks in [0, 4, 20, 60] {
        let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{}' \"$@\"", env!("CARGO_BIN_EXE_jxjs"));
        let args = [&check("更正", "结果")[..], &["--force"]].concat();
        let mut shell = std::process::Command::new("sh");
        let (status, _, err) =
            said(shell.current_dir(dir.path()).args(["-c", &line, "sh"]).args(&args).output().unwrap());
        assert!(status == 2 && err.contains("无法写入"), "{blocks}: {status} {err}");
        assert_same(&files(&dir.path().join("结果")), &before);
        // The same with nothing there yet: nothing remains.
        let fresh = check("更正", "新");
        let mut shell = std::process::Command::new("sh");
        assert_eq!(
            shell.current_dir(dir.path()).args(["-c", &line, "sh"]).args(&fresh).status().unwrap().code(),
            Some(2)
        );
        assert!(!dir.path().join("新").exists(), "{blocks}");
    }
}

/// A small file system of its own, where this may be made.
#[cfg(target_os = "linux")]
struct Disk(PathBuf);

#[cfg(target_os = "linux")]
impl Disk {
    fn mount(at: &Path, options: &str) -> Option<Disk> {
        fs::create_dir(at).unwrap();
        let mounted =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|o| o.status.success()).then(|| Disk(at.to_owned()))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_small_or_read_only_disk_leaves_the_old_files() {
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 2, EARLY);
    batch(dir.path(), "更正", 2, LAWFUL);
    let Some(disk) = Disk::mount(&dir.path().join("盘"), "size=1500k") else {
        eprintln!("skipped: a file system cannot be mounted here");
        return;
    };
    assert_eq!(run(dir.path(), &check("批次", "盘/结果")).0, 1);
    let before = files(&disk.0.join("结果"));
    // Full up to a little.
    let used: usize = before.values().map(|b| b.len().div_ceil(4096) * 4096).sum();
    let room = 1500 * 1024 - used as i64 - 60_000;
    fs::write(disk.0.join("占用"), vec![0u8; usize::try_from(room).expect("the disk is too small for this test")])
        .unwrap();
    let again = [&check("更正", "盘/结果")[..], &["--force"]].concat();
    let (status, _, err) = run(dir.path(), &again);
    assert!(status == 2 && err.contains("无法写入"), "{status} {err}");
    assert_same(&files(&disk.0.join("结果")), &before);

    fs::remove_file(disk.0.join("占用")).unwrap();
    let remount = |how: &str| {
        let done = std::process::Command::new("mount").args(["-o", how]).arg(&disk.0).status().unwrap();
        assert!(done.success());
    };
    remount("remount,ro");
    for args in [
        again.clone(),
        check("更正", "盘/新"),
        vec!["template", "盘/空白.xlsx"],
        vec!["template", "--opinions", "盘/模板"],
    ] {
        let (status, _, err) = run(dir.path(), &args);
        assert!(status == 2 && err.contains("无法写入") && err.contains("盘"), "{status} {err}");
        let inside = files(&disk.0.join("结果")).into_iter().map(|(n, b)| (format!("结果/{n}"), b)).collect();
        assert_same(&files(&disk.0), &inside);
    }
    remount("remount,rw");
    assert_eq!(run(dir.path(), &again).0, 1);
    assert!(files(&disk.0.join("结果")) != before);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 1, EARLY);
    let closed = dir.path().join("关闭");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(closed.join("x"), "").is_ok() {
        eprintln!("skipped: this user may write everywhere (the read-only disk shows the same)");
        return;
    }
    for out in ["关闭", "关闭/结果"] {
        let (status, _, err) = run(dir.path(), &check("批次", out));
        assert!(status == 2 && err.contains("关闭"), "{err}");
    }
    assert!(files(&closed).is_empty());
}

/// The files of a complete run of either batch, to compare with.
#[cfg(unix)]
fn references(dir: &Path, people: usize) -> [BTreeMap<String, Vec<u8>>; 2] {
    batch(dir, "甲批", people, EARLY);
    batch(dir, "乙批", people, LAWFUL);
    ["甲批", "乙批"].map(|name| {
        let out = format!("{name}结果");
        assert_eq!(run(dir, &check(name, &out)).0, 1);
        files(&dir.join(out))
    })
}

/// Every file is one of a complete run, and those that are read whole can be.
#[cfg(unix)]
fn assert_whole(out: &Path, references: &[BTreeMap<String, Vec<u8>>; 2]) {
    for (name, bytes) in files(out).iter().filter(|(n, _)| !n.starts_with(".jxjs-")) {
        let name = name.replacen("意见/以前/", "意见/", 1);
        // A document that was set aside beside another one of its name.
        let base = name.strip_suffix("-2.docx").map(|n| format!("{n}.docx")).unwrap_or_else(|| name.clone());
        assert!(
            references.iter().any(|r| r.get(&name) == Some(bytes) || r.get(&base) == Some(bytes)),
            "{name} is neither of the one run nor of the other"
        );
        if name.ends_with(".docx") || name.ends_with(".xlsx") {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            for at in 0..archive.len() {
                std::io::copy(&mut archive.by_index(at).unwrap(), &mut std::io::sink()).unwrap();
            }
        } else if name.ends_with(".json") {
            serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
        } else if name.ends_with(".html") {
            assert!(bytes.trim_ascii_end().ends_with(b"</html>"));
        }
    }
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let _ = std::process::Command::new("kill").args([name, &child.id().to_string()]).stderr(Stdio::null()).status();
}

#[cfg(unix)]
fn start(dir: &Path, n: u32) -> Child {
    let args = [&check(["甲批", "乙批"][n as usize % 2], "结果")[..], &["--force"]].concat();
    jxjs(dir, &args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[cfg(unix)]
#[test]
fn killed_at_any_moment_every_file_is_old_or_new() {
    const RUNS: u32 = 40;
    let dir = tempfile::tempdir().unwrap();
    let references = references(dir.path(), 4);
    let out = dir.path().join("结果");
    let began = std::time::Instant::now();
    assert_eq!(start(dir.path(), 0).wait().unwrap().code(), Some(1));
    let whole = began.elapsed();
    let (mut killed, mut left) = (0, 0);
    for n in 0..RUNS {
        let mut child = start(dir.path(), n + 1);
        // Spread over a whole run and a little more, in an order that is the same every time.
        std::thread::sleep(whole * (n * 17 % RUNS) / RUNS * 11 / 10);
        signal(&child, "-KILL");
        killed += u32::from(child.wait().unwrap().code().is_none());
        left += leftovers(&out).len();
        assert_whole(&out, &references);
    }
    eprintln!("{killed} of {RUNS} runs were killed before their end; {left} unfinished folders were seen");
    assert!(killed > 0);
    // The next run removes what the killed ones left, and writes everything.
    assert_eq!(start(dir.path(), 0).wait().unwrap().code(), Some(1));
    assert_eq!(leftovers(&out), Vec::<PathBuf>::new());
    let now = files(&out);
    assert!(references[0].iter().all(|(name, bytes)| now.get(name) == Some(bytes)));
}

#[cfg(unix)]
#[test]
fn interrupted_at_any_moment_nothing_unfinished_is_left() {
    const RUNS: u32 = 12;
    let dir = tempfile::tempdir().unwrap();
    let references = references(dir.path(), 4);
    let out = dir.path().join("结果");
    let began = std::time::Instant::now();
    assert_eq!(start(dir.path(), 0).wait().unwrap().code(), Some(1));
    let whole = began.elapsed();
    let mut stopped = 0;
    for n in 0..RUNS {
        let mut child = start(dir.path(), n + 1);
        std::thread::sleep(whole * (n * 5 % RUNS) / RUNS);
        signal(&child, "-INT");
        let status = child.wait().unwrap();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert!(!err.contains("示减") && !err.contains("310100"), "{err}");
        match status.code() {
            // Before the handler stood, or caught by it.
            None | Some(130) => stopped += 1,
            code => assert_eq!(code, Some(1), "{err}"),
        }
        assert_eq!(leftovers(&out), Vec::<PathBuf>::new());
        assert_whole(&out, &references);
    }
    eprintln!("{stopped} of {RUNS} runs were stopped before their end");
    assert!(stopped > 0);
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_and_a_full_terminal_end_it_cleanly() {
    let dir = tempfile::tempdir().unwrap();
    batch(dir.path(), "批次", 200, EARLY);
    for args in [
        &["check", "批次", "--format", "json"][..],
        &["check", "批次", "--format", "jsonl", "--quiet"],
        &["check", "批次"],
        &["explain"],
        &["rules"],
    ] {
        let mut child = jxjs(dir.path(), args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
        assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {:?}", output.status);
        if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
            let (status, _, err) = said(jxjs(dir.path(), args).stdout(full).output().unwrap());
            assert!(status == 2 && err.starts_with("错误：无法写出结果"), "{args:?}: {status} {err}");
        }
    }
}
