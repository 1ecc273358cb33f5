/** What a stranger is told of witnesses: by a bundle, by the log, and by an export with nobody to ask. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyBundleText } from "../../../src/compose/bundle-verifier.ts";
import { format, parse, withSignature } from "../../../src/log/checkpoint.ts";
import { cosignatureLine, cosignatureToSign } from "../../../src/log/cosignature.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { parse as instant, toIso } from "../../../src/values/instant.ts";
import { requestIdOf } from "../../flow/serve/place.ts";
import { approval, submission } from "../../place/gold.ts";
import { countersign } from "../../unit/cli/terminal.ts";
import { firstWitness, witnessKey } from "../../place/witness.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;
let bundle: { checkpoint: string };
let deployment: Bytes32;

beforeAll(async () => {
  place = await openService();
  const { gatePlace, desk } = place.serve;
  deployment = gatePlace.deployment.deploymentId;
  const said = submission(gatePlace.deployment, { now: gatePlace.now });
  for (const one of [said, ...(["carla", "chris"] as const).map((by) => approval(gatePlace.deployment, said, by))])
    await desk.post(one, undefined);
  await place.serve.settle();
  const found = await desk.bundle(requestIdOf(said));
  if (found.kind === "absent") throw new Error("there is no bundle");
  bundle = found.value as { checkpoint: string };
});
afterAll(async () => {
  await place.close();
});

/** The checkpoint as the log key alone signed it, and with a line of somebody's. */
const bare = (): string => {
  const { checkpoint, signatures } = parse(bundle.checkpoint);
  return format({ checkpoint, signatures: signatures.filter(({ name }) => name !== firstWitness) });
};
const cosignedBy = (name: string): string => {
  const key = witnessKey(name);
  const at = instant(place.serve.gatePlace.now);
  const signature = fromBytes(key.sign(cosignatureToSign(parse(bundle.checkpoint).checkpoint, at)));
  return format(withSignature(parse(bare()), cosignatureLine(key, { at, signature })));
};
const verdict = (checkpoint: string): ReturnType<typeof verifyBundleText> =>
  verifyBundleText(JSON.stringify({ ...bundle, checkpoint }), deployment);

describe("a bundle", () => {
  it("says who cosigned the log, and no longer that nobody did", () => {
    const verified = verdict(bundle.checkpoint);
    if (verified.kind !== "verified") throw new Error(verified.why);
    const [{ name, at } = { name: "", at: 0 }, ...others] = verified.report.log.cosigned;
    expect([name, others]).toEqual([firstWitness, []]);
    expect(at).toBeGreaterThan(1_800_000_000);
    expect(verified.report.doesNotProve.join("\n")).not.toContain("ask a witness");
  });

  it.each([
    ["without the witness's line", () => bare()],
    ["with a line of somebody else", () => cosignedBy("witness.example/w2")],
    [
      "with the line of a stranger under the witness's name",
      () => cosignedBy("witness.example/w2").replace("witness.example/w2", firstWitness),
    ],
    [
      "with a line of the witness that was changed",
      () => bundle.checkpoint.replace(/(— witness\S+ \S{30})./, "$1!").replace("!", "A"),
    ],
  ])("%s is wrong where the genesis asks for one", (_, checkpoint) => {
    const text = checkpoint();
    expect(text).not.toBe(bundle.checkpoint);
    const told = verdict(text);
    expect(told).toMatchObject({ kind: "wrong", field: "checkpoint" });
    expect("why" in told && told.why).toContain(`0 of 1 witnesses cosigned the checkpoint; not ${firstWitness}`);
  });

  it("is told in lines too", async () => {
    const file = place.at("bundle.json");
    writeFileSync(file, JSON.stringify(bundle));
    const said = await countersign(["bundle", "verify", file, "--genesis", deployment]);
    expect(said.code).toBe(0);
    expect(said.out.join("\n")).toContain(`witness    ${firstWitness} cosigned the log, 2027-`);
  });
});

describe("the log", () => {
  it("is verified with its witnesses, from the service and from an export alone", async () => {
    const file = place.at("log.json");
    const exported = await place.as("carla", ["log", "export", "--out", file]);
    const said = `witness ${firstWitness} cosigned it, ${toIso(instant(place.serve.gatePlace.now))} by its own clock`;
    expect(exported.out).toContain(said);
    const verified = await place.answer("carla", ["log", "verify"]);
    expect(verified).toMatchObject({ exit: 0, ok: true, cosigned: [{ name: firstWitness }] });
    const alone = await countersign(["log", "verify", "--log", file, "--genesis", place.genesis]);
    expect([alone.code, alone.err]).toEqual([0, []]);
    expect(alone.out).toContain(said);
    expect(alone.out[0]).toMatch(/^\d+ leaves are under the root 0x/);
  });

  it("that the witnesses did not cosign is refused, from the service and from an export", async () => {
    place.lie = { checkpoint: () => Promise.resolve(bare()) };
    const told = await place.as("carla", ["log", "verify"]);
    place.lie = {};
    expect(told.code).toBe(1);
    expect(told.err.join("\n")).toContain(`0 of 1 witnesses cosigned the checkpoint; not ${firstWitness}`);
    const file = place.at("uncosigned.json");
    const log = JSON.parse(readFileSync(place.at("log.json"), "utf8")) as { checkpoint: string };
    const { checkpoint, signatures } = parse(log.checkpoint);
    const stripped = format({ checkpoint, signatures: signatures.slice(0, 1) });
    writeFileSync(file, JSON.stringify({ ...log, checkpoint: stripped }));
    const alone = await countersign(["log", "verify", "--log", file, "--genesis", place.genesis]);
    expect(alone.code).toBe(1);
    expect(alone.err.join("\n")).toContain("0 of 1 witnesses cosigned");
  });

  it("is read from somewhere: without an export the service and a credential are named", async () => {
    const said = await countersign(["log", "verify", "--genesis", place.genesis]);
    expect(said.code).toBe(2);
    expect(said.err.join("\n")).toContain("--api is missing; or say --log FILE");
  });
});
