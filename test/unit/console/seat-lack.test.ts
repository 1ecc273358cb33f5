/** Whether a credential fills a seat: what seat and group ask for, and who the seats are for. */
import { expect, it } from "vitest";
import { seatLack } from "../../../src/console/seat-lack.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { Quorum } from "../../../src/policy/document/requirement.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { goldPolicy } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const roster = indexRoster(rosterOf([managedKey("hsm-mint")]));
const custodians = parseName("custodians");
const seats = (credentials?: ("wallet" | "passkey" | "key")[]): Quorum => ({
  group: custodians,
  min: 2,
  ...(credentials === undefined ? {} : { credentials }),
});

function lack(person: string, requires: Quorum, policy = goldPolicy()): string | undefined {
  const member = roster.member(parseName(person))!;
  const own = { person: member.id, credential: member.credentials[0]! };
  return seatLack(own, requires, { roster, groups: compile(policy).groups });
}

it("lacks nothing where the seat takes the credential", () => {
  expect([lack("carla", seats()), lack("carla", seats(["wallet"]))]).toEqual([undefined, undefined]);
});

it("says which kind the seat asks for", () => {
  expect(lack("carla", seats(["passkey", "key"]))).toBe(
    "a seat of custodians asks for a passkey or a key, and carla-1 is a wallet",
  );
});

it("says which kind the group asks for", () => {
  const groups = { ...goldPolicy().groups, custodians: { min: 3, credentials: ["passkey"] } };
  expect(lack("carla", seats(), goldPolicy({ groups }))).toContain(
    "a seat of custodians asks for a passkey, and carla-1",
  );
});

it("lacks nothing where one of several seats takes it", () => {
  expect(lack("carla", { any: [seats(["passkey"]), seats(["wallet"])] })).toBeUndefined();
});

it("says for whom the seats are", () => {
  expect(lack("cora", seats())).toBe("its seats are for custodians");
});
