import { UsageError } from "../../base/errors.ts";

/** The value of `--device`: a number, or an address as `llama devices` prints it. */
export function deviceOf(text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const address = text.toLowerCase();
  if (/^[\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.[0-7]$/.test(address)) return address;
  throw new UsageError(
    `--device: expected a number or an address that \`llama devices\` prints, got ${JSON.stringify(text)}`,
  );
}
