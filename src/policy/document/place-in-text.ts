/** Where a field of a document stands in the text that people wrote, so that an editor can go there. */
import { isCollection, isMap, isNode, isPair, isScalar, isSeq, Scalar, visit, type Pair } from "yaml";
import { readNodes, type Place, type YamlNodes } from "./yaml-text.ts";

/**
 * Line and column of a field by its path, dots and indices. It is the value's place; the key's when the value begins on a line
 * below it or is empty, and of `key` inside the field when that is what is wrong. Of a field that is not there, the nearest one
 * around it.
 */
export type Placing = (field: string, key?: string) => Place;

type Found = { readonly node: unknown; readonly pair: Pair | undefined; readonly whole: boolean };

/** For a text in YAML or JSON that was read before; parsed once more, for what its nodes know of their places. */
export function placesIn(text: string): Placing {
  const { document, placeAt } = readNodes(text);
  return (field, key) => {
    const found = find(document.contents, field === "" ? [] : field.split("."));
    const inner = key === undefined ? undefined : pairOf(found.node, key);
    return (
      (inner === undefined ? undefined : startOf(inner.key, placeAt)) ??
      placeOf(found, placeAt) ?? { line: 1, column: 1 }
    );
  };
}

/** The first plain number of a JSON text that is none of ours: a fraction, an exponent, too many digits. */
export function placeOfOddNumber(text: string): Place {
  const { document, placeAt } = readNodes(text);
  let place: Place = { line: 1, column: 1 };
  visit(document, (_, node) => {
    if (!isScalar(node) || node.type !== Scalar.PLAIN) return undefined;
    const source = node.source ?? "";
    if (!/^-?[0-9]/.test(source) || /^(?:0|-?[1-9][0-9]{0,14})$/.test(source)) return undefined;
    place = startOf(node, placeAt) ?? place;
    return visit.BREAK;
  });
  return place;
}

/** As far along the path as there is something. A key may have dots of its own. */
function find(root: unknown, path: readonly string[]): Found {
  let found: Found = { node: root, pair: undefined, whole: true };
  for (let rest = path; rest.length > 0;) {
    const next = step(found.node, rest);
    if (next === undefined) return { ...found, whole: false };
    found = next.found;
    rest = rest.slice(next.taken);
  }
  return found;
}

function step(node: unknown, path: readonly string[]): { readonly found: Found; readonly taken: number } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(path[0])];
    return item === undefined ? undefined : { found: { node: item, pair: undefined, whole: true }, taken: 1 };
  }
  for (let taken = 1; taken <= path.length; taken += 1) {
    const pair = pairOf(node, path.slice(0, taken).join("."));
    if (pair !== undefined) return { found: { node: pair.value, pair, whole: true }, taken };
  }
  return undefined;
}

function pairOf(node: unknown, key: string): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key);
}

function placeOf({ node, pair, whole }: Found, placeAt: YamlNodes["placeAt"]): Place | undefined {
  const value = startOf(node, placeAt);
  const key = pair === undefined ? undefined : startOf(pair.key, placeAt);
  if (key === undefined || value === undefined) return value ?? key;
  const isBelow = isCollection(node) && value.line > key.line;
  return !whole || isBelow || isEmpty(node) ? key : value;
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.source === "";
}

function startOf(node: unknown, placeAt: YamlNodes["placeAt"]): Place | undefined {
  return isNode(node) && node.range ? placeAt(node.range[0]) : undefined;
}
