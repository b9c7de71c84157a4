import type { Exchange } from "../http/routes.ts";
import type { Histogram } from "../work/meter.ts";
import type { ServedModel } from "../work/served_model.ts";

/** Media type of OpenMetrics, which differs from Prometheus' own in the names of counters. */
const OPEN_METRICS = "application/openmetrics-text";

/** One line: labels and value. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** `GET /metrics`: Prometheus' text format, or OpenMetrics for a client that asks for it. */
export function metrics({ scheduler, meter }: ServedModel, { request }: Exchange): Response {
  const isOpen = request.headers.get("accept")?.includes(OPEN_METRICS) ?? false;
  const stats = scheduler.stats();
  const states = Map.groupBy(stats.slots, ({ state }) => state);
  const counter = (name: string, help: string, samples: readonly Sample[]) => [
    ...head(isOpen ? name : `${name}_total`, "counter", help),
    ...samples.map(([labels, value]) => line(`${name}_total`, labels, value)),
  ];
  const gauge = (name: string, help: string, samples: readonly Sample[]) => [
    ...head(name, "gauge", help),
    ...samples.map(([labels, value]) => line(name, labels, value)),
  ];
  const requests = [...meter.requests].map(([key, count]): Sample => {
    const [path, status] = key.split(" ");
    return [{ path, status }, count];
  });
  const lines = [
    ...counter("llama_requests", "Answered HTTP requests.", requests),
    ...counter("llama_prompt_tokens", "Tokens of prompts.", [[{}, stats.promptTokens]]),
    ...counter("llama_cached_tokens", "Tokens of prompts that were cached.", [[{}, stats.cachedTokens]]),
    ...counter("llama_generated_tokens", "Generated tokens.", [[{}, stats.generatedTokens]]),
    ...gauge("llama_requests_waiting", "Answers that wait for a slot.", [[{}, stats.waiting]]),
    ...gauge("llama_queue_limit", "Answers that may wait.", [[{}, stats.queue]]),
    ...gauge(
      "llama_slots",
      "Slots by their work.",
      (["idle", "prompt", "decoding"] as const).map((state): Sample => [
        { state },
        states.get(state)?.length ?? 0,
      ]),
    ),
    ...histogram("llama_time_to_first_token_seconds", "From a request to its first token.", meter.firstToken),
    ...histogram("llama_time_per_token_seconds", "Between two tokens of an answer.", meter.nextToken),
    ...isOpen ? ["# EOF"] : [],
  ];
  const type = isOpen
    ? `${OPEN_METRICS}; version=1.0.0; charset=utf-8`
    : "text/plain; version=0.0.4; charset=utf-8";
  return new Response(lines.join("\n") + "\n", { headers: { "content-type": type } });
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function histogram(name: string, help: string, { bounds, counts, count, sum }: Histogram): string[] {
  return [
    ...head(name, "histogram", help),
    ...bounds.map((bound, i) => line(`${name}_bucket`, { le: decimal(bound) }, counts[i])),
    line(`${name}_bucket`, { le: "+Inf" }, count),
    line(`${name}_sum`, {}, sum),
    line(`${name}_count`, {}, count),
  ];
}

/** OpenMetrics writes bounds as floating-point numbers. */
function decimal(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replace(/["\\\n]/g, "\\$&")}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}
