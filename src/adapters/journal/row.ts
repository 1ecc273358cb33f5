/** Rows of the journal back into typed values: parsed like any other input, so that a damaged file is a fault and never a fact. */
import { z } from "zod";
import { Fault, InvalidValue } from "../../values/errors.ts";
import { canonical, parseStrict, type Json } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import type { Row } from "./connection.ts";

/** JSON text in a column; throws `InvalidValue`, which `readRow` turns into a fault. */
export const jsonColumn: z.ZodType<Json, string> = z.string().transform((text): Json => parseStrict(text));

export function jsonColumnOf<T>(schema: z.ZodType<T>): z.ZodType<T, string> {
  return z
    .string()
    .transform((text): unknown => parseStrict(text))
    .pipe(schema);
}

/** A column that is null until something happened. */
export function optional<T, I>(schema: z.ZodType<T, I>): z.ZodType<T | undefined, I | null> {
  return schema.nullable().transform((value) => value ?? undefined);
}

/** A sum of amounts: decimal text of any length. */
export const sumColumn: z.ZodType<bigint, string> = z
  .string()
  .regex(/^(?:0|[1-9][0-9]*)$/)
  .transform(BigInt);

export const flag: z.ZodType<boolean, number> = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

export function readRow<T>(schema: z.ZodType<T>, row: Row): T {
  try {
    return schema.parse(row);
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof InvalidValue)) throw error;
    throw new Fault("journal.corrupt", "a row of the journal is not what the gate writes", "never", error);
  }
}

export function readOptional<T>(schema: z.ZodType<T>, row: Row | undefined): T | undefined {
  return row === undefined ? undefined : readRow(schema, row);
}

export function readRows<T>(schema: z.ZodType<T>, rows: readonly Row[]): readonly T[] {
  return rows.map((row) => readRow(schema, row));
}

export function toJson(value: unknown): string {
  return canonical(toWire(value));
}
