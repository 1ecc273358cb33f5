/** The gold token's deployment in which a custodian has a second credential, and rosters that follow one another in it. */
import { expect } from "vitest";
import { publicPart, signStatement } from "../../src/adapters/credential/credential.ts";
import { secretCredential } from "../../src/adapters/credential/credential-file.ts";
import { documentName } from "../../src/genesis/genesis.ts";
import type { Member, Roster } from "../../src/roster/roster.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { hash, type Json } from "../../src/values/json.ts";
import * as name from "../../src/values/name.ts";
import { toWire } from "../../src/values/wire.ts";
import type { GatePlace } from "./gate.ts";
import { goldDeployment, idOf, type Deployment } from "./gold.ts";
import { genesisFile, memberOf, possessionsOf, rosterOf, sign, testSecret, type PersonId } from "./people.ts";

export type SpareDeployment = Deployment & { readonly roster: Roster };

export const spare = secretCredential({ kind: "key", id: name.parse("chris-2"), privateKey: testSecret("chris-2") });

export function spareDeployment(): SpareDeployment {
  const deployment = goldDeployment();
  const own = rosterOf([deployment.key]);
  const { credentials } = memberOf("chris");
  const people = own.people.map((one) =>
    one.id === "chris" ? { ...one, credentials: [...credentials, publicPart(spare)] } : one,
  );
  const roster = { ...own, people };
  const policies = [deployment.policy as unknown as Json & { asset: string }];
  const { file, deploymentId } = genesisFile({ roster, policies });
  const holds = { holder: "chris", credential: "chris-2", documentHash: deploymentId };
  const possessions = [...file.possessions, signStatement(spare, deploymentId, "Possession", holds)];
  return { ...deployment, file: toWire({ ...file, possessions }), deploymentId, roster, rosterHash: hash(roster) };
}

type Next = {
  readonly deploymentId: Bytes32;
  readonly before: Roster;
  readonly people: readonly Member[];
  readonly class: "tighten" | "loosen";
  readonly by: readonly PersonId[];
  /** Whose credential comes into the roster. */
  readonly newcomer?: PersonId;
};

/** The officers sign the next roster; it is answered, in force or waiting. */
export async function nextRoster(
  place: GatePlace,
  { deploymentId, before, people, by, newcomer, ...rest }: Next,
): Promise<Roster> {
  const previous = hash(before);
  const version = before.version + 1;
  const roster = { ...before, version, previous: documentName(previous), people: [...people] };
  const document = toWire(roster);
  const change = { documentHash: hash(document), version, previous, class: rest.class, reportHash: idOf("report") };
  const possessions = newcomer === undefined ? [] : possessionsOf(deploymentId, hash(document), [newcomer]);
  for (const officer of by)
    expect(
      await place.admit(sign(officer, deploymentId, "RosterChange", change), { document, possessions }),
    ).toMatchObject({
      kind: "admitted",
    });
  return roster;
}

/** One officer takes a custodian's first credential away; the person keeps the second. In force at once. */
export async function dropFirst(place: GatePlace, { deploymentId, roster }: SpareDeployment): Promise<Roster> {
  const people = roster.people.map((one) => (one.id === "chris" ? { ...one, credentials: [publicPart(spare)] } : one));
  return nextRoster(place, { deploymentId, before: roster, people, class: "tighten", by: ["otto"] });
}
