/** What is said of an input that a schema refuses, in the words of zod's English. */

const kindOf = (value) => {
  if (typeof value === "number") return Number.isFinite(value) ? "number" : String(value);
  if (Array.isArray(value)) return "array";
  return value === null ? "null" : typeof value;
};
const quoted = (value) => (typeof value === "string" ? `"${value}"` : String(value));
const counted = { string: " characters", array: " items" };

function bound(word, sign, { origin, exact, maximum, minimum }) {
  const verb = origin in counted ? "to have" : "to be";
  return `Too ${word}: expected ${origin} ${verb} ${exact === true ? "exactly " : sign}${maximum ?? minimum}${counted[origin] ?? ""}`;
}

const sayings = {
  invalid_type: ({ expected, input }) => `Invalid input: expected ${expected}, received ${kindOf(input)}`,
  invalid_value: ({ values }) =>
    values.length === 1
      ? `Invalid input: expected ${quoted(values[0])}`
      : `Invalid option: expected one of ${values.map(quoted).join("|")}`,
  too_big: (issue) => bound("big", "<=", issue),
  too_small: (issue) => bound("small", ">=", issue),
  invalid_format: ({ format, pattern }) =>
    format === "regex"
      ? `Invalid string: must match pattern ${pattern}`
      : `Invalid ${format === "url" ? "URL" : "ISO datetime"}`,
  unrecognized_keys: ({ keys }) => `Unrecognized key${keys.length > 1 ? "s" : ""}: ${keys.map(quoted).join(", ")}`,
  invalid_key: ({ origin }) => `Invalid key in ${origin}`,
  invalid_union: ({ options }) =>
    options === undefined
      ? undefined
      : `Invalid discriminator value. Expected ${options.map((one) => `'${one}'`).join(" | ")}`,
};

export const say = (issue) => sayings[issue.code]?.(issue) ?? "Invalid input";
