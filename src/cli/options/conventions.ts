/** Meaning of the exit codes. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "success"],
  ["1", "a bug of ours; no input may cause it"],
  ["2", "wrong usage: command, option, value, options that contradict each other, empty stdin"],
  ["3", "bad data: model, tokenizer, prompt, record"],
  ["4", "environment: no GPU, memory, disk, network, a missing file"],
  ["130", "SIGINT (Ctrl-C)"],
  ["141", "stdout was closed by its reader; no message"],
  ["143", "SIGTERM"],
];

/** The environment variables that the program reads; `scripts/permissions.sh` allows no others. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ["LLAMA_MODEL", "the model if -m is not given"],
  ["LLAMA_API_KEY", "a key of `llama serve`, beside those of --api-key"],
  ["LLAMA_DEBUG", "1: print the stack trace before an error"],
  [
    "HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HOME, USERPROFILE",
    "folder of the Hugging Face cache; the first one that is set counts",
  ],
  ["HF_ENDPOINT", "another hub"],
  [
    "HF_TOKEN, HF_TOKEN_PATH, HUGGING_FACE_HUB_TOKEN",
    "the token for gated models, or the file that contains it",
  ],
  ["HF_HUB_DISABLE_IMPLICIT_TOKEN", "1: send no token"],
  ["HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE", "1: never use the network"],
  ["HF_HUB_DOWNLOAD_TIMEOUT", "seconds without an answer before a download is retried"],
  [
    "VK_DRIVER_FILES, VK_ICD_FILENAMES",
    "manifests of Vulkan drivers, each asked for its cards; set for the card of --device",
  ],
  [
    "DENO_WEBGPU_BACKEND, DRI_PRIME, MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE",
    "set, so that the graphics driver opens the card of --device",
  ],
  ["LLAMA_PCI_CARDS", "PCI addresses of the graphics cards, which `./llama` reads from the system"],
  ["NO_COLOR, TERM", "no colours if NO_COLOR is set or TERM is dumb"],
  ["XDG_RUNTIME_DIR", "set for the graphics driver if it is not an absolute path"],
];
