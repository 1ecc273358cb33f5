/** Whom observers are asked to look at: those whom open requests name, where the token's standard knows holders. */
import { expect, it } from "vitest";
import * as subject from "../../../src/evidence/subject.ts";
import { observationsWanted } from "../../../src/flow/serve/wanted.ts";
import type { Standard } from "../../../src/intent/standard.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { parse } from "../../../src/values/address.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { goldDeployment, goldPolicy, submission, treasury } from "../../place/gold.ts";
import { tokenOf } from "../../place/profiles.ts";

const now = 1_800_000_000;

/** Of a store in which these wait, the oldest first. */
const waiting = (open: readonly object[]): object => ({
  openAmounts: () => Promise.resolve([{ state: "pending", operation: "mint", amount: 1n, count: open.length }]),
  undecided: (_: string, { skip, limit }: { skip: number; limit: number }) =>
    Promise.resolve(open.slice(skip, skip + limit)),
});

/** A mint that waits, under a policy of that standard, and nothing else in the store. */
async function wantedUnder(standard: Standard, named: object = {}): Promise<readonly string[]> {
  const written = goldPolicy({ token: { ...tokenOf(standard, goldPolicy().token), ...named } });
  const { message } = submission(goldDeployment({ policy: written }), { now });
  const open = { submission: { ...message, chainId: 31_337, amount: BigInt(String(message["amount"])) } };
  const store = {
    unsettled: () => Promise.resolve([]),
    documents: () => Promise.resolve([{ state: "active" }]),
    ...waiting([open]),
  };
  const documents = { inForce: () => Promise.resolve({ policies: [{ policy: compile(written) }] }) };
  const wanted = await observationsWanted(store as never, documents as never, parseInstant(now));
  return wanted.map((one) => `${one.subject} ${one.fact}`).sort();
}

const holder = subject.holder(parse(goldPolicy().token.address), parse(treasury));

it("the recipient of a mint that waits, and the account where the standard asks about it", async () => {
  expect(await wantedUnder("erc3643")).toEqual([`${holder} frozen`, `${holder} verified`]);
  const account = subject.holder(parse(goldPolicy().token.address), goldDeployment().key.account);
  expect(await wantedUnder("fiat-token")).toEqual(
    [`${account} allowance`, `${account} frozen`, `${holder} frozen`].sort(),
  );
});

it("nobody where the standard knows no holders", async () => {
  expect(await wantedUnder("role-erc20")).toEqual([]);
});

it("whether the account holds the role that the policy names for the operation, and for no other", async () => {
  const role = subject.role(parse(goldPolicy().token.address), "MINTER_ROLE", goldDeployment().key.account);
  expect(await wantedUnder("role-erc20", { roles: { mint: "MINTER_ROLE", pause: "PAUSER_ROLE" } })).toEqual([
    `${role} held`,
  ]);
});

/** Recipients by number that observers are asked about in that turn, of so many mints that wait. */
async function recipientsAt(turn: number, count: number): Promise<readonly number[]> {
  const written = goldPolicy({ token: tokenOf("erc3643", goldPolicy().token) });
  const { message } = submission(goldDeployment({ policy: written }), { now });
  const toOf = (index: number): string => `0x${String(index + 1).padStart(40, "0")}`;
  const open = Array.from({ length: count }, (_, index) => ({
    submission: { ...message, chainId: 31_337, amount: 1n, to: toOf(index) },
  }));
  const store = {
    unsettled: () => Promise.resolve([]),
    documents: () => Promise.resolve([{ state: "active" }]),
    ...waiting(open),
  };
  const documents = { inForce: () => Promise.resolve({ policies: [{ policy: compile(written) }] }) };
  const at = parseInstant(now + turn * 120);
  const wanted = await observationsWanted(store as never, documents as never, at);
  const subjects = new Set(wanted.map((one) => one.subject));
  return open.flatMap((_, index) =>
    subjects.has(subject.holder(parse(goldPolicy().token.address), parse(toOf(index)))) ? [index] : [],
  );
}

it("everybody while they are few", async () => {
  expect(await recipientsAt(0, 400)).toHaveLength(400);
});

it("of thousands the oldest always, and each of the others in a turn of theirs", async () => {
  const count = 2_050;
  const turns = await Promise.all(Array.from({ length: 10 }, (_, turn) => recipientsAt(turn, count)));
  const oldest = Array.from({ length: 200 }, (_, index) => index);
  for (const asked of turns) {
    expect(asked.slice(0, 200)).toEqual(oldest);
    expect(asked.length).toBeLessThanOrEqual(400);
  }
  expect(new Set(turns.flat()).size).toBe(count);
});
