/** Whose code a proxy runs: named in its own slot, or by a beacon that many proxies ask. */
import { expect, it } from "vitest";
import { profileReader, type Reads } from "../../../src/adapters/json-rpc/profile-reader.ts";
import type { Block } from "../../../src/flow/observe/chain-reader.port.ts";
import * as address from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { parse as parseHex, type Hex } from "../../../src/values/hex.ts";

const [token, beacon, code] = [1, 2, 3].map((one) => address.parse(`0x${String(one).repeat(40)}`)) as [
  address.Address,
  address.Address,
  address.Address,
];
/** As the standard makes them: one below the hash of the name. */
const slotOf = (name: string): string => `0x${(BigInt(keccak256(utf8(name))) - 1n).toString(16).padStart(64, "0")}`;
const wordOf = (one: address.Address): Hex => parseHex(`0x${"0".repeat(24)}${one.slice(2)}`);
const block = {} as Block;

/** A contract with these slots; the beacon names the code. */
function implementationOf(slots: Readonly<Record<string, address.Address>>): Promise<address.Address> {
  const reads: Reads = {
    slot: (contract, slot) => Promise.resolve(wordOf((contract === token ? slots[slot] : undefined) ?? address.zero)),
    call: (to, data) => {
      const isAsked = to === beacon && data === keccak256(utf8("implementation()")).slice(0, 10);
      return isAsked ? Promise.resolve(wordOf(code)) : Promise.reject(new Error(`${to} was asked ${data}`));
    },
  };
  return profileReader(reads).implementation(token, block, "role-erc20");
}

it("is what the beacon says where a proxy has one", async () => {
  expect(await implementationOf({ [slotOf("eip1967.proxy.beacon")]: beacon })).toBe(code);
});

it("is what its own slot says where that names one, and nobody's of what is no proxy", async () => {
  const own = { [slotOf("eip1967.proxy.implementation")]: token, [slotOf("eip1967.proxy.beacon")]: beacon };
  expect(await implementationOf(own)).toBe(token);
  expect(await implementationOf({})).toBe(address.zero);
});
