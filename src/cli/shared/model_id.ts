import { basename } from "../../base/paths.ts";
import { isHubId } from "../../checkpoint/files/hub_folder.ts";
import { modelFolder } from "../../checkpoint/files/locate.ts";
import type { Call } from "./call.ts";

/** The model's id for clients: the hub id, or the name of its folder. */
export function modelId({ values, io }: Pick<Call, "values" | "io">, path: string): string {
  const name = values.model ?? (io.env("LLAMA_MODEL") || undefined);
  const isFromHub = name !== undefined && isHubId(name) && !modelFolder(path).endsWith(name);
  return isFromHub ? name : basename(modelFolder(path)) || "model";
}
