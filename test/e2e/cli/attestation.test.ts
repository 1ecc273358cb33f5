/** Attestors at their command lines: a mint that waits for prices, a verified holder and a document goes when they are signed. */
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { openServe } from "../../flow/serve/place.ts";
import { openPlace } from "../../place/gate.ts";
import { askingGuards, goldDeployment, goldPolicy, treasury } from "../../place/gold.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;

beforeEach(async () => {
  const guards = [...(goldPolicy().guards ?? []), ...askingGuards];
  place = await openService(await openServe(openPlace(goldDeployment({ policy: goldPolicy({ guards }) }))));
  writeFileSync(place.at("receipt.pdf"), "a receipt");
});

afterEach(async () => {
  await place.close();
});

const price = (value: string, source: string): string[] => [
  ...["attest", "price", "--asset", "GLD", "--price", value, "--source", source, "--expires", "10m", "--yes"],
];
const identity = (status: string): string[] => [
  ...["attest", "identity", "--address", treasury, "--status", status, "--source", "register", "--yes"],
];
const paper = (): string[] => [
  ...["attest", "document", "--reference", "DEPOSIT-1", "--document", place.at("receipt.pdf")],
  ...["--source", "vault-2", "--yes"],
];

const requestOf = async (id: string): Promise<{ state: string; waitsFor: string }> => {
  const { request } = await place.answer("carla", ["request", "show", id]);
  return request as { state: string; waitsFor: string };
};

it("goes on as soon as the last word is there, and not before", async () => {
  const asked = ["--asset", "GLD", "--amount", "100", "--to", treasury, "--reference", "DEPOSIT-1", "--yes"];
  const { requestId } = await place.answer("ida", ["request", "submit", "--operation", "mint", ...asked]);
  const id = String(requestId);
  await place.serve.step();
  for (const by of ["carla", "chris"] as const) await place.as(by, ["request", "approve", id, "--yes"]);
  const words = [
    ["vault-auditor", price("64.10 USD", "lbma-pm")],
    ["vault-auditor", price("64.30", "comex")],
    ["kyc-desk", identity("verified")],
    ["kyc-desk", paper()],
  ] as const;
  for (const [by, word] of words) {
    await place.serve.step();
    expect((await requestOf(id)).state).toBe("pending");
    expect(await place.answer(by, word)).toMatchObject({ exit: 0, delivered: true });
  }
  // No time passes: it was woken by the word itself.
  await place.serve.step();
  expect((await requestOf(id)).state).toBe("ready");
  await place.serve.settle();
  expect((await requestOf(id)).state).toBe("final");
});

it("is read before it is signed, and only the hash of a document leaves", async () => {
  const without = (args: readonly string[]): string[] => args.filter((word) => word !== "--yes");
  const setting = { answer: "yes" };
  const said = await place.as("kyc-desk", without(paper()), setting);
  expect(said).toMatchObject({ code: 0, err: [] });
  expect(said.out.join("\n")).toMatch(
    new RegExp(`hash ${sha256(utf8("a receipt"))} is behind reference DEPOSIT-1, says vault-2 as of [^]*good until`),
  );
  const told = await place.as("vault-auditor", without(price("64.10", "lbma-pm")), setting);
  expect(told.out.join("\n")).toMatch(/one GLD costs 64\.10 USD, says lbma-pm as of/);
  const holder = await place.as("kyc-desk", without(identity("revoked")), setting);
  expect(holder.out.join("\n")).toContain(`the holder of ${treasury} is revoked, says register`);
});

it("is refused with a sentence: what is no price, who is no attestor, what was contradicted", async () => {
  const bad = await place.as("vault-auditor", price("1e3", "lbma-pm"));
  expect(bad).toMatchObject({ code: 2, err: [expect.stringContaining("a price is a decimal number above 0")] });
  const euro = await place.as("vault-auditor", price("64 EUR", "lbma-pm"));
  expect(euro).toMatchObject({ code: 2 });
  expect(euro.err[0]).toContain("is not in USD");
  const maybe = await place.as("kyc-desk", identity("maybe"));
  expect(maybe).toMatchObject({ code: 2, err: [expect.stringContaining("`verified` or `revoked`")] });
  expect(await place.answer("kyc-desk", price("64", "lbma-pm"))).toMatchObject({
    exit: 1,
    code: "attestation.not-an-attestor",
  });
  expect(await place.answer("vault-auditor", price("64", "lbma-pm"))).toMatchObject({ exit: 0 });
  expect(await place.answer("vault-auditor", price("65", "lbma-pm"))).toMatchObject({
    exit: 1,
    code: "attestation.conflict",
  });
  expect((await place.as("carla", ["asset", "show", "GLD"])).out.join("\n")).toMatch(
    /frozen by vault-auditor: [^]*two prices/,
  );
});
