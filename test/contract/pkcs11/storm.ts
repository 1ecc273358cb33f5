/** Many signatures of a token whose agent is killed again and again while garbage is collected, each looked at by libraries of its own. */
import { strict as assert } from "node:assert";
import { randomBytes, verify } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import { startAgent, type Agent } from "../../../src/adapters/pkcs11/agent-process.ts";
import type { TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import type { BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import * as Bytes32 from "../../../src/values/bytes32.ts";
import { sha256 } from "../../../src/values/digest.ts";
import { toBytes } from "../../../src/values/hex.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { opensslKey, permit, recovered } from "./permits.ts";

type Signature = Extract<BackendAnswer, { kind: "signed" }>["signature"];

const half = 0x7fff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_5d57_6e73_57a4_501d_dfe9_2f46_681b_20a0n;
const callers = 16;
/** OpenSSL and libsecp256k1 see every signature, noble, which takes milliseconds, one of so many. */
const nobleOneOf = 32;
/** What does not heal within this long does not. */
const healMs = 60_000;

export type Storm = {
  readonly signatures: number;
  readonly restarts: number;
  /** Agents that said that they collect garbage. */
  readonly collecting: number;
  readonly odd: number;
  /** Raw answers whose s was high, before it was lowered. */
  readonly highS: number;
  readonly recovery: string;
};

/** An agent whose Node collects garbage all the time. Neither token file nor environment could make it: only another `node` can. */
function startCollecting(config: TokenConfig, folder: string): Agent {
  const real = process.execPath;
  const preload = fileURLToPath(new URL("../../place/forced-collection.ts", import.meta.url));
  const other = join(folder, "node");
  writeFileSync(other, `#!/bin/sh\nCOLLECTED='${folder}' exec '${real}' --import '${preload}' "$@"\n`, { mode: 0o700 });
  process.execPath = other;
  try {
    return startAgent(config, "sign");
  } finally {
    process.execPath = real;
  }
}

/** Throws when one signature is not as it must be; else what was counted. */
export async function signMany(
  count: number,
  restarts: number,
  say: (done: number) => void = () => undefined,
): Promise<Storm> {
  const token = await makeTestToken("hot", "cold");
  const config = changed(token.token.config, (draft) => {
    draft["limits"] = { signTimeoutMs: 60_000 };
  });
  const folder = join(token.folder, "collected");
  mkdirSync(folder);
  const start = (): Agent => startCollecting(config, folder);
  const backend = await openPkcs11Backend(config, { faults: { at: () => undefined }, start });
  try {
    const seen = await storm({ token, backend, count, restarts, say });
    const collected = readdirSync(folder).filter((name) => name !== "node");
    return { ...seen, collecting: collected.length };
  } finally {
    await backend.close();
    token.remove();
  }
}

type Setting = {
  readonly token: TestToken;
  readonly backend: Pkcs11Backend;
  readonly count: number;
  readonly restarts: number;
  readonly say: (done: number) => void;
};

async function storm({ token, backend, count, restarts, say }: Setting): Promise<Omit<Storm, "collecting">> {
  const keys = ["hot", "cold"].map((name) => {
    const key = token.keys[name]!;
    return { name, key, openssl: opensslKey(key.publicKey) };
  });
  const points = new Set<string>();
  const every = Math.ceil(count / (restarts + 1));
  let odd = 0;
  let killed = 0;
  const numbers = Array.from({ length: count }, (_, index) => index).values();

  const look = ({ key, openssl }: (typeof keys)[number], message: Uint8Array, signature: Signature): void => {
    const { r, s, yParity } = signature;
    assert.match(r + s.slice(2), /^0x[0-9a-f]{128}$/);
    assert.ok(BigInt(s) > 0n && BigInt(s) <= half, "s is high");
    const compact = Buffer.concat([toBytes(r), toBytes(s)]);
    assert.ok(
      verify("sha256", message, { key: openssl, dsaEncoding: "ieee-p1363" }, compact),
      "OpenSSL: not this key's over our bytes",
    );
    const by = recovered(signature, Bytes32.parse(sha256(message)));
    assert.equal(by.native, key.publicKey, "the parity is wrong");
    points.add(r);
    if (points.size % nobleOneOf === 0) assert.equal(by.noble(), key.publicKey);
    odd += yParity;
  };
  /** The next agent is waited for; the digest is the same, for the one before it was never answered. */
  const signed = async ({ name, key }: (typeof keys)[number], digest: Bytes32.Bytes32): Promise<Signature> => {
    const until = performance.now() + healMs;
    for (;;) {
      const answer = await backend.sign(permit(name, key, digest));
      if (answer.kind === "signed") return answer.signature;
      assert.ok(answer.kind !== "declined" && performance.now() < until, `${answer.kind}: ${answer.why}`);
      await sleep(20);
    }
  };
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (const number of numbers) {
        if (number > 0 && number % every === 0) {
          const { pid } = backend.health();
          if (pid !== undefined) killed += Number(process.kill(pid, "SIGKILL"));
        }
        const by = keys[number % keys.length]!;
        const message = randomBytes(32);
        look(by, message, await signed(by, Bytes32.parse(sha256(message))));
        say(points.size);
      }
    }),
  );
  assert.equal(points.size, count, "two signatures share a nonce point");
  assert.equal(killed, restarts);
  const { highS, recovery, restarts: seen } = backend.health();
  assert.ok(seen >= restarts, `${String(seen)} restarts`);
  return { signatures: count, restarts: seen, odd, highS, recovery };
}
