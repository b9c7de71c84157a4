# What Deno lets the program do. Sourced by ./llama and scripts/compile.sh, after deno.sh; POSIX sh only.
# shellcheck shell=sh disable=SC2034 # names shared with the caller

# The variables that the program reads (XDG_RUNTIME_DIR it sets too, and with --device those that choose a card). tests/trust/permissions_test.ts holds this list to
# the source.
env_names=DENO_WEBGPU_BACKEND,DRI_PRIME,HF_ENDPOINT,HF_HOME,HF_HUB_CACHE,HF_HUB_DISABLE_IMPLICIT_TOKEN,HF_HUB_DOWNLOAD_TIMEOUT,HF_HUB_OFFLINE,HF_TOKEN,HF_TOKEN_PATH,HOME,HUGGING_FACE_HUB_TOKEN,LLAMA_API_KEY,LLAMA_DEBUG,LLAMA_MODEL,LLAMA_PCI_CARDS,MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE,NO_COLOR,TERM,TRANSFORMERS_OFFLINE,USERPROFILE,VK_DRIVER_FILES,VK_ICD_FILENAMES,XDG_CACHE_HOME,XDG_RUNTIME_DIR

# Models and prompts lie anywhere; no command starts a program or loads a native library.
least="--allow-read --allow-env=$env_names --allow-sys=systemMemoryInfo"
# For whoever cannot look at a command line first.
program_permissions="$least --allow-write --allow-net"

# Could this be a model on a hub, and not one that is here?
names_hub() {
  case $1 in
  /* | ./* | ../* | */*/* | *.safetensors) return 1 ;;
  ?*/?*) [ ! -e "$1" ] ;;
  *) return 1 ;;
  esac
}

# Sets $tuning to the permission to keep which kernels are the fastest on a device: two names in the folder of $cache,
# of which the second becomes the first. A path that the shell or Deno would take apart gets none.
choose_tuning() {
  tuning=
  case ${cache-} in
  '' | *[!A-Za-z0-9/._@+-]*) ;;
  *) tuning="--allow-write=$cache/tuning.json,$cache/tuning.json.new" ;;
  esac
}

# Adds the permission to listen on $host and $port. What Deno would refuse as an address gets none: the program says so.
choose_address() {
  case $host in
  ::1 | ::) host="[$host]" ;;
  "[::1]" | "[::]") ;;
  *:*) permissions="$permissions --allow-net" && return ;; # sh cannot check an address of IPv6
  '' | .* | *..* | *[!A-Za-z0-9.-]*) return ;;
  esac
  case $port in '' | *[!0-9]* | ??????*) return ;; esac
  [ "$port" -gt 65535 ] || permissions="$permissions --allow-net=$host:$port"
}

# Sets $permissions to what a command line needs: files are written only by commands and options that say so (beside
# $tuning), and the network is used only where a model on a hub is named, and by a server: it may listen on its address.
choose_permissions() {
  writes= hub= command= next= host=127.0.0.1 port=8080
  names_hub "${LLAMA_MODEL-}" && hub=yes
  for word; do
    case $next in
    model) names_hub "$word" && hub=yes ;;
    host) host=$word ;;
    port) port=$word ;;
    esac
    if [ -n "$next" ]; then
      next=
      continue
    fi
    case $word in
    --) break ;;
    --model) next=model ;;
    --model=*) names_hub "${word#*=}" && hub=yes ;;
    --host) next=host ;;
    --host=*) host=${word#*=} ;;
    --port) next=port ;;
    --port=*) port=${word#*=} ;;
    --prompt-cache | --prompt-cache=* | --png | --png=* | --html | --html=*) writes=yes ;;
    --*) ;;
    -*m) next=model ;; # short flags may share a dash
    -*m*) names_hub "${word#*m}" && hub=yes ;;
    -*) ;;
    *)
      case $command in
      '') command=$word ;;
      inspect | quantize | mask) names_hub "$word" && hub=yes ;;
      esac
      ;;
    esac
  done
  case $command in
  pull) hub=yes ;;
  chat | quantize) writes=yes ;;
  esac
  permissions=$least
  choose_tuning
  case $hub$writes:$command in
  :run | :score | :bench | :serve) permissions="$permissions${tuning:+ $tuning}" ;;
  :*) ;;
  *) permissions="$permissions --allow-write" ;;
  esac
  if [ -n "$hub" ]; then permissions="$permissions --allow-net"
  elif [ "$command" = serve ]; then choose_address; fi
}
