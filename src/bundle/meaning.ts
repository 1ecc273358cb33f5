/** What a statement comes to in words, made from what it is about; a statement and its matter that contradict each other mean nothing. */
import { z } from "zod";
import { differing } from "../gate/binding.ts";
import { intentOf } from "../gate/submission.ts";
import { sentence } from "../intent/words.ts";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import type { BatchApproval, Kind, Submission } from "../statement/message.ts";
import { readStatement, type Statement, type StatementOf } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import { bytes32Schema, jsonSchema } from "../values/schema.ts";
import type { ScreenLine } from "./shown.ts";

export const aboutSchema = z.discriminatedUnion("kind", [
  /** A request, with the policy whose token gives its amounts their meaning. */
  z.strictObject({ kind: z.literal("request"), submission: jsonSchema, policy: jsonSchema }),
  z.strictObject({ kind: z.literal("document"), document: jsonSchema }),
  z.strictObject({ kind: z.literal("freezes"), freezeIds: z.array(bytes32Schema).max(1_000) }),
  /** All that it says stands in its own fields. */
  z.strictObject({ kind: z.literal("itself") }),
]);

/** What a statement is about, beyond its own fields. */
export type About = z.output<typeof aboutSchema>;

export type Meaning = {
  readonly words: string;
  /** By hash or name: what the words were made from. */
  readonly rests: readonly ScreenLine[];
};

type Meanings = { readonly [K in Kind]?: (statement: StatementOf<K>, about: About) => Meaning };

const meanings: Meanings = {
  Submission: ({ envelope }, about) =>
    ofRequest(about, "ask for", ({ statement }) => {
      for (const [name, value] of Object.entries(statement.envelope.message))
        agree(`message.${name}`, envelope.message[name], value, "the request");
    }),
  Approval: ({ message }, about) =>
    ofRequest(about, message.decision === "approve" ? "approve" : "reject, for good", ({ submission, policyHash }) => {
      const field = differing(message, submission);
      if (field !== undefined) agree(`message.${field}`, message[field], submission[field], "the request");
      agree("message.policyHash", message.policyHash, policyHash, "the policy");
    }),
  BatchApproval: ({ message }, about) => ofItself(about, batchMeaning(message)),
  Cancellation: ({ message }, about) =>
    ofRequest(about, "take back", ({ submission }) => {
      agree("message.requestId", message.requestId, submission.requestId, "the request");
      agree("message.intentHash", message.intentHash, submission.intentHash, "the request");
    }),
  Veto: ({ message }, about) =>
    about.kind === "document"
      ? ofDocument(about, message.target, "message.target", "veto")
      : ofRequest(about, "veto", ({ submission }) => {
          agree("message.target", message.target, submission.requestId, "the request");
          agree("message.intentHash", message.intentHash, submission.intentHash, "the request");
        }),
  PolicyChange: ({ message }, about) => ofChange(message, about),
  RosterChange: ({ message }, about) => ofChange(message, about),
  Freeze: ({ message }, about) => ofItself(about, `freeze ${scopeWords(message)}`),
  KeyCeremony: ({ message: { ceremony, key, account, tokenSerial } }, about) =>
    ofItself(
      about,
      `say that you were at the ceremony (${ceremony}) of the key ${key}, ${account}, on token ${tokenSerial}`,
    ),
  Resumption: ({ message: { logSize, logRoot } }, about) =>
    ofItself(about, `let the gate sign again that was restored from ${logSize} leaves of the log under ${logRoot}`),
  GatePromotion: ({ message: { epoch, logSize, logRoot, logKey } }, about) =>
    ofItself(
      about,
      `let another gate go on with the log after ${logSize} leaves under ${logRoot}, in epoch ${epoch} and with the log key ${logKey}; the gate before it signs nothing any more`,
    ),
  Delivery: ({ message: { requestId, burn, reference } }, about) =>
    ofItself(
      about,
      `say that what was released for the redemption ${requestId} (burn ${burn}) came to its destination, with reference ${reference}`,
    ),
  Unfreeze: ({ message }, about) => {
    if (about.kind !== "freezes") throw foreign(about);
    agree("message.freezesHash", message.freezesHash, hash(about.freezeIds), "the list of freezes");
    const rests = about.freezeIds.map((id): ScreenLine => ["freeze", id]);
    return { words: `lift ${rests.length} named freezes of ${scopeWords(message)}`, rests };
  },
};

/** Throws `InvalidValue` `bundle.contradiction` with the field, or the code of whatever is malformed. */
export function meaningOf<K extends Kind>(statement: StatementOf<K>, about: About): Meaning {
  const meaning: Meanings[K] = meanings[statement.kind];
  return meaning === undefined
    ? ofItself(about, `say what the fields of this ${statement.kind} say`)
    : meaning(statement, about);
}

/** Exactly the fields of the kind; who will sign it makes no difference to what it says. */
export function readSaid(kind: Kind, message: unknown): Statement {
  return readStatement({ kind, message, credential: "nobody", proof: { kind: "wallet", signature: "0x" } });
}

export function agree(field: string, said: unknown, computed: unknown, what: string): void {
  if (said === computed) return;
  const why = `it says \`${String(said)}\`, ${what} says \`${String(computed)}\``;
  throw new InvalidValue("bundle.contradiction", why, field);
}

type Asked = {
  readonly statement: StatementOf<"Submission">;
  readonly submission: Submission;
  readonly policyHash: Bytes32;
};

function ofRequest(about: About, verb: string, check: (asked: Asked) => void): Meaning {
  if (about.kind !== "request") throw foreign(about);
  const statement = within("about.submission", () => readSaid("Submission", about.submission));
  if (statement.kind !== "Submission") throw foreign(about);
  const { message: submission } = statement;
  const { asset, token } = within("about.policy", () => compile(readPolicyDocument(about.policy)));
  agree("about.policy.asset", asset, submission.asset, "the request");
  agree("about.policy.token.chain", token.chain, submission.chainId, "the request");
  const intent = within("about.submission", () => intentOf(submission, token.decimals));
  const policyHash = hash(about.policy);
  check({ statement, submission, policyHash });
  return {
    words: `${verb}: ${sentence(intent, token.decimals)}`,
    rests: [
      ["request", submission.requestId],
      ["intent", submission.intentHash],
      ["policy", policyHash],
      ["token", `${token.address}, ${token.decimals} decimals`],
    ],
  };
}

function ofDocument(about: About, said: Bytes32, field: string, verb: string): Meaning {
  if (about.kind !== "document") throw foreign(about);
  agree(field, said, hash(about.document), "the document");
  const text = (name: string): string => textOf(memberOf(about, name));
  const title = text("kind") === "Policy" ? `the policy of ${text("asset")}` : "the roster";
  return { words: `${verb} ${title}, version ${text("version")}`, rests: [["document", said]] };
}

function textOf(json: Json | undefined): string {
  return typeof json === "string" || typeof json === "number" ? String(json) : "nobody knows which";
}

type Change = { readonly documentHash: Bytes32; readonly version: number; readonly class: string };

function ofChange({ documentHash, version, class: kind }: Change, about: About): Meaning {
  const meaning = ofDocument(about, documentHash, "message.documentHash", "bring into force");
  agree("message.version", version, memberOf(about, "version"), "the document");
  return { ...meaning, words: `${meaning.words}, which ${kind}s` };
}

function ofItself(about: About, words: string): Meaning {
  if (about.kind !== "itself") throw foreign(about);
  return { words, rests: [] };
}

function batchMeaning({ decision, operation, asset, chainId, count, totalText, merkleRoot }: BatchApproval): string {
  const verb = decision === "approve" ? "approve" : "reject, for good,";
  const what = `${operation} of ${asset} on chain ${String(chainId)}`;
  return `${verb} ${String(count)} requests at once, each a ${what}: ${totalText} together, under the root ${merkleRoot}`;
}

function scopeWords({ scope, target }: { readonly scope: string; readonly target: string }): string {
  return scope === "deployment" ? "the whole deployment" : `${scope} ${target}`;
}

function memberOf(about: About, name: string): Json | undefined {
  const document = about.kind === "document" ? about.document : null;
  const isObject = typeof document === "object" && document !== null && !Array.isArray(document);
  return isObject ? Object.entries(document).find(([key]) => key === name)?.[1] : undefined;
}

function within<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidValue ? error.within(field) : error;
  }
}

function foreign({ kind }: About): InvalidValue {
  return new InvalidValue("bundle.contradiction", `a statement of this kind is not about \`${kind}\``, "about.kind");
}
