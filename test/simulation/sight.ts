/** The two observers of a simulated day: they look at the newest block and tell every gate; one of them may be silent, lie, or be on a fork. */
import * as subject from "../../src/evidence/subject.ts";
import { outcomeText, type SeenOutcome } from "../../src/evidence/outcome.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import type { FakeChain } from "../flow/serve/fake-chain.ts";
import { chainId, idOf } from "../place/gold.ts";
import { deployment } from "./templates.ts";
import type { Verdicts } from "./verdicts.ts";

/** A hasty one takes for final what is mined. */
export type Eyes = "clear" | "silent" | "lying" | "forked" | "hasty";
type Observer = "obs-1" | "obs-2";
type Block = { readonly number: number; readonly hash: Bytes32 };
type Fact = { readonly subject: string; readonly fact: string; readonly value: string };

/** What never changes is said again this often: facts are fresh for two minutes. */
const constantSeconds = 100;
const lifetime = 300;

export type Look = {
  readonly said: readonly Envelope[];
  /** The account's nonce, when both tell the same of the same block. */
  readonly agreed: number | undefined;
};

export class Sight {
  /** What is wrong with the second observer's endpoint. */
  eyes: Eyes = "clear";
  readonly #chain: FakeChain;
  readonly #verdicts: Verdicts;
  #constantsAt = 0;

  constructor(chain: FakeChain, verdicts: Verdicts) {
    this.#chain = chain;
    this.#verdicts = verdicts;
  }

  /** Of the newest block; `all` says again what never changes. */
  look(now: number, all: boolean): Look {
    const head = this.#chain.head();
    const token = `token:${deployment.policy.token.address}`;
    const nonce = this.#chain.nonce();
    const withConstants = all || now - this.#constantsAt >= constantSeconds;
    if (withConstants) this.#constantsAt = now;
    const constants = [
      { subject: token, fact: "codehash", value: deployment.policy.token.codehash },
      { subject: token, fact: "implementation", value: `0x${"00".repeat(20)}` },
      { subject: token, fact: "paused", value: "false" },
    ];
    const facts = [
      ...(withConstants ? constants : []),
      { subject: token, fact: "supply", value: this.#supply().toString() },
      { subject: subject.account(deployment.key.account), fact: "nonce", value: String(nonce) },
    ];
    const said = facts.flatMap((fact) => this.#both(fact, head, now, false));
    return { said, agreed: this.eyes === "clear" ? nonce : undefined };
  }

  /** Of mints and burns; more was burned than minted where somebody held tokens before. */
  #supply(): bigint {
    const burned = this.#chain.burns().reduce((sum, { amount }) => sum + amount, 0n);
    const left = this.#chain.supply() - burned;
    return left < 0n ? 0n : left;
  }

  /** What became of a transaction, once it is final. */
  outcome(txHash: Bytes32, now: number): readonly Envelope[] {
    const receipt = this.#chain.final(txHash);
    const early = this.eyes === "hasty" ? this.#chain.mined(txHash) : undefined;
    if (receipt === undefined) {
      if (early === undefined) return [];
      const value = outcomeText({ ...early, nonce: 0 });
      const fact = { subject: subject.transaction(txHash), fact: "outcome", value };
      return [this.#say("obs-2", fact, this.#chain.head(), now, true)];
    }
    const lie = receipt.status === "success" ? "reverted" : "success";
    const about = { subject: subject.transaction(txHash), fact: "outcome" };
    const textOf = (seen: Omit<SeenOutcome, "nonce">): string => outcomeText({ ...seen, nonce: 0 });
    const value = textOf(receipt);
    return this.#both({ ...about, value }, this.#chain.finalized(), now, true, textOf({ ...receipt, status: lie }));
  }

  #both(fact: Fact, block: Block, now: number, finalized: boolean, lie = lieOf(fact)): readonly Envelope[] {
    const first = this.#say("obs-1", fact, block, now, finalized);
    switch (this.eyes) {
      case "clear":
      case "hasty":
        return [first, this.#say("obs-2", fact, block, now, finalized)];
      case "silent":
        return [first];
      case "lying":
        return [first, this.#say("obs-2", { ...fact, value: lie }, block, now, finalized)];
      case "forked": {
        const other = { number: block.number, hash: idOf(`a fork at ${String(block.number)}`) };
        return [first, this.#say("obs-2", fact, other, now, finalized)];
      }
    }
  }

  #say(by: Observer, fact: Fact, { number, hash }: Block, now: number, finalized: boolean): Envelope {
    return this.#verdicts.say(by, deployment.deploymentId, "ChainObservation", {
      ...{ chainId, blockNumber: number, blockHash: hash, blockTime: now, finalized },
      expiresAt: now + lifetime,
      ...fact,
    });
  }
}

function lieOf({ fact, value }: Fact): string {
  switch (fact) {
    case "nonce":
      return String(Number(value) + 1);
    case "supply":
      return "0";
    case "paused":
      return "true";
    case "codehash":
      return `0x${"cd".repeat(32)}`;
    default:
      return `0x${"12".repeat(20)}`;
  }
}
