/** What the gate lets observers tell it: facts of tokens and accounts in force, and of transactions it signed; nothing else is kept. */
import * as subject from "../../evidence/subject.ts";
import type { ChainObservation } from "../../statement/message.ts";
import type { Core } from "./core.ts";

type Told = Pick<ChainObservation, "chainId" | "subject" | "fact">;

const tokenFacts = ["codehash", "implementation", "supply", "paused"] as const;

/** The fact's name when a decision or an allocation may ever ask for it, undefined when nothing will. */
export function observable(core: Core, told: Told): subject.FactName | undefined {
  return tokenFact(core, told) ?? nonceFact(core, told) ?? outcomeFact(core, told);
}

function tokenFact(core: Core, told: Told): subject.FactName | undefined {
  const known = [...core.standing().policies.values()].some(
    ({ policy: { token } }) => token.chain === told.chainId && subject.token(token.address) === told.subject,
  );
  return known ? tokenFacts.find((fact) => fact === told.fact) : undefined;
}

function nonceFact(core: Core, told: Told): "nonce" | undefined {
  const known = core.standing().roster.roster.keys.some((key) => subject.account(key.account) === told.subject);
  return known && told.fact === "nonce" ? "nonce" : undefined;
}

function outcomeFact(core: Core, told: Told): "outcome" | undefined {
  const txHash = subject.transactionIn(told.subject);
  const permit = txHash === undefined ? undefined : core.journal.permitByTxHash(txHash);
  return permit?.transaction.chainId === told.chainId && told.fact === "outcome" ? "outcome" : undefined;
}
