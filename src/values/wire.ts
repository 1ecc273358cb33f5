/** Typed values back into JSON: amounts become decimal text, absent fields stay absent. */
import type { Json } from "./json.ts";

/** The JSON form of a typed value; the inverse of parsing it with its schema. */
export function toWire(value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(toWire);
  if (value !== null && typeof value === "object") {
    const fields: [string, Json][] = [];
    for (const [key, field] of Object.entries(value)) if (field !== undefined) fields.push([key, toWire(field)]);
    return Object.fromEntries(fields);
  }
  return value as Json;
}
