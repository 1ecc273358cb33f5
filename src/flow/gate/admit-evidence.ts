/** Judges evidence: attestations by attestors in sequence, observations by observers at blocks where they meet. */
import { isFactValue } from "../../evidence/fact-value.ts";
import { succeed, type Succession } from "../../evidence/reserve.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import type { ReserveAttestation } from "../../statement/message.ts";
import * as duration from "../../values/duration.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import type { Core } from "./core.ts";
import { isObserver } from "./facts.ts";
import { noteRound } from "./feed-rounds.ts";
import { checkLots, isAttestor } from "./lots.ts";
import type { StoredStatement } from "./journal.port.ts";
import { observable } from "./observable.ts";
import { freezeByItself } from "./own-freeze.ts";
import { statementIn } from "./reading.ts";
import { settle } from "./settle.ts";
import { watchEvents } from "./watch-events.ts";
import { watchLane } from "./watch-lane.ts";

/** A clock of somebody else may be ahead of ours by this much. */
export const skewSeconds = 60;

export function admitAttestation(
  core: Core,
  { statement, author, service, attachment, now }: Case<"ReserveAttestation">,
): Admission {
  const { message } = statement;
  const policy = core.standing().policies.get(message.asset);
  if (policy === undefined)
    throw new InvalidValue(
      "attestation.unknown-asset",
      `no policy is in force for \`${message.asset}\``,
      "message.asset",
    );
  if (!service || !isAttestor(core, policy, author))
    throw new InvalidValue(
      "attestation.not-an-attestor",
      `${author} does not attest reserves of ${message.asset}`,
      "credential",
    );
  checkAttestation(message, policy, { now, longest: core.standing().genesis.lifetimes.attestation });
  checkLots(core, policy, { message, author, attachment });
  const succession = successionOf(core, message, author);
  if (succession.kind === "stale")
    throw new InvalidValue(
      "attestation.stale",
      `sequence ${String(message.sequence)} does not follow what ${author} said before`,
      "message.sequence",
    );
  if (succession.kind === "conflict") {
    const reason = `${author} attested two different things under sequence ${String(message.sequence)}`;
    // Two truths of one sequence: nothing of the asset is signed until officers have looked.
    freezeByItself(core, {
      scope: "asset",
      target: message.asset,
      reason,
      by: author,
      now,
      statement: statement.envelope,
    });
    throw new InvalidValue("attestation.conflict", `${reason}; ${message.asset} is frozen`, "message.sequence");
  }
  return { kind: "store", about: message.asset };
}

export function admitObservation(core: Core, { statement, author, service, now }: Case<"ChainObservation">): Admission {
  const { message } = statement;
  const refuse = (code: string, why: string, field: string): never => {
    throw new InvalidValue(`observation.${code}`, why, `message.${field}`);
  };
  if (!service || !isObserver(core, author))
    throw new InvalidValue("observation.not-an-observer", `${author} is no observer`, "credential");
  const { genesis } = core.standing();
  const chain = genesis.chains.find(({ id }) => id === message.chainId);
  if (chain === undefined)
    return refuse("unknown-chain", `chain ${String(message.chainId)} is not in the genesis`, "chainId");
  const known = observable(core, message);
  if (known === undefined)
    return refuse("unknown-subject", `nothing here asks for ${message.fact} of \`${message.subject}\``, "subject");
  if (!isFactValue(known, message.value)) refuse("value", `this is no ${known}`, "value");
  if (message.blockNumber % chain.observeEvery !== 0)
    refuse("off-beat", `observers meet at blocks divisible by ${String(chain.observeEvery)}`, "blockNumber");
  if (message.blockTime > now + skewSeconds) refuse("future", "the block is from the future", "blockTime");
  if (now >= message.expiresAt) refuse("expired", "it expired before it came", "expiresAt");
  if (message.expiresAt - message.blockTime > duration.parse(genesis.lifetimes.observation))
    refuse("lifetime", `an observation lives at most ${genesis.lifetimes.observation}`, "expiresAt");
  if (message.blockNumber < core.journal.usedBlock(message.chainId, message.subject, message.fact))
    refuse("stale", "a newer block of this fact was used already", "blockNumber");
  const { chainId, subject, fact, blockNumber } = message;
  const put = (): void => {
    const kept = core.journal.putObservation({
      hash: statement.hash,
      chainId,
      subject,
      fact,
      observer: author,
      blockNumber,
      at: now,
      envelope: statement.envelope,
    });
    // A receipt is of something that is kept: this takes the whole transaction back.
    if (!kept) refuse("stale", "three newer blocks of this fact are known of you already", "blockNumber");
  };
  return {
    kind: "keep",
    put,
    then: () => {
      settle(core, { chainId, subject, fact }, now);
      watchLane(core, { chainId, subject, fact }, now);
      watchEvents(core, { chainId, subject, fact }, now);
      noteRound(core, { chainId, subject, fact }, now);
    },
  };
}

function checkAttestation(
  message: ReserveAttestation,
  { policy }: StandingPolicy,
  { now, longest }: { readonly now: Instant; readonly longest: string },
): void {
  const { token } = policy;
  const wrong = (code: string, why: string, field: string): never => {
    throw new InvalidValue(`attestation.${code}`, why, `message.${field}`);
  };
  if (message.chainId !== token.chain) wrong("chain", `the token is on chain ${String(token.chain)}`, "chainId");
  if (message.token !== token.address) wrong("token", `the token is ${token.address}`, "token");
  if (message.decimals !== token.decimals)
    wrong("decimals", `the token has ${String(token.decimals)} decimals`, "decimals");
  if (message.asOf > now + skewSeconds) wrong("future", "it is of a time to come", "asOf");
  if (now >= message.expiresAt) wrong("expired", "it expired before it came", "expiresAt");
  if (message.expiresAt - message.asOf > duration.parse(longest))
    wrong("lifetime", `an attestation lives at most ${longest}`, "expiresAt");
}

/** After the attestor's last word; but two truths under one sequence are a conflict, whatever was said between them. */
function successionOf(core: Core, message: ReserveAttestation, attestor: Name): Succession {
  const latest = core.journal.latestStatement("ReserveAttestation", message.asset, attestor);
  const namesake = core.journal.attestation(message.asset, attestor, message.sequence);
  const again = succeed(attestationIn(namesake), message);
  return again.kind === "conflict" ? again : succeed(attestationIn(latest), message);
}

function attestationIn(stored: StoredStatement | undefined): ReserveAttestation | undefined {
  const statement = stored === undefined ? undefined : statementIn(stored.envelope);
  return statement?.kind === "ReserveAttestation" ? statement.message : undefined;
}
