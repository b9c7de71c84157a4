#!/bin/sh
# Unpacks Debian 13's Mesa, which has NVIDIA's and Intel's Vulkan drivers, with all libraries that it needs, and builds
# Mesa's own simulated kernel interfaces (drm-shim) from Debian's source package. Nothing is installed. Prints the folder:
#   root/        the packages; programs run through root's own dynamic loader
#   nouveau.so   to preload: an NVIDIA GPU (NOUVEAU_CHIPSET)
#   intel.so     to preload: an Intel GPU (INTEL_STUB_GPU_PLATFORM)
# Used by deno task check:compilers. Needs apt-get, gcc, python3, about 130 MB of downloads and 300 MB of disk, once.
set -eu

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P)
. "$root/scripts/deno.sh"

codename=trixie

# An apt of our own: the system's mirror, another release, no change to the system.
apt() {
  command=$1
  shift
  "apt-$command" -qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$folder/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$folder/cache" \
    -o Acquire::Languages=none -o Acquire::Retries=1 -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}

prepare_apt() {
  . /etc/os-release
  mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    sed -n "s/^${VERSION_CODENAME:-none} //p" | head -n 1)
  [ -n "$mirror" ] || die "apt-get names no Debian mirror"
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  for kind in deb deb-src; do echo "$kind [signed-by=$keys] $mirror $codename main"; done >"$folder/sources.list"
  apt get update
}

# unpack PACKAGE…: into root/.
unpack() {
  for package; do dpkg-deb -x "$package" "$folder/root"; done
}

# build NAME SOURCE…: Mesa's sources, with those of its utilities that a simulated kernel interface uses.
build() {
  name=$1
  shift
  headers=$folder/root/usr/include
  util="hash_table set ralloc anon_file u_debug os_misc log u_process simple_mtx vma u_call_once"
  # shellcheck disable=SC2046 # file names without spaces
  (cd "$folder/mesa" && gcc -O1 -fPIC -shared -w -fvisibility=hidden -ffunction-sections -fdata-sections \
    -D_GNU_SOURCE -DHAVE_PTHREAD=1 -DHAVE_ENDIAN_H=1 -DHAVE_STRUCT_TIMESPEC=1 -DHAVE_TIMESPEC_GET=1 \
    -DHAVE_SECURE_GETENV=1 -DHAVE_MEMFD_CREATE=1 -DPACKAGE_VERSION='""' \
    -Iinclude -Igenerated -Igenerated/dev -Isrc -Isrc/util -Isrc/intel -Isrc/intel/dev -I"$headers" -I"$headers/libdrm" \
    "$@" src/drm-shim/drm_shim.c src/drm-shim/device.c $(printf 'src/util/%s.c ' $util) \
    -Wl,--gc-sections -Wl,-z,defs -o "$folder/$name.so" -ldl -lm)
}

# The headers that Mesa's build generates; descriptions of GPUs as JSON are left out.
generate() {
  mkdir -p "$folder/mesa/generated/dev"
  ln -sfn . "$folder/mesa/generated/intel"
  (
    cd "$folder/mesa" && export PYTHONPATH="$folder/root/usr/lib/python3/dist-packages"
    python3 src/intel/dev/gen_wa_helpers.py src/intel/dev/mesa_defs.json generated/dev/intel_wa.h generated/dev/intel_wa.c
    python3 src/intel/dev/intel_device_info_gen_h.py generated/dev/intel_device_info_gen.h
  )
  cat >"$folder/mesa/generated/no_json.c" <<'END'
#include "dev/intel_device_info.h"
bool intel_device_info_from_json(const char *path, struct intel_device_info *info) { return false; }
END
}

make_all() {
  prepare_apt
  apt get install -y --no-install-recommends --download-only mesa-vulkan-drivers libdrm-dev python3-mako
  unpack "$folder"/cache/archives/*.deb
  (cd "$folder" && apt get source --download-only mesa && mkdir -p mesa &&
    tar -xf mesa_*.orig.tar.* -C mesa --strip-components=1 --wildcards '*/include/*' '*/src/c11/*' '*/src/util/*' \
      '*/src/drm-shim/*' '*/src/nouveau/drm-shim/*' '*/src/gallium/drivers/nouveau/*.h' '*/src/gallium/include/*' \
      '*/src/intel/*.h' '*/src/intel/dev/*' '*/src/intel/tools/intel_noop*' '*/src/compiler/*.h')
  generate
  build nouveau src/nouveau/drm-shim/nouveau_noop.c
  intel=src/intel/dev
  build intel src/intel/tools/intel_noop_drm_shim.c generated/dev/intel_wa.c generated/no_json.c $intel/intel_device_info.c \
    $intel/intel_kmd.c $intel/intel_debug.c $intel/intel_hwconfig.c $intel/i915/intel_device_info.c \
    $intel/xe/intel_device_info.c
  rm -rf "$folder/cache" "$folder/lists" "$folder/mesa" "$folder"/mesa_*
}

choose_cache
folder=$cache/drivers/$codename
for program in apt-get dpkg-deb gcc python3; do has $program || die "$program is needed for NVIDIA's and Intel's drivers"; done
if [ ! -e "$folder/ready" ]; then
  say "unpacking Debian 13's Mesa into $folder (130 MB of downloads)"
  rm -rf "$folder" && mkdir -p "$folder"
  trap '[ -e "$folder/ready" ] || die "$(tail -n 1 "$folder/log"); see $folder/log"' EXIT
  make_all >"$folder/log" 2>&1 </dev/null
  : >"$folder/ready"
fi
echo "$folder"
