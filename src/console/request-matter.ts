/** A request as its page works with it: everything that can be made again was made again here, and what contradicts it is an error. */
import { calledBy } from "../gate/transaction.ts";
import { callOf, decode, encode } from "../intent/calldata.ts";
import type { Decision } from "../policy/decision.ts";
import type { Policy } from "../policy/policy.ts";
import type { RequestView } from "../request/api.ts";
import type { AssetView } from "../request/asset.ts";
import { checkRequest, type Checked } from "../sdk/approval.ts";
import { checkAsset } from "../sdk/in-force.ts";
import { checkDecision, isOpen } from "../sdk/shown-decision.ts";
import { approvers, provedVotes, submissionDoubt, type Vote } from "../sdk/spoken.ts";
import type { Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { keccak256 } from "../values/digest.ts";
import { InvalidValue } from "../values/errors.ts";
import { toBytes, type Hex } from "../values/hex.ts";
import { canonical } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { readInForce, type InForce, type PolicyInForce } from "./in-force.ts";
import type { Visitor } from "./shell.ts";

/** The call that the gate will sign, made here from the intent. */
export type OwnCall = {
  readonly contract: Address;
  readonly data: Hex;
  readonly dataHash: Bytes32;
  /** Each argument as it stands in the bytes, in order. */
  readonly decoded: readonly (readonly [name: string, value: string])[];
};

export type Matter = {
  readonly view: RequestView;
  readonly checked: Checked;
  readonly inForce: InForce;
  readonly policy: PolicyInForce;
  /** Undefined where the token's standard has no such call. */
  readonly call: OwnCall | undefined;
  readonly decision: Decision | undefined;
  /** Why the submission of a request that is over is not known to be its initiator's: they may have left the roster since. */
  readonly doubt: string | undefined;
  /** Votes whose signatures were verified here. */
  readonly proved: ReadonlySet<Vote>;
  /** People whose approval counts for a seat, with their reason. */
  readonly approvers: ReadonlyMap<string, string>;
  readonly asset: AssetView | undefined;
};

/** Throws `InvalidValue` `client.untrue` when anything that the service shows is not what it comes to here. */
export async function readMatter(visitor: Visitor, requestId: Bytes32): Promise<Matter> {
  const { client } = visitor;
  const [inForce, found, decided] = await Promise.all([
    readInForce(visitor),
    client.request(requestId),
    client.decision(requestId),
  ]);
  if (found.kind === "absent")
    throw new InvalidValue("console.absent", "there is no such request, or it is not yours to read");
  const view = found.value;
  if (view.requestId !== requestId) throw untrue("the service shows another request than the one that was asked for");
  const checked = checkRequest(view, [...inForce.documents.policies.values()]);
  const { deployment } = visitor;
  const listening = { roster: inForce.roster, verify: deployment.verifyStatement };
  const doubt = submissionDoubt(view, listening);
  const { submission, intent, policy } = checked;
  const shown = inForce.policies.get(submission.asset);
  if (shown === undefined) throw untrue(`no policy of ${submission.asset} is shown`);
  const decision = decided.kind === "found" ? decided.value : undefined;
  if (decision !== undefined) checkDecision(decision, { state: view.state, submission, roster: inForce.roster });
  const asset = await client.asset(submission.asset);
  return {
    view,
    checked,
    inForce,
    policy: shown,
    call: ownCall(intent, policy),
    decision,
    doubt,
    proved: provedVotes(view, listening),
    approvers: approvers(
      view,
      submission,
      {
        ...listening,
        standing: inForce.standing,
        // An approval of a request that is decided may be over since.
        now: isOpen(view.state) ? Math.floor(Date.now() / 1000) : 0,
      },
      decision?.batch?.merkleRoot,
    ),
    asset: asset.kind === "found" ? checkAsset(asset.value, policy) : undefined,
  };
}

function ownCall(intent: Checked["intent"], { token }: Policy): OwnCall | undefined {
  const call = callOf(intent, token.standard);
  const contract = calledBy(intent, token);
  if (call === undefined || contract === undefined) return undefined;
  const data = encode(call, token.standard);
  const read = decode(data, token.standard);
  if (canonical(toWire(read)) !== canonical(toWire(call)))
    throw untrue("the bytes of the call do not read as the intent");
  const decoded = Object.entries(read).map(
    ([name, value]) => [name === "kind" ? "call" : name, String(value)] as const,
  );
  return { contract, data, dataHash: keccak256(toBytes(data)), decoded };
}

function untrue(why: string): InvalidValue {
  return new InvalidValue("client.untrue", `nothing is signed: what the server shows is not so; ${why}`);
}
