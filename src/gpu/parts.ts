/** A part of a kernel, with the names that its header lists. */
interface Part {
  readonly text: string;
  readonly gives: readonly string[];
  readonly needs: readonly string[];
}

/**
 * Sorts the parts of a kernel topologically, so that names are given before they are needed, unless parts
 * need each other.
 *
 * The header of a part lists module names: `// gives: walk` for those that other parts may use, `// needs:
 * stored` for those that it uses but does not declare. The part that gives `main` is the kernel. Parts
 * without such lines, as in tests, keep their order.
 *
 * @throws Error if a name is given twice or not at all, is not declared where it is given, or a part is not
 * needed
 */
export function inOrder(parts: readonly string[]): string[] {
  const all = parts.map(partOf);
  const giver = new Map<string, Part>();
  for (const part of all) {
    for (const name of part.gives) {
      if (giver.has(name)) throw new Error(`kernel parts: ${name} is given twice`);
      if (!declares(part.text, name)) throw new Error(`kernel parts: ${name} is given and not declared`);
      giver.set(name, part);
    }
  }
  const done = new Set<Part>();
  const ordered: string[] = [];
  const add = (part: Part) => {
    if (done.has(part)) return;
    done.add(part);
    for (const name of part.needs) {
      const from = giver.get(name);
      if (from === undefined) throw new Error(`kernel parts: ${name} is needed and nothing gives it`);
      add(from);
    }
    ordered.push(part.text);
  };
  const kernel = giver.get("main");
  for (const part of kernel ? [kernel] : all) add(part);
  const idle = all.find((part) => !done.has(part));
  if (idle) throw new Error(`kernel parts: nothing needs ${idle.gives.join(", ") || idle.text.slice(0, 40)}`);
  return ordered;
}

/** The names that a part's header lists after `gives` or `needs`. */
export function listedNames(text: string, word: "gives" | "needs"): string[] {
  const [, list = ""] = new RegExp(`^// ${word}: (.*(?:\\n//   .*)*)`, "m").exec(text) ?? [];
  return list.match(/\w+/g) ?? [];
}

function partOf(text: string): Part {
  return { text, gives: listedNames(text, "gives"), needs: listedNames(text, "needs") };
}

function declares(text: string, name: string): boolean {
  return new RegExp(`^(?:@.* )?(?:fn|const|struct|alias|var(?:<[^>]*>)?) ${name}\\b`, "m").test(text);
}
