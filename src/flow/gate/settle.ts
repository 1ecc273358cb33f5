/** Notes what became of our transactions once enough observers saw them in a final block. */
import { compare } from "../../chain/outcome.ts";
import { readOutcome } from "../../evidence/outcome.ts";
import type { Observed } from "../../policy/facts.ts";
import * as subject from "../../evidence/subject.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import { leafObservation } from "./allocate.ts";
import type { Core } from "./core.ts";
import { agreedFact } from "./facts.ts";
import type { StoredPermit } from "./journal.port.ts";
import { noteBurn } from "./release.ts";
import { loadAdmitted, type Request } from "./request.ts";

/** After an observation was kept: settles the allocation it is about, if that is decided now. */
export function settle(
  core: Core,
  seen: { readonly chainId: number; readonly subject: string; readonly fact: string },
  now: Instant,
): void {
  const txHash = subject.transactionIn(seen.subject);
  if (seen.fact !== "outcome" || txHash === undefined) return;
  const permit = core.journal.permitByTxHash(txHash);
  if (permit?.transaction.chainId !== seen.chainId) return;
  if (core.journal.allocation(permit.requestId)?.outcome !== "open") return;
  const loaded = loadAdmitted(core, permit.requestId);
  if (loaded.kind === "refused") return;
  const min = loaded.request.policy.policy.observersMin;
  const agreed = agreedFact(core, { chainId: seen.chainId, subject: seen.subject, fact: "outcome", min, now });
  if (agreed?.finalized === true) close(core, { request: loaded.request, permit, txHash, agreed, now });
}

type Ending = {
  readonly request: Request;
  readonly permit: StoredPermit;
  readonly txHash: Bytes32;
  readonly agreed: Observed;
  readonly now: Instant;
};

function close(core: Core, { request, permit, txHash, agreed, now }: Ending): void {
  const receipt = readOutcome(agreed.value);
  if (receipt === undefined) return;
  const { requestId } = request.statement.message;
  // The contract that was signed, which the policy in force may no longer name.
  const { to } = permit.transaction;
  const status = permit.filler
    ? "closed"
    : receipt.kind === "too-long"
      ? "mismatch"
      : statusOf(compare(receipt, request.intent, to));
  for (const statement of agreed.statements) leafObservation(core, statement, now);
  const { blockNumber } = receipt;
  core.journal.append({
    kind: "outcome",
    epoch: core.journal.epoch(),
    instant: now,
    requestId,
    txHash,
    status,
    blockNumber,
    statements: agreed.statements,
  });
  core.journal.settleAllocation(requestId, { outcome: status, outcomeBlock: blockNumber, at: now });
  if (status === "success") noteBurn(core, request, txHash);
}

function statusOf(outcome: ReturnType<typeof compare>): "success" | "reverted" | "mismatch" {
  switch (outcome.kind) {
    case "as-approved":
      return "success";
    case "reverted":
    case "mismatch":
      return outcome.kind;
  }
}
