/** Whom a distribution can never give anything: the accounts that pay it, and nobody else. */
import { expect, it } from "vitest";
import { compile } from "../../../src/policy/compile/compile.ts";
import { refuseDeadEnds } from "../../../src/policy/dead-end.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import { goldDeployment, goldPolicy } from "../../place/gold.ts";
import { rosterOf } from "../../place/people.ts";
import { holderOf, yieldPolicy } from "../../place/yield.ts";

const deployment = goldDeployment({ policy: yieldPolicy() });
const roster = indexRoster(rosterOf([deployment.key]));
const { account } = deployment.key;
const token = address.parse(goldPolicy().token.address);
type Giving = Parameters<typeof refuseDeadEnds>[0];
const giving = (...to: readonly address.Address[]): Giving => ({
  amountOf: new Map(to.map((one) => [one, amount.fromBigInt(1n)])),
  document: { token },
});
const holder = address.parse(holderOf(0));

it("the account of a key that signs distributions is a dead end, wherever it stands among the recipients", () => {
  const policy = compile(yieldPolicy());
  expect(() => {
    refuseDeadEnds(giving(holder, account), policy, roster);
  }).toThrow("cannot pay itself");
  refuseDeadEnds(giving(holder), policy, roster);
});

it("the token is one, as a holder and as whoever gets what others may not have", () => {
  expect(() => {
    refuseDeadEnds(giving(token), compile(goldPolicy()), roster);
  }).toThrow("can move nothing of itself");
});

it("an account that signs something else may be given its part", () => {
  refuseDeadEnds(giving(account), compile(goldPolicy()), roster);
});
