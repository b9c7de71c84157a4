#!/bin/sh
# Makes dist/llama: one file with the program, its kernels (they are imports) and the default model.
#
# `deno compile` copies a runtime of its own version ("denort") from Deno's download host. Where that host is out of
# reach but Python's registry is not, the runtime is cut out of a program that a published wheel carries: it was made by
# `deno compile` 2.6.10, so that its first bytes, up to the end of its ELF section table, are denort 2.6.10. Deno 2.6.10
# itself comes from pip too (npm has no 2.6.10). DENORT_BIN, where the user sets it, wins over both.
set -u

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 4
. "$root/scripts/deno.sh"

fallback_version=2.6.10
wheel="bids-validator-deno==2.4.1 --hash=sha256:5087fcd13341f529b5404792a74e22f570e50f17e5ea4cabe9c91b1caf74cbf4"
runtime_bytes=92183912
runtime_sha256=1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2

# compile DENO [OPTION…]: what is read by path at run time is named with --include; imports come along by themselves.
compile() {
  program=$1
  shift
  for file in testdata/default-model/*.json testdata/default-model/*.jinja testdata/default-model/*.model \
    testdata/default-model/*.safetensors; do
    [ ! -f "$file" ] || set -- "$@" --include "$file"
  done
  # shellcheck disable=SC2086 # a list of flags
  NO_COLOR=1 RUST_BACKTRACE=0 "$program" compile --quiet --no-prompt --frozen $permissions "$@" \
    --output dist/llama main.ts </dev/null
}

sha256() { if has sha256sum; then sha256sum; else shasum -a 256; fi; }

# Sets $runtime to denort of the fallback version.
find_runtime() {
  runtime=$cache/denort-$fallback_version
  [ ! -x "$runtime" ] || return 0
  case $(uname -s)-$(uname -m) in Linux-x86_64) ;; *) die "no other source of the runtime for $(uname -s) on $(uname -m)" ;; esac
  (
    temp=$(mktemp -d "$cache/install.XXXXXX") || die "cannot write to $cache"
    trap 'rm -rf "$temp"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    cd "$temp" || exit 4
    can_pip || die "python3 with pip is needed to get the runtime"
    say "getting the runtime of deno $fallback_version with pip into $cache"
    printf '%s\n' "$wheel" >wheel.txt
    pip_target --require-hashes -r wheel.txt >&2 || die "pip could not install ${wheel%% *}"
    head -c "$runtime_bytes" pip/bin/bids-validator-deno >denort
    case $(sha256 <denort) in "$runtime_sha256"*) ;; *) die "the runtime cut out of ${wheel%% *} is not the expected one" ;; esac
    chmod 755 denort && mv -f denort "$runtime" || die "cannot write $runtime"
  ) </dev/null || exit
}

choose_cache
set_environment
find_deno
fetch_packages
cd "$root" || exit 4
mkdir -p dist

if said=$(compile "$deno" --no-check 2>&1); then exit 0; fi
case $said in
*denort*"error sending request"* | *"error sending request"*denort*) [ -z "${DENORT_BIN-}" ] ;;
*) false ;;
esac || {
  printf '%s\n' "$said" >&2
  exit 1
}

say "deno $deno_version's runtime cannot be downloaded; compiling with deno $fallback_version"
find_runtime
old_deno=$cache/deno-$fallback_version
[ -x "$old_deno" ] || install_deno "$fallback_version" "$old_deno" pip
DENORT_BIN=$runtime compile "$old_deno"
