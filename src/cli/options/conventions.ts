/** What the exit codes mean. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "success"],
  ["1", "a bug of ours; no input may cause it"],
  ["2", "wrong usage: command, option, value, options that contradict each other, empty stdin"],
  ["3", "bad data: model, tokenizer, prompt, record"],
  ["4", "environment: no GPU, memory, disk, network, a file that is not there"],
  ["130", "SIGINT (Ctrl-C)"],
  ["141", "stdout was closed by its reader; nothing is said"],
  ["143", "SIGTERM"],
];

/** The environment variables that the program reads; `scripts/permissions.sh` lets it read no others. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ["LLAMA_MODEL", "the model, where -m names none"],
  ["LLAMA_DEBUG", "1: an error is preceded by where in the program it arose"],
  [
    "HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HOME, USERPROFILE",
    "where the Hugging Face cache lies; the first that is set",
  ],
  ["HF_ENDPOINT", "another hub"],
  [
    "HF_TOKEN, HF_TOKEN_PATH, HUGGING_FACE_HUB_TOKEN",
    "the token that opens gated models, or the file that holds it",
  ],
  ["HF_HUB_DISABLE_IMPLICIT_TOKEN", "1: send no token that was not asked for"],
  ["HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE", "1: never use the network"],
  ["HF_HUB_DOWNLOAD_TIMEOUT", "seconds without an answer after which a download is tried again"],
  ["NO_COLOR, TERM", "no colours where NO_COLOR is set or TERM is dumb"],
  ["XDG_RUNTIME_DIR", "set for the graphics driver where it is no absolute path"],
];
