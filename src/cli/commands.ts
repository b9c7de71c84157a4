import type { CommandFunction } from "./shared/call.ts";
import type { CommandName } from "./options/option_types.ts";

/** One row of the table of commands. */
export interface CommandSpec {
  /** Arguments in the usage line. */
  readonly usage: string;
  readonly summary: string;
  /** A few lines of detail below the summary. */
  readonly details: string;
  /** Complete command lines, each with its effect. */
  readonly examples: readonly (readonly [string, string])[];
  /** Imported on demand, so that a command that needs no GPU loads no GPU code. */
  load(): Promise<CommandFunction>;
}

/** Every command; dispatch, help and completions read this table. */
export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  run: {
    usage: "[PROMPT]",
    summary: "continue prompts: text in, text out",
    details:
      "The prompt is the argument, -p, the file of -f, or stdin; with an argument, piped text follows it on a new line.\n" +
      "Stdout carries only the text, as it is generated. An option is read from the record, else from the command line,\n" +
      "else from the model's generation_config.json; otherwise it has the default below.",
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
        "the span of the context that answers; --task text-classification and token-classification read prompts",
      ],
    ],
    load: async () => (await import("./commands/run.ts")).run,
  },
  chat: {
    usage: "",
    summary: "a conversation with the model's chat template",
    details:
      "Each line is a turn; stdout carries only the answers, each ended by a newline. A line that ends in \\ continues\n" +
      'on the next one; """ begins and ends a message of many lines. Turns may be piped in. /help, /system TEXT,\n' +
      "/reset, /save FILE and /exit are commands; // begins a message with a slash. Ctrl-C stops an answer, a second\n" +
      "one exits. The KV cache is kept: the model reads only the new part of the conversation.",
    examples: [
      ["llama chat", "talk to the built-in model"],
      ["llama chat -m ./my-model --system 'You are brief.' --greedy", "with a system message"],
      ["printf 'Who are you?\\nWhy?\\n' | llama chat --seed 7", "two turns through a pipe"],
    ],
    load: async () => (await import("./chat/chat.ts")).chat,
  },
  serve: {
    usage: "",
    summary: "an HTTP server with OpenAI's API",
    details:
      "Answers /v1/chat/completions, /v1/completions and others, as docs/SERVING.md describes; GET / lists them. SIGTERM\n" +
      "or Ctrl-C lets the running requests end; a second one ends at once. The environment variable LLAMA_API_KEY is a key\n" +
      "too, which no other user of the machine can see.",
    examples: [
      ["llama serve -m ./my-model", "for the programs of this machine, on port 8080"],
      ["curl http://127.0.0.1:8080/v1/models", "the model's id and the length of its context"],
      ["llama serve -m ./my-model --host 0.0.0.0 --api-key secret", "for other machines, which need the key"],
    ],
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  score: {
    usage: "[PROMPT]",
    summary: "log-probability of every token of a prompt, loss, perplexity",
    details:
      "Prints one JSON object for each prompt. The first token has nothing before it: its log-probability is null.",
    examples: [
      ["llama score 'The sky is blue.'", "how likely the model finds a sentence"],
      ["llama score --lines --top 5 -f sentences.txt", "with the five best tokens at each position"],
    ],
    load: async () => (await import("./commands/score.ts")).score,
  },
  tokenize: {
    usage: "[TEXT]",
    summary: "text to token ids",
    details: "Prints the ids of each prompt on a line. Needs no device and loads no weights.",
    examples: [
      ["llama tokenize 'Hello world'", "the ids"],
      ["llama tokenize --json 'Hello world'", "the ids and their tokens"],
      ["llama tokenize --count -f book.txt", "how many tokens a file has"],
    ],
    load: async () => (await import("./commands/tokenize.ts")).tokenize,
  },
  detokenize: {
    usage: "[ID…]",
    summary: "token ids to text",
    details:
      "Ids are separated by blanks or commas, or are JSON: a list, or an object of `llama tokenize --json`.",
    examples: [
      ["llama detokenize 72 105", "the text of two ids"],
      ["llama tokenize 'Hello' | llama detokenize", "there and back"],
    ],
    load: async () => (await import("./commands/detokenize.ts")).detokenize,
  },
  inspect: {
    usage: "[MODEL]",
    summary: "config, tensors, parameters and the memory a model needs",
    details: "Reads only the headers of the files: no weights, no device.",
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
      "Converts the linear weights of the layers as torchao's Int4WeightOnlyConfig does; embeddings and heads are left\n" +
      "unchanged, as is a matrix whose columns the group size does not divide. IN is a folder, a .safetensors file or a hub\n" +
      "id, OUT a new folder: it appears only when it is complete. docs/INT4.md describes the files. Needs no device.",
    examples: [
      ["llama quantize ./my-model ./my-model-int4", "groups of 128 columns"],
      ["llama quantize owner/name ./name-int4 --group-size 64", "a hub's model, finer and larger"],
      ["llama run -m ./my-model-int4 'The sea'", "use it like any other model"],
    ],
    load: async () => (await import("./commands/quantize.ts")).quantize,
  },
  mask: {
    usage: "[PROMPT]",
    summary: "a picture of which tokens of a prompt attend to which",
    details:
      "Rows and columns are tokens; a cell shows whether the row's token attends to the column's. Needs no device and\n" +
      "loads no weights, except for --attention, which shows the attention weights.",
    examples: [
      ["llama mask 'Plants need water'", "in the terminal"],
      ["llama mask --lines --padding left -f prompts.txt", "a padded batch"],
      [
        "llama mask --attention 2:0 --html attention.html 'Plants need water'",
        "the attention weights of layer 2, head 0",
      ],
      ["llama mask --json 'Plants need water'", 'for programs: {"tokens", "mask"}'],
    ],
    load: async () => (await import("./commands/mask.ts")).mask,
  },
  pull: {
    usage: "REPO",
    summary: "download a model from a Hugging Face hub into the standard cache",
    details:
      "Prints the model's folder. An interrupted download is resumed; existing files are not fetched again.\n" +
      "HF_ENDPOINT names another hub, HF_TOKEN unlocks gated models, HF_HUB_CACHE or HF_HOME move the cache (Python's\n" +
      "libraries share it), HF_HUB_OFFLINE=1 disables the network.",
    examples: [
      ["llama pull owner/name", "the newest commit of its main branch"],
      ["llama pull owner/name --revision v1.0", "a branch, a tag or a commit"],
      ["llama run -m owner/name 'The sea'", "run it; missing files are downloaded first"],
    ],
    load: async () => (await import("./commands/pull.ts")).pull,
  },
  devices: {
    usage: "",
    summary: "the adapters that WebGPU offers, their limits and features",
    details: "--device takes the number of an adapter.",
    examples: [["llama devices", "a short list"], ["llama devices --json", "with every limit and feature"]],
    load: async () => (await import("./commands/devices.ts")).devices,
  },
  doctor: {
    usage: "",
    summary: "compare every kernel with its float64 twin, on your device and a model's sizes",
    details:
      "Prints a line for each kernel: its sizes (long ones are cut), the worst error, and the error that rounding explains.\n" +
      "Exits with 4 if one is wrong, which is a bug of the driver or of this program. Loads no weights.",
    examples: [
      ["llama doctor", "with the sizes of the built-in model"],
      ["llama doctor -m ./my-model --json", "with those of another model, for programs"],
    ],
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  bench: {
    usage: "[--compare A.json B.json]",
    summary: "speed of reading prompts and of generating, next to the device's copy bandwidth",
    details: "ppN reads a prompt of N tokens, tgN generates N tokens. Needs no tokenizer.\n" +
      "A GPU's first run of a model times a few variants of its linear maps, for two seconds at most, and saves the\n" +
      "choice in $XDG_CACHE_HOME/llama/tuning.json (~/.cache without it); --tune does so again, on any device. Results do\n" +
      "not depend on it. A comparison prints the speed of B relative to A, and the range that the runs allow.",
    examples: [
      ["llama bench", "the built-in model"],
      ["llama bench -m ./my-model -p 128 -n 32 -r 5 --json", "one length of each, five runs, for programs"],
      ["llama bench --profile -p 512 -n 0", "the time, bytes and operations of each kernel"],
      ["llama bench --tune -p 0 -n 0", "choose the fastest kernels again"],
      ["llama bench --compare before.json after.json", "ratios of two runs with --json"],
    ],
    load: async () => (await import("./commands/bench.ts")).bench,
  },
  completions: {
    usage: "SHELL",
    summary: "a completion script for bash, zsh or fish",
    details: "Prints the script; save it where the shell looks for completions.",
    examples: [
      ["source <(llama completions bash)", "bash, this session"],
      ["source <(llama completions zsh)", "zsh, this session"],
      ["llama completions fish > ~/.config/fish/completions/llama.fish", "fish, permanently"],
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
