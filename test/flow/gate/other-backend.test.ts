/** The kind of place that a key lies in is not the roster's word alone: the gate knows which of its files holds it. */
import { afterEach, expect, test } from "vitest";
import type { KeyPlace } from "../../../src/flow/gate/key-places.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { ManagedKey } from "../../../src/roster/roster.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { openPlace, softBackend, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, idOf } from "../../place/gold.ts";
import { managedKey, rosterOf, sign } from "../../place/people.ts";
import { parse as parseName } from "../../../src/values/name.ts";

const deployment = goldDeployment();
const second = managedKey("hsm-2");
let place: GatePlace | undefined;

afterEach(async () => {
  await place?.close();
  place = undefined;
});

const holding = (kind: KeyPlace["kind"]): KeyPlace[] => [
  { name: parseName("token"), kind, keys: [deployment.key.id, second.id], backend: softBackend() },
];

/** What the gate says of a next roster that brings the second key. */
async function propose(added: ManagedKey): Promise<string> {
  place = openPlace(deployment, softBackend(), holding("pkcs11"));
  const { rosterHash, deploymentId, key } = deployment;
  const document = toWire({ ...rosterOf([key, added]), version: 2, previous: documentName(rosterHash) });
  const message = { documentHash: hash(document), version: 2, previous: rosterHash, class: "loosen" };
  const statement = sign("otto", deploymentId, "RosterChange", { ...message, reportHash: idOf("report") });
  const answer = await place.admit(statement, { document });
  return "code" in answer ? answer.code : answer.kind;
}

test("a gate does not start where the roster calls a token's key one of a Ledger, or the other way round", async () => {
  expect(() => openPlace(deployment, softBackend(), holding("ledger"))).toThrow(
    expect.objectContaining({
      code: "gate.other-backend",
      message: "the roster says of `hsm-mint` that its backend is `pkcs11`; here it lies on `token`, which is `ledger`",
    }) as Error,
  );
  place = openPlace(deployment, softBackend(), holding("pkcs11"));
  expect((await place.gate.answer({ verb: "health" })).kind).toBe("health");
});

test("a roster is refused that brings such a key, and taken where it says what the key is", async () => {
  expect(await propose({ ...second, backend: "ledger" })).toBe("roster.other-backend");
  await place?.close();
  expect(await propose(second)).toBe("admitted");
});

test("a roster may name a key that no place here holds", async () => {
  expect(await propose({ ...managedKey("elsewhere"), backend: "ledger" })).toBe("admitted");
});
