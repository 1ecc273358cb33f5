/** What the gate lets observers tell it: facts of tokens and accounts in force, and of transactions it signed; nothing else is kept. */
import * as subject from "../../evidence/subject.ts";
import type { Token } from "../../policy/policy.ts";
import { holderFactsOf, tokenFactsOf } from "../../policy/profile.ts";
import type { ChainObservation } from "../../statement/message.ts";
import type { Core } from "./core.ts";
import { readersOf } from "./feed-rounds.ts";

type Told = Pick<ChainObservation, "chainId" | "subject" | "fact">;

const tokenFacts: readonly subject.FactName[] = ["codehash", "implementation", "supply", "paused"];

/** The fact's name when a decision or an allocation may ever ask for it, undefined when nothing will. */
export function observable(core: Core, told: Told): subject.FactName | undefined {
  return (
    tokenFact(core, told) ??
    holderFact(core, told) ??
    roleFact(core, told) ??
    contractFact(core, told) ??
    feedFact(core, told) ??
    holdersFact(core, told) ??
    nonceFact(core, told) ??
    eventFact(core, told) ??
    outcomeFact(core, told)
  );
}

function tokenFact(core: Core, told: Told): subject.FactName | undefined {
  const token = tokensOn(core, told).find(({ address }) => subject.token(address) === told.subject);
  if (token === undefined) return undefined;
  return [...tokenFacts, ...tokenFactsOf(token.standard)].find((fact) => fact === told.fact);
}

/** Of anybody as a token in force knows them: who may be asked for next is not known here, and what nobody asks for expires. */
function holderFact(core: Core, told: Told): subject.FactName | undefined {
  const about = subject.holderIn(told.subject);
  const token = tokensOn(core, told).find(({ address }) => address === about?.token);
  return token === undefined ? undefined : holderFactsOf(token.standard).find((fact) => fact === told.fact);
}

/** Of a role that a token in force asks for, whoever may hold it. */
function roleFact(core: Core, told: Told): "held" | undefined {
  const about = subject.roleIn(told.subject);
  if (about === undefined || told.fact !== "held") return undefined;
  const token = tokensOn(core, told).find(({ address }) => address === about.token);
  return Object.values(token?.roles ?? {}).includes(about.role) ? "held" : undefined;
}

/** The code of a contract, where a token in force pins that of its holders' identities. */
function contractFact(core: Core, told: Told): "codehash" | undefined {
  const asks = tokensOn(core, told).some(({ identityCode }) => identityCode !== undefined);
  return asks && told.fact === "codehash" && subject.contractIn(told.subject) !== undefined ? told.fact : undefined;
}

/** Of a feed that a policy in force names, whether a guard reads it or not. */
function feedFact(core: Core, told: Told): "round" | undefined {
  return told.fact === "round" && readersOf(core, told).length > 0 ? told.fact : undefined;
}

/** Who held a token in force at the end of a block: whose record block it is may not be known here yet. */
function holdersFact(core: Core, told: Told): "holders" | undefined {
  const about = subject.holdersIn(told.subject);
  const isToken = tokensOn(core, told).some(({ address }) => address === about?.token);
  return isToken && told.fact === "holders" ? told.fact : undefined;
}

function tokensOn(core: Core, { chainId }: Told): readonly Token[] {
  return [...core.standing().policies.values()].flatMap(({ policy: { token } }) =>
    token.chain === chainId ? [token] : [],
  );
}

function nonceFact(core: Core, told: Told): "nonce" | undefined {
  const known = core.standing().roster.roster.keys.some((key) => subject.account(key.account) === told.subject);
  return known && told.fact === "nonce" ? "nonce" : undefined;
}

/** Of transactions that are not ours: what ours did is their outcome. */
function eventFact(core: Core, told: Told): "event" | undefined {
  const about = subject.eventIn(told.subject);
  const isWatched = tokensOn(core, told).some(({ address }) => address === about?.token);
  if (!isWatched || about === undefined || told.fact !== "event") return undefined;
  return core.journal.permitByTxHash(about.txHash) === undefined ? "event" : undefined;
}

function outcomeFact(core: Core, told: Told): "outcome" | undefined {
  const txHash = subject.transactionIn(told.subject);
  const permit = txHash === undefined ? undefined : core.journal.permitByTxHash(txHash);
  return permit?.transaction.chainId === told.chainId && told.fact === "outcome" ? "outcome" : undefined;
}
