/** Whom observers are asked to look at: those whom open requests name, where the token's standard knows holders. */
import { expect, it } from "vitest";
import * as subject from "../../../src/evidence/subject.ts";
import { observationsWanted } from "../../../src/flow/serve/wanted.ts";
import type { Standard } from "../../../src/intent/standard.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { parse } from "../../../src/values/address.ts";
import { goldDeployment, goldPolicy, submission, treasury } from "../../place/gold.ts";
import { tokenOf } from "../../place/profiles.ts";

const now = 1_800_000_000;

/** A mint that waits, under a policy of that standard, and nothing else in the store. */
async function wantedUnder(standard: Standard, named: object = {}): Promise<readonly string[]> {
  const written = goldPolicy({ token: { ...tokenOf(standard, goldPolicy().token), ...named } });
  const { message } = submission(goldDeployment({ policy: written }), { now });
  const open = { submission: { ...message, chainId: 31_337, amount: BigInt(String(message["amount"])) } };
  const store = {
    unsettled: () => Promise.resolve([]),
    documents: () => Promise.resolve([{ state: "active" }]),
    requests: ({ state }: { state?: string }) => Promise.resolve(state === "pending" ? [open] : []),
  };
  const documents = { inForce: () => Promise.resolve({ policies: [{ policy: compile(written) }] }) };
  const wanted = await observationsWanted(store as never, documents as never);
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
