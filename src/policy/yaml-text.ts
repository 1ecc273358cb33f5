/** YAML as documents may be written: the part of it that has one reading. */
import { isAlias, isCollection, isScalar, parseDocument, visit, type Document, type ScalarTag } from "yaml";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";

/** Half a mebibyte: a policy with two thousand list entries takes less than half of it. */
const maxCharacters = 524_288;

/**
 * Every plain scalar is text but these three, so that `0x1111…`, `1.00`, `no` and `2026-11-23` mean what is written.
 * An integer has at most fifteen digits, which a double holds exactly.
 */
const scalars: readonly ScalarTag[] = [
  { tag: "tag:yaml.org,2002:null", default: true, test: /^(?:null|~)$/, resolve: () => null },
  { tag: "tag:yaml.org,2002:bool", default: true, test: /^(?:true|false)$/, resolve: (text) => text === "true" },
  { tag: "tag:yaml.org,2002:int", default: true, test: /^(?:0|[1-9][0-9]{0,14})$/, resolve: Number },
];

/** One document of maps, lists and scalars; anchors, aliases, tags, version directives and duplicate keys are refused. */
export function parseYaml(text: string): Json {
  if (text.length > maxCharacters) throw refusal("size", `the text is longer than ${maxCharacters} characters`);
  try {
    const document = parseDocument(text, {
      schema: "failsafe",
      customTags: (tags) => [...tags, ...scalars],
      merge: false,
      stringKeys: true,
      uniqueKeys: true,
      strict: true,
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw refusal("syntax", firstLine(problem.message));
    checkNodes(document);
    return parseStrict(JSON.stringify(document.toJS({ maxAliasCount: 0 })));
  } catch (error) {
    if (error instanceof InvalidValue) throw error;
    // The parser recurses: a text that is nested beyond the stack ends here.
    throw refusal("syntax", error instanceof Error ? firstLine(error.message) : "the text is not YAML");
  }
}

function checkNodes(document: Document): void {
  if (document.directives?.yaml.explicit === true) throw refusal("directive", "`%YAML` is not allowed");
  visit(document, (_, node) => {
    if (isAlias(node)) throw refusal("alias", `the alias \`*${node.source}\` is not allowed`);
    if (!isScalar(node) && !isCollection(node)) return;
    if (node.anchor !== undefined) throw refusal("anchor", `the anchor \`&${node.anchor}\` is not allowed`);
    if (node.tag !== undefined) throw refusal("tag", `the tag \`${node.tag}\` is not allowed`);
  });
}

function refusal(what: string, message: string): InvalidValue {
  return new InvalidValue(`yaml.${what}`, message);
}

function firstLine(message: string): string {
  return (message.split("\n", 1)[0] ?? message).replace(/:$/, "");
}
