/** The witness's process: its key, its memory, the log key of the gate in office, and where it listens. */
import { systemClock } from "../adapters/clock/system.ts";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { openLogKey } from "../adapters/log-key/key-file.ts";
import { serveWitness } from "../adapters/tlog-witness/server.ts";
import { openHeads } from "../adapters/witness-heads/sqlite.ts";
import { readWitnessConfig } from "../config/witness-config.ts";
import type { Clock } from "../flow/clock.port.ts";
import type { Faults } from "../flow/faults.port.ts";
import { createWitness } from "../flow/witness/witness.ts";
import { deploymentId } from "../genesis/genesis.ts";
import { originOf } from "../log/checkpoint.ts";
import { Fault } from "../values/errors.ts";
import { fromBytes } from "../values/hex.ts";
import { noFaults } from "./faults.ts";
import { readHeld } from "./person.ts";

export type RunningWitness = { readonly url: string; readonly name: string; readonly stop: () => Promise<void> };

type Wiring = {
  readonly clock?: Clock;
  readonly faults?: Faults;
  /** Hears what was refused, and why. */
  readonly say?: (sentence: string) => void;
};

/** Resolves when it listens. Throws `InvalidValue` or `Fault` with one sentence for the operator. */
export async function startWitness(configPath: string, wiring: Wiring = {}): Promise<RunningWitness> {
  const { clock = systemClock, faults = noFaults, say = () => undefined } = wiring;
  const config = readWitnessConfig(configPath);
  const { genesis, logKey } = readHeld(config.genesis);
  const key = openLogKey(config.key);
  const publicKey = fromBytes(key.publicKey);
  const own = genesis.witnesses.keys.find((one) => one.publicKey === publicKey);
  if (own === undefined)
    throw new Fault("witness.stranger", `the genesis names no witness with the key \`${publicKey}\``, "never");
  const log = { name: originOf(deploymentId(genesis)), publicKey: logKey };
  const heads = openHeads(config.heads);
  try {
    const witness = createWitness({ log, own, sign: key.sign, heads, clock, checks: nativeChecks(), faults });
    const listening = await serveWitness(witness, { ...config.listen, tell: say });
    return {
      url: listening.url,
      name: own.name,
      stop: async () => {
        await listening.close();
        heads.close();
      },
    };
  } catch (error) {
    heads.close();
    throw error;
  }
}
