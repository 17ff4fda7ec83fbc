//! The page that counts in a browser: one file, the program in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist::target;
use crate::{Failure, run, say, workspace};

const TARGET: &str = "wasm32-unknown-unknown";

/// More than this is a mistake: people load the page over a phone.
const MOST: u64 = 3_000_000;

/// What every browser that the page runs in can do, and the compiler makes use of.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Where Debian's `cargo-web`, `rustc-web`, `rust-web-src` and `lld` have what std is built with.
const DEBIAN: [&str; 4] =
    ["/usr/bin/cargo", "/usr/bin/rustc", "/usr/lib/rustlib/src/rust/library", "/usr/bin/wasm-ld"];

const MISSING: &str = "no Rust toolchain for wasm32-unknown-unknown\n\
    with rustup: rustup target add wasm32-unknown-unknown\n\
    on Debian: apt-get install rustc-web cargo-web rust-web-src lld";

/// Builds the library for WebAssembly and lays out `index.html` in a folder, `target/dist/web`
/// where none is named. With `--if-possible` a toolchain that is missing is told and no failure.
pub(crate) fn web(arguments: &[String]) -> Result<(), Failure> {
    let root = workspace()?;
    let target = target()?;
    let (options, folders): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|argument| *argument == "--if-possible");
    let folder = folders.first().map_or_else(|| target.join("dist/web"), PathBuf::from);
    let Some(mut cargo) = toolchain()? else {
        say(MISSING);
        return if options.is_empty() { Err("no page".into()) } else { Ok(()) };
    };
    run(cargo
        .args(["build", "--release", "--locked", "--lib", "--package", "netweight-web"])
        .args(["--target", TARGET])
        .env("CARGO_TARGET_DIR", target.join("web"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z")
        .env("CARGO_PROFILE_RELEASE_LTO", "fat")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
        .current_dir(root))?;
    let built = target.join("web").join(TARGET).join("release/netweight_web.wasm");
    let program = shrunk(&built)?;
    let length = fs::metadata(&program)?.len();
    if program != built && length > MOST {
        return Err(format!("{length} bytes of WebAssembly, more than {MOST}").into());
    }
    fs::create_dir_all(&folder)?;
    let page = folder.join("index.html");
    fs::write(&page, laid_out(root, &packed(&program)?)?)?;
    say(&format!("{} ({length} bytes of WebAssembly in it)", page.display()));
    Ok(())
}

/// The program without what Binaryen finds to be idle, a sixth of it; as it is where that is missing.
fn shrunk(built: &Path) -> Result<PathBuf, Failure> {
    if Command::new("wasm-opt").arg("--version").output().is_err() {
        say("no wasm-opt, of Binaryen: the page is larger than it has to be");
        return Ok(built.to_owned());
    }
    let small = built.with_file_name("small.wasm");
    run(Command::new("wasm-opt").args(FEATURES).args(["-Oz", "-o"]).arg(&small).arg(built))?;
    Ok(small)
}

/// The program as the page unpacks it.
fn packed(program: &Path) -> Result<Vec<u8>, Failure> {
    let output = Command::new("gzip").args(["-9", "-n", "-c"]).arg(program).output()?;
    if output.status.success() { Ok(output.stdout) } else { Err("gzip failed".into()) }
}

/// Cargo with std for WebAssembly: rustup's target where it is installed, else Debian's packages.
fn toolchain() -> Result<Option<Command>, Failure> {
    let ours =
        Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output()?;
    if Path::new(String::from_utf8_lossy(&ours.stdout).trim()).is_dir() {
        return Ok(Some(Command::new(env!("CARGO"))));
    }
    let [cargo, rustc, ..] = DEBIAN;
    if !DEBIAN.iter().all(|path| Path::new(path).exists()) {
        return Ok(None);
    }
    let mut command = Command::new(cargo);
    command
        .args(["-Z", "build-std=std,panic_abort"])
        // Sources of std and nightly flags are this toolchain's own affair.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", rustc)
        .env("RUSTFLAGS", "-C linker=wasm-ld")
        .env_remove("RUSTUP_TOOLCHAIN");
    Ok(Some(command))
}

/// The page with everything in it.
fn laid_out(root: &Path, program: &[u8]) -> Result<String, Failure> {
    let source = |path: &str| fs::read_to_string(root.join(path));
    let style = ["crates/netweight-report/src/html/page.css", "crates/netweight-web/page/page.css"];
    let style = style.into_iter().map(source).collect::<Result<String, _>>()?;
    let parts = [
        ("style", style),
        ("program", base64(program)),
        ("worker", source("crates/netweight-web/page/worker.js")?),
        ("script", source("crates/netweight-web/page/page.js")?),
    ];
    let mut rest = source("crates/netweight-web/page/index.html")?;
    let mut page = String::new();
    for (place, part) in parts {
        let (before, after) =
            rest.split_once(&format!("{{{place}}}")).ok_or("a place of the page is gone")?;
        page += before;
        page += &part;
        rest = after.to_owned();
    }
    Ok(page + &rest)
}

/// Bytes as text that HTML takes as it is.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| chunk.get(n).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (digit, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let known = DIGITS.get((bits >> shift & 63) as usize);
            let padded = known.filter(|_| digit <= chunk.len());
            text.push(padded.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}
