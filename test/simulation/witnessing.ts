/** The witness of a simulated day: the real one over a memory that outlives it, which is away, refuses, is killed, has its own idea of time, or is told of another gate. */
import type { WitnessEndpoint } from "../../src/flow/serve/witness.port.ts";
import { createWitness } from "../../src/flow/witness/witness.ts";
import { originOf } from "../../src/log/checkpoint.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { Fault } from "../../src/values/errors.ts";
import { fromBytes } from "../../src/values/hex.ts";
import { parse as parseInstant } from "../../src/values/instant.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import { endpointOf, firstWitness, memoryHeads, type WitnessPlace } from "../place/witness.ts";
import { death, type Death } from "./death.ts";
import type { Schedule } from "./schedule.ts";
import { quickKey, type Ed25519Key } from "./verdicts.ts";

const ownKey = quickKey(`witness ${firstWitness}`);

export type WitnessParts = {
  readonly deploymentId: Bytes32;
  readonly logKey: Ed25519Key;
  readonly checks: SignatureChecks;
  readonly schedule: Schedule;
  readonly chance: (bound: number) => number;
  /** The true time. */
  readonly now: () => number;
};

export class Witnessing {
  isAway = false;
  refuses = false;
  /** Seconds that its clock is off. */
  skew = 0;
  /** The key that it was told of last. */
  follows: Ed25519Key | undefined;
  readonly endpoint: WitnessEndpoint;
  readonly #heads = memoryHeads();
  readonly #origin: string;
  #starts = 1;
  #death: Death = death("witness.away", "the witness was killed");

  constructor({ deploymentId, logKey, checks, schedule, chance, now }: WitnessParts) {
    this.#origin = originOf(deploymentId);
    const own = { name: firstWitness, publicKey: fromBytes(ownKey.publicKey), sign: ownKey.sign };
    const begin = (key: Ed25519Key): WitnessEndpoint => {
      const witness = createWitness({
        log: { name: this.#origin, publicKey: fromBytes(key.publicKey) },
        own,
        sign: own.sign,
        heads: this.#heads,
        clock: { now: () => parseInstant(now() + this.skew) },
        checks,
        // Most pass without a stop, so that a day is not full of them.
        faults: { at: (point) => (chance(3) > 0 ? undefined : schedule.stop(this.#owner(), point)) },
      });
      return endpointOf({ ...witness, key: own } as WitnessPlace);
    };
    let reached = begin(logKey);
    this.endpoint = {
      key: own,
      add: async (asked) => {
        if (this.isAway) throw new Fault("witness.away", "the witness does not answer: it is away", "safe");
        if (this.refuses) return { kind: "refused", why: "it does not like us" };
        return await Promise.race([reached.add(asked), this.#death.killed]);
      },
      newest: async () => {
        if (this.isAway) throw new Fault("witness.away", "the witness does not answer: it is away", "safe");
        return await reached.newest();
      },
    };
    this.kill = () => {
      schedule.kill(this.#owner());
      this.#death.die();
      this.#death = death("witness.away", "the witness was killed");
      this.#starts += 1;
    };
    this.follow = (key) => {
      this.kill();
      this.follows = key;
      reached = begin(key);
    };
  }

  /** Ends it in the middle of whatever it does, and starts it again over what it remembers. */
  readonly kill: () => void;

  /** Starts it again with a genesis file that says whose log it is from now on. */
  readonly follow: (key: Ed25519Key) => void;

  /** What it cosigned last. */
  head(): { readonly size: number; readonly root: Bytes32 } | undefined {
    return this.#heads.head(this.#origin);
  }

  mend(): void {
    this.isAway = false;
    this.refuses = false;
    this.skew = 0;
  }

  #owner(): string {
    return `witness-${String(this.#starts)}`;
  }
}
