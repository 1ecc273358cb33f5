/** The gates of a simulated day: one on the deployment's journal, killed and started again, put back to a copy, or beside a twin on one. */
import { strict as assert } from "node:assert";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { openJournal } from "../../src/adapters/journal/journal.ts";
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import { openGate, type OpenGate } from "../../src/flow/gate/open.ts";
import type { Gate } from "../../src/flow/serve/gate.port.ts";
import type { GateAnswer, GateRequest } from "../../src/gate/wire.ts";
import type { Instruction } from "../../src/log/entry.ts";
import { rootAt } from "../../src/log/merkle.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { Fault } from "../../src/values/errors.ts";
import { parse as parseInstant } from "../../src/values/instant.ts";
import { parse as parseName } from "../../src/values/name.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import { gateThat } from "../flow/serve/place.ts";
import { idOf, type Deployment } from "../place/gold.ts";
import { death, type Death } from "./death.ts";
import { onDisk } from "./disk.ts";
import type { Schedule } from "./schedule.ts";
import type { Token } from "./token.ts";
import type { Ed25519Key } from "./verdicts.ts";

export type RunningGate = Death & {
  readonly owner: string;
  readonly gate: OpenGate;
  readonly journal: Journal;
  readonly file: string;
  /** Whether the witness had cosigned what its journal does not have when it started. */
  readonly isBehind: boolean;
  /** When the witnesses first let it sign, by the true time. */
  letOnAt: number | undefined;
  /** How many nonces of the account both observers told it were used. */
  told: number;
};

export type GateParts = {
  readonly folder: string;
  readonly deployment: Deployment;
  readonly token: Token;
  readonly logKey: Ed25519Key;
  readonly checks: SignatureChecks;
  readonly schedule: Schedule;
  readonly chance: (bound: number) => number;
  readonly now: () => number;
  readonly witnessed: () => { readonly size: number; readonly root: Bytes32 } | undefined;
  /** Called before a token signs. */
  readonly asking: (gate: RunningGate, digest: Bytes32, nonce: number) => void;
  /** Called with every instruction that a gate hands out. */
  readonly released: (instruction: Instruction) => void;
};

export class Gates {
  /** The first is the deployment's own; a second one runs on a copy. */
  running: RunningGate[] = [];
  /** How far the gates' clocks are off, in seconds. */
  skew = 0;
  isDiskFull = false;
  /** Whether answers of the gate are lost or asked for twice. */
  isLineBad = false;
  readonly #parts: GateParts;
  /** Of all journals that may be the deployment's; the first is the one that a start opens. */
  #files: string[];
  #copy: { readonly file: string; readonly signed: number } | undefined;
  /** Every gate that ever ran. */
  readonly #ever: RunningGate[] = [];
  #made = 0;
  #starts = 0;

  constructor(parts: GateParts, template: string) {
    this.#parts = parts;
    this.#files = [this.#fresh(template)];
  }

  journal(): Journal | undefined {
    return this.running[0]?.journal;
  }

  /** Whether there are two journals of which one is the deployment's. */
  isDivided(): boolean {
    return this.#files.length > 1;
  }

  start(): void {
    const [file] = this.#files;
    if (this.running.length === 0 && file !== undefined) this.running = [this.#open(file)];
  }

  /** Ends all gates in the middle of whatever they do; the journals stay. */
  kill(): void {
    for (const { owner, die, journal } of this.running) {
      this.#parts.schedule.kill(owner);
      die();
      journal.close();
    }
    this.running = [];
  }

  /** Keeps a copy of the journal as it is, when the token made so many signatures. */
  copy(signed: number): void {
    const [file] = this.#files;
    if (file !== undefined) this.#copy = { file: this.#fresh(file), signed };
  }

  /** How many signatures there were when the journal was copied last; nothing without a copy. */
  get signedAtCopy(): number | undefined {
    return this.#copy?.signed;
  }

  /** A crash after which the gate opens an earlier copy of its journal. */
  putBack(): void {
    if (this.#copy === undefined) return;
    this.kill();
    this.#files = [this.#fresh(this.#copy.file), ...this.#files];
    this.start();
  }

  /** A second gate on a copy made this moment, with the same token. */
  twin(): void {
    const [own, other] = this.running;
    if (own === undefined || other !== undefined) return;
    const file = this.#fresh(own.file);
    this.#files = [...this.#files, file];
    this.running = [own, this.#open(file)];
  }

  /** The operators keep the one journal that has all the witnesses know; answers whether anything was given up. */
  reunite(): boolean {
    if (!this.isDivided()) return false;
    this.kill();
    const known = this.#files.flatMap((file) => this.#sizeOf(file)).sort((one, other) => other.size - one.size);
    const [longest] = known;
    assert.ok(longest !== undefined, "the witnesses know a log that no gate has");
    this.#files = [longest.file];
    this.#copy = undefined;
    return true;
  }

  /** The gate that a replica speaks to, as its socket shows it; no answer comes from one that was killed. */
  port(replica: number): Gate {
    return gateThat(async (request) => {
      const { running } = this;
      const at = running[replica % Math.max(1, running.length)];
      if (at === undefined) throw new Fault("gate.unreachable", "no gate listens", "safe");
      const mood = this.isLineBad ? this.#parts.chance(6) : 2;
      const first = await this.#ask(at, request);
      if (mood === 0) throw new Fault("gate.unreachable", "the answer was lost", "safe");
      return mood === 1 ? await this.#ask(at, request) : first;
    });
  }

  /** When the witnesses last let on a gate after this one; nothing while it is the last. */
  outdone({ letOnAt = 0 }: RunningGate): number | undefined {
    const later = this.#ever.flatMap((one) => (one.letOnAt !== undefined && one.letOnAt > letOnAt ? one.letOnAt : []));
    return later.length === 0 ? undefined : Math.min(...later);
  }

  async #ask(at: RunningGate, request: GateRequest): Promise<GateAnswer> {
    const answer = await ask(at, request);
    if (answer.kind === "released") this.#parts.released(answer.instruction);
    if (answer.kind === "witnessed" && answer.afresh) at.letOnAt ??= this.#parts.now();
    return answer;
  }

  #open(file: string): RunningGate {
    const { deployment, token, logKey, checks, schedule, chance, now, asking, witnessed } = this.#parts;
    this.#starts += 1;
    const owner = `gate-${String(this.#starts)}`;
    const stop = (point: string): Promise<void> => schedule.stop(owner, point);
    // What is written is on disk when chance lets it be, or was never there when the gate is killed before.
    const journal = openJournal(file, (commit) => void stop("gate:commit").then(commit));
    const head = witnessed();
    const isBehind = head !== undefined && !contains(journal, head);
    const gate = openGate({
      journal: onDisk(journal, () => this.isDiskFull),
      clock: { now: () => parseInstant(now() + this.skew) },
      ticks: () => now() * 1_000,
      run: idOf(owner),
      // Most statements are of observers, and most of them pass without a stop, so that a day is not full of them.
      faults: { at: (point) => (point.startsWith("gate:statement") && chance(8) > 0 ? undefined : stop(point)) },
      checks,
      logKey,
      places: [
        {
          ...{ name: parseName("token"), kind: "pkcs11", keys: [deployment.key.id] },
          backend: token.backend(owner, stop, (digest, nonce) => {
            asking(running, digest, nonce);
          }),
        },
      ],
      genesisFile: deployment.file,
      patience: () => stop("gate:patience"),
    });
    gate.begin();
    const running: RunningGate = {
      ...{ owner, gate, journal, file, isBehind, letOnAt: undefined, told: -1 },
      ...death("gate.unreachable", "the gate was killed"),
    };
    this.#ever.push(running);
    return running;
  }

  /** How long its log is, if that has all that the witnesses know. */
  #sizeOf(file: string): readonly { readonly file: string; readonly size: number }[] {
    const head = this.#parts.witnessed();
    const journal = openJournal(file);
    try {
      return head === undefined || contains(journal, head) ? [{ file, size: journal.size() }] : [];
    } finally {
      journal.close();
    }
  }

  /** The file and what SQLite wrote ahead of it, as a crash would leave them. */
  #fresh(file: string): string {
    this.#made += 1;
    const path = join(this.#parts.folder, `journal-${String(this.#made)}.sqlite`);
    copyFileSync(file, path);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${path}-wal`);
    return path;
  }
}

function contains(journal: Journal, head: { readonly size: number; readonly root: Bytes32 }): boolean {
  return journal.size() >= head.size && rootAt(head.size, journal.node) === head.root;
}

async function ask(at: RunningGate, request: GateRequest): Promise<GateAnswer> {
  const answer = await Promise.race([at.gate.answer(request), at.killed]);
  assert.ok(!("code" in answer) || answer.code !== "gate.broken", "a gate met a fault of its own");
  return answer;
}
