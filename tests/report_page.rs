//! 报告.html: what is text stays text, nothing comes from elsewhere, and the page works in a browser.

mod report_support;

use std::fs;
use std::path::Path;
use std::process::Command;

use jxjs::checks::case::Lang;
use jxjs::report::html::{Caps, render};
use report_support::*;

fn page(made: &Made) -> String {
    render(&made.report(), Caps::default()).unwrap()
}

#[test]
fn what_the_input_says_is_never_markup() {
    for lang in [Lang::Zh, Lang::En] {
        let html = page(&made(lang));
        assert!(!html.contains("<script>alert"), "a name became a script");
        assert!(html.contains("&lt;script&gt;alert(1)"), "the name is shown");
        assert!(!html.contains("<b>一监区"), "a ward became markup");
        assert!(!html.contains("onmouseover='") && !html.contains("\" onmouseover"), "a name left its attribute");
        // Style and script of the page itself are the only ones.
        assert_eq!(html.matches("<script").count(), 1);
        assert_eq!(html.matches("<style").count(), 1);
    }
}

#[test]
fn nothing_comes_from_elsewhere() {
    let html = page(&made(Lang::Zh));
    let own = html.replace("http://example.com", "");
    for sign in ["http://", "https://", " src=", "@import", "<iframe", "<link rel=\"stylesheet", "<object"] {
        assert!(!own.contains(sign), "{sign}");
    }
    let addresses: Vec<&str> = own.match_indices("url(").filter_map(|(at, _)| own.get(at..at + 5)).collect();
    assert!(addresses.iter().all(|a| *a == "url(#"), "{addresses:?}");
    assert!(own.contains("default-src 'none'"));
}

#[test]
fn every_reference_of_the_page_leads_somewhere() {
    let html = page(&made(Lang::Zh));
    for (at, sign) in html.match_indices("href=\"#") {
        let id = html[at + sign.len()..].split('"').next().unwrap();
        assert!(html.contains(&format!("id=\"{id}\"")), "#{id} leads nowhere");
    }
    let mut ids: Vec<&str> =
        html.match_indices(" id=\"").filter_map(|(at, s)| html[at + s.len()..].split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id is used twice");
}

#[test]
fn what_is_left_out_of_a_large_batch_is_said() {
    let made = made(Lang::Zh);
    let report = made.report();
    let html = render(&report, Caps { details: 1, lines: 1 }).unwrap();
    assert_eq!(html.matches("<details class=\"case ").count(), 1);
    assert!(html.contains("2 件未列入本页"), "the rest is counted");
    assert!(html.matches("class=\"timeline\"").count() == 1, "drawings only with details");
    let whole = page(&made);
    assert!(whole.matches("<details class=\"case ").count() == 4 && !whole.contains("未列入本页"));
}

#[test]
fn drawings_of_a_case() {
    let made = made(Lang::Zh);
    let report = made.report();
    let drawing = |no: &str| {
        let case = made.review.cases.iter().find(|c| c.inmate == no).unwrap();
        let dossier = made.batch.dossiers.iter().find(|d| d.no() == no).unwrap().open();
        let mut text = jxjs::report::svg::timeline(&report, case, &dossier).unwrap();
        text += "\n";
        text += &jxjs::report::svg::points(&report, case, &dossier).unwrap_or_default();
        text.replace("><", ">\n<")
    };
    insta::assert_snapshot!("drawing_fixed", drawing("3101000001"));
    insta::assert_snapshot!("drawing_life", drawing("3101000004"));
}

/// A browser, where there is one.
fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let found = names.into_iter().find(|n| Command::new(n).arg("--version").output().is_ok_and(|o| o.status.success()));
    if found.is_none() {
        eprintln!("skipped: no Chromium is installed");
    }
    found
}

/// The document after its scripts ran, what the console said, and who asked the network for something.
struct Loaded {
    document: String,
    console: Vec<String>,
    asked: bool,
}

fn load(browser: &str, dir: &Path, html: &str) -> Loaded {
    let (page, log, profile) = (dir.join("页.html"), dir.join("net.json"), dir.join("profile"));
    fs::write(&page, html).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let net = fs::read_to_string(&log).unwrap_or_default();
    Loaded {
        document: String::from_utf8_lossy(&output.stdout).into_owned(),
        console: said.lines().filter(|l| l.contains("CONSOLE")).map(str::to_owned).collect(),
        // What the browser asks for itself has no page behind it.
        asked: net.split("\"initiator\":\"").skip(1).any(|rest| !rest.starts_with("not an origin")),
    }
}

/// The page with a script of the test, which the policy of the page would not let in.
fn driven(html: &str, script: &str) -> String {
    let from = html.find("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let to = from + html[from..].find('>').unwrap() + 1;
    let open = format!("{}{}", &html[..from], &html[to..]);
    open.replace("</body>", &format!("<script>{script}</script></body>"))
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(browser) = browser() else { return };
    let made = made(Lang::Zh);
    let html = page(&made);

    // As it is: its own script runs under its policy, nothing is wrong, nothing is asked for.
    let dir = tempfile::tempdir().unwrap();
    let plain = load(browser, dir.path(), &html);
    assert!(plain.document.contains("显示 4 / 4"), "the script did not run");
    assert_eq!(plain.console, Vec::<String>::new());
    assert!(!plain.asked, "the page asked the network for something");

    // The filter: by text, by verdict, by check.
    let script = r#"
        var out = [];
        var shown = function () { return document.querySelectorAll(".case:not([hidden])").length; };
        var q = document.getElementById("q");
        var type = function (text) { q.value = text; q.dispatchEvent(new Event("input", { bubbles: true })); };
        out.push(shown());
        type("3101000001"); out.push(shown());
        type("<SCRIPT>"); out.push(shown());
        type("nobody"); out.push(shown(), document.getElementById("nothing").hidden);
        type("");
        var box = document.querySelector("input[name=verdict][value=unlawful]");
        box.checked = false; box.dispatchEvent(new Event("input", { bubbles: true }));
        out.push(document.querySelectorAll(".case.unlawful:not([hidden])").length);
        document.getElementById("open").click();
        out.push(document.querySelectorAll("details.case[open]").length === shown());
        document.title = out.join(" ");
    "#;
    let dir = tempfile::tempdir().unwrap();
    let used = load(browser, dir.path(), &driven(&html, script));
    assert!(used.document.contains("<title>4 1 1 0 false 0 true</title>"), "{:.300}", used.document);
    assert_eq!(used.console, Vec::<String>::new());

    // That the test would see a fault and a request.
    let fault = "var i = new Image(); i.src = 'http://example.com/x.png'; console.error('fault');";
    let dir = tempfile::tempdir().unwrap();
    let bad = load(browser, dir.path(), &driven(&html, fault));
    assert!(bad.asked && !bad.console.is_empty(), "{:?}", bad.console);
    // And that the policy stops it.
    let dir = tempfile::tempdir().unwrap();
    let stopped = load(browser, dir.path(), &html.replace("</main>", "<img src=\"http://example.com/x.png\"></main>"));
    assert!(!stopped.asked, "the policy lets requests out");
}
