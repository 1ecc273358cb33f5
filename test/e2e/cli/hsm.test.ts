/** A token and a managed key by the commands alone, on SoftHSM. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatTokenConfig, parseTokenConfig } from "../../../src/adapters/pkcs11/token-file.ts";
import { buildFaultyModule } from "../../place/faulty-module.ts";
import { changed } from "../../place/softhsm.ts";
import { atTerminal } from "../../place/typing.ts";
import { answerOf, countersign } from "../../unit/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-hsm-"));
const token = join(folder, "token");

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a token", () => {
  it("is made, gets a key, and shows it", async () => {
    const made = await answerOf(["hsm", "init", "--folder", token, "--label", "demo"]);
    const config = String(made["configFile"]);
    expect(made).toMatchObject({ label: "demo" });
    expect(statSync(join(token, "pin")).mode & 0o077).toBe(0);
    expect((await countersign(["hsm", "keys", "--config", config])).out).toEqual(["there is no key on this token"]);

    const key = await answerOf([
      "hsm",
      "keygen",
      "--config",
      config,
      "--alone",
      "--label",
      "countersign/demo/hsm-mint/1",
    ]);
    expect(key).toMatchObject({ name: "hsm-mint", backend: "pkcs11" });
    expect(key["account"]).toMatch(/^0x[0-9a-f]{40}$/);
    expect(readFileSync(config, "utf8")).toContain(String(key["publicKey"]));

    const keys = await countersign(["hsm", "keys", "--config", config]);
    expect(keys).toMatchObject({ code: 0, err: [] });
    expect(keys.out.join("\n")).toContain("countersign/demo/hsm-mint/1");

    const drifted = join(token, "drifted.yaml");
    writeFileSync(drifted, readFileSync(config, "utf8").replace("label: countersign/demo/hsm-mint/1", "label: gone/1"));
    const wrong = await countersign(["hsm", "keys", "--config", drifted]);
    expect(wrong).toMatchObject({ code: 1, err: [] });
    expect(wrong.out.at(-1)).toMatch(/^wrong: the token has no key `hsm-mint` \(id [0-9a-f]{32}, label `gone\/1`\)$/);
  });

  it("gets no key that could not be entered in its file, or whose record could not be written", async () => {
    const made = await answerOf(["hsm", "init", "--folder", join(folder, "careful"), "--label", "careful"]);
    const config = String(made["configFile"]);
    const onToken = async (): Promise<number> => {
      const { out } = await countersign(["hsm", "keys", "--config", config]);
      return out.filter((line) => line.startsWith("countersign/demo/")).length;
    };
    const keygen = ["hsm", "keygen", "--config", config, "--label"];
    await answerOf([...keygen, "countersign/demo/hot/1", "--alone"]);
    const named = await countersign([...keygen, "countersign/demo/hot/2", "--alone"]);
    expect(named.code).not.toBe(0);
    expect(named.err.join("\n")).toContain("has a key `hot` already");
    const record = join(folder, "nowhere", "record.json");
    const two = ["--operator", "otto", "--operator", "olga", "--record", record];
    const unwritten = await countersign([...keygen, "countersign/demo/cold/1", ...two]);
    expect(unwritten.code).not.toBe(0);
    expect(unwritten.err.join("\n")).toContain(`\`${record}\` cannot be written`);
    expect(await onToken()).toBe(1);
  });

  it("that will not have an attribute says so of a new key, and of a key that is there", async () => {
    const faulty = buildFaultyModule(join(folder, "module"));
    const device = join(folder, "device.yaml");
    const made = await answerOf(["hsm", "init", "--folder", join(folder, "device"), "--label", "device"]);
    const soft = parseTokenConfig(readFileSync(String(made["configFile"]), "utf8"));
    const behind = changed(faulty.behind(soft, "not-copyable"), (draft) => {
      draft["profile"] = "opencryptoki";
    });
    writeFileSync(device, formatTokenConfig(behind));
    const keygen = ["hsm", "keygen", "--config", device, "--alone", "--label"];
    const key = await countersign([...keygen, "countersign/demo/bare/1"]);
    expect(key).toMatchObject({ code: 0, err: [] });
    expect(key.out).toContain("the token would not have CKA_COPYABLE; its profile lets it do without");
    const { out } = await countersign(["hsm", "keys", "--config", device]);
    const bare = out.findIndex((line) => line.startsWith("countersign/demo/bare/1 "));
    expect(out.slice(bare, bare + 4)).toContain("  it has no CKA_COPYABLE, which its profile lets it do without");
    const strict = changed(behind, (draft) => {
      draft["profile"] = "softhsm";
    });
    writeFileSync(device, formatTokenConfig(strict));
    const refused = await countersign([...keygen, "countersign/demo/strict/1"]);
    expect(refused.code).not.toBe(0);
    expect(refused.err.join("\n")).toContain("CKR_ATTRIBUTE_TYPE_INVALID");
  });

  it("is checked in a minute, in words and in JSON, with an exit code", async () => {
    const args = ["hsm", "check", "--config", join(token, "token.yaml"), "--signatures", "64"];
    const said = await countersign(args);
    expect(said).toMatchObject({ code: 0, err: [] });
    expect(said.out[0]).toMatch(/^token `demo`, serial [0-9a-f]{16}, profile softhsm$/);
    expect(said.out.join("\n")).toMatch(/^known +logout +SoftHSM .*softhsm\/SoftHSMv2#900/m);
    expect(said.out.at(-1)).toMatch(/^PASS: \d+ passed, 0 failed, 1 known to fail/);
    const answer = await answerOf(args);
    expect(answer).toMatchObject({ ok: true, token: "demo", profile: "softhsm" });
    expect(answer["lines"]).toContainEqual(expect.objectContaining({ name: "curve", verdict: "pass" }));
  });

  it("that fails a check ends with 1, and a check that cannot begin with 2", async () => {
    const other = join(token, "other.yaml");
    writeFileSync(other, readFileSync(join(token, "token.yaml"), "utf8").replace("libsofthsm2.so", "libnothing.so"));
    const failing = await countersign(["hsm", "check", "--config", other]);
    expect(failing).toMatchObject({ code: 1, err: [] });
    expect(failing.out.at(-1)).toMatch(/^FAIL: 0 passed, 1 failed/);
    const wrong = ["hsm", "check", "--config", join(token, "token.yaml"), "--signatures", "0"];
    expect(await countersign(wrong)).toMatchObject({ code: 2, out: [] });
    expect(await countersign(["hsm", "check", "--config", join(folder, "no.yaml")])).toMatchObject({
      code: 2,
      out: [],
    });
  });

  it("takes its PIN in two parts from people at a terminal, and shows nothing of it", async () => {
    const pin = readFileSync(join(token, "pin"), "utf8").trim();
    const config = join(token, "terminal.yaml");
    writeFileSync(config, readFileSync(join(token, "token.yaml"), "utf8").replace(/file: .*\/pin$/m, "terminal: 2"));
    const said = await atTerminal(["hsm", "keys", "--config", config], (screen) => {
      if (screen.endsWith("part 1 of 2 of the PIN: ")) return `x\u007f${pin.slice(0, 10)}\r`;
      return screen.endsWith("part 2 of 2 of the PIN: ") ? `${pin.slice(10)}\r` : "";
    });
    expect(said).toMatchObject({ code: 0 });
    expect(said.screen).toContain("countersign/demo/hsm-mint/1");
    expect(said.screen).not.toContain(pin.slice(0, 10));
    expect(said.screen).not.toContain(pin.slice(10));
    const left = await atTerminal(["hsm", "keys", "--config", config], (screen) =>
      screen.endsWith("PIN: ") ? "\u0003" : "",
    );
    expect(left).toMatchObject({
      code: 2,
      screen: expect.stringContaining("reading the PIN: it was broken off") as unknown,
    });
  });

  it("is not made twice in one folder, nor a key on one that is not there", async () => {
    const again = await countersign(["hsm", "init", "--folder", token, "--label", "demo"]);
    expect(again).toMatchObject({ code: 2, out: [] });
    expect(again.err[0]).toMatch(/holds a token already/);
    const nowhere = await countersign([
      "hsm",
      "keygen",
      "--config",
      join(folder, "no.yaml"),
      "--alone",
      "--label",
      "x",
    ]);
    expect(nowhere.code).toBe(2);
  });
});
