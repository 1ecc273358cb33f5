/** `countersign freeze` and `unfreeze`: stopping is one person's word, going on takes the quorum. */
import type { About } from "../bundle/meaning.ts";
import { freezeMessage, unfreezeMessage, type Frozen } from "../sdk/freeze.ts";
import { InvalidValue } from "../values/errors.ts";
import { fromBytes } from "../values/hex.ts";
import { toIso } from "../values/instant.ts";
import { consent } from "./consent.ts";
import { deliver } from "./delivery.ts";
import type { Given } from "./command.ts";
import type { Io } from "./io.ts";
import { option, optionAfter, optionHash } from "./option-value.ts";
import { UsageError, type Outcome } from "./outcome.ts";
import { openService } from "./connection.ts";
import { signOwn } from "./own-signature.ts";

export async function freeze(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const frozen = readTarget(given);
  const freezeId = fromBytes(io.random(32));
  const message = freezeMessage(frozen, given.text("reason"), freezeId);
  const words = `freeze ${wordsOf(frozen)}: nothing of it is signed from the moment the gate has this`;
  await consent(given, io, [words, `reason: ${message.reason}`]);
  const statement = await signOwn({ given, io, service }, { kind: "Freeze", message, about: { kind: "itself" } });
  const sent = await deliver(service, given, { statement }, { freezeId });
  return { ...sent, lines: [...sent.lines, `freezeId ${freezeId}`] };
}

/** Signs the lifting of exactly the freezes that are named; it counts once enough people signed the same list. */
export async function unfreeze(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const frozen = readTarget(given);
  const named = given.list("freeze-id").map((text) => optionHash("freeze-id", text));
  const expiresAt = optionAfter("expires", given.maybe("expires") ?? "24h", io.now());
  const { message, attachment } = unfreezeMessage(frozen, named, expiresAt);
  await consent(given, io, [
    `lift these freezes of ${wordsOf(frozen)}, once enough people signed the same list:`,
    ...attachment.map((id) => `  ${id}`),
    `your signature counts until ${toIso(expiresAt)}`,
  ]);
  const about = { kind: "freezes", freezeIds: [...attachment] } satisfies About;
  const statement = await signOwn({ given, io, service }, { kind: "Unfreeze", message, about });
  return deliver(service, given, { statement, attachment });
}

function readTarget(given: Given): Frozen {
  const scope = option("scope", given.text("scope"), parseScope);
  const target = given.maybe("target") ?? (scope === "deployment" ? "deployment" : undefined);
  if (target === undefined) throw new UsageError(`--target is missing: which ${scope}`);
  return { scope, target };
}

function parseScope(text: string): Frozen["scope"] {
  if (text === "deployment" || text === "asset" || text === "key") return text;
  throw new InvalidValue("cli.scope", `\`${text}\` is none of deployment, asset, key`);
}

function wordsOf({ scope, target }: Frozen): string {
  return scope === "deployment" ? "the whole deployment" : `${scope} ${target}`;
}
