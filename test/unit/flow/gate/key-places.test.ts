/** Which token is asked next: the order of the configuration, health, and a rest after a failure. */
import { beforeEach, expect, test } from "vitest";
import { contradiction, KeyPlaces, type KeyPlace } from "../../../../src/flow/gate/key-places.ts";
import { parse as instant } from "../../../../src/values/instant.ts";
import { parse as name } from "../../../../src/values/name.ts";
import { managedKey } from "../../../place/people.ts";

const hot = name("hot");
const now = instant(1_000);
let well: Record<string, boolean>;

beforeEach(() => {
  well = { first: true, second: true, third: true };
});

const place = (id: string, keys: readonly string[]): KeyPlace => ({
  name: name(id),
  kind: "pkcs11",
  keys: keys.map(name),
  backend: {
    sign: () => Promise.reject(new Error("nobody signs here")),
    health: () => ({ ready: well[id] === true, why: `${id} speaks`, pid: undefined, recovery: "native" }),
    close: () => Promise.resolve(),
  },
});
const make = (): KeyPlaces =>
  new KeyPlaces([place("first", ["hot", "own"]), place("second", ["hot"]), place("third", ["hot"])]);

test("the first that is ready is asked, in the order of the configuration", () => {
  const places = make();
  expect(places.next(hot, now)?.name).toBe("first");
  well["first"] = false;
  expect(places.next(hot, now)?.name).toBe("second");
  well["second"] = false;
  expect(places.next(hot, now)?.name).toBe("third");
  well["first"] = true;
  expect(places.next(hot, now)?.name).toBe("first");
});

test("one that failed is passed over for a minute, unless it is the last that is ready, and not after it signed", () => {
  const places = make();
  const [first, second, third] = places.all;
  places.failed(first!, now);
  expect(places.next(hot, now)).toBe(second);
  expect(places.next(hot, instant(1_059))).toBe(second);
  expect(places.next(hot, instant(1_060))).toBe(first);
  places.failed(second!, now);
  places.failed(third!, now);
  expect(places.next(hot, now)).toBe(first);
  places.signed(second!);
  expect(places.next(hot, now)).toBe(second);
});

test("a key with one place stays there, whatever becomes of it", () => {
  const places = make();
  well["first"] = false;
  places.failed(places.all[0]!, now);
  expect(places.next(name("own"), now)?.name).toBe("first");
  expect(places.lack(name("own"))).toBeUndefined();
  expect(places.isShared(name("own"))).toBe(false);
  expect(places.next(name("strange"), now)).toBeUndefined();
});

test("a lack names every place, and there is none while one of them can sign", () => {
  const places = make();
  well = { third: true };
  expect(places.lack(hot)).toBeUndefined();
  well = {};
  expect(places.lack(hot)).toBe(
    "no token that holds the key can sign: first: first speaks; second: second speaks; third: third speaks",
  );
  expect(places.next(hot, now)?.name).toBe("first");
});

test("reports say which keys each place serves now", () => {
  const places = make();
  well["first"] = false;
  expect(places.reports(now).map(({ name: id, serves, ready }) => ({ id, serves, ready }))).toEqual([
    { id: "first", serves: ["own"], ready: false },
    { id: "second", serves: ["hot"], ready: true },
    { id: "third", serves: [], ready: true },
  ]);
});

test("a key lies where the roster says, or nowhere here; anything else is said with both words", () => {
  const { id: own, account, publicKey } = managedKey("own");
  const keys = (backend: "pkcs11" | "ledger") => [{ id: own, account, publicKey, backend }];
  const { all } = make();
  expect(contradiction(all, keys("pkcs11"))).toBeUndefined();
  expect(contradiction(all, keys("ledger"))).toBe(
    "the roster says of `own` that its backend is `ledger`; here it lies on `first`, which is `pkcs11`",
  );
  expect(contradiction([], keys("ledger"))).toBeUndefined();
});
