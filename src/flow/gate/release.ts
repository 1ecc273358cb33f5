/** The second leg of a redemption: once its burn is final, one instruction to release what backed the tokens, and never another. */
import { frozen } from "../../gate/freeze.ts";
import type { ReleaseEntry } from "../../gate/release.ts";
import { refusal, type Refusal } from "../../gate/refusal.ts";
import type { GateRequest, SignAnswer } from "../../gate/wire.ts";
import { amountText } from "../../intent/words.ts";
import { entrySchema } from "../../log/entry.ts";
import { decodeLeaf } from "../../log/leaf.ts";
import type { Redemption } from "../../policy/policy.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvariantViolation } from "../../values/errors.ts";
import * as instant from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Core } from "./core.ts";
import { activateDue } from "./documents.ts";
import type { Allocation, StoredRedemption } from "./journal.port.ts";
import { signInstruction } from "./log-head.ts";
import { missingOf, unconfirmed } from "./missing-word.ts";
import { loadAdmitted, rejectionsOf, type Request } from "./request.ts";
import { refuse } from "./use-permit.ts";

export type ReleaseRequest = Extract<GateRequest, { release: true }>;

/** Answers the same for the same burn, however often it is asked; nothing leaves before the witnesses cosigned its leaf. */
export function release(core: Core, { requestId }: ReleaseRequest): SignAnswer {
  const stopped = core.stopped();
  if (stopped !== undefined) return refuse(core, requestId, refusal("gate.stopped", stopped));
  activateDue(core);
  const loaded = loadAdmitted(core, requestId);
  if (loaded.kind === "refused") return refuse(core, requestId, loaded.refusal);
  const { request } = loaded;
  const burned = burnOf(core, request);
  if (burned.kind === "refused") return refuse(core, requestId, burned.refusal);
  const unheard = unconfirmed(core);
  if (unheard !== undefined) return unheard;
  const written = core.journal.transaction(() => writtenOnce(core, request, burned));
  if (written.kind === "refused") return refuse(core, requestId, written.refusal);
  const missing = missingOf(core, written.leaf, burned.allocation.nonce);
  if (missing !== undefined) return missing;
  return { kind: "released", instruction: signInstruction(core, written.entry, written.leaf) };
}

type Burned = {
  readonly kind: "burned";
  readonly redemption: StoredRedemption;
  readonly allocation: Allocation;
  readonly destination: Name;
};
type Refused = { readonly kind: "refused"; readonly refusal: Refusal };

/** The burn that is final, of a redemption that names a destination and was neither taken back nor rejected, before the burn or after it. */
function burnOf(core: Core, { intent, statement }: Request): Burned | Refused {
  const { journal } = core;
  const { requestId } = statement.message;
  const { operation, destination } = intent;
  if (operation !== "redeem" || destination === undefined)
    return refused("gate.no-release", "it is no redemption that names a destination");
  const allocation = journal.allocation(requestId);
  const redemption = journal.redemption(requestId);
  if (allocation?.outcome !== "success" || redemption === undefined)
    return refused("gate.burn-not-final", "too few observers saw its burn in a final block");
  if (redemption.reversed)
    return refused("gate.release-reversed", "who made it took it back after the burn: nothing is released for it");
  const [rejected] = rejectionsOf(core, requestId);
  if (rejected !== undefined) return refused("gate.rejected", `${rejected.person} rejected it: ${rejected.reason}`);
  return { kind: "burned", redemption, allocation, destination };
}

type Written = { readonly kind: "written"; readonly entry: ReleaseEntry; readonly leaf: number };

/** The leaf there is, or the one; a freeze and the list of the policy in force hold back both. */
function writtenOnce(core: Core, request: Request, burned: Burned): Written | Refused {
  const { journal } = core;
  const { intent, policy } = request;
  const { destination, redemption } = burned;
  const freezes = journal.freezes().filter(({ lifted }) => !lifted);
  const key = core.standing().roster.index.keyByAccount(intent.account)?.id;
  const stopped = frozen(freezes, intent.asset, key);
  if (stopped !== undefined) return { kind: "refused", refusal: stopped };
  const terms = policy.policy.redemption;
  if (terms?.destinations.has(destination) !== true)
    return refused("gate.destination", `the policy in force releases nothing to ${destination}`);
  return redemption.release === undefined
    ? write(core, request, { ...burned, terms })
    : { kind: "written", entry: releaseAt(core, redemption.release), leaf: redemption.release };
}

function write(
  core: Core,
  { intent, policy }: Request,
  { redemption, destination, terms }: Burned & { readonly terms: Redemption },
): Written {
  const { journal } = core;
  const now = core.now();
  const { requestId, burn } = redemption;
  const { asset, chainId, amount, reference } = intent;
  const entry: ReleaseEntry = {
    kind: "release",
    epoch: journal.epoch(),
    instant: now,
    requestId,
    burn,
    asset,
    chainId,
    amount,
    amountText: amountText(intent, policy.policy.token.decimals),
    destination,
    reference,
    policyHash: policy.hash,
    deliveredBy: { ...terms.deliveredBy },
    deliverBefore: instant.plus(now, terms.withinSeconds),
  };
  const leaf = journal.append(entry);
  journal.putRelease(requestId, leaf);
  journal.advance(now);
  return { kind: "written", entry, leaf };
}

/** The release that a leaf of the journal holds. */
export function releaseAt({ journal }: Pick<Core, "journal">, index: number): ReleaseEntry {
  const [leaf] = journal.leaves(index, 1);
  const entry = leaf === undefined ? undefined : entrySchema.parse(decodeLeaf(leaf.bytes));
  if (entry?.kind !== "release") throw new InvariantViolation("a redemption names the leaf of its release");
  return entry;
}

/** Of what was burned for a request: undefined while nothing is known to be final. */
export function noteBurn({ journal }: Core, { intent, statement }: Request, burn: Bytes32): void {
  const { asset, amount, operation, destination } = intent;
  if (operation !== "redeem" || destination === undefined) return;
  journal.putBurn({ requestId: statement.message.requestId, burn, asset, amount });
}

function refused(code: Parameters<typeof refusal>[0], why: string): Refused {
  return { kind: "refused", refusal: refusal(code, why) };
}
