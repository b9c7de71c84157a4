#!/bin/sh
# scripts/gpu_check.sh [--short] [--memory GB] [--limit SECONDS] [FOLDER]: all measurements of a GPU, in at most eight
# minutes.
# scripts/gpu_check.sh --pack: what a machine without network needs, into .cache/gpu_check; carry that folder there.
#   --short   a small model instead of the 8B and the 7B: for software drivers
#   --memory  gigabytes of the GPU's memory; default: what nvidia-smi or AMD's driver says, else 8
#   --limit   most seconds of a step
# FOLDER (default: $OUT, else a new folder) receives results.json, table.md and log.txt. A step that hangs or fails costs
# only itself. Exit code: 0 if every step ended well, 1 if not, 2 for wrong arguments, 4 without a GPU or Deno.
set -u

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 4
. "$root/scripts/deno.sh"
packed=$root/.cache/gpu_check

usage() {
  say "$1"
  say "usage: scripts/gpu_check.sh [--short] [--memory GB] [--limit SECONDS] [FOLDER] | --pack"
  exit 2
}

# Deno, its packages and the Vulkan loader, in one file.
pack() {
  choose_cache
  set_environment
  find_deno
  work=$(mktemp -d) && mkdir -p "$work/bin" "$packed" && cp "$deno" "$work/bin/deno" || exit 4
  (cd "$root" && DENO_DIR="$work/deno-dir" "$deno" cache --frozen --quiet --no-check main.ts bench/gpu_check/*.ts) || exit 4
  (cd "$work" && apt-get download -q libvulkan1 >/dev/null 2>&1 && dpkg-deb -x libvulkan1_*.deb vulkan && rm ./*.deb) ||
    say "no Vulkan loader packed: the machine must have one"
  XZ_OPT='-3 -T0' tar -C "$work" -cJf "$packed/packed.tar.xz" . || exit 4
  rm -rf "$work"
  say "packed $(du -m "$packed/packed.tar.xz" | cut -f 1) MB into .cache/gpu_check"
  exit 0
}

unpack() {
  tar -C "$work" -xJf "$packed/packed.tar.xz" || exit 4
  export PATH="$work/bin:$PATH" DENO_DIR="$work/deno-dir"
  if /sbin/ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; then return; fi
  for loader in "$work"/vulkan/usr/lib/*; do
    export LD_LIBRARY_PATH="$loader${LD_LIBRARY_PATH+:$LD_LIBRARY_PATH}"
  done
}

# step NAME SECONDS COMMAND…: runs it within its limit and what is left of all; its output goes to NAME.jsonl.
step() {
  name=$1 limit=$2
  shift 2
  left=$((ends - $(date +%s)))
  [ "$limit" -le "$most" ] || limit=$most
  [ "$limit" -le "$left" ] || limit=$left
  began=$(date +%s)
  if [ "$limit" -gt 0 ]; then
    timeout -k 5 "$limit" "$@" >"$work/$name.jsonl" 2>"$work/$name.err" </dev/null
    status=$?
  else
    status=124
    : >"$work/$name.err"
  fi
  case $status in
  0) result=ok ;;
  3) result="left out" ;;
  124 | 137) result="stopped after $limit s" ;;
  *) result="failed, exit code $status" ;;
  esac
  case $status in 0) ;; 3) tail -n 1 "$work/$name.err" >&2 ;; *) failed=1 && tail -n 1 "$work/$name.err" >&2 ;; esac
  printf '{"kind":"run","name":"%s","result":"%s","seconds":%d}\n' "$name" "$result" $(($(date +%s) - began)) >>"$work/runs.jsonl"
  say "$name: $result, $(($(date +%s) - began)) s"
  { printf '== %s: %s\n' "$name" "$result" && tail -c 20000 "$work/$name.err"; } >>"$results/log.txt"
  return $status
}

# program NAME SECONDS SCRIPT ARGUMENT…
program() {
  name=$1 limit=$2 script=$3
  shift 3
  # shellcheck disable=SC2086 # a list of flags
  step "$name" "$limit" "$deno" run --quiet --no-prompt --frozen --no-check $permissions --allow-run "bench/gpu_check/$script" "$@"
}

measure() {
  for shape in $shapes; do
    for weights in float16 int4; do
      program "$shape-$weights" 90 measure.ts "$shape" "$weights" --memory "${memory:-8}"
    done
  done
  # The drivers' own shader caches: the first start compiles, the second does not.
  mkdir "$work/shaders" && export MESA_SHADER_CACHE_DIR="$work/shaders" __GL_SHADER_DISK_CACHE_PATH="$work/shaders"
  for filled in empty filled; do program "start-$filled" 60 start.ts "$filled"; done
  case $shapes in
  small) say "llama.cpp: left out, a software driver takes minutes to compile its kernels" ;;
  *) program llama.cpp 110 llama_cpp.ts 8b ;;
  esac
}

# Gigabytes of the first card's memory; nothing if no driver says.
card_memory() {
  nvidia-smi --query-gpu=memory.total --format=csv,noheader,nounits 2>/dev/null | awk 'NR == 1 { print int($1 / 1000) }'
  cat /sys/class/drm/card*/device/mem_info_vram_total 2>/dev/null | awk 'NR == 1 { print int($1 / 1e9) }'
}

shapes="8b 7b" most=470 memory='' results=
while [ $# -gt 0 ]; do
  case $1 in
  --short) shapes=small ;;
  --memory | --limit)
    case ${2-} in '' | *[!0-9]* | 0*) usage "$1: expected a whole number above 0, got ${2-nothing}" ;; esac
    [ "$1" = --limit ] && most=$2 || memory=$2
    shift
    ;;
  --pack) pack ;;
  -*) usage "unknown option $1" ;;
  *) [ -z "$results" ] || usage "expected one folder, got also $1"; results=$1 ;;
  esac
  shift
done
has timeout || die "timeout of coreutils is needed"
ends=$(($(date +%s) + 470)) failed=0
work=$(mktemp -d) || exit 4
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
results=${results:-${OUT:-$(mktemp -d)}}
mkdir -p "$results" && : >"$results/log.txt" || die "cannot write to $results"
results=$(CDPATH='' cd -- "$results" && pwd)
[ ! -e "$packed/packed.tar.xz" ] || unpack
choose_cache
set_environment
find_cards
find_deno
[ -e "$packed/packed.tar.xz" ] || fetch_packages
ensure_driver
cd "$root" || exit 4
[ -n "$memory" ] || memory=$(card_memory | head -n 1)

# shellcheck disable=SC2086 # a list of flags
step doctor 90 "$deno" run --quiet --no-prompt --frozen --no-check $permissions main.ts doctor
# Without a GPU nothing else can run.
if [ $status -eq 4 ]; then failed=4; else measure; fi
ends=$(($(date +%s) + 20)) most=20
program summary 20 table.ts "$work" "$results" && cat "$results/table.md"
say "results in $results"
exit $failed
