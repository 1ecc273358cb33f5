/** A statement as it came in, parsed strictly by kind and rewritten in its one normal spelling. */
import { z } from "zod";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { nameSchema } from "../values/schema.ts";
import { proofSchema, statementHash, type Envelope } from "./envelope.ts";
import { kindSchema, messages, type Kind, type Message } from "./message.ts";

export type StatementOf<K extends Kind> = {
  readonly kind: K;
  readonly message: Message<K>;
  /** Credential id in the roster; whether it signed is for `verifyStatement` to say. */
  readonly credential: Envelope["credential"];
  /** In its normal spelling, so that two spellings of one statement have one hash. */
  readonly envelope: Envelope;
  readonly hash: Bytes32;
};

/** Any statement; `kind` tells which message it has. */
export type Statement = { [K in Kind]: StatementOf<K> }[Kind];

type Schemas<F> = { [N in keyof F]: F[N] extends readonly [string, infer S extends z.ZodType] ? S : never };

/** The schemas of a kind's fields without their EIP-712 types. */
function schemasOf<F extends Readonly<Record<string, readonly [string, z.ZodType]>>>(fields: F): Schemas<F> {
  const schemas = Object.fromEntries(Object.entries(fields).map(([name, [, schema]]) => [name, schema]));
  if (!belongTo(schemas, fields)) throw new TypeError("unreachable: the schemas were taken from these fields");
  return schemas;
}

function belongTo<F extends Readonly<Record<string, readonly [string, z.ZodType]>>>(
  schemas: Readonly<Record<string, z.ZodType>>,
  fields: F,
): schemas is Schemas<F> & Readonly<Record<string, z.ZodType>> {
  return Object.entries(fields).every(([name, [, schema]]) => schemas[name] === schema);
}

const rest = { credential: nameSchema, proof: proofSchema };

const said = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("Submission"), message: z.strictObject(schemasOf(messages.Submission)), ...rest }),
  z.strictObject({ kind: z.literal("Approval"), message: z.strictObject(schemasOf(messages.Approval)), ...rest }),
  z.strictObject({
    kind: z.literal("Cancellation"),
    message: z.strictObject(schemasOf(messages.Cancellation)),
    ...rest,
  }),
  z.strictObject({ kind: z.literal("Veto"), message: z.strictObject(schemasOf(messages.Veto)), ...rest }),
  z.strictObject({ kind: z.literal("Freeze"), message: z.strictObject(schemasOf(messages.Freeze)), ...rest }),
  z.strictObject({ kind: z.literal("Unfreeze"), message: z.strictObject(schemasOf(messages.Unfreeze)), ...rest }),
  z.strictObject({
    kind: z.literal("PolicyChange"),
    message: z.strictObject(schemasOf(messages.PolicyChange)),
    ...rest,
  }),
  z.strictObject({
    kind: z.literal("RosterChange"),
    message: z.strictObject(schemasOf(messages.RosterChange)),
    ...rest,
  }),
  z.strictObject({ kind: z.literal("Possession"), message: z.strictObject(schemasOf(messages.Possession)), ...rest }),
  z.strictObject({ kind: z.literal("Session"), message: z.strictObject(schemasOf(messages.Session)), ...rest }),
  z.strictObject({
    kind: z.literal("ReserveAttestation"),
    message: z.strictObject(schemasOf(messages.ReserveAttestation)),
    ...rest,
  }),
  z.strictObject({
    kind: z.literal("ChainObservation"),
    message: z.strictObject(schemasOf(messages.ChainObservation)),
    ...rest,
  }),
  z.strictObject({
    kind: z.literal("PriceAttestation"),
    message: z.strictObject(schemasOf(messages.PriceAttestation)),
    ...rest,
  }),
  z.strictObject({
    kind: z.literal("IdentityAttestation"),
    message: z.strictObject(schemasOf(messages.IdentityAttestation)),
    ...rest,
  }),
  z.strictObject({
    kind: z.literal("DocumentAttestation"),
    message: z.strictObject(schemasOf(messages.DocumentAttestation)),
    ...rest,
  }),
  z.strictObject({
    kind: z.literal("KeyCeremony"),
    message: z.strictObject(schemasOf(messages.KeyCeremony)),
    ...rest,
  }),
  z.strictObject({ kind: z.literal("Delivery"), message: z.strictObject(schemasOf(messages.Delivery)), ...rest }),
  z.strictObject({
    kind: z.literal("BatchApproval"),
    message: z.strictObject(schemasOf(messages.BatchApproval)),
    ...rest,
  }),
  z.strictObject({ kind: z.literal("Resumption"), message: z.strictObject(schemasOf(messages.Resumption)), ...rest }),
  z.strictObject({
    kind: z.literal("GatePromotion"),
    message: z.strictObject(schemasOf(messages.GatePromotion)),
    ...rest,
  }),
]);

/**
 * Parses an envelope of any kind: exactly the fields of the kind, each in the form its value module accepts.
 * A checksummed address is accepted and rewritten in lower case. Throws `InvalidValue` with code `statement.unknown-kind`,
 * `statement.unknown-field` or `statement.malformed`, and the field as `message.amount`. Verifies no signature.
 */
export function readStatement(input: unknown): Statement {
  const read = said.safeParse(input);
  if (!read.success) throw refusal(read.error.issues[0], input);
  const { proof, ...words } = read.data;
  if (Object.values(words.message).some((value) => Object.is(value, -0))) {
    throw new InvalidValue("statement.malformed", "message: `-0` is not how zero is written", "message");
  }
  const envelope = { ...words, message: wireFields(words.message), proof };
  return { ...words, envelope, hash: statementHash(envelope) };
}

/** In the one spelling of the wire; every field of a message is text, a number, a boolean or an amount. */
function wireFields(message: Readonly<Record<string, string | number | boolean | bigint>>): Envelope["message"] {
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(message)) {
    fields[name] = typeof value === "bigint" ? value.toString() : value;
  }
  return fields;
}

function refusal(issue: z.core.$ZodIssue | undefined, input: unknown): InvalidValue {
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === "unrecognized_keys") {
    const field = [...path, issue.keys[0] ?? ""].join(".");
    return new InvalidValue("statement.unknown-field", `${field}: a statement of this kind has no such field`, field);
  }
  if (path.join(".") === "kind" && !kindSchema.safeParse(kindIn(input)).success) {
    return new InvalidValue("statement.unknown-kind", "kind: not a kind of statement", "kind");
  }
  const field = path.join(".");
  const message = issue?.message ?? "the statement is not understood";
  return new InvalidValue("statement.malformed", field === "" ? message : `${field}: ${message}`, field);
}

function kindIn(input: unknown): unknown {
  return typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;
}
