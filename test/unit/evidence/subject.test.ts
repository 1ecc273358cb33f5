/** Names of what is observed are told apart. */
import { expect, it } from "vitest";
import { account, factKey, token, transaction, transactionIn } from "../../../src/evidence/subject.ts";
import { parse } from "../../../src/values/address.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";

it("names tokens, accounts and transactions so that none is taken for another", () => {
  const address = parse(`0x${"1".repeat(40)}`);
  const hash = sha256(utf8("a transaction"));
  expect(token(address)).toBe(`token:0x${"1".repeat(40)}`);
  expect(account(address)).toBe(`account:0x${"1".repeat(40)}`);
  expect(transaction(hash)).toBe(`tx:${hash}`);
  expect(transactionIn(transaction(hash))).toBe(hash);
  expect([hash, `tx:${hash}0`, `TX:${hash}`, token(address)].map(transactionIn)).toEqual(Array(4).fill(undefined));
  expect(factKey(token(address), "supply")).toBe(`token:0x${"1".repeat(40)} supply`);
});
