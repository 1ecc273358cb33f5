/** What doctor makes of the gate's health, of the service's figures and of a disk. */
import { describe, expect, test } from "vitest";
import { diskCheck, figureChecks, worldChecks, type Check } from "../../../src/cli/health-check.ts";
import { strangerText } from "../../../src/gate/stranger.ts";
import type { Health } from "../../../src/gate/wire.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { parse as bytes32 } from "../../../src/values/bytes32.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import { parse as name } from "../../../src/values/name.ts";

const now = instant(1_800_000_000);
const work = { sessions: 4, queued: 0, inFlight: 1, signed: 7, signedMs: 70, restarts: 0 };
const token = {
  name: name("hot"),
  keys: [],
  serves: [],
  ready: true,
  why: "",
  pid: null,
  recovery: "native",
  rests: false,
  work,
};
const health: Health = {
  kind: "health",
  engine: "countersign/1",
  deployment: bytes32(`0x${"11".repeat(32)}`),
  instant: now,
  size: 120,
  witnessed: { min: 2, size: 120, confirmed: true },
  frozen: [],
  backends: [token],
  limits: [],
  agreements: [{ asset: name("GLD"), observers: 2, min: 2 }],
  observers: [{ chainId: 1, observer: name("obs-1"), blockTime: now }],
};
const told = (change: Partial<Health>, at = now): Readonly<Record<string, Check["kind"]>> =>
  Object.fromEntries(worldChecks({ ...health, ...change }, at).map(({ what, kind }) => [what, kind]));
const said = (change: Partial<Health>, what: string): string =>
  worldChecks({ ...health, ...change }, now).find((check) => check.what === what)?.said ?? "";

describe("a gate", () => {
  test("that is well has nothing wrong", () => {
    expect(told({})).toEqual({ clock: "good", witnesses: "good", "observers of GLD": "good", "token hot": "good" });
  });

  test("that froze an asset for a stranger's transaction is wrong, and doctor says how to ask for a pause", () => {
    const token = parseAddress(`0x${"11".repeat(20)}`);
    const txHash = bytes32(`0x${"ab".repeat(32)}`);
    const reason = strangerText({ txHash, chainId: 1, token, block: 7, what: "a mint" });
    const freeze = { freezeId: txHash, scope: "asset", target: "GLD", reason, by: name("obs-1"), at: now };
    expect(told({ frozen: [freeze] })["token of GLD"]).toBe("wrong");
    expect(said({ frozen: [freeze] }, "token of GLD")).toContain("countersign request submit --operation pause");
    expect(told({ frozen: [{ ...freeze, reason: "drill" }] })["token of GLD"]).toBeUndefined();
  });

  test.each([
    [5, "good"],
    [6, "wrong"],
    [-6, "wrong"],
  ])("whose clock is %s seconds away is %s", (seconds, kind) => {
    expect(told({}, instant(now + seconds))["clock"]).toBe(kind);
  });

  test.each([
    [{ min: 0, size: null, confirmed: true }, "missing"],
    [{ min: 2, size: null, confirmed: false }, "wrong"],
    [{ min: 2, size: 119, confirmed: true }, "good"],
    [{ min: 2, size: 20, confirmed: true }, "good"],
    [{ min: 2, size: 19, confirmed: true }, "wrong"],
    [{ min: 2, size: 120, confirmed: false }, "missing"],
  ])("with witnesses %o is %s", (witnessed, kind) => {
    expect(told({ witnessed })["witnesses"]).toBe(kind);
  });

  test("whose observers disagree, or say nothing new, is told which", () => {
    expect(told({ agreements: [{ asset: name("GLD"), observers: 0, min: 2 }] })["observers of GLD"]).toBe("wrong");
    const late = { chainId: 1, observer: name("obs-2"), blockTime: instant(now - 121) };
    expect(said({ observers: [late] }, "observer obs-2")).toBe("told of no block of chain 1 for 121 s");
    expect(told({ observers: [{ ...late, blockTime: instant(now - 120) }] })["observer obs-2"]).toBeUndefined();
  });

  test("whose token has more to do than it can, or is passed over, says so", () => {
    expect(told({ backends: [{ ...token, work: { ...work, queued: 41 } }] })["token hot"]).toBe("wrong");
    const resting = worldChecks({ ...health, backends: [{ ...token, rests: true, work: null }] }, now);
    expect(resting.at(-1)).toMatchObject({ what: "token hot", kind: "missing" });
  });
});

test("a queue that stands and receivers that take nothing are read from the figures; others say nothing", () => {
  const text = [
    "# HELP countersign_queue_age_seconds x",
    "countersign_queue_age_seconds 121",
    "countersign_queue_leases 3",
    'countersign_notices_given_up{receiver="ops"} 2',
    'countersign_notices_given_up{receiver="mail"} 0',
    'countersign_notice_oldest_seconds{receiver="ops"} 0',
    'countersign_notice_oldest_seconds{receiver="mail"} 900',
  ].join("\n");
  expect(figureChecks(text)).toEqual([
    { what: "queue", kind: "wrong", said: "3 requests are worked on, the oldest duty is due for 121 s" },
    { what: "receiver ops", kind: "missing", said: "did not take 2 notices within a day" },
    { what: "receiver mail", kind: "wrong", said: "has not taken a notice for 900 s" },
  ]);
  expect(figureChecks(text.replace("121", "120"))[0]).toMatchObject({ kind: "good" });
  expect(figureChecks("")).toEqual([]);
});

test.each([
  [2, 100, "wrong"],
  [6, 100, "good"],
  [0.9, 2, "wrong"],
])("%s of %s GiB free is %s", (free, total, kind) => {
  expect(diskCheck("journal.sqlite", { free: free * 1024 ** 3, total: total * 1024 ** 3 }).kind).toBe(kind);
});
