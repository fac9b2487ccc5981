//! The one way to the disk: every file the program writes goes through an [`Outbox`].
//!
//! Files are first written whole into a staging folder beside their destination, readable by the owner only; then all
//! are forced to the disk; only then do they take their names, one rename each. Whatever goes wrong before leaves the
//! old files as they were, and whatever interrupts the renames leaves each file either old or new.
//!
//! A staging folder is called `.jxjs-….tmp` and holds a locked file as long as its run lives. A run that was killed
//! leaves one behind; the next run that writes there finds it unlocked and removes it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fs4::FileExt;
use rayon::prelude::*;
use tempfile::TempPath;

/// What the name of a staging folder begins and ends with.
const PREFIX: &str = ".jxjs-";
const SUFFIX: &str = ".tmp";
/// The file in a staging folder that is locked while its run lives.
const LOCK: &str = "lock";
/// A staging folder without that file may be one that is just being made; after this time it is not.
const SETTLED: Duration = Duration::from_secs(600);
/// Names of existing files that are listed singly; of more in one folder only the number is said.
const LISTED: usize = 4;

/// A file or folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutError {
    /// What the system says of it.
    #[error("{} cannot be written: {source}", path.display())]
    Io {
        /// What was to be written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There are such files already, and nothing was said about overwriting them.
    #[error("{}", exists_en(paths))]
    Exists {
        /// The files.
        paths: Vec<PathBuf>,
    },
}

impl OutError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            OutError::Io { path, source } => format!("无法写入 {}：{source}", path.display()),
            OutError::Exists { paths } => format!(
                "以下文件已经存在，没有写入任何文件：\n{}\n要覆盖，请加 --force；要保留，请换一个位置。",
                listed(paths, |dir, n| format!("  {dir}（{n} 个文件）"))
            ),
        }
    }

    /// An error about a path.
    pub fn at(path: &Path) -> impl Fn(io::Error) -> OutError + '_ {
        |source| OutError::Io { path: path.to_owned(), source }
    }
}

fn exists_en(paths: &[PathBuf]) -> String {
    format!(
        "these files exist already, and nothing was written:\n{}\nTo overwrite them, add --force; to keep them, choose another place.",
        listed(paths, |dir, n| format!("  {dir} ({n} files)"))
    )
}

/// Paths one a line; folders with many of them as one line. Names of opinions hold case numbers, which do not belong on
/// a screen that may be logged, so few are named.
fn listed(paths: &[PathBuf], folder: impl Fn(std::path::Display<'_>, usize) -> String) -> String {
    let mut by_folder: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for path in paths {
        by_folder.entry(path.parent().unwrap_or(path)).or_default().push(path);
    }
    let lines = by_folder.iter().flat_map(|(dir, files)| {
        if files.len() > LISTED || dir.file_name() == Some(OsStr::new(super::out::OPINIONS)) {
            vec![folder(dir.display(), files.len())]
        } else {
            files.iter().map(|f| format!("  {}", f.display())).collect()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Files that are to appear together.
#[derive(Debug)]
pub struct Outbox {
    force: bool,
    stages: BTreeMap<PathBuf, Stage>,
    files: Vec<Staged>,
    targets: BTreeSet<PathBuf>,
    /// Folders made on the way, outermost first.
    made: Vec<PathBuf>,
}

#[derive(Debug)]
struct Staged {
    temporary: PathBuf,
    target: PathBuf,
}

/// A file being written into the outbox.
pub struct Draft {
    target: PathBuf,
    out: BufWriter<File>,
}

impl Outbox {
    /// An empty outbox; with `force`, existing files are replaced.
    pub fn new(force: bool) -> Outbox {
        Outbox { force, stages: BTreeMap::new(), files: Vec::new(), targets: BTreeSet::new(), made: Vec::new() }
    }

    /// Says at once, before any work is done, which of these files stand in the way.
    ///
    /// # Errors
    /// [`OutError::Exists`] with all of them.
    pub fn require_free(&self, paths: impl IntoIterator<Item = PathBuf>) -> Result<(), OutError> {
        if self.force {
            return Ok(());
        }
        let paths: Vec<PathBuf> = paths.into_iter().filter(|p| p.symlink_metadata().is_ok()).collect();
        if paths.is_empty() { Ok(()) } else { Err(OutError::Exists { paths }) }
    }

    /// Whether existing files are replaced.
    pub fn force(&self) -> bool {
        self.force
    }

    /// Whether the outbox holds a file of this path.
    pub fn has(&self, path: &Path) -> bool {
        self.targets.contains(path)
    }

    /// Begins the file `name` (which may lie in folders) of the folder `root`. It counts once it is [finished](Draft::finish).
    ///
    /// # Errors
    /// The folder cannot be made or written into.
    pub fn create(&mut self, root: &Path, name: impl AsRef<Path>) -> Result<Draft, OutError> {
        let target = root.join(name);
        let temporary = self.stage(root)?.next();
        let file = private_file(&temporary).map_err(OutError::at(&target))?;
        self.targets.insert(target.clone());
        self.files.push(Staged { temporary, target: target.clone() });
        Ok(Draft { target, out: BufWriter::with_capacity(1 << 16, file) })
    }

    /// Puts a whole file in.
    ///
    /// # Errors
    /// The folder cannot be made, or the file not be written.
    pub fn put(&mut self, root: &Path, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), OutError> {
        let mut draft = self.create(root, name)?;
        draft.out.write_all(bytes).map_err(OutError::at(&draft.target))?;
        draft.finish()
    }

    /// Puts a whole file in that the user named by its path.
    ///
    /// # Errors
    /// As for [`put`](Outbox::put).
    pub fn put_at(&mut self, path: &Path, bytes: &[u8]) -> Result<(), OutError> {
        let (root, name) = split(path)?;
        self.put(&root, name, bytes)
    }

    /// The staging folder beside the files of a folder.
    fn stage(&mut self, root: &Path) -> Result<&mut Stage, OutError> {
        if !self.stages.contains_key(root) {
            make_folders(root, &mut self.made)?;
            remove_leftovers(root);
            let stage = Stage::new(root).map_err(OutError::at(root))?;
            self.stages.insert(root.to_owned(), stage);
        }
        self.stages.get_mut(root).ok_or_else(|| OutError::at(root)(io::Error::other("no staging folder")))
    }

    /// Gives every file its name; returns the names.
    ///
    /// # Errors
    /// Without `force`, [`OutError::Exists`] if anything stands in the way: then nothing was written. Otherwise the first
    /// file that could not be written.
    pub fn commit(mut self) -> Result<BTreeSet<PathBuf>, OutError> {
        self.require_free(self.files.iter().map(|f| f.target.clone()))?;
        // A rename is only as durable as what it gives a name to. Together this takes one flush of the disk, not one a file.
        self.files.par_iter().try_for_each(|f| sync(&f.temporary).map_err(OutError::at(&f.target)))?;
        let mut folders = BTreeSet::new();
        for folder in self.files.iter().filter_map(|f| f.target.parent()) {
            if folders.insert(folder.to_owned()) {
                make_folders(folder, &mut self.made)?;
            }
        }
        let guard = Committing::begin();
        for file in std::mem::take(&mut self.files) {
            rename(&file, self.force).map_err(OutError::at(&file.target)).map_err(|e| match e {
                OutError::Io { path, source } if source.kind() == io::ErrorKind::AlreadyExists => {
                    OutError::Exists { paths: vec![path] }
                }
                other => other,
            })?;
        }
        let made = std::mem::take(&mut self.made);
        let parents = made.iter().filter_map(|f| f.parent()).map(Path::to_owned);
        folders.extend(parents.collect::<Vec<_>>());
        folders.iter().try_for_each(|f| sync_folder(f).map_err(OutError::at(f)))?;
        drop(guard);
        Ok(std::mem::take(&mut self.targets))
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.stages.clear();
        // Folders made for files that never came.
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Draft {
    /// Ends the file.
    ///
    /// # Errors
    /// What was still in memory could not be written.
    pub fn finish(self) -> Result<(), OutError> {
        let Draft { target, out } = self;
        out.into_inner().map_err(|e| OutError::at(&target)(e.into_error()))?;
        Ok(())
    }

    /// Where the file will be.
    pub fn target(&self) -> &Path {
        &self.target
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Moves files of an earlier run into a folder beside them, so that they are not taken for new ones; says how many. What
/// is there already byte for byte is not kept twice.
///
/// # Errors
/// The first that cannot be moved.
pub fn set_aside(files: &[PathBuf], folder: &Path) -> Result<usize, OutError> {
    for file in files {
        make_folders(folder, &mut Vec::new())?;
        let Some(name) = file.file_name().map(|n| n.to_string_lossy().into_owned()) else { continue };
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let mut names = (1..).map(|n| if n == 1 { name.clone() } else { format!("{stem}-{n}.{ending}") });
        let target = names.find_map(|name| {
            let target = folder.join(name);
            match no_replace(file, &target) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                    let same = matches!((fs::read(file), fs::read(&target)), (Ok(a), Ok(b)) if a == b);
                    same.then(|| fs::remove_file(file))
                }
                done => Some(done),
            }
        });
        target.unwrap_or(Ok(())).map_err(OutError::at(file))?;
    }
    if let Some(file) = files.first() {
        for folder in [Some(folder), file.parent()].into_iter().flatten() {
            sync_folder(folder).map_err(OutError::at(folder))?;
        }
    }
    Ok(files.len())
}

/// Folder and name of a file.
fn split(path: &Path) -> Result<(PathBuf, &OsStr), OutError> {
    let name = path.file_name();
    let name = name.ok_or_else(|| OutError::at(path)(io::Error::from(io::ErrorKind::InvalidInput)))?;
    let root = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((root.to_owned(), name))
}

/// A folder for files that have no name yet.
#[derive(Debug)]
struct Stage {
    path: PathBuf,
    /// Locked; `None` only while the stage is dropped.
    lock: Option<File>,
    files: u64,
}

impl Stage {
    fn new(root: &Path) -> io::Result<Stage> {
        // Not left to the library to delete: the lock has to be given up first, and an interruption deletes it as well.
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX).disable_cleanup(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o700));
        }
        // Known before an interruption can come between.
        let mut live = live();
        let path = builder.tempdir_in(root)?.keep();
        live.push(path.clone());
        drop(live);
        let mut stage = Stage { path, lock: None, files: 0 };
        let lock = private_file(&stage.path.join(LOCK))?;
        // A file system without locks keeps the stage; it is then only removed when it is old.
        let _ = FileExt::try_lock(&lock);
        stage.lock = Some(lock);
        Ok(stage)
    }

    fn next(&mut self) -> PathBuf {
        self.files += 1;
        self.path.join(self.files.to_string())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.lock.take());
        let _ = fs::remove_dir_all(&self.path);
        live().retain(|p| *p != self.path);
    }
}

/// The staging folders of this run.
static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Held while files take their names.
static COMMITTING: Mutex<()> = Mutex::new(());

fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While this lives, an interruption waits.
struct Committing(#[allow(dead_code)] MutexGuard<'static, ()>);

impl Committing {
    fn begin() -> Committing {
        Committing(COMMITTING.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Gives up what is being written, for a program that is about to end because it was interrupted: waits for files that
/// are just taking their names, and removes what has none yet.
pub fn abandon() {
    /// How often a folder is tried into which a thread may still be writing.
    const TRIES: u32 = 100;
    let guard = Committing::begin();
    let live = live();
    for stage in live.iter() {
        for _ in 0..TRIES {
            if fs::remove_dir_all(stage).is_ok() || !stage.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    // The program ends here: nothing may begin to take names any more, nor a new folder.
    std::mem::forget(live);
    std::mem::forget(guard);
}

/// Removes the staging folders of runs that are over.
fn remove_leftovers(root: &Path) {
    let Ok(entries) = fs::read_dir(root) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let ours = name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        // A link of that name leads elsewhere.
        let folder = path.symlink_metadata().is_ok_and(|m| m.is_dir());
        if ours && folder && is_over(&path) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn is_over(stage: &Path) -> bool {
    match OpenOptions::new().read(true).write(true).open(stage.join(LOCK)) {
        Ok(lock) => FileExt::try_lock(&lock).is_ok(),
        Err(_) => {
            let changed = stage.metadata().and_then(|m| m.modified());
            changed.is_ok_and(|t| SystemTime::now().duration_since(t).is_ok_and(|age| age > SETTLED))
        }
    }
}

/// A new file that only its owner can read. Elsewhere than on unix it has the rights of its folder.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes a folder and those above it, for the owner only; what is there already stays as it is.
fn make_folders(folder: &Path, made: &mut Vec<PathBuf>) -> Result<(), OutError> {
    let mut missing: Vec<&Path> = Vec::new();
    for above in folder.ancestors().filter(|a| !a.as_os_str().is_empty()) {
        if above.exists() {
            break;
        }
        missing.push(above);
    }
    for path in missing.into_iter().rev() {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        match builder.create(path) {
            Ok(()) => made.push(path.to_owned()),
            // Another run was quicker.
            Err(_) if path.is_dir() => {}
            Err(e) => return Err(OutError::at(path)(e)),
        }
    }
    Ok(())
}

fn rename(file: &Staged, force: bool) -> io::Result<()> {
    if force { fs::rename(&file.temporary, &file.target) } else { no_replace(&file.temporary, &file.target) }
}

/// A rename that fails where there is a file of that name, also if it came this very moment.
fn no_replace(from: &Path, to: &Path) -> io::Result<()> {
    // The path stays a temporary one in name only: on failure it is the staging folder that cleans up.
    let mut path = TempPath::try_from_path(from)?;
    path.disable_cleanup(true);
    match path.persist_noclobber(to) {
        Ok(()) => Ok(()),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Err(e.error),
        // Memory sticks know neither such a rename nor a second name for one file.
        Err(_) if to.symlink_metadata().is_err() => fs::rename(from, to),
        Err(e) => Err(e.error),
    }
}

fn sync(path: &Path) -> io::Result<()> {
    // Windows flushes only what may be written.
    OpenOptions::new().write(true).open(path)?.sync_all()
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    match File::open(path)?.sync_all() {
        // Some network file systems do not know this for folders.
        Err(e) if matches!(e.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        done => done,
    }
}

/// Folders cannot be flushed there, and need not be.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_together_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("甲/乙");
        let mut outbox = Outbox::new(false);
        outbox.put(&root, "一.txt", b"1").unwrap();
        outbox.put(&root, "丙/二.txt", b"2").unwrap();
        outbox.put_at(&dir.path().join("三.txt"), b"3").unwrap();
        assert!(outbox.has(&root.join("丙/二.txt")) && !root.join("一.txt").exists());
        let written = outbox.commit().unwrap();
        assert_eq!(written.len(), 3);
        assert_eq!(fs::read(root.join("丙/二.txt")).unwrap(), b"2");
        assert_eq!(names(dir.path()), ["三.txt", "甲"]);
        assert_eq!(names(&root), ["一.txt", "丙"]);
    }

    #[test]
    fn what_is_not_committed_leaves_no_trace() {
        let dir = tempfile::tempdir().unwrap();
        let mut outbox = Outbox::new(false);
        outbox.put(&dir.path().join("甲/乙"), "一.txt", b"1").unwrap();
        assert_eq!(names(&dir.path().join("甲/乙")).len(), 1);
        drop(outbox);
        assert_eq!(names(dir.path()), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_comes_in_between_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["一.txt", "二.txt"] {
            let mut outbox = Outbox::new(false);
            outbox.require_free([dir.path().join(name)]).unwrap();
            outbox.put(dir.path(), name, b"new").unwrap();
            fs::write(dir.path().join(name), "old").unwrap();
            let error = outbox.commit().unwrap_err();
            assert!(matches!(&error, OutError::Exists { paths } if paths.len() == 1), "{error}");
            assert_eq!(fs::read(dir.path().join(name)).unwrap(), b"old");
        }
        // The rename itself refuses, not only the look before it.
        let (from, to) = (dir.path().join("三.txt"), dir.path().join("二.txt"));
        fs::write(&from, "new").unwrap();
        assert_eq!(no_replace(&from, &to).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&from).unwrap(), fs::read(&to).unwrap()), (b"new".to_vec(), b"old".to_vec()));
    }

    #[test]
    fn force_replaces() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("一.txt"), "old").unwrap();
        let mut outbox = Outbox::new(true);
        outbox.require_free([dir.path().join("一.txt")]).unwrap();
        outbox.put(dir.path(), "一.txt", b"new").unwrap();
        assert_eq!(fs::read(dir.path().join("一.txt")).unwrap(), b"old");
        outbox.commit().unwrap();
        assert_eq!(fs::read(dir.path().join("一.txt")).unwrap(), b"new");
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_a_living_one_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        let dead = dir.path().join(".jxjs-dead.tmp");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        fs::write(dead.join("1"), "half").unwrap();
        // Just being made: its lock is still to come.
        fs::create_dir(dir.path().join(".jxjs-young.tmp")).unwrap();
        // Not ours.
        fs::create_dir(dir.path().join(".jxjs-notes")).unwrap();
        fs::write(dir.path().join(".jxjs-x.tmp"), "a file").unwrap();
        let mut living = Outbox::new(false);
        living.put(dir.path(), "一.txt", b"1").unwrap();
        assert_eq!(names(dir.path()).len(), 4);
        let mut outbox = Outbox::new(false);
        outbox.put(dir.path(), "二.txt", b"2").unwrap();
        outbox.commit().unwrap();
        living.commit().unwrap();
        assert_eq!(names(dir.path()), [".jxjs-notes", ".jxjs-x.tmp", ".jxjs-young.tmp", "一.txt", "二.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let root = dir.path().join("甲");
        let mut outbox = Outbox::new(false);
        outbox.put(&root, "乙/一.txt", b"1").unwrap();
        let stage = fs::read_dir(&root).unwrap().next().unwrap().unwrap().path();
        assert_eq!((mode(&stage), mode(&stage.join("1"))), (0o700, 0o600));
        outbox.commit().unwrap();
        assert_eq!((mode(&root), mode(&root.join("乙")), mode(&root.join("乙/一.txt"))), (0o700, 0o700, 0o600));
    }

    #[test]
    fn earlier_files_are_set_aside_without_loss() {
        let dir = tempfile::tempdir().unwrap();
        let aside = dir.path().join("以前");
        for n in [1, 2, 3, 2] {
            let file = dir.path().join("一.docx");
            fs::write(&file, n.to_string()).unwrap();
            assert_eq!(set_aside(&[file], &aside).unwrap(), 1);
        }
        assert_eq!(names(&aside), ["一-2.docx", "一-3.docx", "一.docx"]);
        assert_eq!(fs::read_to_string(aside.join("一-3.docx")).unwrap(), "3");
        assert_eq!(names(dir.path()), ["以前"]);
    }

    #[test]
    fn what_stands_in_the_way_is_said_in_one_message() {
        let paths = ["结果/review.json", "结果/意见/（2026）1号-审查报告.docx", "结果/意见/（2026）2号-审查报告.docx"];
        let error = OutError::Exists { paths: paths.map(PathBuf::from).to_vec() };
        for text in [error.zh(), error.to_string()] {
            assert!(text.contains("review.json") && text.contains("--force"), "{text}");
            assert!(text.contains('2') && !text.contains("号"), "case numbers stay off the screen: {text}");
        }
    }
}
