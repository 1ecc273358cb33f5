/** The place of the cursor in a document that is still being written: read from the YAML before it, in lines and in braces. */

export type Spot = {
  /** Keys from the root, `[]` for an item of a list. */
  readonly path: readonly string[];
  readonly at: "key" | "value";
  /** What was typed of it already. */
  readonly typed: string;
};

export const item = "[]";
/** Nothing that people write is deeper, and no line longer; beyond these nothing is known of the place. */
const deepest = 32;
const longest = 1_000;
type Level = { readonly column: number; readonly step: string };
type Brace = { readonly opens: string; key: string | undefined };
type Reading = { levels: Level[]; readonly braces: Brace[]; word: string; isValue: boolean };

/** At the end of a text: what is not understood is passed over, and behind what is too deep or too long there is no place. */
export function spotAt(text: string): Spot | undefined {
  const reading: Reading = { levels: [], braces: [], word: "", isValue: false };
  for (const line of text.split(/\r?\n/)) {
    if (line.length > longest) return undefined;
    readLine(reading, line);
    if (reading.levels.length + reading.braces.length > deepest) return undefined;
  }
  const { levels, braces, word, isValue } = reading;
  const steps = braces.flatMap(({ opens, key }) => (opens === "[" ? [item] : key === undefined ? [] : [key]));
  const inner = braces.at(-1);
  const isKey = inner === undefined ? !isValue : inner.opens === "{" && inner.key === undefined;
  return {
    path: [...levels.map(({ step }) => step), ...steps],
    at: isKey ? "key" : "value",
    typed: word.trimStart(),
  };
}

function readLine(reading: Reading, line: string): void {
  reading.word = "";
  if (reading.braces.length > 0) {
    readFlow(reading, line);
    return;
  }
  reading.isValue = false;
  const [, head = "", body = ""] = /^( *(?:-(?: +|$))*)([^]*)$/.exec(line) ?? [];
  if (line.trim().startsWith("#")) return;
  for (const { index } of head.matchAll(/-/g)) {
    if (reading.levels.length > deepest) return;
    // A list may stand in the column of its key.
    leave(reading, (level) => level.column > index || (level.column === index && level.step === item));
    reading.levels.push({ column: index, step: item });
  }
  leave(reading, ({ column }) => column >= head.length);
  const [written = "", quoted, plain] = /^(?:"([^"]*)"|([A-Za-z][\w-]*)):(?: |$)/.exec(body) ?? [];
  const key = quoted ?? plain;
  if (key !== undefined) {
    reading.levels.push({ column: head.length, step: key });
    reading.isValue = true;
  }
  readFlow(reading, body.slice(written.length));
}

function leave(reading: Reading, left: (level: Level) => boolean): void {
  const first = reading.levels.findIndex(left);
  if (first >= 0) reading.levels = reading.levels.slice(0, first);
}

const quotes: ReadonlySet<string> = new Set(['"', "'"]);
const openings: ReadonlySet<string> = new Set(["{", "["]);
const closings: ReadonlySet<string> = new Set(["}", "]"]);

function readFlow(reading: Reading, text: string): void {
  let quote: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote === undefined && character === "#" && (index === 0 || text.charAt(index - 1) === " ")) return;
    const begins = quote === undefined && quotes.has(character) && reading.word.trim() === "";
    if (quote === undefined && !begins) readMark(reading, character, "\n ".includes(text.charAt(index + 1)));
    else reading.word += character;
    if (begins) quote = character;
    else if (character === quote) quote = undefined;
  }
}

/** Braces and what stands between them; everything else belongs to the word. `isApart`: nothing follows at once. */
function readMark(reading: Reading, character: string, isApart: boolean): void {
  const { braces } = reading;
  const inner = braces.at(-1);
  if (openings.has(character) && reading.word.trim() === "") braces.push({ opens: character, key: undefined });
  else if (inner === undefined) {
    reading.word += character;
    return;
  } else if (closings.has(character)) braces.pop();
  else if (character === ",") inner.key = undefined;
  else if (character === ":" && isApart && inner.opens === "{" && inner.key === undefined)
    inner.key = reading.word.trim().replaceAll('"', "");
  else {
    reading.word += character;
    return;
  }
  reading.word = "";
}
