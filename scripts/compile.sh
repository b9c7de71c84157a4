#!/bin/sh
# Makes the program as one file, with its kernels (they are imports) and the default model.
#
#   scripts/compile.sh                  dist/llama, for this machine
#   scripts/compile.sh --target NAME…   dist/llama-NAME for other machines: linux-x64 linux-arm64 macos-x64 macos-arm64
#   scripts/compile.sh --all            windows-x64; --all makes all five. Both write dist/SHA256SUMS.
#
# `deno compile` copies a runtime of its own version ("denort") from Deno's download host. Where that host is out of
# reach but Python's registry is not, the runtime comes out of a program that published wheels carry, which was made by
# `deno compile` 2.6.10. Of an ELF file the first bytes, up to the end of its section table, are denort 2.6.10; in a
# Windows program the payload is a resource, and `deno compile` puts ours in its place. (In a macOS program it is grown
# into the link editor's data: no runtime comes out of that.) Deno 2.6.10 itself comes from pip too (npm has none).
# DENORT_BIN, where the user sets it, wins over both; it is for one target only.
set -u

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 4
. "$root/scripts/deno.sh"
. "$root/scripts/permissions.sh"

fallback_version=2.6.10
wheel=bids-validator-deno==2.4.1

# Sets $triple for one of our names, and where they exist the fallback's $platform of pip, $wheel_sha256, and the
# runtime's $bytes and $sha256.
describe_target() {
  platform='' wheel_sha256='' bytes='' sha256=''
  case $1 in
  linux-x64)
    triple=x86_64-unknown-linux-gnu platform=manylinux_2_28_x86_64
    wheel_sha256=5087fcd13341f529b5404792a74e22f570e50f17e5ea4cabe9c91b1caf74cbf4
    bytes=92183912 sha256=1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2
    ;;
  linux-arm64)
    triple=aarch64-unknown-linux-gnu platform=manylinux_2_28_aarch64
    wheel_sha256=f09c1e600cae71293ab5ae9ddc30aa56a871463837a020eb23b246fa2024c462
    bytes=86015072 sha256=ee39b54b2f465eae3f1dd3d79495e1ef957fae69ff4f6ad118499986b714d494
    ;;
  windows-x64)
    triple=x86_64-pc-windows-msvc platform=win_amd64
    wheel_sha256=24106f32e5c9dcdcec095527300e0bf683f6f4df5fb19b49a91586491eaaee5e
    ;;
  macos-x64) triple=x86_64-apple-darwin ;;
  macos-arm64) triple=aarch64-apple-darwin ;;
  *)
    say "unknown target $1; expected linux-x64, linux-arm64, macos-x64, macos-arm64 or windows-x64"
    exit 2
    ;;
  esac
}

# Sets $target to our name of this machine.
this_machine() {
  case $(uname -s)-$(uname -m) in
  Linux-x86_64) target=linux-x64 ;;
  Linux-aarch64 | Linux-arm64) target=linux-arm64 ;;
  Darwin-x86_64) target=macos-x64 ;;
  Darwin-arm64) target=macos-arm64 ;;
  *) die "no runtime of deno for $(uname -s) on $(uname -m)" ;;
  esac
}

# compile DENO FILE [OPTION…]: what is read by path at run time is named with --include; imports come along by themselves.
compile() {
  program=$1 output=$2
  shift 2
  for file in testdata/default-model/*.json testdata/default-model/*.jinja testdata/default-model/*.model \
    testdata/default-model/*.safetensors; do
    [ ! -f "$file" ] || set -- "$@" --include "$file"
  done
  # shellcheck disable=SC2086 # a list of flags
  NO_COLOR=1 RUST_BACKTRACE=0 "$program" compile --quiet --no-prompt --frozen $program_permissions "$@" \
    --target "$triple" --output "$output" main.ts </dev/null
}

sha256() { if has sha256sum; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# Sets $runtime to denort of the fallback version for the target that was described.
find_runtime() {
  runtime=$cache/denort-$fallback_version-$triple
  [ ! -e "$runtime" ] || return 0
  [ -n "$wheel_sha256" ] || return
  (
    temp=$(mktemp -d "$cache/install.XXXXXX") || die "cannot write to $cache"
    trap 'rm -rf "$temp"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    cd "$temp" || exit 4
    can_pip || die "python3 with pip is needed to get the runtime"
    say "getting the runtime of deno $fallback_version for $triple with pip into $cache"
    printf '%s --hash=sha256:%s\n' "$wheel" "$wheel_sha256" >wheel.txt
    pip_target --platform "$platform" --require-hashes -r wheel.txt >&2 || die "pip could not install $wheel"
    if [ -n "$bytes" ]; then
      head -c "$bytes" pip/bin/bids-validator-deno >denort
      case $(sha256 <denort) in "$sha256"*) ;; *) die "the runtime cut out of $wheel is not the expected one" ;; esac
    else
      mv pip/bin/bids-validator-deno* denort || exit 4
    fi
    chmod 755 denort && mv -f denort "$runtime" || die "cannot write $runtime"
  ) </dev/null
}

# make TARGET FILE: fails with 1 where no runtime is to be had, and ends the script where the program is at fault.
make() {
  describe_target "$1"
  if said=$(compile "$deno" "$2" --no-check 2>&1); then return; fi
  case $said in
  *denort*"error sending request"* | *"error sending request"*denort*) [ -z "${DENORT_BIN-}" ] ;;
  *) false ;;
  esac || {
    printf '%s\n' "$said" >&2
    exit 1
  }
  find_runtime || return
  [ -n "$fallback_said" ] || say "deno $deno_version's runtimes cannot be downloaded; compiling with deno $fallback_version"
  fallback_said=yes
  old_deno=$cache/deno-$fallback_version
  [ -x "$old_deno" ] || install_deno "$fallback_version" "$old_deno" pip
  (export DENORT_BIN="$runtime" && compile "$old_deno" "$2") || exit 1
}

fallback_said=
targets=
case ${1-} in
'') ;;
--all) targets="linux-x64 linux-arm64 macos-x64 macos-arm64 windows-x64" ;;
--target) shift && targets=$* && [ -n "$targets" ] || { say "--target needs a name" && exit 2; } ;;
*) say "unknown option $1; expected --all or --target NAME…" && exit 2 ;;
esac
for target in $targets; do describe_target "$target"; done

choose_cache
set_environment
find_deno
fetch_packages
cd "$root" || exit 4
mkdir -p dist

if [ -z "$targets" ]; then
  this_machine
  make "$target" dist/llama || die "no runtime of deno for $target can be downloaded"
  exit
fi
missing=
for target in $targets; do
  file=dist/llama-$target
  case $target in windows*) file=$file.exe ;; esac
  rm -f "$file"
  make "$target" "$file" || missing="$missing $target"
done
(cd dist && rm -f SHA256SUMS && for file in llama-*; do [ ! -f "$file" ] || sha256 "$file"; done >sums && mv sums SHA256SUMS)
cat dist/SHA256SUMS
[ -z "$missing" ] || die "not made, for want of a runtime that can be downloaded:$missing"
