/** `bundle verify` and `bundle digest` as a person runs them: what they print and the code they end with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keccak256 } from "ethers";
import { afterAll, describe, expect, it } from "vitest";
import { bundleDigest, bundleVerify, type Terminal } from "../../../src/cli/bundle.ts";
import { verifyBundle } from "../../../src/compose/bundle-browser.ts";

const vector = (end: string): string =>
  fileURLToPath(new URL(`../../vectors/bundle/v0.1.0-made.${end}`, import.meta.url));
const genesis = readFileSync(vector("genesis"), "utf8").trim();
const folder = mkdtempSync(join(tmpdir(), "countersign-bundle-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(
  command: typeof bundleVerify,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const written = { out: "", err: "" };
  const io: Terminal = { out: (text) => (written.out += `${text}\n`), err: (text) => (written.err += `${text}\n`) };
  return { code: await command(args, io), ...written };
}

const changed = join(folder, "changed.json");
writeFileSync(changed, readFileSync(vector("json"), "utf8").replace('"verdict":"allowed"', '"verdict":"refused"'));

describe("bundle verify", () => {
  it("ends with 0 and says who agreed", async () => {
    const ended = await run(bundleVerify, vector("json"), "--genesis", genesis);
    expect(ended).toMatchObject({ code: 0, err: "" });
    expect(ended.out).toContain("asked by   Ida (ida)");
  });

  it("takes the hash as documents write it too", async () => {
    const ended = await run(bundleVerify, vector("json"), "--genesis", `sha256:${genesis.slice(2)}`, "--json");
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.out)).toMatchObject({ kind: "verified", report: { outcome: { status: "success" } } });
  });

  it("ends with 1 and the first thing that is wrong", async () => {
    const ended = await run(bundleVerify, changed, "--genesis", genesis);
    expect(ended).toMatchObject({ code: 1, err: "" });
    expect(ended.out).toMatch(/^wrong: leaves\[\d+\]\.entry\.decision\.verdict: /);
    const json = await run(bundleVerify, changed, "--genesis", genesis, "--json");
    expect(JSON.parse(json.out)).toMatchObject({ kind: "wrong", field: expect.stringMatching(/verdict$/) as string });
  });

  it("ends with 1 for a file that is no JSON or has a key twice", async () => {
    const odd = join(folder, "odd.json");
    writeFileSync(odd, '{"format":1,"format":1}');
    expect(await run(bundleVerify, odd, "--genesis", genesis)).toMatchObject({ code: 1 });
    writeFileSync(odd, "not json");
    expect(await run(bundleVerify, odd, "--genesis", genesis)).toMatchObject({ code: 1 });
  });

  it("ends with 2 without a genesis, a file, or a word it knows", async () => {
    for (const args of [
      [vector("json")],
      ["--genesis", genesis],
      [vector("json"), "--genesis", "0x12"],
      [vector("json"), "--genesis", genesis, "--quietly"],
      [vector("json"), "more", "--genesis", genesis],
      [join(folder, "nowhere.json"), "--genesis", genesis],
    ]) {
      const ended = await run(bundleVerify, ...args);
      expect({ args, ...ended }).toMatchObject({ code: 2, out: "" });
      expect(ended.err).not.toBe("");
    }
  });

  it("explains itself", async () => {
    expect(await run(bundleVerify, "--help")).toMatchObject({ code: 0, err: "" });
  });
});

describe("bundle digest", () => {
  it("says what was signed, under which words, and the bundle's name however it is indented", async () => {
    const plain = await run(bundleDigest, vector("json"), "--genesis", genesis);
    expect(plain).toMatchObject({ code: 0, err: "" });
    expect(plain.out).toContain("what       mint 1,500 GLD to 0x");
    expect(plain.out).toContain(`deployment ${genesis} (as you asked)`);
    expect(plain.out).toMatch(/call {7}mint\(0x[0-9a-fA-F]{40}, 1500000000000000000000\), nonce 1, signed/);
    expect(plain.out).toMatch(/\n {2}Transaction hash: 0x[0-9a-f]{64}\n/);
    expect(plain.out).toMatch(/\nbundle {5}0x[0-9a-f]{64}\n$/);
    const spread = join(folder, "spread.json");
    writeFileSync(spread, JSON.stringify(JSON.parse(readFileSync(vector("json"), "utf8")), undefined, 2));
    expect(await run(bundleDigest, spread, "--genesis", genesis)).toEqual(plain);
  });

  it("takes the bundle's own genesis when none is named, and says that it is for the reader to know it", async () => {
    const ended = await run(bundleDigest, vector("json"));
    expect(ended.code).toBe(0);
    expect(ended.out).toContain(`deployment ${genesis} (compare it with the one you know`);
    const other = await run(bundleDigest, vector("json"), "--genesis", `0x${"12".repeat(32)}`);
    expect(other.code).toBe(1);
    expect(other.out).toMatch(/^wrong: .*this genesis is/);
  });

  it("ends with 1 and the part that contradicts another", async () => {
    const ended = await run(bundleDigest, changed);
    expect(ended).toMatchObject({ code: 1, err: "" });
    expect(ended.out).toMatch(/^wrong: leaves\[\d+\]\.entry\.decision\.verdict: /);
    const json = await run(bundleDigest, changed, "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ kind: "wrong" });
  });

  it("answers as JSON with every digest and what it was made of", async () => {
    const { out } = await run(bundleDigest, vector("json"), "--json");
    const { kind, transactions, name } = JSON.parse(out) as Record<string, unknown>;
    expect(kind).toBe("bundle");
    expect(name).toMatch(/^0x[0-9a-f]{64}$/);
    for (const { digest, unsigned } of transactions as { digest: string; unsigned: string }[])
      expect(keccak256(unsigned)).toBe(digest);
  });

  it("ends with 2 for a file that is not there and 1 for one that is no JSON", async () => {
    expect(await run(bundleDigest, join(folder, "nowhere.json"))).toMatchObject({ code: 2 });
    const odd = join(folder, "words.json");
    writeFileSync(odd, "words");
    expect(await run(bundleDigest, odd)).toMatchObject({ code: 1 });
  });
});

describe("the verifier for browsers", () => {
  it("says of text what the command says", () => {
    const text = readFileSync(vector("json"), "utf8");
    expect(verifyBundle(text, genesis)).toMatchObject({ kind: "verified" });
    expect(verifyBundle("{", genesis)).toMatchObject({ kind: "wrong" });
    expect(() => verifyBundle(text, "0x12")).toThrow("32 bytes");
  });
});
