/** Names of what is observed are told apart. */
import { expect, it } from "vitest";
import {
  account,
  document,
  factKey,
  identity,
  price,
  token,
  transaction,
  transactionIn,
} from "../../../src/evidence/subject.ts";
import { parse } from "../../../src/values/address.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import * as name from "../../../src/values/name.ts";

it("names tokens, accounts and transactions so that none is taken for another", () => {
  const address = parse(`0x${"1".repeat(40)}`);
  const hash = sha256(utf8("a transaction"));
  expect(token(address)).toBe(`token:0x${"1".repeat(40)}`);
  expect(account(address)).toBe(`account:0x${"1".repeat(40)}`);
  expect(transaction(hash)).toBe(`tx:${hash}`);
  expect(transactionIn(transaction(hash))).toBe(hash);
  expect([hash, `tx:${hash}0`, `TX:${hash}`, token(address)].map(transactionIn)).toEqual(Array(4).fill(undefined));
  expect(price(name.parse("GLD"), name.parse("USD"))).toBe("GLD/USD");
  expect(identity(address)).toBe(`address:0x${"1".repeat(40)}`);
  expect(document("RCPT-42")).toBe("reference:RCPT-42");
  expect(factKey(token(address), "supply")).toBe(`token:0x${"1".repeat(40)} supply`);
});
