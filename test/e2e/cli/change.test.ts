/** Policies and rosters on their way into force by command lines, against the real API: reports that everybody makes again, and drafts that are only tried. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { createCredential, publicPart } from "../../../src/adapters/credential/credential.ts";
import { saveCredential } from "../../../src/adapters/credential/credential-file.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { policyChange } from "../../../src/sdk/change.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import * as name from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { openServe } from "../../flow/serve/place.ts";
import { openPlace } from "../../place/gate.ts";
import { goldDeployment, goldPolicy, treasury } from "../../place/gold.ts";
import { rosterOf, sign } from "../../place/people.ts";
import { openService, type ServicePlace } from "./service-place.ts";

/** As the gold policy, but for a wallet in the quorum of its larger tier, without which nobody may propose it. */
const groups = { ...goldPolicy().groups, compliance: { min: 1, credentials: ["wallet"] } };
const sound = (overrides: Readonly<Record<string, unknown>> = {}) => goldPolicy({ groups, ...overrides });
const next = (overrides: Readonly<Record<string, unknown>>): Json =>
  toWire(sound({ version: 2, previous: documentName(hash(sound())), ...overrides }));

let place: ServicePlace;

beforeEach(async () => {
  place = await openService(await openServe(openPlace(goldDeployment({ policy: sound() }))));
});
afterEach(async () => {
  await place.close();
});

async function submitted(): Promise<void> {
  const words = ["request", "submit", "--operation", "mint", "--asset", "GLD", "--amount", "100", "--to", treasury];
  const { delivered } = await place.answer("ida", [...words, "--reference", "DEPOSIT-1", "--yes"]);
  expect(delivered).toBe(true);
  await place.serve.step();
}

describe("a change", () => {
  const written = (file: string, document: Json): string => {
    writeFileSync(place.at(file), stringify(document, { defaultStringType: "QUOTE_DOUBLE" }));
    return place.at(file);
  };

  it("that tightens is in force with one officer's word", async () => {
    const limits = [{ ...goldPolicy().limits![0]!, max: "200 GLD" }];
    const proposed = await place.as("otto", ["policy", "propose", written("p.yaml", next({ limits })), "--yes"]);
    expect(proposed).toMatchObject({ code: 0, err: [] });
    expect(proposed.out.join("\n")).toMatch(
      /it tightens:[^]*\+ limit mint-day: at most 200 GLD[^]*by meaning:[^]*report: sha256:[^]*delivered/,
    );
    await place.serve.step();
    const listed = await place.as("otto", ["change", "list"]);
    expect(listed.out[0]).toMatch(/policy of GLD, version 2, active/);
  });

  it("that loosens is shown, signed by a second officer after reading it, and vetoed by compliance", async () => {
    const limits = [{ ...goldPolicy().limits![0]!, max: "9000 GLD" }];
    const document = next({ limits });
    const proposed = await place.answer("otto", ["policy", "propose", written("p.yaml", document), "--yes"]);
    expect(proposed).toMatchObject({ exit: 0, class: "loosen", documentHash: hash(document) });
    await place.serve.step();
    const id = hash(document);
    const shown = await place.as("olga", ["change", "show", id]);
    expect(shown.out.join("\n")).toMatch(/it loosens:[^]*at most 9,000 GLD[^]*signed by: otto/);
    await submitted();
    const later = await place.as("olga", ["change", "show", id]);
    expect(later.out.join("\n")).toMatch(
      /that is of the first 2 entries of the log; with the 2 that came since:\n {2}0 of 1 past request would have come out otherwise\nreport:/,
    );
    const second = await place.answer("olga", ["change", "sign", id, "--yes"]);
    expect(second).toMatchObject({ exit: 0, reportHash: proposed["reportHash"], basis: proposed["basis"] });
    const again = await place.answer("omar", ["policy", "propose", written("same.yaml", document), "--yes"]);
    expect(again["reportHash"]).toBe(proposed["reportHash"]);
    const vetoed = await place.answer("cora", ["change", "veto", id, "--reason", "too much", "--yes"]);
    expect(vetoed).toMatchObject({ exit: 0, delivered: true });
    await place.serve.step();
    expect((await place.as("olga", ["change", "show", id])).out.join("\n")).toMatch(
      /signed by: otto, olga, omar[^]*vetoed by: cora/,
    );
  });

  it("of the roster brings the proof of a new credential, and the second officer finds it in the log", async () => {
    const { gatePlace } = place.serve;
    const added = createCredential("key", name.parse("nina-1"));
    saveCredential(place.at("nina.json"), added);
    const { id, account, publicKey, backend } = gatePlace.deployment.key;
    const first = rosterOf([{ id, account, publicKey, backend }]);
    const nina = { id: "nina", name: "Nina", groups: ["custodians"], credentials: [publicPart(added)] };
    const document = toWire({
      ...first,
      version: 2,
      previous: documentName(gatePlace.deployment.rosterHash),
      people: [...first.people, nina],
    });
    const file = written("roster.yaml", document);
    const bare = await place.answer("otto", ["roster", "propose", file, "--yes", "--save", place.at("r.json")]);
    expect(bare).toMatchObject({ delivered: false, code: "genesis.missing-possession" });
    const words = ["--deployment", gatePlace.deployment.deploymentId, "--holder", "nina", "--document", hash(document)];
    const proof = await place.as("otto", ["credential", "prove", place.at("nina.json"), ...words]);
    writeFileSync(place.at("proof.json"), proof.out.join(""));
    const proposed = await place.as("otto", [
      "roster",
      "propose",
      file,
      "--possession",
      place.at("proof.json"),
      "--yes",
    ]);
    expect(proposed).toMatchObject({ code: 0, err: [] });
    expect(proposed.out.join("\n")).toMatch(/\+ person nina \(Nina\) in custodians/);
    await place.serve.step();
    const second = await place.as("olga", ["change", "sign", hash(document), "--yes"]);
    expect(second).toMatchObject({ code: 0, err: [] });
  });

  it("is not signed when the service shows another document under its hash", async () => {
    const document = next({ limits: [] });
    await place.answer("otto", ["policy", "propose", written("p.yaml", document), "--yes"]);
    await place.serve.step();
    const { desk } = place.serve;
    place.lie = {
      change: async (id) => {
        const found = await desk.change(id);
        if (found.kind === "absent") return found;
        return { kind: "found", value: { ...(found.value as object), document: next({ guards: [] }) } as Json };
      },
    };
    const told = await place.as("olga", ["change", "sign", hash(document), "--yes"]);
    expect(told.code).toBe(1);
    expect(told.err[0]).toMatch(/nothing is signed: the document shown does not hash to/);
  });

  it("is not signed when the service shows another past, or another report than the log has", async () => {
    await submitted();
    const document = next({ limits: [{ ...goldPolicy().limits![0]!, max: "9000 GLD" }] });
    await place.answer("otto", ["policy", "propose", written("p.yaml", document), "--yes"]);
    await place.serve.step();
    const { desk } = place.serve;
    const size = (await place.answer("olga", ["log", "verify"]))["size"] as number;
    const lies: [(leaves: { index: number; leaf: string }[]) => unknown, RegExp][] = [
      [
        (leaves) => leaves.map((one) => ({ ...one, leaf: one.leaf.replace("DEPOSIT-1", "DEPOSIT-9") })),
        /log.root|not those that the log key signed/,
      ],
      [
        (leaves) => leaves.map((one) => ({ ...one, leaf: one.leaf.replace(/"logSize":\d+/, `"logSize":${size}`) })),
        /not those that the log key signed/,
      ],
      [(leaves) => leaves.slice(0, -1), /does not show leaf/],
    ];
    for (const [lie, words] of lies) {
      place.lie = {
        entries: async (from, limit) => {
          const page = (await desk.entries(from, limit)) as { size: number; leaves: { index: number; leaf: string }[] };
          return { ...page, leaves: lie(page.leaves) } as Json;
        },
      };
      const told = await place.as("olga", ["change", "sign", hash(document), "--yes"]);
      expect(told.code).not.toBe(0);
      expect(told.err[0]).toMatch(words);
    }
    place.lie = {};
    expect(await place.as("olga", ["change", "sign", hash(document), "--yes"])).toMatchObject({ code: 0 });
  });

  it("is not signed when who proposed it bound another report than is made here", async () => {
    const { gatePlace } = place.serve;
    const document = next({ limits: [{ ...goldPolicy().limits![0]!, max: "9000 GLD" }] });
    const change = policyChange(document, toWire(sound()), {
      hash: hash("what nobody read"),
      basis: { logSize: 1, rosterHash: gatePlace.deployment.rosterHash },
    });
    const statement = sign("otto", gatePlace.deployment.deploymentId, "PolicyChange", change.message);
    await gatePlace.admit(statement, change.attachment);
    await place.serve.step();
    for (const verb of ["show", "sign"]) {
      const told = await place.as("olga", ["change", verb, hash(document), ...(verb === "sign" ? ["--yes"] : [])]);
      expect(told.code).toBe(1);
      expect(told.err[0]).toMatch(/the report that the first signer bound is not the one made here/);
    }
  });

  it("is not proposed when a test of it fails, a claim is false or an error is found: each at its line", async () => {
    const request = { operation: "mint", amount: "1 GLD", to: treasury, by: "ida" };
    const tests = [{ name: "nobody is needed", request, expect: { allow: "mint" } }];
    const bad = next({ tests, never: [{ operation: "mint" }], groups: goldPolicy().groups });
    const told = await place.as("otto", ["policy", "propose", written("p.yaml", bad), "--yes"]);
    expect(told.code).toBe(1);
    const lines = told.out.join("\n");
    for (const words of [
      /p\.yaml:\d+:\d+: .*the test `nobody is needed`/,
      /p\.yaml:\d+:\d+: the claim is false/,
      /p\.yaml:\d+:\d+: .*wallet/,
    ])
      expect(lines).toMatch(words);
    expect(lines).toMatch(/nothing is signed/);
    expect((await place.as("otto", ["change", "list"])).out).toEqual(["nothing was ever proposed"]);
    const json = await place.answer("otto", ["policy", "propose", place.at("p.yaml"), "--yes"]);
    expect(json).toMatchObject({ exit: 1, ok: false, code: "change.obstacles" });
  });

  it("of the roster is not proposed when it would break separation", async () => {
    const { id, account, publicKey, backend } = place.serve.gatePlace.deployment.key;
    const first = rosterOf([{ id, account, publicKey, backend }]);
    const people = first.people.map((one) =>
      one.id === "ida" ? { ...one, groups: [...one.groups, "custodians"] } : one,
    );
    const document = toWire({ ...first, version: 2, previous: documentName(hash(toWire(first))), people });
    const told = await place.as("otto", ["roster", "propose", written("r.yaml", document), "--yes"]);
    expect(told.code).toBe(1);
    expect(told.out.join("\n")).toMatch(/GLD separation[^]*nothing is signed/);
  });
});

describe("a policy before the service", () => {
  const inForce = (): string => {
    writeFileSync(place.at("in-force.yaml"), stringify(toWire(sound()), { defaultStringType: "QUOTE_DOUBLE" }));
    return place.at("in-force.yaml");
  };
  const file = (document: Json): string => {
    writeFileSync(place.at("draft.yaml"), stringify(document, { defaultStringType: "QUOTE_DOUBLE" }));
    return place.at("draft.yaml");
  };

  it("is replayed over the requests of the log, from the service or from an export", async () => {
    await submitted();
    const draft = file(next({ rules: goldPolicy().rules.slice(1) }));
    const asked = await place.answer("otto", ["policy", "replay", draft]);
    expect(asked).toMatchObject({ exit: 0, tried: 1, flips: [{ from: "pending", to: "refused", recorded: false }] });
    const log = place.at("log.json");
    await place.as("otto", ["log", "export", "--out", log]);
    const exported = await place.answer("otto", ["policy", "replay", draft, "--log", log]);
    expect(exported["flips"]).toEqual(asked["flips"]);
    const told = await place.answer("otto", ["policy", "diff", inForce(), draft, "--log", log]);
    expect(told).toMatchObject({ exit: 0, kind: "tightening", tried: 1, flips: asked["flips"] });
    const alone = await place.as("otto", ["policy", "diff", inForce(), draft, "--log", log], { env: {} });
    expect(alone.err[0]).toMatch(/--genesis is missing/);
    const spoken = await place.as("otto", ["policy", "replay", draft, "--log", log]);
    expect(spoken.out[0]).toBe("1 of 1 past request would have come out otherwise");
    writeFileSync(log, readFileSync(log, "utf8").replace("DEPOSIT-1", "DEPOSIT-9"));
    expect(await place.as("otto", ["policy", "replay", draft, "--log", log])).toMatchObject({ code: 1 });
  });

  it("is tried on one request that nobody signed, as it is in force and as a draft", async () => {
    const words = ["policy", "simulate", "--operation", "mint", "--amount", "100", "--to", treasury, "--by", "ida"];
    const before = (await place.answer("carla", ["log", "verify"]))["size"];
    const inForce = await place.answer("otto", [...words, "--asset", "GLD"]);
    expect(inForce).toMatchObject({ exit: 0, decision: { verdict: "pending", rule: "mint" } });
    const closed = file(next({ guards: [{ id: "closed", when: { operation: "mint" }, deny: true }] }));
    const draft = await place.as("otto", [...words, "--policy", closed]);
    expect(draft.code).toBe(1);
    expect(draft.out.join("\n")).toContain("guard.closed");
    expect((await place.answer("carla", ["log", "verify"]))["size"]).toBe(before);
    const alone = await place.as("otto", [...words, "--asset", "GLD", "--vote", "carla"]);
    expect(alone).toMatchObject({ code: 2 });
  });

  it("is analysed again with another roster", async () => {
    const told = await place.answer("otto", ["roster", "check", place.genesis]);
    expect(told).toMatchObject({ exit: 0, policies: [{ asset: "GLD", kind: "clean" }] });
    const { id, account, publicKey, backend } = place.serve.gatePlace.deployment.key;
    const first = rosterOf([{ id, account, publicKey, backend }]);
    const people = first.people.filter((one) => one.id !== "carla" && one.id !== "chris");
    const few = await place.answer("otto", ["roster", "check", file(toWire({ ...first, people }))]);
    expect(few).toMatchObject({ exit: 1, ok: false, policies: [{ asset: "GLD", kind: "errors" }] });
  });
});
