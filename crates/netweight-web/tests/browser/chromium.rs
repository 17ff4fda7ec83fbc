//! Headless Chromium through its debugging pipe: commands and answers as JSON, each ended by a
//! zero byte.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Value, json};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// The pipe's ends are file descriptors 3 and 4 of the browser.
const PIPED: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
pub(crate) struct Chromium {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    profile: PathBuf,
    session: String,
    asked: u64,
    loaded: bool,
    heard: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Chromium {
    /// Opens a page from disk; none where there is no browser.
    pub(crate) fn start(page: &Path) -> Option<Self> {
        let has = |program: &&&str| Command::new(program).arg("--version").output().is_ok();
        let Some(browser) = BROWSERS.iter().find(has) else {
            eprintln!("skipped: no Chromium in the path");
            return None;
        };
        let name = thread::current().name().unwrap_or_default().to_owned();
        let profile = env::temp_dir().join(format!("netweight-web-{}-{name}", std::process::id()));
        let mut process = Command::new("sh")
            .args(["-c", PIPED, "sh", browser, "--headless", "--no-sandbox", "--disable-gpu"])
            .args(["--disable-dev-shm-usage", "--window-size=1200,900", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut browser = Self {
            process,
            commands,
            answers,
            profile,
            session: String::new(),
            asked: 0,
            loaded: false,
            heard: BTreeSet::new(),
            wrong: Vec::new(),
        };
        let target = browser.command("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.command("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "DOM", "Network", "Log"] {
            browser.command(&format!("{domain}.enable"), json!({}));
        }
        // Its workers are listened to as well.
        let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
        browser.command("Target.setAutoAttach", attach);
        browser.command("Page.navigate", json!({"url": format!("file://{}", page.display())}));
        Some(browser)
    }

    /// Sends a command and waits for its answer; what the page says meanwhile is kept.
    pub(crate) fn command(&mut self, method: &str, params: Value) -> Value {
        let session = self.session.clone();
        let asked = self.send(&session, method, params);
        loop {
            let mut bytes = Vec::new();
            self.answers.read_until(0, &mut bytes).unwrap();
            assert_eq!(bytes.pop(), Some(0), "the browser went away");
            let mut said: Value = serde_json::from_slice(&bytes).unwrap();
            if said["id"] == asked {
                assert!(said.get("error").is_none(), "{method}: {said}");
                return said["result"].take();
            }
            self.hear(&said);
        }
    }

    fn send(&mut self, session: &str, method: &str, params: Value) -> u64 {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        write!(self.commands, "{message}\0").unwrap();
        self.commands.flush().unwrap();
        self.asked
    }

    /// Errors, and requests to anything but what the page made itself, or before it had loaded
    /// the page.
    fn hear(&mut self, said: &Value) {
        let Some(method) = said["method"].as_str() else { return };
        self.heard.insert(method.to_owned());
        match method {
            "Target.attachedToTarget" => {
                let session = said["params"]["sessionId"].as_str().unwrap_or_default();
                self.send(session, "Network.enable", json!({}));
                self.send(session, "Runtime.runIfWaitingForDebugger", json!({}));
            }
            "Network.requestWillBeSent" => {
                let url = said["params"]["request"]["url"].as_str().unwrap_or_default();
                let made = ["blob:", "data:", "about:"].iter().any(|own| url.starts_with(own));
                if !made && (self.loaded || !url.starts_with("file:")) {
                    self.wrong.push(url.to_owned());
                }
            }
            "Runtime.exceptionThrown" | "Log.entryAdded" => self.wrong.push(said.to_string()),
            _ => {}
        }
    }

    /// From now on the page has no reason to ask for anything.
    pub(crate) fn has_loaded(&mut self) {
        self.loaded = true;
    }

    /// Waits for an event of the browser.
    pub(crate) fn until_heard(&mut self, event: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.heard.contains(event) {
            assert!(Instant::now() < end, "never heard: {event}");
            self.ask("0");
        }
    }

    /// What went wrong so far.
    pub(crate) fn wrong(&self) -> Vec<String> {
        self.wrong.clone()
    }

    /// The value of an expression in the page.
    pub(crate) fn ask(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "userGesture": true});
        let mut answer = self.command("Runtime.evaluate", params);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression holds.
    pub(crate) fn until(&mut self, condition: &str) {
        let end = Instant::now() + PATIENCE;
        while self.ask(condition) != true {
            let state = "document.getElementById('state')?.textContent + document.getElementById('failures')?.textContent";
            let late = Instant::now() > end;
            assert!(!late, "never: {condition}; the page says {}", self.ask(state));
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Chooses files in a file input.
    pub(crate) fn pick(&mut self, selector: &str, files: &[PathBuf]) {
        let document = self.command("DOM.getDocument", json!({}));
        let query = json!({"nodeId": document["root"]["nodeId"], "selector": selector});
        let node = self.command("DOM.querySelector", query);
        let params = json!({"nodeId": node["nodeId"], "files": files});
        self.command("DOM.setFileInputFiles", params);
    }

    /// Drops files on an element.
    pub(crate) fn drop(&mut self, selector: &str, files: &[PathBuf]) {
        let place = self.ask(&format!(
            "(({{x, y}}) => [x + 20, y + 20])(document.querySelector('{selector}').getBoundingClientRect())"
        ));
        for kind in ["dragEnter", "dragOver", "drop"] {
            let data = json!({"items": [], "files": files, "dragOperationsMask": 1});
            let params = json!({"type": kind, "x": place[0], "y": place[1], "data": data});
            self.command("Input.dispatchDragEvent", params);
        }
    }

    /// Resident memory of the process that has the page and its worker, without what every
    /// process of the browser shares.
    pub(crate) fn memory(&self) -> u64 {
        let mine = format!("--user-data-dir={}", self.profile.display());
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let renderers = processes.filter(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains("--type=renderer") && line.contains(&mine)
        });
        let kept = renderers.filter_map(|entry| {
            let rollup = fs::read_to_string(entry.path().join("smaps_rollup")).ok()?;
            let rows = rollup.lines().filter(|line| line.starts_with("Private_"));
            let kib = rows.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
            Some(kib.sum::<u64>() * 1024)
        });
        kept.max().unwrap_or_default()
    }

    /// The page to its end, as a PNG in base64.
    pub(crate) fn picture(&mut self) -> String {
        let size = self.command("Page.getLayoutMetrics", json!({}))["cssContentSize"].take();
        let clip =
            json!({"x": 0, "y": 0, "scale": 1, "width": size["width"], "height": size["height"]});
        let all = json!({"captureBeyondViewport": true, "clip": clip});
        let picture = self.command("Page.captureScreenshot", all);
        picture["data"].as_str().unwrap().to_owned()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}
