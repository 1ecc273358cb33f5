/** Complaints about a document that help the person who wrote it. */
import { z } from "zod";
import { quote } from "../../values/hex.ts";

type Issue = z.core.$ZodIssue;

export type PlainIssue = {
  /** Path in the document, dots and indices. */
  readonly field: string;
  /** The key inside the field whose spelling is wrong, when it is a key. */
  readonly key?: string;
  readonly message: string;
};

export type Reading<T> =
  | { readonly kind: "read"; readonly value: T }
  /** At least one. */
  | { readonly kind: "wrong"; readonly issues: readonly [PlainIssue, ...PlainIssue[]] };

/** What the document says by its schema, or everything in it that is not as the schema has it. */
export function readPlainly<T>(schema: z.ZodType<T>, document: unknown): Reading<T> {
  const result = schema.safeParse(document, { error: plainWords, reportInput: true });
  if (result.success) return { kind: "read", value: result.data };
  const [first, ...others] = plainIssues(result.error.issues);
  return { kind: "wrong", issues: [first ?? { field: "", message: "the document is not understood" }, ...others] };
}

/** Of a choice between shapes, the complaints of the shape that the text was nearest to. */
function plainIssues(issues: readonly Issue[]): readonly PlainIssue[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const field = path.join(".");
    switch (issue.code) {
      case "unrecognized_keys":
        return unknownKeys(field, issue.keys);
      case "invalid_key":
        return [
          {
            field: path.slice(0, -1).join("."),
            key: path.at(-1) ?? "",
            message: issue.issues[0]?.message ?? issue.message,
          },
        ];
      case "invalid_union":
        return ofUnion(issue, path);
      default:
        return [{ field, message: issue.message }];
    }
  });
}

function ofUnion(issue: z.core.$ZodIssueInvalidUnion, path: readonly string[]): readonly PlainIssue[] {
  const field = path.join(".");
  // A shape of the same kind as what is there (a map, a text) is nearer than any other.
  const alike = issue.errors.filter((branch) => !branch.some(isOfAnotherKind));
  if (isNothing(issue.input) || issue.errors.length === 0) return [{ field, message: issue.message }];
  const shared = sharedUnknownKeys(alike);
  if (shared.length > 0) return unknownKeys(field, shared);
  const nearest = alike.find((branch) => !branch.some(isUnknownKey)) ?? alike[0] ?? issue.errors[0] ?? [];
  return plainIssues(nearest).map((inner) => ({
    ...inner,
    field: [...path, ...(inner.field === "" ? [] : [inner.field])].join("."),
  }));
}

function unknownKeys(field: string, keys: readonly string[]): readonly PlainIssue[] {
  return keys.map((key) => ({ field, key, message: `unknown key \`${quote(key)}\`; nothing is ignored` }));
}

/** Keys that no shape knows. */
function sharedUnknownKeys(branches: readonly (readonly Issue[])[]): readonly string[] {
  const unknown = branches.map((branch) => branch.filter(isUnknownKey).flatMap((issue) => issue.keys));
  return (unknown[0] ?? []).filter((key) => unknown.every((keys) => keys.includes(key)));
}

function isUnknownKey(issue: Issue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === "unrecognized_keys" && issue.path.length === 0;
}

function isOfAnotherKind(issue: Issue): boolean {
  return (
    issue.path.length === 0 &&
    (issue.code === "invalid_type" || (issue.code === "invalid_value" && typeof issue.input !== "string"))
  );
}

/** Words for what a schema does not accept and says nothing of itself about. */
function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  const name = issue.path?.at(-1);
  const it = typeof name === "string" ? `\`${quote(name)}\`` : "this";
  if (input === undefined) return `${it} is missing`;
  switch (issue.code) {
    case "invalid_type":
      return typeWords(it, issue);
    case "invalid_value":
      return choiceWords(input, issue.values);
    case "invalid_union":
      return isNothing(input) ? `${it} is empty` : unionWords(it, issue);
    case "too_small":
      return boundWords(it, issue, `fewer than ${issue.minimum}`, `less than ${issue.minimum}`);
    case "too_big":
      return boundWords(it, issue, `more than ${issue.maximum}`, `more than ${issue.maximum}`);
    default:
      return undefined;
  }
}

function isNothing(input: unknown): boolean {
  return input === undefined || input === null || input === "";
}

/** A schema's own description goes on after "is not". */
function typeWords(it: string, { input, inst, expected }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType>): string {
  if (isNothing(input)) return `${it} is empty`;
  const described = inst instanceof z.ZodType ? z.globalRegistry.get(inst)?.description : undefined;
  return `${shown(input)} is not ${described ?? kinds[expected] ?? expected}`;
}

function choiceWords(input: unknown, values: readonly unknown[]): string {
  const words = values.map((value) => `\`${String(value)}\``);
  return `${shown(input)} is ${words.length === 1 ? "not" : "none of"} ${words.join(", ")}`;
}

/** Of shapes that one key tells apart, what that key may say. */
function unionWords(it: string, issue: z.core.$ZodRawIssue): string | undefined {
  const { discriminator, options, input } = issue;
  if (typeof discriminator !== "string" || !Array.isArray(options)) return undefined;
  const value: unknown = typeof input === "object" && input !== null ? Reflect.get(input, discriminator) : undefined;
  return value === undefined ? `${it} is missing` : choiceWords(value, options);
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a whole number",
  int: "a whole number",
  boolean: "`true` or `false`",
  null: "`null`",
  array: "a list",
  tuple: "a list",
  object: "a map of keys and values",
  record: "a map of keys and values",
};

/** Of a list its length is out of bounds, of a text its characters, of a number itself. */
function boundWords(
  it: string,
  { origin, input }: { origin: string; input?: unknown },
  many: string,
  much: string,
): string {
  if (origin === "array") return isEmptyList(input) ? `${it} is an empty list` : `${it} has ${many} entries`;
  if (origin === "string") return input === "" ? `${it} is empty` : `${it} has ${many} characters`;
  return `${shown(input)} is ${much}`;
}

function isEmptyList(input: unknown): boolean {
  return Array.isArray(input) && input.length === 0;
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" ? "a map" : `\`${quote(input)}\``;
}
