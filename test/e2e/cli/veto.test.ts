/** A veto at the command line: it ends the request as the service shows it, and a service that drops it stops nothing. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { goldDeployment, goldPolicy, treasury } from "../../place/gold.ts";
import { openPlace } from "../../place/gate.ts";
import { openServe } from "../../flow/serve/place.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;

const tier = {
  upTo: "5000 GLD",
  quorum: { group: "custodians", min: 1 },
  delay: "30m",
  veto: { group: "officers", min: 1 },
  sign: "hsm-mint",
};
const rules = [
  { id: "mint", when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } }, tiers: [tier] },
];

beforeEach(async () => {
  place = await openService(await openServe(openPlace(goldDeployment({ policy: goldPolicy({ rules }) }))));
});
afterEach(async () => {
  await place.close();
});

async function submitted(): Promise<string> {
  const mint = ["request", "submit", "--operation", "mint", "--asset", "GLD", "--amount", "100", "--to", treasury];
  const { requestId } = await place.answer("ida", [...mint, "--reference", "DEPOSIT-1", "--yes"]);
  await place.answer("carla", ["request", "approve", String(requestId), "--yes"]);
  await place.serve.step();
  return String(requestId);
}

const veto = (id: string): string[] => ["request", "veto", id, "--reason", "the receipt is of another vault", "--yes"];
const shown = async (id: string): Promise<{ state: string; waitsFor: string; votes: unknown[] }> =>
  (await place.answer("carla", ["request", "show", id]))["request"] as never;

it("says what is vetoed, and ends it for everybody to read", async () => {
  const id = await submitted();
  expect((await shown(id)).state).toBe("pending");
  const told = await place.as("olga", veto(id));
  expect(told).toMatchObject({ code: 0, err: [] });
  expect(told.out.join("\n")).toMatch(
    /^you veto:\nmint 100 GLD to [^]*reason: the receipt is of another vault\ndelivered: leaf \d+/,
  );
  await place.serve.step();
  const { state, waitsFor, votes } = await shown(id);
  expect({ state, waitsFor }).toEqual({ state: "vetoed", waitsFor: "vetoed: olga objects" });
  expect(votes).toContainEqual(expect.objectContaining({ person: "olga", decision: "veto" }));
  place.serve.gatePlace.now += 1_801;
  await place.serve.settle();
  expect((await shown(id)).state).toBe("vetoed");
  expect(place.serve.gatePlace.backend.asked()).toBe(0);
});

it("that the service drops is not delivered, and stops the request by the gate's own hand", async () => {
  const id = await submitted();
  const file = place.at("veto.json");
  place.lie = { post: () => Promise.resolve({ kind: "refused", code: "x.y", message: "no", field: "" }) };
  const dropped = await place.as("olga", [...veto(id), "--save", file]);
  expect(dropped.code).toBe(1);
  expect(dropped.out).toContain("not delivered");
  expect((await place.answer("olga", ["gate", "object", file]))["delivered"]).toBe(true);
  place.lie = {};
  await place.serve.step();
  place.serve.gatePlace.now += 1_801;
  await place.serve.settle();
  expect((await shown(id)).state).toBe("vetoed");
  expect(place.serve.gatePlace.backend.asked()).toBe(0);
});

it("of somebody outside the group changes nothing", async () => {
  const id = await submitted();
  const told = await place.answer("chris", veto(id));
  expect(told).toMatchObject({ exit: 1, delivered: false, code: "veto.not-entitled" });
  place.serve.gatePlace.now += 1_801;
  await place.serve.settle();
  expect((await shown(id)).state).toBe("final");
});
