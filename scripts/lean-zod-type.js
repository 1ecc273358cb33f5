/** A schema of one value: its kind, what is checked of it, what may stand in its place, and what becomes of it. */
import { say } from "./lean-zod-english.js";

const described = new WeakMap();
export const globalRegistry = { get: (schema) => described.get(schema) };
/** There is nothing to set: nothing here compiles. */
export const config = () => undefined;
/** What a transform answers that wrote an issue instead. */
export const NEVER = Object.freeze({});

/** An issue that lets later checks go on says so; any other ends them. */
export const isAborted = ({ issues, aborted }, from = 0) =>
  aborted === true || issues.slice(from).some((issue) => issue.continue !== true);
const isStopped = ({ issues, aborted }) => aborted === true || issues.some((issue) => issue.continue === false);

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const fresh = (value) => ({ value, issues: [] });
export const inside = (key, issues) => issues.map((issue) => ({ ...issue, path: [key, ...(issue.path ?? [])] }));

export function finish(issue, context) {
  const { inst, input, ...told } = issue;
  delete told.continue;
  const message = issue.message ?? inst?.error?.(issue) ?? context.error?.(issue) ?? say(issue);
  return { ...told, path: issue.path ?? [], message, ...(context.reportInput === true ? { input } : {}) };
}

class Unread extends Error {
  constructor(issues) {
    super(JSON.stringify(issues, null, 2));
    this.issues = issues;
  }
}

/** Whether a key may be left out (`optional`) or is made up for (`defaulted`); whether what comes of it may be nothing. */
const needed = () => undefined;

export class ZodType {
  /** `read` takes and answers a payload; `more` has what other schemas ask of it. */
  constructor(type, read, more = {}) {
    const { checks = [], error, optin = needed, optout = needed, values = needed, ...rest } = more;
    Object.assign(this, { type, read, checks, error, optin, optout, valuesOf: values, more, ...rest });
  }
  run(payload, context) {
    const result = this.read(payload, context, this);
    const checks = this.check === undefined ? this.checks : [this, ...this.checks];
    let ended = isAborted(result);
    for (const check of checks) {
      const skipped = check.when === undefined ? ended : isStopped(result) || !check.when(result.value);
      if (skipped) continue;
      const before = result.issues.length;
      check.check(result);
      ended ||= isAborted(result, before);
    }
    return result;
  }
  safeParse(input, context = {}) {
    const { issues, value } = this.run(fresh(input), context);
    if (issues.length === 0) return { success: true, data: value };
    return { success: false, error: new Unread(issues.map((issue) => finish(issue, context))) };
  }
  parse(input) {
    const result = this.safeParse(input);
    if (result.success) return result.data;
    throw result.error;
  }
  with(...checks) {
    return new ZodType(this.type, this.read, { ...this.more, checks: [...this.checks, ...checks] });
  }
  meta(meta) {
    const copy = this.with();
    described.set(copy, meta);
    return copy;
  }
  describe(description) {
    return this.meta({ description });
  }
  optional() {
    return optional(this);
  }
  nullable() {
    return nullable(this);
  }
  default(value) {
    const read = (payload, context) => {
      const result = payload.value === undefined ? payload : this.run(payload, context);
      if (result.value === undefined) result.value = value;
      return result;
    };
    return new ZodType("default", read, { optin: () => "defaulted", values: this.valuesOf });
  }
  pipe(next) {
    const read = (payload, context) => {
      const left = this.run(payload, context);
      if (left.issues.some(({ code }) => code !== "unrecognized_keys")) return Object.assign(left, { aborted: true });
      return next.run({ value: left.value, issues: left.issues }, context);
    };
    return new ZodType("pipe", read, { optin: this.optin, optout: next.optout, values: this.valuesOf });
  }
  transform(change) {
    return this.pipe(transform(change));
  }
  refine(holds, words) {
    return this.with(custom(holds, words));
  }
  regex(pattern, words) {
    const told = { origin: "string", format: "regex", pattern: String(pattern) };
    return this.with(checkOf(words, ({ value }) => !pattern.test(value) && { ...told, code: "invalid_format" }));
  }
  int(words) {
    return this.with(int(words));
  }
  min(least, words) {
    const told = { code: "too_small", minimum: least, inclusive: true };
    if (this.type === "number")
      return this.with(checkOf(words, ({ value }) => value < least && { ...told, origin: "number" }));
    return this.with(lengthOf(words, (length) => length < least && told));
  }
  max(most, words) {
    const told = { code: "too_big", maximum: most, inclusive: true };
    if (this.type === "number")
      return this.with(checkOf(words, ({ value }) => value > most && { ...told, origin: "number" }));
    return this.with({ ...lengthOf(words, (length) => length > most && told), most });
  }
  length(exact, words) {
    const told = { inclusive: true, exact: true };
    const long = { ...told, code: "too_big", maximum: exact };
    const short = { ...told, code: "too_small", minimum: exact };
    const check = lengthOf(words, (length) => length !== exact && (length > exact ? long : short));
    return this.with({ ...check, most: exact });
  }
}

const errorOf = (words) => (typeof words === "string" ? () => words : (words?.error ?? words?.message));

/** `wrong` answers what the issue says, or nothing. */
function checkOf(words, wrong) {
  const inst = { error: errorOf(words) };
  const check = (payload) => {
    const told = wrong(payload);
    if (told) payload.issues.push({ ...told, input: payload.value, inst, continue: true });
  };
  return { check };
}

/** Also of what is no text and no list, as long as it has a length; text is counted in code points. */
function lengthOf(words, wrong) {
  const check = checkOf(words, ({ value }) => {
    const told = wrong(typeof value === "string" ? [...value].length : value.length);
    const origin = typeof value === "string" ? "string" : Array.isArray(value) ? "array" : "unknown";
    return told && { ...told, origin };
  });
  return { ...check, isLength: true, when: (value) => value?.length !== undefined };
}

/** Of one kind of value. */
function kindOf(type, is, more) {
  const read = (payload, _context, inst) => {
    const { value: input } = payload;
    if (!is(input)) payload.issues.push({ code: "invalid_type", expected: type, input, inst });
    return payload;
  };
  return new ZodType(type, read, more);
}

export const string = () => kindOf("string", (value) => typeof value === "string");
export const number = () => kindOf("number", Number.isFinite);
export const boolean = () => kindOf("boolean", (value) => typeof value === "boolean");
const nothing = () => kindOf("null", (value) => value === null, { values: () => [null] });
const missing = () =>
  kindOf("undefined", (value) => value === undefined, {
    optin: () => "optional",
    optout: () => "optional",
    values: () => [undefined],
  });
export { nothing as null, missing as undefined };
export const unknown = () => new ZodType("unknown", (payload) => payload);

/** A text or a number that is checked once more for what it says. */
const formatOf = (base, check, error) => new ZodType(base.type, base.read, { ...base.more, check, error });

export function int(words) {
  const schema = formatOf(number(), check, errorOf(words));
  function check({ value: input, issues }) {
    const told = { input, inst: schema };
    if (!Number.isInteger(input))
      issues.push({ code: "invalid_type", expected: "int", format: "safeint", ...told, continue: false });
    else if (!Number.isSafeInteger(input)) {
      const bound =
        input > 0
          ? { code: "too_big", maximum: Number.MAX_SAFE_INTEGER }
          : { code: "too_small", minimum: Number.MIN_SAFE_INTEGER };
      issues.push({ ...bound, ...told, origin: "int", inclusive: true, continue: true });
    }
  }
  return schema;
}

export function url() {
  const schema = formatOf(string(), (payload) => {
    const trimmed = payload.value.trim();
    if (URL.canParse(trimmed)) payload.value = trimmed.replace(/[\t\n\r]/g, "");
    else
      payload.issues.push({
        code: "invalid_format",
        format: "url",
        input: payload.value,
        inst: schema,
        continue: true,
      });
  });
  return schema;
}

/** RFC 3339 to the second, of a day that there is. */
function datetime() {
  const pattern =
    /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
  const isDate = (text) => {
    const [, year, month, day] = pattern.exec(text) ?? [];
    return (
      year !== undefined &&
      day !== "00" &&
      Number(day) <= new Date(Date.UTC(4 * 400 + (Number(year) % 400), Number(month), 0)).getUTCDate()
    );
  };
  const schema = formatOf(string(), ({ value: input, issues }) => {
    if (!isDate(input))
      issues.push({ code: "invalid_format", format: "datetime", input, inst: schema, continue: true });
  });
  return schema;
}
export const iso = { datetime };

export function custom(holds = () => true, words = undefined) {
  const schema = new ZodType("custom", (payload) => payload, { error: errorOf(words), check });
  function check({ value: input, issues }) {
    if (!holds(input)) issues.push({ code: "custom", input, inst: schema, path: [], continue: true });
  }
  return schema;
}

function oneOf(type, values, more) {
  const read = (payload, _context, inst) => {
    const { value: input } = payload;
    if (!values.includes(input)) payload.issues.push({ code: "invalid_value", values, input, inst });
    return payload;
  };
  return new ZodType(type, read, { ...more, values: () => values });
}
export const literal = (value) => oneOf("literal", Array.isArray(value) ? value : [value]);
const oneName = (options) => oneOf("enum", options, { options });
export { oneName as enum };

export const transform = (change) =>
  new ZodType("transform", (payload) => Object.assign(payload, { value: change(payload.value, payload) }), {
    optin: () => "optional",
  });

export function optional(inner) {
  const read = (payload, context) => {
    if (payload.value !== undefined) return inner.run(payload, context);
    if (inner.optin() !== "defaulted") return payload;
    const result = inner.run(fresh(undefined), context);
    return Object.assign(payload, { value: result.issues.length > 0 ? undefined : result.value });
  };
  const optin = () => (inner.optin() === "defaulted" ? "defaulted" : "optional");
  return new ZodType("optional", read, { optin, optout: () => "optional", values: () => withValue(inner, undefined) });
}

export function nullable(inner) {
  const read = (payload, context) => (payload.value === null ? payload : inner.run(payload, context));
  return new ZodType("nullable", read, {
    optin: inner.optin,
    optout: inner.optout,
    values: () => withValue(inner, null),
  });
}

function withValue(inner, value) {
  const values = inner.valuesOf();
  return values === undefined ? undefined : [...values, value];
}

export const lazy = (getter) => {
  const inner = once(getter);
  const read = (payload, context) => inner().run(payload, context);
  return new ZodType("lazy", read, { optin: () => inner().optin(), optout: () => inner().optout() });
};

export function once(make) {
  let made;
  return () => (made ??= make());
}
