/**
 * zod as the console's pages carry it: the readers of zod's core behind the words that our schemas use, and nothing that writes JSON
 * Schemas, compiles, or knows e-mail addresses. What is read, and what is said of it, is the same; a test compares the two.
 */
import * as core from "zod/v4/core";
import en from "zod/v4/locales/en.js";
import * as mini from "zod/mini";
import * as z from "./lean-zod-words.js";

core.config(en());

/** Of text and lists the length is bounded, of numbers the value. */
const isNumber = (schema) => schema._zod.def.type === "number";

/** Chained as the whole of zod has it; zod's own constructor puts these on every schema. */
Object.assign(mini.ZodMiniType.prototype, {
  array() {
    return mini.array(this);
  },
  default(value) {
    return mini._default(this, value);
  },
  describe(description) {
    return this.meta({ description });
  },
  extend(shape) {
    return mini.extend(this, shape);
  },
  int(params) {
    return this.check(mini.int(params));
  },
  length(length, params) {
    return this.check(mini.length(length, params));
  },
  max(most, params) {
    return this.check(isNumber(this) ? mini.lte(most, params) : mini.maxLength(most, params));
  },
  meta(meta) {
    const copy = this.clone();
    core.globalRegistry.add(copy, meta);
    return copy;
  },
  min(least, params) {
    return this.check(isNumber(this) ? mini.gte(least, params) : mini.minLength(least, params));
  },
  nullable() {
    return mini.nullable(this);
  },
  optional() {
    return mini.optional(this);
  },
  or(other) {
    return mini.union([this, other]);
  },
  pipe(next) {
    return mini.pipe(this, next);
  },
  refine(holds, params) {
    return this.check(mini.refine(holds, params));
  },
  regex(pattern, params) {
    return this.check(mini.regex(pattern, params));
  },
  transform(change) {
    return mini.pipe(this, mini.transform(change));
  },
});

export const config = core.config;
export { z };
