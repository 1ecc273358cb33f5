/** A whole deployment in one process: the real gate and the real service over a chain, people and observers that the seed decides about. */
import { createPrivateKey, sign as signEd25519 } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ed25519 } from "@noble/curves/ed25519.js";
import { openJournal } from "../../src/adapters/journal/journal.ts";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { openSqliteStore } from "../../src/adapters/sql-store/sqlite.ts";
import { Transaction } from "ethers/transaction";
import { outcomeText } from "../../src/evidence/outcome.ts";
import * as subject from "../../src/evidence/subject.ts";
import type { Backend } from "../../src/flow/gate/backend.port.ts";
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import { openGate, type OpenGate } from "../../src/flow/gate/open.ts";
import { advance, type AdvanceParts } from "../../src/flow/serve/advance.ts";
import { createCosigner } from "../../src/flow/serve/cosigner.ts";
import type { Gate } from "../../src/flow/serve/gate.port.ts";
import { createMirror } from "../../src/flow/serve/mirror.ts";
import { createPost, type Post } from "../../src/flow/serve/post.ts";
import type { Store } from "../../src/flow/serve/store.port.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { Fault } from "../../src/values/errors.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import { toBytes, type Hex } from "../../src/values/hex.ts";
import { parse as parseInstant, plus } from "../../src/values/instant.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { fakeChain, type FakeChain } from "../flow/serve/fake-chain.ts";
import { gateThat } from "../flow/serve/place.ts";
import { softBackend, start } from "../place/gate.ts";
import { attestation, chainId, goldDeployment, observation, sightings, type Deployment } from "../place/gold.ts";
import { testSecret } from "../place/people.ts";
import { Schedule } from "./schedule.ts";

/** The nonce that unsigned bytes take. */
const nonceOf = (unsigned: Hex): number => Transaction.from(unsigned).nonce;

/** Made once: its proofs of possession are what takes time. */
const deployment: Deployment = goldDeployment();
const lease = 60;
const claimedAtOnce = 3;

/** What the token was asked to sign, and did. */
export type Signed = { readonly nonce: number; readonly unsigned: Hex };

type RunningGate = {
  readonly owner: string;
  readonly gate: OpenGate;
  readonly journal: Journal;
  readonly killed: Promise<never>;
};
type Replica = {
  readonly owner: string;
  readonly parts: AdvanceParts;
  readonly post: Post;
  readonly killed: Promise<never>;
};

/** A promise that only ever rejects, when somebody says so. */
function death(what: string): { readonly killed: Promise<never>; readonly die: () => void } {
  let die = (): void => undefined;
  const killed = new Promise<never>((_, reject) => {
    die = () => {
      reject(new Fault("gate.unreachable", `${what} was killed`, "safe"));
    };
  });
  killed.catch(() => undefined);
  return { killed, die };
}

/** The real checks, each asked once: the gate asks again for every decision, and an answer is a function of its arguments. */
function remembered(checks: SignatureChecks): SignatureChecks {
  const once = <T>(ask: (...words: Uint8Array[]) => T): ((...words: Uint8Array[]) => T) => {
    const answers = new Map<string, T>();
    return (...words) => {
      const name = words.map((bytes) => Buffer.from(bytes).toString("latin1")).join("|");
      const known = answers.get(name);
      if (known !== undefined) return known;
      const answer = ask(...words);
      answers.set(name, answer);
      return answer;
    };
  };
  return {
    recoverSecp256k1: once(checks.recoverSecp256k1),
    verifyEd25519: once(checks.verifyEd25519),
    verifyP256: once(checks.verifyP256),
  };
}

/** Faster than noble, and the same bytes. */
function fastLogKey(): { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array } {
  const secret = toBytes(testSecret("log"));
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), secret]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return {
    publicKey: ed25519.getPublicKey(secret),
    sign: (message) => new Uint8Array(signEd25519(null, message, key)),
  };
}

export class World {
  readonly deployment = deployment;
  readonly schedule = new Schedule();
  readonly chain: FakeChain = fakeChain(deployment.key.account);
  readonly signed: Signed[] = [];
  /** The true time, in seconds, and how far the gate's and the service's clocks are off. */
  now: number = start;
  readonly skew = { gate: 0, serve: 0 };
  /** Whether the token answers. */
  tokenAway = false;
  readonly #folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "countersign-simulation-"));
  readonly #checks = remembered(nativeChecks());
  readonly #logKey = fastLogKey();
  readonly #soft = softBackend();
  readonly #chance: (bound: number) => number;
  #gate: (RunningGate & { readonly die: () => void }) | undefined;
  #replicas: ((Replica & { readonly die: () => void }) | undefined)[];
  #store!: Store;
  #starts = 0;
  #stores = 0;
  #attested = 0;

  private constructor(replicas: number, chance: (bound: number) => number) {
    this.#chance = chance;
    this.#replicas = Array.from({ length: replicas }, () => undefined);
  }

  static async open(replicas: number, chance: (bound: number) => number): Promise<World> {
    const world = new World(replicas, chance);
    world.startGate();
    await world.#openStore();
    world.#replicas.forEach((_, index) => {
      world.startReplica(index);
    });
    return world;
  }

  async close(): Promise<void> {
    this.#gate?.journal.close();
    await this.#store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get replicas(): number {
    return this.#replicas.length;
  }

  store(): Store {
    return this.#store;
  }

  journal(): Journal | undefined {
    return this.#gate?.journal;
  }

  /** Ends a gate in the middle of whatever it does; the journal stays. */
  killGate(): void {
    if (this.#gate === undefined) return;
    this.schedule.kill(this.#gate.owner);
    this.#gate.die();
    this.#gate.journal.close();
    this.#gate = undefined;
  }

  startGate(): void {
    if (this.#gate !== undefined) return;
    this.#starts += 1;
    const owner = `gate-${String(this.#starts)}`;
    const journal = openJournal(join(this.#folder, "journal.sqlite"));
    const gate = openGate({
      journal,
      clock: { now: () => parseInstant(this.now + this.skew.gate) },
      faults: { at: (point) => (this.#isDull(point) ? undefined : this.schedule.stop(owner, point)) },
      checks: this.#checks,
      logKey: this.#logKey,
      places: [{ name: parseName("token"), kind: "pkcs11", keys: [deployment.key.id], backend: this.#token(owner) }],
      genesisFile: deployment.file,
      patience: () => this.schedule.stop(owner, "gate:patience"),
    });
    this.#gate = { owner, gate, journal, ...death("the gate") };
  }

  /** Ends a replica in the middle of whatever it does; the store stays. */
  killReplica(index: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined) return;
    this.schedule.kill(replica.owner);
    replica.die();
    this.#replicas[index] = undefined;
  }

  startReplica(index: number): void {
    if (this.#replicas[index] !== undefined) return;
    this.#starts += 1;
    const owner = `serve-${String(this.#starts)}`;
    const basic = {
      store: this.#store,
      gate: this.#gatePort(),
      deploymentId: deployment.deploymentId,
      chains: new Map([[chainId, { endpoint: this.chain.endpoint, finality: { kind: "tag" } as const }]]),
      clock: { now: () => parseInstant(this.now + this.skew.serve) },
      faults: { at: (point: string) => this.schedule.stop(owner, point) },
    };
    const mirror = createMirror(basic);
    const cosigner = createCosigner({
      ...basic,
      mirror,
      min: 0,
      witnesses: [],
      checks: this.#checks,
      ticks: () => this.now * 1_000,
    });
    const parts = { ...basic, mirror, cosigner };
    const post = createPost({ ...parts, wake: () => undefined });
    this.#replicas[index] = { owner, parts, post, ...death("the service") };
  }

  /** Every replica ends, and the service begins again with nothing. */
  async loseStore(): Promise<void> {
    for (let index = 0; index < this.replicas; index += 1) this.killReplica(index);
    await this.#store.close();
    await this.#openStore();
    for (let index = 0; index < this.replicas; index += 1) this.startReplica(index);
  }

  /** One round of a replica's worker: the mirror, then a step of whatever is due. */
  work(index: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined) return;
    const { parts } = replica;
    this.schedule.begin(async () => {
      try {
        await parts.mirror.pull();
        const now = parts.clock.now();
        const claimed = await parts.store.claim(now, plus(now, lease), claimedAtOnce);
        await Promise.all(claimed.map((request) => advance(parts, request)));
      } catch (error) {
        if (!(error instanceof Fault && error.retry === "safe")) throw error;
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
        if (!(error instanceof Fault && error.retry === "safe")) throw error;
      }
      await this.schedule.stop("people", `retry ${statement.kind}`);
    }
  }

  /** What both observers say of the newest block, as far as the gate hears it. */
  observe(heard: readonly ("obs-1" | "obs-2")[]): void {
    const { number, hash } = this.chain.head();
    const values = { supply: this.chain.supply().toString(), nonce: String(this.chain.nonce()) };
    const seen = { blockNumber: number, blockTime: this.now, overrides: { blockHash: hash } };
    const said = sightings(deployment, seen, values).filter(({ credential }) =>
      heard.some((by) => credential === `${by}-1`),
    );
    this.tell(said);
  }

  /** What is final of the transactions that the service waits for. */
  observeOutcomes(): void {
    const { number, hash } = this.chain.finalized();
    this.schedule.begin(async () => {
      const wanted = await this.#store.unsettled();
      for (const { txHash } of wanted) {
        const receipt = this.chain.final(txHash);
        if (receipt === undefined) continue;
        const fact = {
          subject: subject.transaction(txHash),
          fact: "outcome",
          value: outcomeText({ ...receipt, nonce: 0 }),
        };
        const seen = { blockNumber: number, blockTime: this.now, overrides: { finalized: true, blockHash: hash } };
        this.tell((["obs-1", "obs-2"] as const).map((by) => observation(deployment, by, fact, seen)));
      }
    });
  }

  attest(): void {
    this.#attested += 1;
    this.tell([attestation(deployment, this.now, { sequence: this.#attested })]);
  }

  /** Straight to the gate; what it does not hear is said again at the next look. */
  tell(said: readonly Envelope[]): void {
    const gate = this.#gatePort();
    this.schedule.begin(async () => {
      try {
        for (const one of said) await gate.admit(one);
      } catch (error) {
        if (!(error instanceof Fault && error.retry === "safe")) throw error;
      }
    });
  }

  /** Most statements are of observers, and most of them pass without a stop, so that a day is not full of them. */
  #isDull(point: string): boolean {
    return point.startsWith("gate:statement") && this.#chance(6) > 0;
  }

  async #openStore(): Promise<void> {
    this.#stores += 1;
    this.#store = await openSqliteStore(join(this.#folder, `store-${String(this.#stores)}.sqlite`));
  }

  /** The gate as its socket shows it; no answer comes from one that was killed. */
  #gatePort(): Gate {
    return gateThat(async (request) => {
      const running = this.#gate;
      if (running === undefined) throw new Fault("gate.unreachable", "no gate listens", "safe");
      return await Promise.race([running.gate.answer(request), running.killed]);
    });
  }

  /** A token that may be away, before it signed or after, and that remembers what it signed. */
  #token(owner: string): Backend {
    return {
      ...this.#soft,
      sign: async (permit) => {
        if (this.tokenAway) return { kind: "unavailable", why: "the token is away" };
        await this.schedule.stop(owner, "token:asked");
        const answer = await this.#soft.sign({
          take: () => {
            const right = permit.take();
            if (right.unsigned !== undefined)
              this.signed.push({ nonce: nonceOf(right.unsigned), unsigned: right.unsigned });
            return right;
          },
        } as typeof permit);
        await this.schedule.stop(owner, "token:signed");
        return this.tokenAway ? { kind: "unavailable", why: "the token went away" } : answer;
      },
    };
  }
}
