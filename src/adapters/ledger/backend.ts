/** The gate's Ledger backend: permits in, a person in between, and only signatures out that are the pinned key's over our own digest. */
import type { Faults } from "../../flow/faults.port.ts";
import type { Backend, BackendAnswer, BackendHealth } from "../../flow/gate/backend.port.ts";
import type { SigningPermit } from "../../gate/permit.ts";
import { fromPublicKey } from "../../values/address.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { keccak256 } from "../../values/digest.ts";
import { Fault, invariant } from "../../values/errors.ts";
import { toBytes, type Hex } from "../../values/hex.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { startAgent } from "./agent-process.ts";
import type { FailureKind } from "./device-failure.ts";
import type { Orders } from "./agent-message.ts";
import type { Places } from "./places.ts";
import { settle } from "./signature.ts";
import { Slot, type Outcome, type SlotParts } from "./slot.ts";
import type { SlotConfig, SlotKey } from "./slot-config.ts";
import { openSlotMemory, ownSlot, type Decline, type SlotMemory } from "./slot-memory.ts";
import { Turns } from "./turns.ts";

/** The fault points are `device-asked` (the review is marked) and `device-answered` (the answer is not yet checked). */
export type LedgerParts = {
  readonly checks: Pick<SignatureChecks, "recoverSecp256k1">;
  readonly recovery: BackendHealth["recovery"];
  readonly faults: Faults;
  readonly places: Places;
  readonly device: Orders["device"];
  readonly tell: (sentence: string) => void;
  readonly start?: SlotParts["start"];
};

type Wanted = { readonly key: SlotKey; readonly digest: Bytes32; readonly unsigned: Hex };

/** Whoever goes on asking is asked for again within seconds; after this they lost interest. */
const turnMs = 60_000;

/** Never waits for the device: what is not there is told by `health`, and by the answers. */
export function openLedgerBackend(config: SlotConfig, parts: LedgerParts): Backend {
  const memory = openSlotMemory(config.memory);
  ownSlot(config.memory);
  const { places, device, tell, start = startAgent } = parts;
  const slot = new Slot({ config, memory, places, device, tell, start });
  const turns = new Turns(turnMs);
  slot.watch();
  const waits = (why: string): BackendAnswer => ({ kind: "busy", why: `a person at ${config.name}: ${why}` });

  async function sign(permit: SigningPermit): Promise<BackendAnswer> {
    const wanted = wantedFrom(config, permit);
    const { digest } = wanted;
    const how = memory.declined(digest);
    if (how !== undefined) return waits(`${declineWords[how]}; \`countersign ledger clear\` lets it be shown again`);
    const before = turns.before(digest);
    if (before !== 0) return waits(before === undefined ? "too many wait" : `${before} others are before this one`);
    const state = await slot.look(false);
    if (state.kind !== "ready") return waits(state.why);
    const outcome = await reviewed(wanted);
    turns.leave(digest);
    return conclude(wanted, outcome);
  }

  async function reviewed({ key, digest, unsigned }: Wanted): Promise<Outcome> {
    const review = slot.review(key, unsigned, digest);
    await parts.faults.at("device-asked");
    const outcome = await review;
    await parts.faults.at("device-answered");
    return outcome;
  }

  function conclude({ key, digest }: Wanted, outcome: Outcome): BackendAnswer {
    if (outcome.kind === "signed") {
      const { recoverSecp256k1 } = parts.checks;
      const signature = settle(outcome.signature, toBytes(digest), fromPublicKey(key.publicKey), recoverSecp256k1);
      if (signature === undefined) {
        memory.quarantine("it answered with a signature that is not the pinned key's over our digest");
        tell(`${config.name}: a wrong signature for ${digest}; the device is not used any more`);
        throw new Fault(
          "ledger.wrong-signature",
          `the device \`${config.name}\` answered with a wrong signature`,
          "never",
        );
      }
      tell(`${config.name}: approved ${digest}`);
      return { kind: "signed", signature };
    }
    if (outcome.kind === "failed" && !outcome.isShown) return waits(outcome.failure.why);
    return declined({ memory, config, tell, digest }, outcome);
  }

  return {
    sign,
    release: () => {
      slot.release();
    },
    health: () => {
      const { kind, why } = slot.state();
      const ready = kind === "ready" || kind === "reviewing";
      return { ready, why: kind === "ready" ? "the device is ready" : why, pid: slot.pid(), recovery: parts.recovery };
    },
    close: () => slot.close(),
  };
}

/** Takes the permit; gate, roster and device file must mean the same key, and the bytes must be those of the digest. */
function wantedFrom(config: SlotConfig, permit: SigningPermit): Wanted {
  const { key: name, publicKey, digest, unsigned } = permit.take();
  const key = config.keys.find((one) => one.name === name);
  if (key === undefined)
    throw new Fault("ledger.unknown-key", `the device \`${config.name}\` has no key \`${name}\``, "never");
  if (key.publicKey !== publicKey)
    throw new Fault("ledger.other-key", `the device's \`${name}\` has another public key than the permit's`, "never");
  invariant(unsigned !== undefined, "a permit for a device carries the bytes that it shows");
  invariant(keccak256(toBytes(unsigned)) === digest, "the bytes that a device shows are those of the digest");
  if (config.app.blindSigning === "off")
    throw new Fault(
      "ledger.blind-signing",
      `the device \`${config.name}\` declares blind signing off, and a call of a contract cannot be signed without it`,
      "never",
    );
  return { key, digest, unsigned };
}

const declineWords: Readonly<Record<Decline, string>> = {
  rejected: "it was rejected on the device",
  expired: "nobody decided in time",
  unplugged: "the device was unplugged during the review",
  interrupted: "the review was interrupted",
  refused: "the device refused it",
};

/** After these nobody can say who speaks with the device. */
const odd: readonly FailureKind[] = ["library", "contended", "answer"];

type Declining = {
  readonly memory: SlotMemory;
  readonly config: SlotConfig;
  readonly tell: (sentence: string) => void;
  readonly digest: Bytes32;
};

/** Something was on the screen and gave no signature: it is not shown again by itself. */
function declined(
  { memory, config, tell, digest }: Declining,
  outcome: Exclude<Outcome, { kind: "signed" }>,
): BackendAnswer {
  const how = declineOf(outcome);
  memory.decline(digest, how);
  const detail = outcome.kind === "failed" ? ` (${outcome.failure.why})` : "";
  if (outcome.kind === "failed" && odd.includes(outcome.failure.kind)) memory.quarantine(outcome.failure.why);
  tell(`${config.name}: ${declineWords[how]}: ${digest}${detail}`);
  return {
    kind: how === "rejected" ? "declined" : "unavailable",
    why: `a person at ${config.name}: ${declineWords[how]}${detail}`,
  };
}

function declineOf(outcome: Exclude<Outcome, { kind: "signed" }>): Decline {
  if (outcome.kind !== "failed") return outcome.kind;
  switch (outcome.failure.kind) {
    case "rejected":
      return "rejected";
    case "gone":
      return "unplugged";
    default:
      return "refused";
  }
}
