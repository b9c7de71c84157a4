import { clock } from "../../base/clock.ts";

/** Milliseconds of silence after which a comment shows that the connection is alive. */
const KEEP_ALIVE_MS = 1000;

/** An event of a stream: its data, and its name in APIs that name events. */
export interface ServerEvent {
  readonly data: string;
  readonly event?: string;
}

/**
 * Answers with server-sent events. A client that goes away ends the iteration of `events`.
 * @param events must not throw: errors are events too
 */
export function eventStream(events: AsyncGenerator<ServerEvent>): Response {
  const encoder = new TextEncoder();
  let stopTimer = () => {};
  let isOver = false;
  const end = () => {
    isOver = true;
    stopTimer();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        // A client may go while an event is enqueued; the timer must not run on then.
        if (!isOver) controller.enqueue(encoder.encode(text));
        stopTimer();
        if (isOver) return;
        stopTimer = clock.after(KEEP_ALIVE_MS, () => send(": keep-alive\n\n"));
      };
      const work = async () => {
        stopTimer = clock.after(KEEP_ALIVE_MS, () => send(": keep-alive\n\n"));
        for await (const { data, event } of events) {
          send(`${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`);
        }
      };
      // A stream that was cancelled takes nothing more; its error is nobody's.
      work().finally(end).then(() => controller.close()).catch(() => {});
    },
    async cancel() {
      end();
      await events.return(undefined).catch(() => {});
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      // Proxies would collect the events.
      "x-accel-buffering": "no",
    },
  });
}
