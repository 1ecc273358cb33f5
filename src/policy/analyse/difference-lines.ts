/** What goes and what comes between two texts or two documents, a line each, so that nothing is left out. */
import { toWire } from "../../values/wire.ts";
import type { Json } from "../../values/json.ts";

/** `-` for what goes, `+` for what comes. */
export function differenceLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}

/** Every field whose value is another, by its path, in one order whatever the order of the keys. */
export function fieldChanges(before: unknown, after: unknown): readonly string[] {
  return differenceLines(before === undefined ? [] : fields(toWire(before), ""), fields(toWire(after), ""));
}

function fields(value: Json, path: string): readonly string[] {
  if (value === null || typeof value !== "object") return [`${path}: ${JSON.stringify(value)}`];
  const inner = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, field]) => fields(field, path === "" ? key : `${path}.${key}`));
  return inner.length === 0 ? [`${path}: ${JSON.stringify(value)}`] : inner;
}

/** A title with its lines below it; nothing when there are none. */
export function under(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}
