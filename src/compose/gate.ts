/** The gate's process: journal, log key, tokens, the five verbs, and its socket; it opens no network. */
import { randomBytes } from "node:crypto";
import { systemClock } from "../adapters/clock/system.ts";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { openLogKey } from "../adapters/log-key/key-file.ts";
import { openJournal } from "../adapters/journal/journal.ts";
import { serveGate, type GateSocket } from "../adapters/socket/server.ts";
import { readGateConfig, type GateConfig } from "../config/gate-config.ts";
import type { Clock } from "../flow/clock.port.ts";
import type { Faults } from "../flow/faults.port.ts";
import { openGate, type OpenGate } from "../flow/gate/open.ts";
import * as bytes32 from "../values/bytes32.ts";
import * as duration from "../values/duration.ts";
import { fromBytes } from "../values/hex.ts";
import { noFaults } from "./faults.ts";
import { readGenesisFile, readSlot, readToken, refuseExposed, refuseUnverified } from "./gate-files.ts";
import { openOrClose } from "./gate-places.ts";
import { startCopies, type Copies, type CopyParts } from "./journal-copies.ts";
import { ledgerDevice } from "./ledger-device.ts";
import { refuseContradictions } from "./shared-keys.ts";

export type RunningGate = {
  /** Where it listens. */
  readonly socket: string;
  /** Takes no more calls, lets running signings finish, then lets go of tokens and journal. */
  readonly close: () => Promise<void>;
};

export type GateWiring = {
  readonly clock?: Clock;
  readonly faults?: Faults;
  /** `LEDGER_SPECULOS` is looked for here. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears one sentence for each thing that only `dev` allows, and what happens at the devices. */
  readonly warn?: (sentence: string) => void;
};

/** `sign` answers `signing` when the token needs longer than this; the signing goes on. */
const patienceMs = 2_000;

/** Resolves when the socket listens. Throws `InvalidValue` or `Fault` with one sentence for the operator; nothing stays open then. */
export async function startGate(configFile: string, wiring: GateWiring = {}): Promise<RunningGate> {
  const { clock = systemClock, faults = noFaults, env = process.env, warn = toStandardError } = wiring;
  const config = readGateConfig(configFile);
  const tokens = config.tokens.map(readToken);
  const slots = config.ledgers.map(readSlot);
  const device = ledgerDevice(env, config.dev);
  refuseExposed(config, tokens, warn);
  refuseUnverified(config, tokens, warn);
  refuseContradictions(tokens, slots);
  const genesisFile = readGenesisFile(config.genesis);
  const logKey = openLogKey(config.logKey);
  const journal = openJournal(config.journal, endOfTurn);
  const gate = await openOrClose({ journal, tokens, slots, device, faults, tell: warn }, (places) =>
    openGate({ ...{ journal, clock, faults, logKey, places, genesisFile, patience }, ...ownRun() }),
  );
  try {
    const socket = await listen(config.socket, gate);
    const copies = copiesOf(config, { copyTo: journal.copyTo, clock, tell: warn });
    return {
      socket: socket.path,
      close: async () => {
        await socket.close();
        await copies?.stop();
        await gate.close();
      },
    };
  } catch (error) {
    await gate.close();
    throw error;
  }
}

/** A start that nobody can reach leaves no leaf, however often a supervisor tries it. */
async function listen(path: string, gate: OpenGate): Promise<GateSocket> {
  const socket = await serveGate({ path, answer: gate.answer });
  try {
    gate.begin();
    return socket;
  } catch (error) {
    await socket.close();
    throw error;
  }
}

function copiesOf({ copies }: GateConfig, parts: CopyParts): Copies | undefined {
  if (copies === undefined) return undefined;
  const { folder, every, keep } = copies;
  return startCopies({ folder, keep, everySeconds: duration.parse(every) }, parts);
}

function ownRun(): Pick<Parameters<typeof openGate>[0], "checks" | "ticks" | "run"> {
  return {
    checks: nativeChecks(),
    ticks: () => performance.now(),
    run: bytes32.parse(fromBytes(randomBytes(32))),
  };
}

/** What one turn of the loop brings, on all connections, is flushed once. */
function endOfTurn(commit: () => void): void {
  setImmediate(commit);
}

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, patienceMs).unref();
  });
}

function toStandardError(sentence: string): void {
  process.stderr.write(`countersign gate: ${sentence}\n`);
}
