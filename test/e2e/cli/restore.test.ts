/** The runbook's way from a lost journal to a gate that signs, its commands as printed: nothing is lost, nothing is minted twice, and no signature before the quorum's word. */
import { createPrivateKey } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { createLogView } from "../../../src/flow/serve/log-view.ts";
import { Fault } from "../../../src/values/errors.ts";
import { requestIdOf } from "../../place/gate.ts";
import { approval, submission } from "../../place/gold.ts";
import { testSecret } from "../../place/people.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;
beforeEach(async () => {
  place = await openService();
});
afterEach(async () => {
  await place.close();
});

async function approved(reference: string): Promise<Envelope> {
  const { deployment, now } = place.serve.gatePlace;
  const said = submission(deployment, { now, intent: { reference } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    expect(await place.serve.desk.post(one, undefined)).toMatchObject({ kind: "receipt" });
  return said;
}

/** The commands of the recipe, in their order. */
function commands(): readonly string[] {
  const [, text = ""] = readFileSync("docs/runbook.md", "utf8").split("<!-- recipe: journal from the log -->");
  const [own = ""] = text.split("<!-- recipe: ");
  return [...own.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

async function run(command: string): Promise<readonly string[]> {
  const words = command.split(" ").slice(1);
  const { code, out, err } = await place.as(
    "otto",
    words.map((word) => (/\.(json|yaml)$/.test(word) ? place.at(word) : word)),
  );
  if (code !== 0) throw new Error(`${command}: ${[...out, ...err].join(" ")}`);
  return out;
}

/** What the standby has: the log key, the genesis, and a configuration whose journal is not there yet. */
function prepareStandby(): void {
  const der = Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.from(testSecret("log").slice(2), "hex"),
  ]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  writeFileSync(place.at("log.key"), key.export({ format: "pem", type: "pkcs8" }), { mode: 0o400 });
  writeFileSync(place.at("gate.yaml"), "journal: rebuilt.sqlite\ntokens: []\n", { mode: 0o600 });
}

test("a lost journal is brought back by the commands of the runbook", async () => {
  prepareStandby();
  await approved("FIRST");
  await place.serve.settle();
  const waiting = await approved("SECOND");
  const [exporting, ...looking] = commands();
  // The officers' own look, and the export, are all that is needed of the service.
  await run(exporting!);
  const [verify, restore, ...resume] = looking;
  await run(verify!);
  expect((await run(restore!)).join("\n")).toContain("signs nothing until people resume it");
  const { gatePlace } = place.serve;
  await gatePlace.reopen(() => {
    for (const end of ["", "-wal"]) rmSync(`${gatePlace.journalFile}${end}`, { force: true });
    copyFileSync(place.at("rebuilt.sqlite"), gatePlace.journalFile);
  });
  gatePlace.now += 5;
  const asked = gatePlace.backend.asked();
  for (let round = 0; round < 6; round += 1) {
    await place.serve.step();
    await place.serve.tick();
  }
  expect(gatePlace.backend.asked()).toBe(asked);
  expect((await place.serve.request(waiting)).waitsFor).toContain("people must resume it");
  expect(await place.serve.desk.health()).toMatchObject({ ready: false });
  expect(resume).toHaveLength(2);
  await run(resume[0]!);
  for (let round = 0; round < 3; round += 1) {
    await place.serve.step();
    await place.serve.tick();
  }
  expect(gatePlace.backend.asked()).toBe(asked);
  await run(resume[1]!);
  await place.serve.settle();
  expect(await place.serve.desk.request(requestIdOf(waiting))).toMatchObject({ value: { state: "final", nonce: 1 } });
  expect(place.serve.chain.mints()).toHaveLength(2);
  expect(gatePlace.backend.asked()).toBe(asked + 1);
}, 30_000);

test("the service shows the newest cosigned log though no gate answers", async () => {
  await approved("FIRST");
  await place.serve.settle();
  const { parts, store } = place.serve;
  const known = await place.serve.desk.checkpoint();
  const gone = (): never => {
    throw new Fault("gate.unreachable", "the gate does not answer", "safe");
  };
  const view = createLogView({ ...parts, store, gate: { ...parts.gate, head: async () => gone() } });
  expect(await view.checkpoint()).toBe(known);
  place.serve.reaching.newest = () => Promise.resolve(undefined);
  await expect(view.checkpoint()).rejects.toMatchObject({ code: "gate.unreachable" });
});

test("a journal that is there is not written over", async () => {
  prepareStandby();
  await run("countersign log export --out log.json");
  writeFileSync(place.at("rebuilt.sqlite"), "");
  await expect(run("countersign gate restore --config gate.yaml --log log.json")).rejects.toThrow("put it away");
  expect(readFileSync(place.at("rebuilt.sqlite"), "utf8")).toBe("");
});
