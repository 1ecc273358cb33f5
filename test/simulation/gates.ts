/** The gates of a simulated day: one on the deployment's journal, killed and started again, put back to a copy, beside a twin on one, or followed by another. */
import { strict as assert } from "node:assert";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { openJournal } from "../../src/adapters/journal/journal.ts";
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import { openGate, type OpenGate } from "../../src/flow/gate/open.ts";
import { restoreJournal, type Restored } from "../../src/flow/gate/restore.ts";
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
import type { PersonId } from "../place/people.ts";
import { death, type Death } from "./death.ts";
import { onDisk } from "./disk.ts";
import type { Schedule } from "./schedule.ts";
import type { Token } from "./token.ts";
import { quickKey, type Ed25519Key } from "./verdicts.ts";

/** A journal, and the key that speaks for its log. */
type Kept = { readonly file: string; readonly logKey: Ed25519Key };

export type RunningGate = Death &
  Kept & {
    readonly owner: string;
    readonly gate: OpenGate;
    readonly journal: Journal;
    /** Whether the witness had cosigned what its journal does not have when it started. */
    readonly isBehind: boolean;
    /** When the witnesses first let it sign, by the true time. */
    letOnAt: number | undefined;
    /** How many nonces of the account both observers told it were used. */
    told: number;
  };

/** A gate that is to take over, and whether the one before it is gone for good. */
export type Standby = Restored & { readonly logKey: Ed25519Key; readonly epoch: number; readonly isAlone: boolean };

type Head = Restored;

export type GateParts = {
  readonly folder: string;
  readonly deployment: Deployment;
  readonly token: Token;
  readonly logKey: Ed25519Key;
  readonly checks: SignatureChecks;
  readonly schedule: Schedule;
  readonly chance: (bound: number) => number;
  readonly now: () => number;
  readonly witnessed: () => Head | undefined;
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
  standby: Standby | undefined;
  /** Who promoted the gate with this key, for exactly its log. */
  readonly promoters = new Map<Ed25519Key, Set<PersonId>>();
  readonly #parts: GateParts;
  /** Of all journals that may be the deployment's; the first is the one that a start opens. */
  #files: Kept[];
  #copy: (Kept & { readonly signed: number }) | undefined;
  /** Every gate that ever ran. */
  readonly #ever: RunningGate[] = [];
  #made = 0;
  #starts = 0;

  constructor(parts: GateParts, template: string) {
    this.#parts = parts;
    this.#files = [this.#fresh({ file: template, logKey: parts.logKey })];
  }

  journal(): Journal | undefined {
    return this.running[0]?.journal;
  }

  /** Whether there are two journals of which one is the deployment's. */
  isDivided(): boolean {
    return this.#files.length > 1;
  }

  start(): void {
    const [own] = this.#files;
    if (this.running.length === 0 && own !== undefined) this.running = [this.#open(own)];
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
    const [own] = this.#files;
    if (own !== undefined) this.#copy = { ...this.#fresh(own), signed };
  }

  /** How many signatures there were when the journal was copied last; nothing without a copy. */
  get signedAtCopy(): number | undefined {
    return this.#copy?.signed;
  }

  /** A crash after which the gate opens an earlier copy of its journal. */
  putBack(): void {
    if (this.#copy === undefined) return;
    this.kill();
    this.#files = [this.#fresh(this.#copy), ...this.#files];
    this.start();
  }

  /** A second gate on a copy made this moment, with the same token. */
  twin(): void {
    const [own, other] = this.running;
    if (own === undefined || other !== undefined) return;
    const copy = this.#fresh(own);
    this.#files = [...this.#files, copy];
    this.running = [own, this.#open(copy)];
  }

  /** Another gate on a journal that is rebuilt from all that the witnesses cosigned; the one before it is gone, or goes on beside it. */
  follow(isAlone: boolean): void {
    const [before] = this.#files;
    const head = this.#parts.witnessed();
    if (before === undefined || head === undefined || this.isDivided()) return;
    const leaves = this.#leavesOf(before, head.size);
    if (isAlone) this.kill();
    const own = this.running;
    this.#made += 1;
    const word = `log of gate ${String(this.#made)}`;
    const next = { file: join(this.#parts.folder, `journal-${String(this.#made)}.sqlite`), logKey: quickKey(word) };
    const restored = this.#rebuild(next, leaves, head);
    this.promoters.set(next.logKey, new Set());
    this.#files = [next, before];
    const gate = this.#open(next);
    this.standby = { ...restored, logKey: next.logKey, epoch: gate.journal.epoch(), isAlone };
    this.running = [gate, ...own];
  }

  /** The gate that another one followed is started again, by somebody who knows of nothing. */
  wake(): boolean {
    const [, before] = this.#files;
    if (this.standby === undefined || before === undefined || this.running.length !== 1) return false;
    this.running = [...this.running, this.#open(before)];
    return true;
  }

  /** Whether the standby has all that the witnesses know. */
  isWhole(): boolean {
    const head = this.#parts.witnessed();
    const [next] = this.#files;
    const journal = this.journal();
    if (journal !== undefined) return head === undefined || contains(journal, head);
    return next !== undefined && this.#sizeOf(next).length > 0;
  }

  /** The standby is the gate from here on, or it is given up; the other one is gone. */
  conclude(isKept: boolean): void {
    this.kill();
    this.#files = this.#files.slice(...(isKept ? [0, 1] : [1, 2]));
    this.standby = undefined;
    this.#copy = undefined;
  }

  /** The operators keep the one journal that has all the witnesses know; answers whether anything was given up. */
  reunite(): boolean {
    if (!this.isDivided()) return false;
    this.kill();
    const known = this.#files.flatMap((one) => this.#sizeOf(one)).sort((one, other) => other.size - one.size);
    const [longest] = known;
    assert.ok(longest !== undefined, "the witnesses know a log that no gate has");
    this.#files = [longest.kept];
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

  #open({ file, logKey }: Kept): RunningGate {
    const { deployment, token, checks, schedule, chance, now, asking, witnessed } = this.#parts;
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
      ...{ owner, gate, journal, file, logKey, isBehind, letOnAt: undefined, told: -1 },
      ...death("gate.unreachable", "the gate was killed"),
    };
    this.#ever.push(running);
    return running;
  }

  /** How long its log is, if that has all that the witnesses know. */
  #sizeOf(kept: Kept): readonly { readonly kept: Kept; readonly size: number }[] {
    const head = this.#parts.witnessed();
    const journal = openJournal(kept.file);
    try {
      return head === undefined || contains(journal, head) ? [{ kept, size: journal.size() }] : [];
    } finally {
      journal.close();
    }
  }

  /** The file and what SQLite wrote ahead of it, as a crash would leave them. */
  #fresh({ file, logKey }: Kept): Kept {
    this.#made += 1;
    const path = join(this.#parts.folder, `journal-${String(this.#made)}.sqlite`);
    copyFileSync(file, path);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${path}-wal`);
    return { file: path, logKey };
  }

  /** Of the log, as those have it who export it. */
  #leavesOf({ file }: Kept, size: number): readonly string[] {
    const open = this.journal();
    const journal = open ?? openJournal(file);
    try {
      return journal.leaves(0, size).map(({ bytes }) => new TextDecoder().decode(bytes));
    } finally {
      if (open === undefined) journal.close();
    }
  }

  #rebuild({ file }: Kept, leaves: readonly string[], { root }: Head): Restored {
    const { deployment, checks, now } = this.#parts;
    const journal = openJournal(file);
    try {
      const clock = { now: () => parseInstant(now()) };
      return restoreJournal({ journal, genesisFile: deployment.file, clock, checks }, { leaves, root });
    } finally {
      journal.close();
    }
  }
}

function contains(journal: Journal, head: Head): boolean {
  return journal.size() >= head.size && rootAt(head.size, journal.node) === head.root;
}

async function ask(at: RunningGate, request: GateRequest): Promise<GateAnswer> {
  const answer = await Promise.race([at.gate.answer(request), at.killed]);
  assert.ok(!("code" in answer) || answer.code !== "gate.broken", "a gate met a fault of its own");
  return answer;
}
