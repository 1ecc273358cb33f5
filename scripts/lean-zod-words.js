/**
 * zod as the console's pages carry it: the words that our schemas use, read as zod reads them, and nothing that writes JSON Schemas,
 * compiles, waits, encodes or knows e-mail addresses. A test holds every schema of the pure stages and of the API against zod itself,
 * whole and damaged: what is read, and every word of every refusal.
 */
import {
  boolean,
  finish,
  fresh,
  inside,
  isAborted,
  isObject,
  lazy,
  null as nothing,
  number,
  once,
  string,
  ZodType,
} from "./lean-zod-type.js";

export {
  boolean,
  config,
  custom,
  enum,
  globalRegistry,
  int,
  iso,
  lazy,
  literal,
  NEVER,
  null,
  nullable,
  number,
  optional,
  string,
  transform,
  undefined,
  unknown,
  url,
  ZodType,
} from "./lean-zod-type.js";

/** Keys that would reach the prototype are neither read nor written. */
const forbidden = "__proto__";

Object.assign(ZodType.prototype, {
  array() {
    return array(this);
  },
  or(other) {
    return union([this, other]);
  },
  extend(shape) {
    return objectOf({ ...this.shape, ...shape }, this.others, this.checks);
  },
});

export function array(element) {
  const read = (payload, context, inst) => {
    const { value: input } = payload;
    if (!Array.isArray(input)) {
      payload.issues.push({ code: "invalid_type", expected: "array", input, inst });
      return payload;
    }
    if (isCapped(payload, inst.checks)) return payload;
    payload.value = input.map((item, index) => {
      const { value, issues } = element.run(fresh(item), context);
      payload.issues.push(...inside(index, issues));
      return value;
    });
    return payload;
  };
  return new ZodType("array", read);
}

/** A list that is too long is not looked into. */
function isCapped(payload, checks) {
  const end = checks.findIndex((check) => check.isLength !== true);
  const leading = end === -1 ? checks : checks.slice(0, end);
  const over = leading.find(({ most }) => payload.value.length > most);
  if (over === undefined) return false;
  over.check(payload);
  payload.issues[payload.issues.length - 1].continue = false;
  return true;
}

export function tuple(items) {
  const read = (payload, context, inst) => {
    const { value: input } = payload;
    const bound = { inclusive: true, input, inst, origin: "array" };
    if (!Array.isArray(input)) {
      payload.issues.push({ code: "invalid_type", expected: "tuple", input, inst });
      return payload;
    }
    payload.value = [];
    if (input.length < items.length) {
      payload.issues.push({ ...bound, code: "too_small", minimum: items.length });
      return payload;
    }
    if (input.length > items.length) payload.issues.push({ ...bound, code: "too_big", maximum: items.length });
    payload.value = items.map((item, index) => {
      const { value, issues } = item.run(fresh(input[index]), context);
      payload.issues.push(...inside(index, issues));
      return value;
    });
    return payload;
  };
  return new ZodType("tuple", read);
}

/** `others` says what happens to keys that the shape does not have: they are `refused`, `kept`, or left out. */
function objectOf(shape, others, checks = []) {
  const read = (payload, context, inst) => {
    const { value: input } = payload;
    if (!isObject(input)) {
      payload.issues.push({ code: "invalid_type", expected: "object", input, inst });
      return payload;
    }
    payload.value = {};
    for (const [key, schema] of Object.entries(shape))
      if (key !== forbidden) readKey(payload, input, { key, schema, context });
    if (others !== undefined) readOthers(payload, input, { shape, others, inst });
    return payload;
  };
  return new ZodType("object", read, { shape, others, checks });
}

/** A key that may be left out and is, says nothing and leaves nothing. */
const isLeftOut = (optin, isOptionalOut, issues) =>
  isOptionalOut && (optin === "optional" || (optin !== undefined && issues.length > 0));

function readKey(payload, input, { key, schema, context }) {
  const isThere = key in input;
  const [optin, isOptionalOut] = [schema.optin(), schema.optout() === "optional"];
  const { value, issues } = schema.run(fresh(input[key]), context);
  if (!isThere && isLeftOut(optin, isOptionalOut, issues)) return;
  payload.issues.push(...inside(key, issues));
  if (!isThere && optin === undefined) {
    if (issues.length === 0)
      payload.issues.push({ code: "invalid_type", expected: "nonoptional", input: undefined, path: [key] });
    return;
  }
  if (value !== undefined || isThere || (optin === "defaulted" && !isOptionalOut)) payload.value[key] = value;
}

function readOthers(payload, input, { shape, others, inst }) {
  const keys = [];
  for (const key in input) {
    if (Object.hasOwn(shape, key)) continue;
    if (others === "refused") keys.push(key);
    else if (key !== forbidden) payload.value[key] = input[key];
  }
  if (keys.length > 0) payload.issues.push({ code: "unrecognized_keys", keys, input, inst, continue: true });
}

export const object = (shape) => objectOf(shape, undefined);
export const strictObject = (shape) => objectOf(shape, "refused");
export const looseObject = (shape) => objectOf(shape, "kept");

export const record = (keyType, valueType) => recordOf(keyType, valueType, false);
/** Of keys that are known by name; each may be left out, and another is a stranger. A whole record of them would ask for each; nothing of ours does. */
export const partialRecord = (keyType, valueType) => recordOf(keyType, valueType, true);

function recordOf(keyType, valueType, isOfNames) {
  const read = (payload, context, inst) => {
    const { value: input } = payload;
    if (!isObject(input)) {
      payload.issues.push({ code: "invalid_type", expected: "record", input, inst });
      return payload;
    }
    payload.value = {};
    const strangers = [];
    for (const key of Object.keys(input)) {
      if (key === forbidden) continue;
      const name = keyType.run(fresh(key), context);
      if (name.issues.length > 0 && isOfNames) {
        strangers.push(key);
      } else if (name.issues.length > 0) {
        const issues = name.issues.map((issue) => finish(issue, context));
        payload.issues.push({ code: "invalid_key", origin: "record", issues, input: key, path: [key], inst });
      } else if (name.value !== forbidden) {
        const { value, issues } = valueType.run(fresh(input[key]), context);
        payload.issues.push(...inside(key, issues));
        payload.value[name.value] = value;
      }
    }
    if (strangers.length > 0)
      payload.issues.push({ code: "unrecognized_keys", keys: strangers, input, inst, continue: true });
    return payload;
  };
  return new ZodType("record", read);
}

export function union(options) {
  const read = (payload, context, inst) => {
    const results = [];
    for (const option of options) {
      const result = option.run(fresh(payload.value), context);
      if (result.issues.length === 0) return result;
      results.push(result);
    }
    const whole = results.filter((result) => !isAborted(result));
    if (whole.length === 1) return whole[0];
    const errors = results.map(({ issues }) => issues.map((issue) => finish(issue, context)));
    payload.issues.push({ code: "invalid_union", input: payload.value, inst, errors });
    return payload;
  };
  const optin = () => {
    const all = options.map((option) => option.optin());
    return all.find((one) => one === "defaulted") ?? all.find((one) => one !== undefined);
  };
  const optout = () => (options.some((option) => option.optout() === "optional") ? "optional" : undefined);
  const values = () => {
    const all = options.map((option) => option.valuesOf());
    return all.includes(undefined) ? undefined : all.flat();
  };
  return new ZodType("union", read, { optin, optout, values });
}

export function discriminatedUnion(discriminator, options) {
  const byValue = once(() => new Map(options.flatMap((option) => tagsOf(option, discriminator))));
  const read = (payload, context, inst) => {
    const { value: input } = payload;
    if (!isObject(input)) {
      payload.issues.push({ code: "invalid_type", expected: "object", input, inst });
      return payload;
    }
    const option = byValue().get(input[discriminator]);
    if (option !== undefined) return option.run(payload, context);
    const told = { errors: [], note: "No matching discriminator", discriminator, options: [...byValue().keys()] };
    payload.issues.push({ code: "invalid_union", ...told, input, path: [discriminator], inst });
    return payload;
  };
  return new ZodType("union", read, { choices: options });
}

/** Values of the key by which an option is known, each with the option. */
function tagsOf(option, key) {
  if (option.choices !== undefined)
    return option.choices.flatMap((one) => tagsOf(one, key)).map(([tag]) => [tag, option]);
  return (option.shape?.[key]?.valuesOf() ?? []).map((tag) => [tag, option]);
}

export function json() {
  const any = lazy(() => union([string(), number(), boolean(), nothing(), array(any), record(string(), any)]));
  return any;
}
