/** Two SoftHSM tokens that hold one imported key, each behind a module that goes wrong on demand, and a watch on what is in flight where. */
import { createPrivateKey } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSign } from "../../src/adapters/pkcs11/agent-message.ts";
import { startAgent, type Agent } from "../../src/adapters/pkcs11/agent-process.ts";
import { openPkcs11Backend, type Pkcs11Backend } from "../../src/adapters/pkcs11/backend.ts";
import { addKey, initSoftToken } from "../../src/adapters/pkcs11/soft-token.ts";
import type { TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";
import type { ManagedKey } from "../../src/roster/roster.ts";
import { fromBytes, toBytes, type Hex } from "../../src/values/hex.ts";
import { parse as parseName, type Name } from "../../src/values/name.ts";
import { buildFaultyModule } from "./faulty-module.ts";
import { changed } from "./softhsm.ts";

export type Twin = {
  readonly name: Name;
  readonly config: TokenConfig;
  /** The next call named in `HOW@CALL` goes wrong so, once. */
  readonly tell: (fault: string) => void;
  /** Whether the fault that was told is still to come. */
  readonly isArmed: () => boolean;
  readonly disarm: () => void;
  /** Every call answers that the device was removed, until it is back. */
  readonly leave: () => void;
  readonly comeBack: () => void;
  readonly open: () => Promise<Pkcs11Backend>;
};

export type Twins = {
  readonly first: Twin;
  readonly second: Twin;
  /** Digests that were given to an agent while another one could still answer for them. */
  readonly collisions: readonly string[];
  /** Which tokens were asked for signatures, in order. */
  readonly asked: readonly Name[];
  /** Nothing is armed, both are there, and what happened is forgotten. */
  readonly calm: () => void;
  readonly remove: () => void;
};

type SecretKey = ManagedKey & { readonly privateKey: Hex };

/** Both tokens hold the key under the same name, label and id. */
export async function makeTwins(key: SecretKey, limits: Partial<TokenConfig["limits"]>): Promise<Twins> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-twins-"));
  const watch = createWatch();
  const make = (name: string): Promise<Twin> => makeTwin(join(folder, name), parseName(name), key, limits, watch);
  const [first, second] = [await make("first"), await make("second")];
  return {
    first,
    second,
    collisions: watch.collisions,
    asked: watch.asked,
    calm: () => {
      for (const twin of [first, second]) {
        twin.disarm();
        twin.comeBack();
      }
      watch.collisions.length = 0;
      watch.asked.length = 0;
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeTwin(
  folder: string,
  name: Name,
  key: SecretKey,
  limits: Partial<TokenConfig["limits"]>,
  watch: Watch,
): Promise<Twin> {
  const made = await initSoftToken(folder, name);
  const label = `countersign/test/${key.id}/1`;
  importKey(folder, key, { label, id: "c0ffee" });
  const token = addKey(made, { name: key.id, id: "c0ffee", label, publicKey: key.publicKey });
  const faulty = buildFaultyModule(join(folder, "module"));
  const away = join(folder, "away");
  const config = changed(faulty.behind(token.config, "told", { FAULTY_AWAY: away }), (draft) => {
    draft["limits"] = limits;
  });
  return {
    name,
    config,
    tell: faulty.tell,
    isArmed: faulty.isArmed,
    disarm: faulty.disarm,
    leave: () => {
      writeFileSync(away, "");
    },
    comeBack: () => {
      rmSync(away, { force: true });
    },
    open: () =>
      openPkcs11Backend(config, {
        faults: { at: () => undefined },
        alternatives: true,
        start: () => watch.over(name, startAgent(config, "sign")),
      }),
  };
}

/** By SoftHSM's own tool: only a test knows the secret of a managed key. */
function importKey(
  folder: string,
  key: SecretKey,
  { label, id }: { readonly label: string; readonly id: string },
): void {
  const file = join(folder, "imported.pem");
  const point = toBytes(key.publicKey);
  const jwk = {
    kty: "EC",
    crv: "secp256k1",
    d: Buffer.from(toBytes(key.privateKey)).toString("base64url"),
    x: Buffer.from(point.subarray(1, 33)).toString("base64url"),
    y: Buffer.from(point.subarray(33)).toString("base64url"),
  };
  writeFileSync(file, createPrivateKey({ key: jwk, format: "jwk" }).export({ type: "pkcs8", format: "pem" }), {
    mode: 0o600,
  });
  const pin = readFileSync(join(folder, "pin"), "utf8").trim();
  const words = [
    "--import",
    file,
    "--token",
    folder.split("/").at(-1) ?? "",
    "--label",
    label,
    "--id",
    id,
    "--pin",
    pin,
  ];
  execFileSync("softhsm2-util", words, {
    env: { ...process.env, SOFTHSM2_CONF: join(folder, "softhsm2.conf") },
    stdio: "pipe",
  });
  rmSync(file);
}

type Watch = {
  readonly collisions: string[];
  readonly asked: Name[];
  readonly over: (token: Name, agent: Agent) => Agent;
};

/** An order is in flight until it is answered or its agent has ended. */
function createWatch(): Watch {
  const collisions: string[] = [];
  const asked: Name[] = [];
  const inFlight = new Map<string, Set<Name>>();
  return {
    collisions,
    asked,
    over: (token, agent) => ({
      ...agent,
      ask: (verb, payload) => {
        const order = verb === "sign" ? decodeSign(payload) : undefined;
        const answer = agent.ask(verb, payload);
        if (order === undefined) return answer;
        const digest = fromBytes(order.digest);
        const holders = inFlight.get(digest) ?? new Set();
        for (const other of holders) collisions.push(`${digest} went to ${token} while ${other} had it`);
        asked.push(token);
        holders.add(token);
        inFlight.set(digest, holders);
        const over = (): void => void holders.delete(token);
        answer.then(over, over);
        return answer;
      },
    }),
  };
}
