/** A statement before somebody signs it on a device, as a file: written beside the device, and made again on another machine. */
import { z } from "zod";
import { hashesOf, typesOf } from "../statement/digest.ts";
import { kindSchema, type Kind } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Json } from "../values/json.ts";
import { bytes32Schema, jsonSchema, parseWith } from "../values/schema.ts";
import { aboutSchema, agree, meaningOf, readSaid, type About, type Meaning } from "./meaning.ts";
import type { ScreenLine } from "./shown.ts";

export const reviewFormat = "countersign-review/1";

const reviewSchema = z.strictObject({
  format: z.literal(reviewFormat),
  deployment: bytes32Schema,
  kind: kindSchema,
  message: jsonSchema,
  about: aboutSchema,
  /** What the machine beside the device made of it; held against what it comes to. */
  claims: z.strictObject({
    words: z.string().max(4_000),
    domainHash: bytes32Schema,
    messageHash: bytes32Schema,
    digest: bytes32Schema,
  }),
});

export type Review = Meaning & {
  readonly deployment: Bytes32;
  readonly kind: Kind;
  /** Field by field, in the order of the screen. */
  readonly screen: readonly ScreenLine[];
  readonly domainHash: Bytes32;
  readonly messageHash: Bytes32;
  readonly digest: Bytes32;
};

export type Saying = {
  readonly deploymentId: Bytes32;
  readonly kind: Kind;
  /** In its JSON form. */
  readonly message: Json;
  readonly about: About;
};

/** Throws `InvalidValue` with the field in which the statement and what it is about contradict each other. */
export function reviewOf({ deploymentId, kind, message, about }: Saying): Review {
  const statement = readSaid(kind, message);
  const { words, rests } = meaningOf(statement, about);
  const fields = typesOf(kind)[kind] ?? [];
  const screen = fields.map(({ name }): ScreenLine => [name, String(statement.envelope.message[name])]);
  return { deployment: deploymentId, kind, words, rests, screen, ...hashesOf(deploymentId, kind, statement.message) };
}

/** The file, of which `readReview` makes the same again. Throws as `reviewOf` does. */
export function writeReview(saying: Saying): Json {
  const { words, domainHash, messageHash, digest } = reviewOf(saying);
  const { deploymentId: deployment, kind, message, about } = saying;
  return {
    format: reviewFormat,
    deployment,
    kind,
    message,
    about,
    claims: { words, domainHash, messageHash, digest },
  };
}

/** Believes nothing that it can compute. Throws `InvalidValue` with the field that contradicts another part of the file. */
export function readReview(json: unknown): Review {
  const { deployment, kind, message, about, claims } = parseWith(reviewSchema, json, "bundle.review");
  const review = reviewOf({ deploymentId: deployment, kind, message, about });
  for (const name of ["words", "domainHash", "messageHash", "digest"] as const)
    agree(`claims.${name}`, claims[name], review[name], "the rest of the file");
  return review;
}
