#!/bin/sh
# deno task check:drivers [DRIVER…]: the kernels' tests and `llama doctor` on other Vulkan drivers than the system's.
# They come from Debian's archive with apt-get and are unpacked into the cache folder; nothing is installed.
#   mesa25       lavapipe 25.0 of Debian 13, with Debian 13's libraries
#   swiftshader  the software driver inside Debian's chromium
# deno task check:dawn [DRIVER…]: the same with Dawn, Chrome's WebGPU, in the place of Deno's (tools/dawn/). It needs npm.
set -u

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 4
. "$root/scripts/deno.sh"

# unpack FOLDER PACKAGE…
unpack() (
  folder=$1
  shift
  [ ! -d "$folder/usr" ] || exit 0
  mkdir -p "$folder/debs" && cd "$folder/debs" || exit 4
  apt-get download -q "$@" >log 2>&1 || { tail -n 1 log >&2; exit 4; }
  for package in *.deb; do dpkg-deb -x "$package" "$folder" || exit 4; done
  rm -rf "$folder/debs"
)

# Sets $run, what starts deno, and $library, the driver's.
prepare() {
  run=$deno
  case $1 in
  mesa25)
    folder=$(sh "$root/scripts/simulated_gpus.sh") || return
    libraries=$folder/root/usr/lib/x86_64-linux-gnu
    library=$libraries/libvulkan_lvp.so
    run="$libraries/ld-linux-x86-64.so.2 --library-path $libraries $deno"
    ;;
  swiftshader)
    folder=$cache/drivers/swiftshader
    unpack "$folder" chromium-common || return
    library=$folder/usr/lib/chromium/libvk_swiftshader.so
    ;;
  *)
    say "unknown driver $1: expected mesa25 or swiftshader"
    return 2
    ;;
  esac
  [ -e "$library" ] || { say "$1: no ${library##*/} in the package"; return 4; }
  icd=$cache/drivers/$1.json
  printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s", "api_version": "1.1.0"}}\n' "$library" >"$icd"
}

# Installs the npm package of tools/dawn/ into the cache folder; sets $preload.
prepare_dawn() {
  export DAWN="$cache/drivers/dawn"
  preload="--preload=tools/dawn/preload.ts"
  cmp -s tools/dawn/package-lock.json "$DAWN/node_modules/lock.json" && return
  mkdir -p "$DAWN" && cp tools/dawn/package*.json "$DAWN" || exit 4
  say "installing Dawn into $DAWN (130 MB)"
  npm ci --prefix "$DAWN" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || die "npm could not install Dawn"
  cp tools/dawn/package-lock.json "$DAWN/node_modules/lock.json"
}

choose_cache
set_environment
find_deno
fetch_packages
cd "$root" || exit 4
preload=
if [ "${1-}" = --dawn ]; then shift && prepare_dawn; fi
[ $# -gt 0 ] || set -- mesa25 swiftshader
failed=0
for driver; do
  if ! prepare "$driver"; then failed=1; continue; fi
  export VK_ICD_FILENAMES="$icd"
  # shellcheck disable=SC2086 # lists of words
  for check in "run main.ts devices" "run main.ts doctor" "test --no-check src/gpu src/ops"; do
    printf '\n== %s: %s\n' "$driver" "$check"
    # Dawn is a library of native code.
    case $preload in ?*) more=--allow-ffi ;; *) more= ;; esac
    # The longest here took 17 minutes on two cores that eight shared, and 1.2 GB at most.
    timeout 1800 $run ${check%% *} --quiet --no-prompt --frozen $preload $permissions $more ${check#* } || failed=1
  done
done
exit $failed
