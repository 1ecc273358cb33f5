/** A Ledger backend over an emulated device that is dialled as Speculos is; the agent in this process, or in one of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak256, Transaction } from "ethers";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openLedgerBackend } from "../../../src/adapters/ledger/backend.ts";
import { runAgent } from "../../../src/adapters/ledger/agent.ts";
import type { Answer, Orders } from "../../../src/adapters/ledger/agent-message.ts";
import type { Agent } from "../../../src/adapters/ledger/agent-process.ts";
import type { TransportFactory } from "../../../src/adapters/ledger/eth-app.ts";
import { deviceFailure } from "../../../src/adapters/ledger/device-failure.ts";
import { Places } from "../../../src/adapters/ledger/places.ts";
import { checkSlotConfig, type SlotConfig } from "../../../src/adapters/ledger/slot-config.ts";
import { openSlotMemory, type SlotMemory } from "../../../src/adapters/ledger/slot-memory.ts";
import { parse as parsePath, usualPath } from "../../../src/adapters/ledger/derivation-path.ts";
import type { Backend, BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import { SigningPermit } from "../../../src/gate/permit.ts";
import { fromPublicKey, type Address } from "../../../src/values/address.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { fromBytes, parse as parseHex, type Hex } from "../../../src/values/hex.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import type { Told } from "../../place/ethereum-app/settings.ts";
import { openSpeculosPort, type SpeculosPort } from "../../place/ethereum-app/speculos-port.ts";
import { createWallet, speculosWords } from "../../place/ethereum-app/wallet.ts";

const hardened = 0x8000_0000;
export const devicePath = parsePath(usualPath);

export function publicKeyOf(words = speculosWords, password = ""): Hex {
  const elements = [hardened + 44, hardened + 60, hardened, 0, 0];
  return fromBytes(new Uint8Array(createWallet(words, password)(elements).publicKey));
}

export type Wish = { readonly unsigned: Hex; readonly digest: Bytes32 };

/** A mint with its own nonce. */
export function mintOf(nonce: number): Wish {
  const fee = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n, gasLimit: 90_000 };
  const data = `0x40c10f19${"07".repeat(64)}`;
  const tx = Transaction.from({ type: 2, chainId: 31_337, to: `0x${"11".repeat(20)}`, data, nonce, ...fee });
  return { unsigned: parseHex(tx.unsignedSerialized), digest: bytes32.parse(keccak256(tx.unsignedSerialized)) };
}

/** The agent's own code in this process: as quick as the test, where nothing is killed. */
export function agentHere(orders: Orders, factoryOf?: (orders: Orders) => TransportFactory): Agent {
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  let hear: (question: unknown) => void = () => undefined;
  let over: () => void = () => undefined;
  let isGone = false;
  let asked = 0;
  const channel = {
    say: (answer: Answer) => {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
    },
    hear: (heard: typeof hear) => {
      hear = heard;
    },
    over: (ended: typeof over) => {
      over = ended;
    },
  };
  const code = runAgent(channel, factoryOf);
  const gone = code.then((exit) => {
    isGone = true;
    for (const { reject } of waiting.values()) reject(deviceFailure("device"));
    return `exit ${String(exit)}`;
  });
  const ask: Agent["ask"] = (question) =>
    new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, { resolve, reject });
      hear(structuredClone({ ...question, id: asked }));
    });
  void ask({ verb: "start", orders });
  return {
    pid: undefined,
    ask,
    gone,
    isGone: () => isGone,
    kill: () => {
      over();
    },
  };
}

export type SlotPlace = {
  readonly app: EthereumApp;
  readonly port: SpeculosPort;
  readonly memory: SlotMemory;
  readonly config: SlotConfig;
  readonly account: Address;
  backend: Backend;
  /** What the operators were told. */
  readonly told: string[];
  readonly sign: (wish: Wish, publicKey?: Hex) => Promise<BackendAnswer>;
  /** Asks as the service does, until the device was asked. */
  readonly signSoon: (wish: Wish) => Promise<BackendAnswer>;
  /** A new process over the same folder; the old one ends without a word, as a crash does. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type PlaceWish = {
  readonly device?: Told;
  readonly limits?: Partial<SlotConfig["limits"]>;
  readonly blindSigning?: "required" | "off";
  readonly publicKey?: Hex;
  /** The agent as a process of its own, as in production. */
  readonly ownProcess?: true;
};

export async function openSlotPlace(wish: PlaceWish = {}): Promise<SlotPlace> {
  const app = new EthereumApp(wish.device);
  const port = await openSpeculosPort(app);
  const folder = mkdtempSync(join(tmpdir(), "cs-ledger-"));
  const publicKey = wish.publicKey ?? publicKeyOf();
  const config = checkSlotConfig({
    apiVersion: "countersign/v1",
    kind: "Ledger",
    name: "ledger-cold",
    app: { blindSigning: wish.blindSigning ?? "required" },
    memory: join(folder, "memory"),
    limits: { reviewTimeoutMs: 30_000, pollMs: 50, ...wish.limits },
    keys: [{ name: "ledger-cold", path: devicePath, publicKey }],
  });
  const told: string[] = [];
  const account = fromPublicKey(publicKey);
  const open = (): Backend =>
    openLedgerBackend(config, {
      checks: nativeChecks(),
      recovery: "native",
      faults: { at: () => Promise.resolve() },
      places: new Places(),
      device: { kind: "speculos", host: port.host, port: port.port },
      tell: (sentence) => told.push(sentence),
      ...(wish.ownProcess === true ? {} : { start: (orders: Orders) => agentHere(orders) }),
    });
  const memory = openSlotMemory(config.memory);
  const name = parseName("ledger-cold");
  const place: SlotPlace = {
    app,
    port,
    memory,
    config,
    account,
    told,
    backend: open(),
    sign: ({ digest, unsigned }, pinned = publicKey) =>
      place.backend.sign(SigningPermit.issue({ key: name, address: account, publicKey: pinned, digest, unsigned })),
    signSoon: async (one) => {
      for (;;) {
        const answer = await place.sign(one);
        if (answer.kind !== "busy") return answer;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    restart: async () => {
      const before = place.backend;
      const pid = before.health().pid;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      await before.close();
      place.backend = open();
    },
    close: async () => {
      await place.backend.close();
      await port.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return place;
}

/** Asks every 10 ms; fails with the sentence after half a minute. */
export async function until(sentence: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`it never came true that ${sentence}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
