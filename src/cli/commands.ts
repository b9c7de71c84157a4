import type { CommandFunction } from "./shared/call.ts";
import type { CommandName } from "./options/option_types.ts";

/** One row of the table of commands. */
export interface CommandSpec {
  /** What follows the name in the usage line. */
  readonly usage: string;
  readonly summary: string;
  /** A few lines that say more than the summary. */
  readonly details: string;
  /** Command lines that work as they stand, with what they do. */
  readonly examples: readonly (readonly [string, string])[];
  /** Imported when called for, so that a command that needs no GPU loads none of that code. */
  load(): Promise<CommandFunction>;
}

/** Every command: dispatch, help and completions come from here. */
export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  run: {
    usage: "[PROMPT]",
    summary: "continue prompts: text in, text out",
    details:
      "The prompt is the argument, -p, the file of -f, or what is piped in; with an argument as well, what is piped in\n" +
      "follows it on a new line. Stdout carries the text and nothing else, as it is made. An option comes from the\n" +
      "record, else from the command line, else from the model's generation_config.json, else it is the default below.",
    examples: [
      [
        "printf 'Plants create energy through a process known as' | llama run --greedy -n 16",
        "continue a prompt",
      ],
      ["llama run -m ./my-model --seed 7 'Once upon a time'", "a folder's model; the same text each time"],
      ["llama run --lines -f questions.txt", "one answer for each line of a file"],
      [
        `echo '{"prompt": "The sea", "max_new_tokens": 8}' | llama run --jsonl --json --logprobs 3`,
        "records in, objects out",
      ],
      [
        `echo '{"question": "Who?", "context": "…"}' | llama run -m ./my-qa-model --task question-answering`,
        "a stretch of the context that answers; --task text-classification and token-classification read prompts",
      ],
    ],
    load: async () => (await import("./commands/run.ts")).run,
  },
  chat: {
    usage: "",
    summary: "a conversation with the model's chat template",
    details:
      "Each line is a turn; stdout carries the answers and nothing else, each ended by a newline. A line that ends in \\\n" +
      'goes on in the next one; a message of many lines may stand between two """. Turns may be piped in. /help, /system\n' +
      "TEXT, /reset, /save FILE and /exit are commands; // begins a message with a slash. Ctrl-C stops an answer, a\n" +
      "second one leaves. The cache is kept: only what is new in the conversation is read by the model.",
    examples: [
      ["llama chat", "talk to the built-in model"],
      ["llama chat -m ./my-model --system 'You are brief.' --greedy", "with a system message"],
      ["printf 'Who are you?\\nWhy?\\n' | llama chat --seed 7", "two turns through a pipe"],
    ],
    load: async () => (await import("./chat/chat.ts")).chat,
  },
  score: {
    usage: "[PROMPT]",
    summary: "log-probability of every token of a prompt, loss, perplexity",
    details:
      "Prints one JSON object for each prompt. The first token has nothing before it: its log-probability is null.",
    examples: [
      ["llama score 'The sky is blue.'", "how likely the model finds a sentence"],
      ["llama score --lines --top 5 -f sentences.txt", "with the five best tokens at each place"],
    ],
    load: async () => (await import("./commands/score.ts")).score,
  },
  tokenize: {
    usage: "[TEXT]",
    summary: "text to token ids",
    details: "Prints the ids of each prompt on a line. Needs no device and loads no weights.",
    examples: [
      ["llama tokenize 'Hello world'", "the ids"],
      ["llama tokenize --json 'Hello world'", "the ids and the tokens they stand for"],
      ["llama tokenize --count -f book.txt", "how many tokens a file has"],
    ],
    load: async () => (await import("./commands/tokenize.ts")).tokenize,
  },
  detokenize: {
    usage: "[ID…]",
    summary: "token ids to text",
    details:
      "Ids have blanks or commas between them, or are JSON: a list, or an object of `llama tokenize --json`.",
    examples: [
      ["llama detokenize 72 105", "the text of two ids"],
      ["llama tokenize 'Hello' | llama detokenize", "there and back"],
    ],
    load: async () => (await import("./commands/detokenize.ts")).detokenize,
  },
  inspect: {
    usage: "[MODEL]",
    summary: "config, tensors, parameters and the memory a model needs",
    details: "Reads the headers of the files only: no weights, no device.",
    examples: [
      ["llama inspect", "the built-in model"],
      ["llama inspect ./my-model --max-length 4096", "with the memory of a context of 4096 tokens"],
      ["llama inspect ./my-model --json", "everything, for programs"],
    ],
    load: async () => (await import("./commands/inspect.ts")).inspect,
  },
  quantize: {
    usage: "IN OUT",
    summary: "write a checkpoint in 4 bits",
    details:
      "Converts the linear weights of the layers as torchao's Int4WeightOnlyConfig does; embeddings and heads stay as they\n" +
      "are, and so does a matrix whose columns the group does not divide. IN is a folder, a .safetensors file or a hub\n" +
      "id, OUT a new folder: it appears only when it is whole. docs/INT4.md says what is in the files. Needs no device.",
    examples: [
      ["llama quantize ./my-model ./my-model-int4", "groups of 128 columns"],
      ["llama quantize owner/name ./name-int4 --group-size 64", "a hub's model, finer and larger"],
      ["llama run -m ./my-model-int4 'The sea'", "use it like any other"],
    ],
    load: async () => (await import("./commands/quantize.ts")).quantize,
  },
  mask: {
    usage: "[PROMPT]",
    summary: "a picture of which tokens of a prompt see which",
    details:
      "Tokens stand down and across, a cell shows whether the one on the left sees the one above. Needs no device and\n" +
      "loads no weights, except for --attention, which shows how much each token looks at each other.",
    examples: [
      ["llama mask 'Plants need water'", "in the terminal"],
      ["llama mask --lines --padding left -f prompts.txt", "a batch as it is padded"],
      [
        "llama mask --attention 2:0 --html attention.html 'Plants need water'",
        "what layer 2, head 0 looks at",
      ],
      ["llama mask --json 'Plants need water'", 'for programs: {"tokens", "mask"}'],
    ],
    load: async () => (await import("./commands/mask.ts")).mask,
  },
  pull: {
    usage: "REPO",
    summary: "download a model from a Hugging Face hub into the standard cache",
    details:
      "Prints the folder the model is in. A download that was cut off goes on where it stopped; what is there is not\n" +
      "fetched again. HF_ENDPOINT names another hub, HF_TOKEN opens gated models, HF_HUB_CACHE or HF_HOME move the\n" +
      "cache (Python's libraries share it), HF_HUB_OFFLINE=1 forbids the network.",
    examples: [
      ["llama pull owner/name", "the newest commit of its main branch"],
      ["llama pull owner/name --revision v1.0", "a branch, a tag or a commit"],
      ["llama run -m owner/name 'The sea'", "use it; what is not there is downloaded first"],
    ],
    load: async () => (await import("./commands/pull.ts")).pull,
  },
  devices: {
    usage: "",
    summary: "the adapters that WebGPU offers, their limits and features",
    details: "The number of an adapter is what --device takes.",
    examples: [["llama devices", "a short list"], ["llama devices --json", "with every limit and feature"]],
    load: async () => (await import("./commands/devices.ts")).devices,
  },
  doctor: {
    usage: "",
    summary: "every kernel beside its float64 twin, on your device and a model's sizes",
    details:
      "Prints a line for each kernel: its sizes (long ones are cut), the worst error, and how much rounding explains.\n" +
      "Ends with 4 where one is wrong, which is a fault of the driver or of this program. Loads no weights.",
    examples: [
      ["llama doctor", "with the sizes of the built-in model"],
      ["llama doctor -m ./my-model --json", "with those of another, for programs"],
    ],
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  bench: {
    usage: "[--compare A.json B.json]",
    summary: "speed of reading prompts and of generating, beside the device's copy bandwidth",
    details: "ppN reads a prompt of N tokens, tgN generates N tokens. Needs no tokenizer.\n" +
      "A GPU's first run of a model times a few variants of its linear maps, for two seconds at most, and keeps the\n" +
      "choice in $XDG_CACHE_HOME/llama/tuning.json (~/.cache without it); --tune does so anew, on any device. Results do\n" +
      "not depend on it. A comparison says how many times as fast B is as A, and the least and the most that runs allow.",
    examples: [
      ["llama bench", "the built-in model"],
      ["llama bench -m ./my-model -p 128 -n 32 -r 5 --json", "one length of each, five runs, for programs"],
      ["llama bench --profile -p 512 -n 0", "what each kernel takes, reads and computes"],
      ["llama bench --tune -p 0 -n 0", "choose the fastest kernels anew"],
      ["llama bench --compare before.json after.json", "ratios of two runs with --json"],
    ],
    load: async () => (await import("./commands/bench.ts")).bench,
  },
  completions: {
    usage: "SHELL",
    summary: "a completion script for bash, zsh or fish",
    details: "Prints the script; the shell reads it from where it looks for completions.",
    examples: [
      ["source <(llama completions bash)", "bash, this session"],
      ["source <(llama completions zsh)", "zsh, this session"],
      ["llama completions fish > ~/.config/fish/completions/llama.fish", "fish, for good"],
    ],
    load: async () => {
      const { completions } = await import("./completions.ts");
      return (call) =>
        completions(call, new Map(COMMAND_NAMES.map((name) => [name, COMMANDS[name].summary])));
    },
  },
};

/** Names of the commands in the order of the help. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];
