#!/bin/sh
# Makes the shared libraries of testdata/fuzz/manifest, which hold nothing but a plugin's manifest, for
# systems whose tools are not at hand: a nightly compiler assembles for any, and brings its linker.
set -eu
out=$(cd "$(dirname "$0")/../fuzz/manifest" && pwd)
cd "$(mktemp -d)"
linker=$(find "$(rustc +nightly --print sysroot)" -name rust-lld | head -n 1)

object() { # target, what symbols begin with, section
    cat >"$1.rs" <<SOURCE
#![feature(no_core, lang_items, rustc_attrs)]
#![no_core]
#![allow(internal_features)]
#[lang = "pointee_sized"]
pub trait PointeeSized {}
#[lang = "meta_sized"]
pub trait MetaSized: PointeeSized {}
#[lang = "sized"]
pub trait Sized: MetaSized {}
#[rustc_builtin_macro]
macro_rules! global_asm { () => {} }
global_asm!(r##"
    .section $3
    .globl $2netweight_manifest
$2netweight_manifest:
    .ascii "{{\"abi\":1,\"id\":\"tiny\",\"name\":\"Tiny\",\"version\":\"1.0\","
    .asciz "\"extensions\":[\"tiny\"],\"magic\":[{{\"text\":\"tiny\"}}]}}"
"##);
SOURCE
    rustc +nightly --target "$1" --crate-type=lib --emit obj -C panic=abort -o "$1.o" "$1.rs"
}

object x86_64-pc-windows-msvc "" '.rdata,"dr"'
"$linker" -flavor link /dll /noentry /noimplib /Brepro /export:netweight_manifest,DATA \
    "/out:$out/tiny.dll" x86_64-pc-windows-msvc.o
object x86_64-apple-darwin _ __DATA,__data
"$linker" -flavor darwin -dylib -arch x86_64 -platform_version macos 11.0 11.0 \
    -o "$out/tiny.dylib" x86_64-apple-darwin.o
object x86_64-unknown-linux-gnu "" .data
"$linker" -flavor gnu -shared -s -o "$out/tiny.so" x86_64-unknown-linux-gnu.o
chmod 644 "$out"/tiny.*
