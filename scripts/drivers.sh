#!/bin/sh
# deno task check:drivers [DRIVER…]: the kernels' tests and `llama doctor` on other Vulkan drivers than the system's.
# They come from Debian's archive with apt-get and are unpacked into the cache folder; nothing is installed.
#   mesa25       lavapipe 25.0 of bookworm-backports
#   swiftshader  the software driver inside Debian's chromium
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

# Sets $icd and $libraries: the loader's file of a driver, which names its library by an absolute path.
prepare() {
  folder=$cache/drivers/$1
  libraries=$folder/usr/lib/$(uname -m)-linux-gnu
  icd=$folder/icd.json
  case $1 in
  mesa25)
    unpack "$folder" mesa-vulkan-drivers/bookworm-backports mesa-libgallium/bookworm-backports \
      libdrm2/bookworm-backports libdrm-amdgpu1/bookworm-backports || return
    library=$libraries/libvulkan_lvp.so
    ;;
  swiftshader)
    unpack "$folder" chromium-common || return
    library=$folder/usr/lib/chromium/libvk_swiftshader.so
    ;;
  *)
    say "unknown driver $1: expected mesa25 or swiftshader"
    return 2
    ;;
  esac
  [ -e "$library" ] || { say "$1: no ${library##*/} in the package"; return 4; }
  printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s", "api_version": "1.1.0"}}\n' "$library" >"$icd"
}

choose_cache
set_environment
find_deno
fetch_packages
cd "$root" || exit 4
[ $# -gt 0 ] || set -- mesa25 swiftshader
failed=0
system_libraries=${LD_LIBRARY_PATH-}
for driver; do
  if ! prepare "$driver"; then failed=1; continue; fi
  export VK_ICD_FILENAMES="$icd" LD_LIBRARY_PATH="$libraries${system_libraries:+:$system_libraries}"
  # shellcheck disable=SC2086 # lists of words
  for check in "run main.ts devices" "run main.ts doctor" "test --no-check src/gpu src/ops"; do
    printf '\n== %s: %s\n' "$driver" "$check"
    case $check in test*) more=--allow-run ;; *) more= ;; esac
    # The longest here took 17 minutes on two cores that eight shared, and 1.2 GB at most.
    timeout 1800 "$deno" ${check%% *} --quiet --no-prompt --frozen $permissions $more ${check#* } || failed=1
  done
done
exit $failed
