/** Holds the words that docs/STYLE.md rules out of comments, help texts and documents. */
import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const WORDS = /\bunless told\b|\b(?:is|are) told\b|\blets itself\b|\bthat is no\b/;
const OPENING = /(?:\/\*\*|^\s*\*) (?:What|Whether) /;

function filesUnder(folder: string): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return filesUnder(path);
    return /\.(ts|wgsl|md)$/.test(name) ? [path] : [];
  });
}

Deno.test("comments and documents are in plain English: no words that docs/STYLE.md rules out", () => {
  const documents = ["README.md", "ARCHITECTURE.md", "SECURITY.md"];
  const found = [...documents, ...["src", "kernels", "docs", "examples"].flatMap(filesUnder)]
    .filter((path) => path !== "docs/STYLE.md")
    .flatMap((path) =>
      Deno.readTextFileSync(join(ROOT, path)).split("\n").flatMap((line, i) =>
        WORDS.test(line) || path.endsWith(".ts") && OPENING.test(line)
          ? [`${path}:${i + 1}: ${line.trim().slice(0, 100)}`]
          : []
      )
    );
  assertEquals(found, []);
});
