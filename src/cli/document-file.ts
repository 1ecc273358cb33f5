/** Files that people hand to a command: read whole, in YAML or JSON, and written without a half-written state in between. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { placeOfOddNumber } from "../policy/document/place-in-text.ts";
import { InvalidText, parseYaml } from "../policy/document/yaml-text.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";
import { BadFile } from "./bad-file.ts";

const maxBytes = 4 * 1024 * 1024;

/** Throws `Fault` `cli.unreadable` when there is no such file, or a larger one than any of ours. */
export function readText(path: string, limit: number = maxBytes): string {
  return new TextDecoder().decode(readBytes(path, limit));
}

/** The same of a file that is no text. */
export function readBytes(path: string, limit: number = maxBytes): Uint8Array {
  try {
    if (statSync(path).size <= limit) return readFileSync(path);
  } catch (error) {
    throw new Fault("cli.unreadable", `\`${path}\` cannot be read${because(error)}`, "safe", error);
  }
  throw new Fault("cli.unreadable", `\`${path}\` is larger than ${limit} bytes`, "never");
}

/** JSON or YAML, whichever the text is; either way without duplicate keys. Throws `BadFile` with the place. */
export function readDocument(path: string): Json {
  return parseText(path, readText(path));
}

/** A text that begins with a brace or a bracket and is no JSON may still be YAML, which says where it stops being that. */
export function parseText(path: string, text: string): Json {
  try {
    return /^\s*[{[]/.test(text) ? parseBraced(text) : parseYaml(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const { words, place } =
      error instanceof InvalidText ? error : { words: error.message, place: { line: 1, column: 1 } };
    throw new BadFile([{ code: error.code, field: "", message: words, file: path, ...place }]);
  }
}

function parseBraced(text: string): Json {
  try {
    return parseStrict(text, 40);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    if (error.code === "json.number") throw new InvalidText(error.code, error.message, placeOfOddNumber(text));
    const json = parseYaml(text);
    if (error.code === "json.syntax") return json;
    throw error;
  }
}

/** Writes a new file; never over an existing one. */
export function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx", flush: true });
  } catch (error) {
    throw new Fault("cli.unwritable", `\`${path}\` cannot be written${because(error)}`, "safe", error);
  }
}

/** Replaces a file whole: whoever reads it sees the old text or the new one, and never one that is too large to be read again. */
export function replace(path: string, text: string): void {
  if (Buffer.byteLength(text) > maxBytes)
    throw new Fault(
      "cli.unwritable",
      `\`${path}\` would become larger than ${maxBytes} bytes: it stays as it was`,
      "never",
    );
  const next = `${path}.new`;
  try {
    const file = openSync(next, "wx");
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") rmSync(next, { force: true });
    throw new Fault("cli.unwritable", `\`${path}\` cannot be written${because(error)}`, "safe", error);
  }
}

/** JSON for a file that people may read: indented, with a last newline. */
export function fileJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function because(error: unknown): string {
  switch (codeOf(error)) {
    case "ENOENT":
      return ": there is no such file or folder";
    case "EEXIST":
      return ": there is one already";
    case "EACCES":
      return ": permission denied";
    case "EISDIR":
      return ": it is a folder";
    default:
      return "";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
