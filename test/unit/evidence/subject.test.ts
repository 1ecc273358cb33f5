/** Names of what is observed are told apart. */
import { expect, it } from "vitest";
import {
  account,
  document,
  factKey,
  identity,
  price,
  role,
  roleIn,
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

it("reads the subject of a role as it was written, and nothing near it", () => {
  const [one, other] = [parse(`0x${"1".repeat(40)}`), parse(`0x${"2".repeat(40)}`)];
  const about = role(one, "MINTER_ROLE", other);
  expect(about).toBe(`role:${one}:MINTER_ROLE:${other}`);
  expect(roleIn(about)).toEqual({ token: one, role: "MINTER_ROLE", holder: other });
  const strange = [
    `${about}:x`,
    `x${about}`,
    role(one, "", other),
    role(one, "A B", other),
    role(one, "x".repeat(65), other),
  ];
  const badly = [`role:${one}:MINTER_ROLE:${other.toUpperCase()}`, `role:${one}:MINTER_ROLE`, `holder:${one}:${other}`];
  expect([...strange, ...badly].map(roleIn)).toEqual(Array(8).fill(undefined));
});
