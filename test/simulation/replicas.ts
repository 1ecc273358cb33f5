/** The replicas of the service in a simulated day, over one store: each is killed, halted past its lease, or works off what is due. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { openSqliteStore } from "../../src/adapters/sql-store/sqlite.ts";
import { advance, type AdvanceParts } from "../../src/flow/serve/advance.ts";
import { createCosigner } from "../../src/flow/serve/cosigner.ts";
import type { Gate } from "../../src/flow/serve/gate.port.ts";
import { createMirror } from "../../src/flow/serve/mirror.ts";
import { createPost, type Post } from "../../src/flow/serve/post.ts";
import type { Store } from "../../src/flow/serve/store.port.ts";
import type { WitnessEndpoint } from "../../src/flow/serve/witness.port.ts";
import { signedOn, type Request } from "../../src/request/request.ts";
import { isEnd } from "../../src/request/state.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { Fault } from "../../src/values/errors.ts";
import { parse as parseInstant, plus } from "../../src/values/instant.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import type { FakeChain } from "../flow/serve/fake-chain.ts";
import { chainId } from "../place/gold.ts";
import { death, type Death } from "./death.ts";
import type { Schedule } from "./schedule.ts";
import { copyOf, deployment } from "./templates.ts";

export const lease = 60;
const claimedAtOnce = 3;

export type ServiceParts = {
  readonly folder: string;
  readonly template: string;
  readonly chain: FakeChain;
  readonly witness: WitnessEndpoint;
  readonly checks: SignatureChecks;
  readonly schedule: Schedule;
  readonly now: () => number;
  /** The gate that a replica speaks to. */
  readonly gate: (replica: number) => Gate;
  /** Whether there are two journals of which one is the deployment's. */
  readonly isDivided: () => boolean;
};

type Replica = Death & { readonly owner: string; readonly parts: AdvanceParts; readonly post: Post };

export class Service {
  /** How far the replicas' clocks are off, in seconds. */
  skew = 0;
  store!: Store;
  readonly #parts: ServiceParts;
  readonly #replicas: (Replica | undefined)[];
  #starts = 0;
  #stores = 0;
  /** The store heard of two logs that are not one; what it says of them then is no surprise. */
  #isTainted = false;
  #known = new Map<string, Request>();

  private constructor(parts: ServiceParts, replicas: number) {
    this.#parts = parts;
    this.#replicas = Array.from({ length: replicas }, () => undefined);
  }

  static async open(parts: ServiceParts, replicas: number): Promise<Service> {
    const service = new Service(parts, replicas);
    await service.#openStore();
    service.start();
    return service;
  }

  get replicas(): number {
    return this.#replicas.length;
  }

  /** Starts whichever replica does not run, and lets a halted one go on. */
  start(): void {
    this.#replicas.forEach((replica, index) => {
      if (replica === undefined) this.#replicas[index] = this.#open(index);
    });
  }

  /** Ends a replica in the middle of whatever it does; the store stays. */
  kill(index: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined) return;
    this.#parts.schedule.kill(replica.owner);
    replica.die();
    this.#replicas[index] = undefined;
  }

  /** A SIGSTOP: it holds its leases and does nothing. */
  halt(index: number): void {
    const replica = this.#replicas[index];
    if (replica !== undefined) this.#parts.schedule.halt(replica.owner);
  }

  /** Every replica ends, and the service begins again with nothing. */
  async loseStore(): Promise<void> {
    for (let index = 0; index < this.replicas; index += 1) this.kill(index);
    await this.store.close();
    await this.#openStore();
    this.start();
  }

  /** From here on the store may have heard of two logs. */
  taint(): void {
    this.#isTainted = true;
  }

  /** One round of a replica's worker: the mirror, the witnesses, then a step of whatever is due. */
  work(index: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined || this.#parts.schedule.isHalted(replica.owner)) return;
    const { parts } = replica;
    this.#parts.schedule.begin(async () => {
      try {
        await parts.mirror.pull();
        parts.cosigner.follow(await parts.store.mirrored());
        const now = parts.clock.now();
        const claimed = await parts.store.claim(now, plus(now, lease), claimedAtOnce);
        await Promise.all(claimed.map((request) => advance(parts, request)));
      } catch (error) {
        if (error instanceof Fault && error.retry === "safe") return;
        if (!this.#isTainted) throw error;
        if (this.#replicas[index] === replica) this.kill(index);
      }
    });
  }

  /** Somebody hands in a statement at a replica, again and again until there is an answer: whether the gate took it. */
  async deliver(statement: Envelope, replica: number): Promise<boolean> {
    for (;;) {
      const at = this.#replicas[replica];
      try {
        if (at !== undefined) {
          const { kind } = await Promise.race([at.post(statement, undefined), at.killed]);
          return kind === "receipt";
        }
      } catch (error) {
        if (!this.#isTainted && !(error instanceof Fault && error.retry === "safe")) throw error;
      }
      await this.#parts.schedule.stop("people", `retry ${statement.kind}`);
    }
  }

  async requests(): Promise<readonly Request[]> {
    return await this.store.requests({ limit: 1_000 });
  }

  #open(index: number): Replica {
    const { schedule, chain, witness, checks, now } = this.#parts;
    this.#starts += 1;
    const owner = `serve-${String(this.#starts)}`;
    const basic = {
      store: this.store,
      gate: this.#parts.gate(index),
      deploymentId: deployment.deploymentId,
      chains: new Map([[chainId, { endpoint: chain.endpoint, finality: { kind: "tag" } as const }]]),
      clock: { now: () => parseInstant(now() + this.skew) },
      faults: { at: (point: string) => schedule.stop(owner, point) },
    };
    const mirror = createMirror(basic);
    const witnessing = { min: 1, witnesses: [witness] };
    const cosigner = createCosigner({ ...basic, ...witnessing, mirror, checks, ticks: () => now() * 1_000 });
    const parts = { ...basic, mirror, cosigner };
    const post = createPost({ ...parts, wake: () => undefined });
    return { owner, parts, post, ...death("gate.unreachable", "the service was killed") };
  }

  async #openStore(): Promise<void> {
    this.#stores += 1;
    const { folder, template } = this.#parts;
    const path = join(folder, `store-${String(this.#stores)}.sqlite`);
    const store = this.#watched(await openSqliteStore(copyOf(template, path)));
    this.#isTainted = this.#parts.isDivided();
    this.#known = new Map();
    this.store = {
      ...store,
      commit: async (change) => {
        const answer = await store.commit(change);
        if (answer === "committed") for (const { request } of change.transitions) this.#learn(request);
        return answer;
      },
    };
  }

  /** Nothing is quiet while a call of the store is under way. */
  #watched(store: Store): Store {
    const { schedule } = this.#parts;
    const calls = Object.entries(store).map(([name, call]) => {
      const made = call as (...words: readonly unknown[]) => Promise<unknown>;
      return [name, (...words: readonly unknown[]) => schedule.during(() => made(...words))] as const;
    });
    return Object.fromEntries(calls) as unknown as Store;
  }

  /** What is written goes on from what was there: nothing is written over, no end is taken back, no signed bytes are lost. */
  #learn(request: Request): void {
    const before = this.#known.get(request.requestId);
    this.#known.set(request.requestId, request);
    if (before === undefined) return;
    const of = `${request.submission.reference}, ${before.state}`;
    assert.equal(request.revision, before.revision + 1, `a replica wrote over what another one had learned: ${of}`);
    if (isEnd(before.state)) assert.equal(request.state, before.state, `an end was taken back: ${of}`);
    const kept = new Set(signedOn(request).map(({ raw }) => raw));
    for (const { raw } of signedOn(before)) assert.ok(kept.has(raw), `signed bytes were lost: ${of}`);
  }
}
