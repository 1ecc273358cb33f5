/** Several endpoints of one chain as one: bytes go to all of them, and of the chain they are believed where more than half of those that answer say the same. */
import * as amount from "../../values/amount.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { keccak256 } from "../../values/digest.ts";
import { Fault } from "../../values/errors.ts";
import { toBytes, type Hex } from "../../values/hex.ts";
import { toldBy } from "../../request/waits.ts";
import type { Broadcast, ChainEndpoint, ChainReceipt } from "./chain.port.ts";

export type Together = {
  /** Milliseconds of a clock that only goes forward. */
  readonly ticks: () => number;
  /** How long the others may still take once one has the bytes. */
  readonly graceMs?: number;
  /** How long one that did not answer is not waited for. */
  readonly restMs?: number;
};

/** As many transactions as are remembered to be given to whoever lost them. */
const mostRemembered = 1_000;

/** One alone is itself. A lie of one among three changes nothing; of two the lower fee is taken, and neither has a receipt counted alone. */
export function together(endpoints: readonly ChainEndpoint[], rules: Together): ChainEndpoint {
  const [only] = endpoints;
  return endpoints.length === 1 && only !== undefined ? only : new Several(endpoints, rules);
}

class Several implements ChainEndpoint {
  readonly #endpoints: readonly ChainEndpoint[];
  readonly #rules: Required<Together>;
  readonly #restingUntil = new Map<ChainEndpoint, number>();
  readonly #sent = new Map<Bytes32, Hex>();

  constructor(endpoints: readonly ChainEndpoint[], { ticks, graceMs = 2_000, restMs = 30_000 }: Together) {
    this.#endpoints = endpoints;
    this.#rules = { ticks, graceMs, restMs };
  }

  /** Of each number the middle one, and of two the lower: a doubt costs time, not fees. */
  readonly fees: ChainEndpoint["fees"] = async () => {
    const said = await this.#ask((endpoint) => endpoint.fees());
    return {
      baseFeePerGas: middle(said.map(({ baseFeePerGas }) => baseFeePerGas)) ?? amount.zero,
      priorityFeePerGas: middle(said.map(({ priorityFeePerGas }): Amount => priorityFeePerGas)) ?? amount.zero,
    };
  };

  /** Resolves soon after the first has them; the others are given them all the same. */
  readonly broadcast: ChainEndpoint["broadcast"] = async (raw) => {
    this.#remember(raw);
    const answers = this.#endpoints.map((): Broadcast => ({ kind: "unknown", why: "it did not answer yet" }));
    await new Promise<void>((resolve, reject) => {
      const all = this.#endpoints.map(async (endpoint, i) => {
        const answer = await broadcastTo(endpoint, raw);
        answers[i] = answer;
        if (isTaken(answer)) setTimeout(resolve, this.#rules.graceMs).unref();
      });
      Promise.all(all).then(() => {
        resolve();
      }, reject);
    });
    return merged(answers);
  };

  readonly receipt: ChainEndpoint["receipt"] = async (txHash) => {
    const said = await this.#ask((endpoint) => endpoint.receipt(txHash));
    const found = said.filter((one): one is ChainReceipt => one !== undefined);
    const agreed = said.length === 0 ? undefined : most(found, said.length, receiptKey);
    if (agreed === undefined && new Set(found.map(receiptKey)).size > 1) throw disagree(`the receipt of ${txHash}`);
    return agreed;
  };

  /** Whoever lost what was sent here is given it again, and it counts as known while anybody has it. */
  readonly knows: ChainEndpoint["knows"] = async (txHash) => {
    const raw = this.#sent.get(txHash);
    const said = await this.#ask(async (endpoint) => ({ endpoint, has: await endpoint.knows(txHash) }));
    const without = said.filter(({ has }) => !has);
    if (without.length === said.length) return false;
    if (raw === undefined) return without.length === 0;
    await Promise.all(without.map(({ endpoint }) => endpoint.broadcast(raw)));
    return true;
  };

  readonly heads: ChainEndpoint["heads"] = async () => {
    const said = await this.#ask((endpoint) => endpoint.heads());
    const final = said.flatMap(({ finalized }) => (finalized === undefined ? [] : [finalized]));
    return {
      head: middle(said.map(({ head }) => head)) ?? 0,
      finalized: final.length * 2 > said.length ? middle(final) : undefined,
    };
  };

  readonly blockHash: ChainEndpoint["blockHash"] = async (height) => {
    const said = await this.#ask((endpoint) => endpoint.blockHash(height));
    const found = said.filter((one): one is Bytes32 => one !== undefined);
    if (found.length === 0) return undefined;
    const agreed = most(found, found.length, (hash) => hash);
    if (agreed === undefined) throw disagree(`block ${height}`);
    return agreed;
  };

  readonly close = (): void => {
    for (const endpoint of this.#endpoints) endpoint.close();
  };

  /** What those say that are not resting; throws as the first of them when nobody answers. */
  async #ask<T>(question: (endpoint: ChainEndpoint) => Promise<T>): Promise<readonly T[]> {
    const now = this.#rules.ticks();
    const awake = this.#endpoints.filter((endpoint) => (this.#restingUntil.get(endpoint) ?? 0) <= now);
    const asked = awake.length === 0 ? this.#endpoints : awake;
    const settled = await Promise.allSettled(asked.map(question));
    const faults = settled.flatMap((one, i) => (one.status === "rejected" ? [this.#rest(asked[i], one.reason)] : []));
    const values = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const [first] = faults;
    if (values.length === 0 && first !== undefined) throw first;
    return values;
  }

  /** Anything but a fault is a bug and leaves. */
  #rest(endpoint: ChainEndpoint | undefined, reason: unknown): Fault {
    if (!(reason instanceof Fault)) throw reason;
    if (endpoint !== undefined) this.#restingUntil.set(endpoint, this.#rules.ticks() + this.#rules.restMs);
    return reason;
  }

  #remember(raw: Hex): void {
    const [oldest] = this.#sent.keys();
    if (this.#sent.size >= mostRemembered && oldest !== undefined) this.#sent.delete(oldest);
    this.#sent.set(keccak256(toBytes(raw)), raw);
  }
}

/** A broadcast that breaks off may have arrived all the same. */
async function broadcastTo(endpoint: ChainEndpoint, raw: Hex): Promise<Broadcast> {
  try {
    return await endpoint.broadcast(raw);
  } catch (error) {
    if (error instanceof Fault) return { kind: "unknown", why: error.message };
    throw error;
  }
}

const isTaken = ({ kind }: Broadcast): boolean => kind === "accepted" || kind === "already-known";

/** Taken where one took it. That the nonce is used counts only when all who answered say so. */
function merged(answers: readonly Broadcast[]): Broadcast {
  const taken = answers.find(({ kind }) => kind === "accepted") ?? answers.find(isTaken);
  if (taken !== undefined) return taken;
  const rejected = answers.flatMap((one) => (one.kind === "rejected" ? [one] : []));
  const why = answers.map((one, i) => `endpoint ${i + 1}: ${"why" in one ? toldBy(one.why) : one.kind}`).join("; ");
  const [first] = rejected.filter(({ code }) => code !== "nonce-too-low");
  const meant = first ?? rejected[0];
  return meant === undefined ? { kind: "unknown", why } : { kind: "rejected", code: meant.code, why };
}

/** What more than half of `count` say. */
function most<T>(values: readonly T[], count: number, keyOf: (value: T) => string): T | undefined {
  return values.find((value) => values.filter((other) => keyOf(other) === keyOf(value)).length * 2 > count);
}

function receiptKey({ blockHash, status, logs }: ChainReceipt): string {
  return `${blockHash} ${status} ${JSON.stringify(logs)}`;
}

function middle<T extends bigint | number>(values: readonly T[]): T | undefined {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[Math.floor((values.length - 1) / 2)];
}

function disagree(what: string): Fault {
  return new Fault("chain.endpoints-disagree", `the endpoints disagree on ${what}; look at each of them`, "safe");
}
