/** A mutant that no test noticed, as one line that stays the same while code moves around it. */

export type Place = { readonly line: number; readonly column: number };

export type Mutant = {
  readonly fileName: string;
  readonly replacement: string;
  readonly location: { readonly start: Place; readonly end: Place };
  /** Of the whole file. */
  readonly text: string;
};

const longest = 120;

/** `file, function: what stood there → what took its place`; lines and columns of the report are counted from 1. */
export function lineOf({ fileName, replacement, location, text }: Mutant): string {
  const lines = text.split("\n");
  const offset = ({ line, column }: Place): number =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  const stood = text.slice(offset(location.start), offset(location.end));
  const file = fileName.replaceAll("\\", "/").replace(/^.*?(src\/)/, "$1");
  return `${file}, ${around(lines, location.start.line - 1)}: ${short(stood)} → ${short(replacement)}`;
}

/** The name of the last thing declared at the margin above a line. */
function around(lines: readonly string[], line: number): string {
  const declared = /^(?:export )?(?:async )?(?:function|const|let|type) (\w+)/;
  for (let at = line; at >= 0; at -= 1) {
    const [, name] = declared.exec(lines[at] ?? "") ?? [];
    if (name !== undefined) return name;
  }
  return "the file";
}

/** On one line, without the marks that a page of Markdown uses itself. */
function short(code: string): string {
  const line = code.replace(/\s+/g, " ").replaceAll("`", "'").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** What a page has reviewed: every list item that is one line of code. */
export function reviewedIn(page: string): ReadonlySet<string> {
  return new Set([...page.matchAll(/^- `([^`\n]+)`$/gm)].flatMap(([, line]) => (line === undefined ? [] : [line])));
}
