/** YAML as documents may be written: the part of it that has one reading. */
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type ErrorCode,
  type ScalarTag,
  type YAMLMap,
} from "yaml";
import { InvalidValue } from "../../values/errors.ts";
import { forbiddenKeys, parseStrict, type Json } from "../../values/json.ts";

/** Half a mebibyte: a policy with two thousand list entries takes less than half of it. */
const maxCharacters = 524_288;
/** Levels of lists and maps, as `parseStrict` has them. */
const maxDepth = 32;

/** Both from 1; a column counts UTF-16 units, as editors do. */
export type Place = { readonly line: number; readonly column: number };

/** Text without one reading, and the place where that shows. */
export class InvalidText extends InvalidValue {
  /** The message without its place. */
  readonly words: string;
  readonly place: Place;

  constructor(code: string, words: string, place: Place) {
    super(code, `${words} at line ${place.line}, column ${place.column}`);
    this.words = words;
    this.place = place;
  }
}

/** A parsed text, errors and all, with what is needed to find its lines. */
export type YamlNodes = { readonly document: Document; readonly placeAt: (offset: number) => Place };

/**
 * Every plain scalar is text but these three, so that `0x1111…`, `1.00`, `no` and `2026-11-23` mean what is written.
 * An integer has at most fifteen digits, which a double holds exactly.
 */
const scalars: readonly ScalarTag[] = [
  { tag: "tag:yaml.org,2002:null", default: true, test: /^(?:null|~)$/, resolve: () => null },
  { tag: "tag:yaml.org,2002:bool", default: true, test: /^(?:true|false)$/, resolve: (text) => text === "true" },
  { tag: "tag:yaml.org,2002:int", default: true, test: /^(?:0|[1-9][0-9]{0,14})$/, resolve: Number },
];

/** What the parser finds wrong, in words for those who write policies; the rest is said in its own. */
const plainWords: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: "a tab begins this line; indent with spaces",
  MULTIPLE_DOCS: "a second document begins here; a file holds one",
  NON_STRING_KEY: "a key is one word of text",
  BLOCK_AS_IMPLICIT_KEY: "a second `:` on one line, or a line that is indented further than the one before it allows",
  MULTILINE_IMPLICIT_KEY: "this line has no `key: value`",
  RESOURCE_EXHAUSTION: "the text is nested too deeply",
};

/** One document of maps, lists and scalars; anchors, aliases, tags, version directives and duplicate keys are refused by their place. */
export function parseYaml(text: string): Json {
  if (text.length > maxCharacters) {
    throw new InvalidText("yaml.size", `the text is longer than ${maxCharacters} characters`, { line: 1, column: 1 });
  }
  const { document, placeAt } = readNodes(text);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const words =
      plainWords[problem.code] ?? problem.message.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
    throw new InvalidText("yaml.syntax", words, placeAt(problem.pos[0]));
  }
  checkNodes(document, placeAt);
  return parseStrict(JSON.stringify(document.toJS({ maxAliasCount: 0 })), maxDepth);
}

/** Every node with its offsets, also of a text that has problems. */
export function readNodes(text: string): YamlNodes {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "failsafe",
    customTags: (tags) => [...tags, ...scalars],
    merge: false,
    stringKeys: true,
    // Looked for below: here it would compare each key with every other.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  return { document, placeAt };
}

function checkNodes(document: Document, placeAt: YamlNodes["placeAt"]): void {
  if (document.directives?.yaml.explicit === true)
    throw new InvalidText("yaml.directive", "`%YAML` is not allowed", { line: 1, column: 1 });
  visit(document, (role, node, path) => {
    if (!isAlias(node) && !isScalar(node) && !isCollection(node)) return;
    const refuse = (code: string, words: string): never => {
      throw new InvalidText(code, words, placeAt(node.range?.[0] ?? 0));
    };
    if (isAlias(node))
      return refuse("yaml.alias", `the alias \`*${node.source}\` is not allowed; write out what it stands for`);
    if (node.anchor !== undefined) refuse("yaml.anchor", `the anchor \`&${node.anchor}\` is not allowed`);
    if (node.tag !== undefined)
      refuse("yaml.tag", `the tag \`${node.tag.replace("tag:yaml.org,2002:", "!!")}\` is not allowed`);
    if (role === "key" && isScalar(node) && forbiddenKeys.has(String(node.value)))
      refuse("json.forbidden-key", `the key \`${String(node.value)}\` is not allowed`);
    if (path.filter(isCollection).length > maxDepth) refuse("json.depth", "the text is nested too deeply");
    if (isMap(node)) checkKeys(node, placeAt);
  });
}

function checkKeys({ items }: YAMLMap, placeAt: YamlNodes["placeAt"]): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const word = String(key.value);
    if (seen.has(word))
      throw new InvalidText("yaml.syntax", "this key stands twice in one map", placeAt(key.range?.[0] ?? 0));
    seen.add(word);
  }
}
