/** A token at the far end of a connection that is cut, stalls, is gone and comes back: nothing wrong leaves, it says what is wrong, it heals. */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import type { BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import { buildFaultyModule, type FaultyModule } from "../../place/faulty-module.ts";
import { networkHsm, type NetworkHsm } from "../../place/network-hsm.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit, randomDigest, recovered } from "./permits.ts";

let token: TestToken;
let faulty: FaultyModule;
let hsm: NetworkHsm;
let backend: Pkcs11Backend | undefined;

beforeAll(async () => {
  token = await makeTestToken("hot");
  faulty = buildFaultyModule(join(token.folder, "module"), "p11-kit-client.so");
  hsm = networkHsm(token.folder, token.token.config);
});
afterAll(() => {
  token.remove();
});
beforeEach(() => hsm.start());
afterEach(async () => {
  hsm.thaw();
  await backend?.close();
  backend = undefined;
  await hsm.goAway();
  faulty.disarm();
});

async function open(): Promise<void> {
  const config = changed(faulty.behind(hsm.config, "told"), (draft) => {
    draft["limits"] = { heartbeatMs: 200, missedBeats: 5, signTimeoutMs: 1_500, startTimeoutMs: 3_000 };
  });
  backend = await openPkcs11Backend(config, { faults: { at: () => undefined } });
}

async function sign(): Promise<BackendAnswer> {
  const digest = randomDigest();
  const key = token.keys["hot"]!;
  const answer = await backend!.sign(permit("hot", key, digest));
  if (answer.kind === "signed") expect(recovered(answer.signature, digest).noble()).toBe(key.publicKey);
  return answer;
}

const said = (answer: BackendAnswer): string => (answer.kind === "signed" ? "signed" : answer.why);
const becomes = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 20 });
const healed = (): Promise<void> =>
  becomes(() => {
    const { ready, restarts } = backend!.health();
    expect({ ready, again: restarts > 0 }).toEqual({ ready: true, again: true });
  });

/** Lets a signing come as far as this step, does something to the connection there, and lets it go on. */
async function at(step: string, act: () => void | Promise<void>): Promise<BackendAnswer> {
  faulty.tell(`hold@${step}`);
  const answer = sign();
  await becomes(() => {
    expect(faulty.isArmed()).toBe(false);
  });
  await act();
  faulty.goOn();
  return await answer;
}

const steps = ["C_SignInit", "C_Sign", "C_Sign:after"];

describe.each(steps)("in %s", (step) => {
  test("a connection that is cut leaves no signature, and the next one signs by itself", async () => {
    await open();
    expect((await sign()).kind).toBe("signed");
    const answer = await at(step, hsm.disconnect);
    // What was signed before the cut is signed.
    if (step === "C_Sign:after") expect(["signed", "unavailable"]).toContain(answer.kind);
    else {
      expect(answer.kind).toBe("unavailable");
      expect(said(answer)).toMatch(/CKR_DEVICE_ERROR|CKR_DEVICE_REMOVED|did not answer|heartbeats/);
    }
    await healed();
    expect((await sign()).kind).toBe("signed");
  });

  test("a server that stops answering is given up at the deadline, and signs again once it goes on", async () => {
    await open();
    expect((await sign()).kind).toBe("signed");
    const answer = await at(step, hsm.freeze);
    if (step === "C_Sign:after") expect(["signed", "unavailable"]).toContain(answer.kind);
    else {
      expect(answer.kind).toBe("unavailable");
      expect(said(answer)).toMatch(/did not answer in time|missed 5 heartbeats/);
    }
    await becomes(() => {
      expect(backend!.health().ready).toBe(false);
    });
    hsm.thaw();
    await healed();
    expect((await sign()).kind).toBe("signed");
  });

  test("a server that is gone shows no token, says so, and signs again once it is back", async () => {
    await open();
    expect((await sign()).kind).toBe("signed");
    const answer = await at(step, hsm.goAway);
    if (step !== "C_Sign:after") expect(answer.kind).toBe("unavailable");
    await becomes(() => {
      expect(backend!.health().why).toBe(
        "finding the token: the module shows no token at all: the device, or the way to it, is gone",
      );
    });
    expect(await sign()).toMatchObject({ kind: "busy" });
    await hsm.start();
    await healed();
    expect((await sign()).kind).toBe("signed");
  });
});

test("a gate that starts before the HSM waits for it", async () => {
  await hsm.goAway();
  await open();
  expect(backend!.health()).toMatchObject({ ready: false });
  expect(said(await sign())).toContain("the module shows no token at all");
  await hsm.start();
  await healed();
  expect((await sign()).kind).toBe("signed");
});

test("a connection that is cut while nobody signs is found by the heartbeat", async () => {
  await open();
  const { pid } = backend!.health();
  hsm.disconnect();
  await becomes(() => {
    expect(backend!.health()).toMatchObject({ ready: true, restarts: 1 });
  });
  expect(backend!.health().pid).not.toBe(pid);
  expect((await sign()).kind).toBe("signed");
});
