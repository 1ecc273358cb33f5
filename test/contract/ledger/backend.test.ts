/** The Ledger backend over the emulated device: what a person does, what a device does, and what never leaves. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { recoverAddress } from "ethers";
import { afterEach, expect, test } from "vitest";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { createWallet, speculosWords } from "../../place/ethereum-app/wallet.ts";
import { mintOf, openSlotPlace, publicKeyOf, until, type PlaceWish, type SlotPlace } from "./slot-place.ts";

const devicePathElements = [0x8000_002c, 0x8000_003c, 0x8000_0000, 0, 0];
let place: SlotPlace;
const opened = async (wish?: PlaceWish): Promise<SlotPlace> => (place = await openSlotPlace(wish));
afterEach(async () => {
  await place.close();
});

const health = (): string => place.backend.health().why;
const isReady = (): boolean => place.backend.health().why === "the device is ready";
const isReviewing = (): boolean => place.app.review() !== undefined;
const signings = (): number => place.app.heard.filter((apdu) => apdu[1] === 0x04 && apdu[2] === 0x00).length;

test("signs what a person approved, and it recovers to the pinned address", async () => {
  await opened({ ownProcess: true });
  const wish = mintOf(0);
  const answer = await place.signSoon(wish);
  expect(answer.kind).toBe("signed");
  if (answer.kind !== "signed") return;
  expect(recoverAddress(wish.digest, answer.signature).toLowerCase()).toBe(place.account);
  expect(place.memory.reviewing()).toBeUndefined();
  expect(place.told).toContain(`ledger-cold: approved ${wish.digest}`);
});

test("shows what it waits for while a person reads, with the digest on the device's screen", async () => {
  await opened({ device: { person: () => "ignore" } });
  const wish = mintOf(0);
  const signed = place.signSoon(wish);
  await until("the review is shown", isReviewing);
  expect(health()).toBe("a review is on the device's screen");
  expect(place.app.review()?.screens).toContainEqual(["Tx hash", wish.digest]);
  place.app.press("approve");
  expect((await signed).kind).toBe("signed");
});

test("stores that a review is under way before the first byte of it", async () => {
  await opened();
  const seen: (string | undefined)[] = [];
  const exchange = place.app.exchange.bind(place.app);
  place.app.exchange = (apdu) => {
    if (apdu[1] === 0x04) seen.push(place.memory.reviewing());
    return exchange(apdu);
  };
  const wish = mintOf(0);
  await place.signSoon(wish);
  expect(seen).toEqual([wish.digest]);
});

test("a rejection on the device is no signature, and is not asked for again by itself", async () => {
  await opened({ device: { person: () => "reject" } });
  const wish = mintOf(0);
  expect(await place.signSoon(wish)).toEqual({
    kind: "declined",
    why: "a person at ledger-cold: it was rejected on the device (a person rejected it on the device (status 6985))",
  });
  expect(await place.sign(wish)).toMatchObject({
    kind: "busy",
    why: expect.stringContaining("ledger clear") as string,
  });
  await place.restart();
  await until("the device is ready", isReady);
  expect((await place.sign(wish)).kind).toBe("busy");
  expect(signings()).toBe(1);
  place.memory.clear();
  place.app.settings.person = () => "approve";
  expect((await place.signSoon(wish)).kind).toBe("signed");
});

test("an approval after the deadline is thrown away and told, and the device is used again after it", async () => {
  await opened({ device: { person: () => "ignore" }, limits: { reviewTimeoutMs: 300 } });
  const wish = mintOf(0);
  expect(await place.signSoon(wish)).toMatchObject({
    kind: "unavailable",
    why: expect.stringMatching(/nobody decided in time/) as string,
  });
  expect(health()).toMatch(/still on the screen/);
  const before = place.app.heard.length;
  expect((await place.sign(mintOf(1))).kind).toBe("busy");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(place.app.heard.length).toBe(before);
  place.app.press("approve");
  await until("the late approval is told", () => place.told.some((said) => said.includes("thrown away")));
  expect((await place.sign(wish)).kind).toBe("busy");
  place.app.settings.person = () => "approve";
  expect((await place.signSoon(mintOf(1))).kind).toBe("signed");
});

test("a device that is unplugged during the review signs nothing, and is found again when it is back", async () => {
  await opened({ device: { person: () => "unplug" } });
  const wish = mintOf(0);
  expect(await place.signSoon(wish)).toMatchObject({
    kind: "unavailable",
    why: expect.stringMatching(/unplugged/) as string,
  });
  expect(place.memory.reviewing()).toBeUndefined();
  await until("it is missed", () => health().includes("plug the device in"));
  place.app.settings.person = () => "approve";
  place.app.plugIn();
  expect((await place.signSoon(mintOf(1))).kind).toBe("signed");
});

test("after a crash during the review nothing is sent to the device until an operator looked at its screen", async () => {
  await opened({ device: { person: () => "ignore" }, ownProcess: true });
  const wish = mintOf(0);
  const signed = place.signSoon(wish);
  await until("the review is shown", isReviewing);
  const before = place.app.heard.length;
  await place.restart();
  expect(await signed).toMatchObject({ kind: "unavailable", why: expect.stringMatching(/interrupted/) as string });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(health()).toMatch(/may still be on the screen/);
  expect((await place.sign(mintOf(1))).kind).toBe("busy");
  expect(place.app.heard.length).toBe(before);
  place.app.press("reject");
  place.memory.clear();
  place.app.settings.person = () => "approve";
  expect((await place.signSoon(mintOf(1))).kind).toBe("signed");
});

test("an agent that dies while nothing is shown is started again", async () => {
  await opened({ ownProcess: true });
  await until("the device is ready", isReady);
  const { pid = 0 } = place.backend.health();
  process.kill(pid, "SIGKILL");
  expect((await place.signSoon(mintOf(0))).kind).toBe("signed");
  expect(place.backend.health().pid).not.toBe(pid);
});

test("a locked device, another app and an old one each say what to do, and are not errors", async () => {
  await opened({ device: { locked: true } });
  await until("it is locked", () => health().startsWith("unlock the device"));
  expect(await place.sign(mintOf(0))).toMatchObject({
    kind: "busy",
    why: expect.stringMatching(/unlock the device/) as string,
  });
  Object.assign(place.app.settings, { locked: false, app: "Bitcoin" });
  await until("another app is open", () => health() === "open the Ethereum app on the device");
  Object.assign(place.app.settings, { app: "Ethereum", version: [1, 21, 9] });
  await until("it is old", () => health().includes("the Ethereum app is 1.21.9; install 1.22.0 or later"));
  Object.assign(place.app.settings, { version: [1, 23, 0] });
  expect((await place.signSoon(mintOf(0))).kind).toBe("signed");
});

test("locked then unlocked: the request waits meanwhile, and is shown and signed without anybody asking again", async () => {
  await opened({ device: { locked: true } });
  const wish = mintOf(0);
  const signed = place.signSoon(wish);
  await until("it is locked", () => health().startsWith("unlock the device"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([signings(), place.memory.declined(wish.digest), place.memory.reviewing()]).toEqual([0, undefined, undefined]);
  place.app.settings.locked = false;
  expect((await signed).kind).toBe("signed");
  expect(signings()).toBe(1);
});

test("a device that locks while a person reads signs nothing, and what it showed is not shown again by itself", async () => {
  await opened({ device: { person: () => "ignore", bend: () => Buffer.from("5515", "hex") } });
  const wish = mintOf(0);
  const signed = place.signSoon(wish);
  await until("the review is shown", isReviewing);
  place.app.press("approve");
  expect((await signed).kind).toBe("unavailable");
  expect(place.memory.reviewing()).toBeUndefined();
  expect((await place.sign(wish)).kind).toBe("busy");
  expect(signings()).toBe(1);
});

test("a setting that is changed after the device was found ready is seen before the next signature", async () => {
  await opened();
  await until("the device is ready", isReady);
  place.app.settings.blindSigning = false;
  expect(await place.sign(mintOf(0))).toEqual({
    kind: "busy",
    why: "a person at ledger-cold: blind signing is off on the device, and this slot needs it: turn it on in the Ethereum app's settings",
  });
  expect(signings()).toBe(0);
  place.app.settings.blindSigning = true;
  expect((await place.signSoon(mintOf(0))).kind).toBe("signed");
});

test("a device with another seed or another passphrase is not used", async () => {
  await opened({ device: { password: "hidden wallet" } });
  await until("it is another one", () => health().includes("another key"));
  expect((await place.sign(mintOf(0))).kind).toBe("busy");
  expect(signings()).toBe(0);
});

test("a seed that is swapped under the same cable is seen before the next signature", async () => {
  await opened();
  await until("the device is ready", isReady);
  const other = await openSlotPlace({ device: { password: "hidden wallet" } });
  place.app.exchange = (apdu) => other.app.exchange(apdu);
  expect((await place.sign(mintOf(0))).kind).toBe("busy");
  await other.close();
  expect(other.app.heard.some((apdu) => apdu[1] === 0x04)).toBe(false);
});

test.each([
  ["required", false, /turn it on/],
  ["off", true, /turn it off/],
] as const)(
  "blind signing declared %s and set to %s is said before anything is shown",
  async (declared, set, words) => {
    await opened({ device: { blindSigning: set }, blindSigning: declared });
    await until("the setting is told", () => words.test(health()));
    expect(signings()).toBe(0);
  },
);

test("a slot that declares blind signing off refuses a call of a contract before the device hears of it", async () => {
  await opened({ device: { blindSigning: false }, blindSigning: "off" });
  await expect(place.sign(mintOf(0))).rejects.toMatchObject({ code: "ledger.blind-signing", retry: "never" });
  expect(signings()).toBe(0);
});

test("two requests at once are shown one after the other, in the order in which they asked", async () => {
  await opened({ device: { person: () => "ignore" } });
  const first = place.signSoon(mintOf(0));
  await until("the first is shown", isReviewing);
  const order: string[] = [];
  const second = place.signSoon(mintOf(1)).then(() => order.push("second"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const third = place.signSoon(mintOf(2)).then(() => order.push("third"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(signings()).toBe(1);
  place.app.settings.person = () => "approve";
  place.app.press("approve");
  await Promise.all([first, second, third]);
  expect(order).toEqual(["second", "third"]);
});

test.each<readonly [string, (answer: Buffer) => Buffer]>([
  [
    "another key's signature",
    (answer) => Buffer.concat([answer.subarray(0, 1), Buffer.alloc(64, 7), answer.subarray(65)]),
  ],
  [
    "the key's signature over another digest",
    () => {
      const { rs, parity } = createWallet(speculosWords)(devicePathElements).sign(mintOf(9).digest);
      return Buffer.concat([Buffer.from([parity]), rs, Buffer.from("9000", "hex")]);
    },
  ],
  ["the other parity", (answer) => Buffer.concat([Buffer.from([1 - (answer[0] ?? 0)]), answer.subarray(1)])],
  ["a v that is none", (answer) => Buffer.concat([Buffer.from([27]), answer.subarray(1)])],
  ["a short answer", (answer) => Buffer.concat([answer.subarray(0, 40), answer.subarray(65)])],
  ["no signature at all", (answer) => answer.subarray(65)],
])("%s never leaves: the device is not used any more until an operator says so", async (_, bend) => {
  await opened({ device: { bend } });
  await expect(place.signSoon(mintOf(0))).rejects.toMatchObject({ code: "ledger.wrong-signature", retry: "never" });
  expect(health()).toMatch(/not used any more/);
  await place.restart();
  expect((await place.sign(mintOf(1))).kind).toBe("busy");
  place.app.settings.bend = (answer) => answer;
  place.memory.clear();
  expect((await place.signSoon(mintOf(1))).kind).toBe("signed");
});

test("an answer of the one before is no signature of this one", async () => {
  let first: Buffer | undefined;
  await opened({ device: { bend: (answer) => (first ??= answer) } });
  expect((await place.signSoon(mintOf(0))).kind).toBe("signed");
  await expect(place.signSoon(mintOf(1))).rejects.toMatchObject({ code: "ledger.wrong-signature" });
});

test("gate, roster and device file must mean the same key, and the bytes must be the digest's", async () => {
  await opened();
  const wish = mintOf(0);
  await expect(place.sign(wish, publicKeyOf(undefined, "x"))).rejects.toMatchObject({ code: "ledger.other-key" });
  await expect(place.sign({ ...wish, unsigned: mintOf(1).unsigned })).rejects.toThrow(InvariantViolation);
  expect(signings()).toBe(0);
});

test("a second process does not open the same device", async () => {
  await opened();
  const owner = readFileSync(`${place.config.memory}/owner.pid`, "utf8").trim();
  expect(Number(owner)).toBe(process.pid);
  const other = [
    `import { ownSlot } from ${JSON.stringify(new URL("../../../src/adapters/ledger/slot-memory.ts", import.meta.url).href)};`,
    `try { ownSlot(process.argv[1]); } catch (error) { console.log(error.code); }`,
  ].join("\n");
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", other, place.config.memory], {
    encoding: "utf8",
  });
  expect(said.trim()).toBe("ledger.owned");
});

test("closing answers whoever waits for a person, and the review stays marked", async () => {
  await opened({ device: { person: () => "ignore" } });
  const wish = mintOf(0);
  const signed = place.signSoon(wish);
  await until("the review is shown", isReviewing);
  place.backend.release?.();
  expect(await signed).toMatchObject({ kind: "unavailable" });
  expect(place.memory.reviewing()).toBe(wish.digest);
});
