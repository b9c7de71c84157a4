# Finds or installs Deno and a Vulkan driver. Sourced by ./llama, ./check and scripts/compile.sh; POSIX sh only.
# The caller sets $root (the project's folder) first. Everything said here goes to stderr; stdin is left to the program.
# shellcheck shell=sh disable=SC2034,SC2154 # names shared with the caller

deno_version=2.9.6
newline='
'

say() { printf 'llama: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 4
}

has() { command -v "$1" >/dev/null 2>&1; }

# Sets $cache: the folder for what is installed. Without a usable HOME it is a private one under the temp folder.
choose_cache() {
  case ${XDG_CACHE_HOME-} in
  /*) cache=$XDG_CACHE_HOME/llama ;;
  *) cache=${HOME:+$HOME/.cache/llama} ;;
  esac
  if [ -n "$cache" ] && { [ -d "$cache" ] || mkdir -p "$cache" 2>/dev/null; } && [ -w "$cache" ]; then return; fi
  cache=${TMPDIR:-/tmp}/llama-$(id -u)
  [ -d "$cache" ] || mkdir -m 700 "$cache" 2>/dev/null
  # A folder of that name made by someone else could hold anyone's program.
  if [ -L "$cache" ] || [ ! -O "$cache" ] || [ ! -w "$cache" ]; then die "no cache folder: neither HOME nor $cache can be written"; fi
  export DENO_DIR="${DENO_DIR:-$cache/deno-dir}"
}

# new_enough FILE: does it run, and is it of the pinned version or newer?
new_enough() {
  got=$("$1" --version 2>/dev/null) || return 1
  got=${got#deno }
  got=${got%%[!0-9.]*}
  major=${got%%.*} got=${got#*.}
  minor=${got%%.*} patch=${got#*.}
  case $major.$minor.$patch in *[!0-9.]* | .* | *..* | *.) return 1 ;; esac
  want=${deno_version#*.}
  if [ "$major" -ne "${deno_version%%.*}" ]; then [ "$major" -gt "${deno_version%%.*}" ] && return; return 1; fi
  if [ "$minor" -ne "${want%.*}" ]; then [ "$minor" -gt "${want%.*}" ] && return; return 1; fi
  [ "$patch" -ge "${want#*.}" ]
}

# Sets $deno: one from PATH, else the cached one, else a freshly installed one.
find_deno() {
  deno=$(command -v deno) || deno=
  case $deno in
  /*)
    # npm's `deno` is a Node script that keeps signals to itself and starts slowly; the real program lies beside it.
    first=
    IFS= read -r first 2>/dev/null <"$deno" || :
    case $first in
    '#!'*node*)
      script=$(readlink -f "$deno") || script=$deno
      if [ -x "${script%/*}/deno" ] && [ "${script%/*}/deno" != "$deno" ]; then deno=${script%/*}/deno; fi
      ;;
    esac
    new_enough "$deno" && return
    ;;
  esac
  deno=$cache/deno-$deno_version
  if [ -x "$deno" ] && new_enough "$deno"; then return; fi
  install_deno "$deno_version" "$deno"
}

# install_deno VERSION FILE [WAYS]: with npm, pip or Deno's own downloads, whichever works first. FILE appears whole or
# not at all, so that several starts at once do no harm.
install_deno() {
  (
    temp=$(mktemp -d "$cache/install.XXXXXX") || die "cannot write to $cache"
    trap 'rm -rf "$temp"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    cd "$temp" || exit 4
    [ -n "${HOME-}" ] || export HOME="$temp"
    for way in ${3-npm pip curl}; do
      "can_$way" || continue
      say "installing deno $1 with $way into $cache"
      if "deno_by_$way" "$1" >log 2>&1 && chmod 755 deno && ./deno --version >>log 2>&1; then
        mv -f deno "$2" || die "cannot write $2"
        exit 0
      fi
      say "$way failed: $(sed -n '/complete log of/!{/[^ ]/h;}; ${g;p;}' log)"
    done
    die "deno $1 is needed and could not be installed; it needs one of npm, python3 with pip, curl (or wget), or deno on PATH"
  ) </dev/null || exit
}

can_npm() { has npm; }

# In a folder of its own and not with --prefix, which would hide the system's npm settings.
deno_by_npm() {
  mkdir npm && echo '{}' >npm/package.json || return
  (cd npm && npm install --global=false --no-save --no-audit --no-fund --ignore-scripts --include=optional \
    --loglevel=error "deno@$1") && mv npm/node_modules/@deno/*/deno deno
}

# Sets $pip to a command that runs pip; a python3 without pip may still be able to make a venv with one.
can_pip() {
  if python3 -m pip --version >/dev/null 2>&1; then pip="python3 -m pip"; return; fi
  for pip in pip3 pip; do has $pip && return; done
  pip=./venv/bin/pip
  python3 -m venv venv >/dev/null 2>&1
}

# --target is allowed where the system's Python is managed by Debian (PEP 668).
pip_target() {
  PIP_ROOT_USER_ACTION=ignore PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_PREFIX='' $pip install --quiet \
    --disable-pip-version-check --no-input --no-deps --only-binary :all: --target pip "$@"
}

deno_by_pip() { pip_target "deno==$1" && mv pip/bin/deno deno; }

can_curl() { has curl || has wget; }

fetch() { if has curl; then curl -fsSL --retry 2 -o "$1" "$2"; else wget -q -O "$1" "$2"; fi; }

# From the npm registry that the environment names (behind a company's wall often the only host there is), else Deno's
# own archive. Debian's smallest systems have no unzip, but gzip unpacks a zip that holds one file.
deno_by_curl() {
  case $(uname -s)-$(uname -m) in
  Linux-x86_64) target=x86_64-unknown-linux-gnu package=linux-x64-glibc ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-gnu package=linux-arm64-glibc ;;
  Darwin-x86_64) target=x86_64-apple-darwin package=darwin-x64 ;;
  Darwin-arm64) target=aarch64-apple-darwin package=darwin-arm64 ;;
  *) echo "no deno for $(uname -s) on $(uname -m)" && return 1 ;;
  esac
  registry=${NPM_CONFIG_REGISTRY:-${npm_config_registry-}}
  if [ -n "$registry" ] && fetch deno.tgz "${registry%/}/@deno/$package/-/$package-$1.tgz"; then
    gzip -dc <deno.tgz | tar -xf - package/deno && mv package/deno deno && return
  fi
  fetch deno.zip "https://dl.deno.land/release/v$1/deno-$target.zip" || return
  if has unzip; then unzip -q -o deno.zip deno; else gzip -dc <deno.zip >deno; fi
}

# Fetches the npm packages of deno.lock once, so that later starts need no network.
fetch_packages() {
  cmp -s "$root/deno.lock" "$cache/packages.lock" && return
  if ! said=$(cd "$root" && NO_COLOR=1 "$deno" install --frozen --quiet 2>&1 </dev/null); then
    said=${said#error: }
    die "the npm packages named in deno.lock could not be fetched: ${said%%"$newline"*}"
  fi
  cp "$root/deno.lock" "$cache/packages.$$" && mv -f "$cache/packages.$$" "$cache/packages.lock"
}

any_file() {
  for file; do [ -e "$file" ] && return; done
  return 1
}

# Where the Vulkan loader looks for drivers.
driver_folders="/usr/share/vulkan/icd.d /usr/local/share/vulkan/icd.d /etc/vulkan/icd.d /usr/local/etc/vulkan/icd.d"

# Would the loader find a driver that can answer: a software one, or any with a device to drive?
has_vulkan_driver() {
  any_file /usr/lib/*/libvulkan.so.1 /usr/lib/libvulkan.so.1 /usr/lib64/libvulkan.so.1 /usr/local/lib/libvulkan.so.1 ||
    /sbin/ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' || return
  for folder in $driver_folders; do
    any_file "$folder"/lvp_icd*.json "$folder"/*swiftshader*.json && return
    any_file "$folder"/*.json && any_file /dev/dri/renderD* /dev/nvidia[0-9]* /dev/dxg && return
  done
  return 1
}

# Installs Debian's software driver where none answers. Tried once; a failure never stops the command, which then
# says itself that there is no GPU.
ensure_driver() {
  [ -z "${VK_ICD_FILENAMES-}${VK_DRIVER_FILES-}" ] || return 0
  [ ! -e "$cache/driver-tried" ] || return 0
  [ "$(uname -s)" = Linux ] || return 0
  if has_vulkan_driver || ! has apt-get; then return 0; fi
  sudo=
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null </dev/null || return 0
    sudo="sudo -n"
  fi
  say "no Vulkan driver answers; installing Debian's software one (mesa-vulkan-drivers, libvulkan1) with apt-get"
  if apt_install >"$cache/driver.log" 2>&1 </dev/null || { apt_get update && apt_install; } >>"$cache/driver.log" 2>&1 </dev/null; then
    say "installed the software driver"
  else
    say "apt-get failed, see $cache/driver.log; install a Vulkan driver yourself, this is not tried again"
  fi
  : >"$cache/driver-tried"
}

apt_get() {
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
}
apt_install() { apt_get install -y --no-install-recommends mesa-vulkan-drivers libvulkan1; }

# Environment of every run. Settings of the software driver belong here too, before Deno starts: LP_NUM_THREADS
# (threads), LP_NATIVE_VECTOR_WIDTH (SIMD bits), MESA_SHADER_CACHE_DIR (its pipeline cache).
# Graphics cards by PCI slot (0000:41:00.0=10de:2684 …), because Deno reads nothing under /sys.
find_cards() {
  [ -z "${LLAMA_PCI_CARDS-}" ] || return 0
  for folder in /sys/bus/pci/devices/*; do
    { read -r class <"$folder/class" && read -r vendor <"$folder/vendor" && read -r device <"$folder/device"; } 2>/dev/null || continue
    case $class in 0x03*) LLAMA_PCI_CARDS="${LLAMA_PCI_CARDS-} ${folder##*/}=${vendor#0x}:${device#0x}" ;; esac
  done
  export LLAMA_PCI_CARDS="${LLAMA_PCI_CARDS-}"
}

set_environment() {
  # The driver's window-system code complains on stderr where this is not an absolute path.
  case ${XDG_RUNTIME_DIR-} in
  /*) ;;
  *)
    [ -d "$cache/runtime" ] || mkdir -m 700 "$cache/runtime" 2>/dev/null
    export XDG_RUNTIME_DIR="$cache/runtime"
    ;;
  esac
  # Certificates that the system trusts (a company's proxy) are good for packages too.
  export DENO_TLS_CA_STORE="${DENO_TLS_CA_STORE:-mozilla,system}" DENO_NO_UPDATE_CHECK=1
}

permissions="--allow-read --allow-write --allow-env --allow-net --allow-sys"
