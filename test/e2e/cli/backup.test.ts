/** One key from its token to another, wrapped under two people's components, by the commands alone; and everything that must not come along. */
import { execFile } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import { parseTokenConfig } from "../../../src/adapters/pkcs11/token-file.ts";
import { readKeyRecord } from "../../../src/roster/key-record.ts";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { parseStrict } from "../../../src/values/json.ts";
import { permit } from "../../contract/pkcs11/permits.ts";
import { atTerminal } from "../../place/typing.ts";
import { answerOf, countersign } from "../../unit/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-backup-"));
const at = (name: string): string => join(folder, name);
const config = (token: string): string => at(`${token}/token.yaml`);
const people = ["--operator", "otto", "--operator", "olga"];
const components = [at("carla.component"), at("chris.component")] as const;
let record = 0;
const recorded = (): string[] => {
  record += 1;
  return [...people, "--record", at(`record-${record}.json`)];
};
const said = (name: string): Record<string, unknown> =>
  parseStrict(readFileSync(at(name), "utf8"), 10) as Record<string, unknown>;

beforeAll(async () => {
  for (const name of ["first", "second", "third"])
    await answerOf(["hsm", "init", "--folder", at(name), "--label", name]);
  for (const file of [...components, at("other.component")])
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o400 });
  const keygen = (label: string, ...more: string[]): Promise<Record<string, unknown>> =>
    answerOf(["hsm", "keygen", "--config", config("first"), "--label", label, ...more, ...recorded()]);
  await keygen("countersign/prod/hsm-mint/1", "--backup");
  await keygen("countersign/prod/hsm-stays/1");
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** An AES key of the user's, as a vendor's tool makes one before the security officer trusts it. */
async function makeWrappingKey(token: string, label: string): Promise<void> {
  const { module, token: wanted } = parseTokenConfig(readFileSync(config(token), "utf8"));
  const script = `
    const { PKCS11 } = require("pkcs11js");
    const module = new PKCS11();
    module.load(${JSON.stringify(module.path)});
    module.C_Initialize({ flags: 2 });
    const slot = module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).label.trim() === ${JSON.stringify(wanted.label)});
    const session = module.C_OpenSession(slot, 6);
    module.C_Login(session, 1, require("fs").readFileSync(${JSON.stringify(at(`${token}/pin`))}, "utf8").trim());
    module.C_GenerateKey(session, { mechanism: 0x1080 }, [
      { type: 0x161, value: 32 }, { type: 0x1, value: true }, { type: 0x106, value: true }, { type: 0x3, value: ${JSON.stringify(label)} },
    ]);
    module.C_Finalize();`;
  await promisify(execFile)(process.execPath, ["-e", script], { env: { ...process.env, ...module.env } });
}

const under = (one: string = components[0], other: string = components[1]): string[] => [
  ...["--component", one, "--component", other],
];
const soPin = (token: string): string[] => ["--so-pin", at(`${token}/so-pin`)];
const takeOff = (name: string, out: string, ...more: string[]): string[] => [
  ...["hsm", "backup", "--config", config("first"), "--name", name, "--out", at(out)],
  ...(more.length === 0 ? [...under(), ...soPin("first")] : more),
  ...recorded(),
];
const putOn = (token: string, file: string, ...more: string[]): string[] => [
  ...["hsm", "backup", "--config", config(token), "--restore", at(file)],
  ...(more.length === 0 ? under() : more),
  ...recorded(),
];

describe("a key made for it", () => {
  it("leaves its token wrapped, in a file of its owner's, with a record", async () => {
    const taken = await answerOf(takeOff("hsm-mint", "mint.backup"));
    expect(taken).toMatchObject({ name: "hsm-mint", operators: ["otto", "olga"] });
    expect(taken["checkValues"]).toHaveLength(3);
    expect(statSync(at("mint.backup")).mode & 0o077).toBe(0);
    expect(said("mint.backup")).toMatchObject({
      format: "countersign/key-backup/v1",
      mechanism: "CKM_AES_KEY_WRAP_PAD",
    });
    const written = readKeyRecord(said(`record-${record}.json`) as never, nativeChecks());
    expect(written).toMatchObject({
      ceremony: "backup",
      selfReported: { CKA_EXTRACTABLE: true, CKA_WRAP_WITH_TRUSTED: true },
    });
    expect(written.wrapped).toEqual({
      sha256: taken["wrapped"],
      mechanism: "CKM_AES_KEY_WRAP_PAD",
      wrappingKey: `two components, check value ${String((taken["checkValues"] as string[])[2])}`,
    });
  });

  it("comes to another token, where it signs as the same account and leaves no more", async () => {
    const restored = await answerOf(putOn("second", "mint.backup"));
    expect(restored["account"]).toBe((said("mint.backup")["key"] as { account: string }).account);
    expect(said(`record-${record}.json`)).toMatchObject({
      ceremony: "restore",
      token: { label: "second" },
      selfReported: { CKA_EXTRACTABLE: false, CKA_SENSITIVE: true, CKA_LOCAL: false, CKA_MODIFIABLE: false },
    });
    expect(await countersign(["hsm", "keys", "--config", config("second")])).toMatchObject({ code: 0, err: [] });
    for (const token of ["first", "second"]) {
      const backend = await openPkcs11Backend(parseTokenConfig(readFileSync(config(token), "utf8")), {
        faults: { at: () => undefined },
      });
      const key = {
        publicKey: parseHex(restored["publicKey"], 65),
        address: fromPublicKey(parseHex(restored["publicKey"], 65)),
      };
      expect((await backend.sign(permit("hsm-mint", key))).kind, token).toBe("signed");
      await backend.close();
    }
    const again = takeOff("hsm-mint", "again.backup");
    const off = await countersign(again.map((word) => word.replace(`${at("first")}/`, `${at("second")}/`)));
    expect(off).toMatchObject({ code: 2, out: [] });
    expect(off.err[0]).toContain("made without `--backup` and never leaves its token");
  });

  it("leaves under components that two people type, and shows nothing of them", async () => {
    const secrets = [...components, at("first/so-pin")].map((file) => readFileSync(file, "utf8").trim());
    const asked = [
      "component 1 of the wrapping key: ",
      "component 2 of the wrapping key: ",
      "security officer's PIN: ",
    ];
    const args = ["hsm", "backup", "--config", config("first"), "--name", "hsm-mint", "--out", at("typed.backup")];
    const typed = await atTerminal([...args, ...recorded()], (screen) => {
      const index = asked.findIndex((prompt) => screen.endsWith(prompt));
      return index < 0 ? "" : `${secrets[index] ?? ""}\r`;
    });
    expect(typed.code).toBe(0);
    for (const secret of secrets) expect(typed.screen).not.toContain(secret.slice(0, 8));
    expect(said("typed.backup")["wrapped"]).toBe(said("mint.backup")["wrapped"]);
  });

  it("does not leave under a key of the token's own that its security officer does not trust", async () => {
    await makeWrappingKey("first", "kek");
    const refused = await countersign(takeOff("hsm-mint", "y", "--wrapping-key", "kek"));
    expect(refused.err[0]).toContain("the token does not trust the wrapping key");
  });

  it("is restored once to a token, and not beside itself", async () => {
    const twice = await countersign(putOn("second", "mint.backup"));
    expect(twice.code).toBe(2);
    expect(twice.err[0]).toContain("has the key `hsm-mint` already");
  });

  it("leaves no wrapping key behind, on disk or to be found", async () => {
    for (const token of ["first", "second"]) {
      const files = readdirSync(at(`${token}/tokens`), { recursive: true, withFileTypes: true }).filter((one) =>
        one.isFile(),
      );
      const bytes = Buffer.concat(files.map((one) => readFileSync(join(one.parentPath, one.name))));
      const [one, other] = components.map((file) => Buffer.from(readFileSync(file, "utf8").trim(), "hex"));
      const sum = Buffer.from((one ?? Buffer.alloc(0)).map((byte, index) => byte ^ (other?.[index] ?? 0)));
      for (const secret of [one, other, sum]) expect(secret !== undefined && bytes.includes(secret)).toBe(false);
    }
  });
});

describe("a key is not taken", () => {
  it.each<[string, () => string[], string]>([
    ["when it was made to stay", () => takeOff("hsm-stays", "x"), "made without `--backup` and never leaves its token"],
    [
      "under a key that the token has not",
      () => takeOff("hsm-mint", "x", "--wrapping-key", "kek-2"),
      "no secret key `kek-2`",
    ],
    [
      "with one component twice",
      () => takeOff("hsm-mint", "x", ...under(components[0], components[0]), ...soPin("first")),
      "both components are the same",
    ],
    [
      "by a wrong security officer's PIN",
      () => takeOff("hsm-mint", "x", ...under(), ...soPin("second")),
      "CKR_PIN_INCORRECT",
    ],
    [
      "by the same wrong PIN again",
      () => takeOff("hsm-mint", "x", ...under(), ...soPin("second")),
      "is not tried again",
    ],
    ["when nobody has it", () => takeOff("hsm-none", "x"), "has no key `hsm-none`"],
  ])("%s", async (_, args, why) => {
    const refused = await countersign(args());
    expect(refused).toMatchObject({ code: 2, out: [] });
    expect(refused.err[0]).toContain(why);
    expect(readdirSync(folder)).not.toContain("x");
  });

  it("by one person, or without saying which goes where", async () => {
    const where = ["hsm", "backup", "--config", config("first")];
    const alone = await countersign([...where, "--operator", "otto", ...under(), ...soPin("first")]);
    expect(alone.err[0]).toContain("two different people");
    expect((await countersign([...where, ...people])).err[0]).toContain("--name and --out say which key");
    const there = await countersign([...where, ...people, "--restore", at("mint.backup"), "--name", "hsm-mint"]);
    expect(there.err[0]).toContain("--name and --out are for taking a key off");
    const both = await countersign([...where, ...people, ...under(), "--wrapping-key", "kek"]);
    expect(both.err[0]).toContain("--wrapping-key is a key that the token has");
  });
});

describe("a backup is not restored", () => {
  it("under another key, nor as another key than it says", async () => {
    const wrong = await countersign(putOn("third", "mint.backup", ...under(components[0], at("other.component"))));
    expect(wrong).toMatchObject({ code: 2, out: [] });
    expect(wrong.err[0]).toContain("it was wrapped under another key, or changed since");

    const other = createECDH("secp256k1");
    const publicKey = parseHex(`0x${other.generateKeys("hex")}`, 65);
    const backup = said("mint.backup");
    const key = { ...(backup["key"] as object), publicKey, account: fromPublicKey(publicKey) };
    writeFileSync(at("foreign.backup"), JSON.stringify({ ...backup, key }));
    const foreign = await countersign(putOn("third", "foreign.backup"));
    expect(foreign.err[0]).toContain("another key than the backup says; it is destroyed again");
    expect((await countersign(["hsm", "keys", "--config", config("third")])).out).toEqual([
      "there is no key on this token",
    ]);
  });

  it("when a byte of it changed, and leaves nothing on the token", async () => {
    const backup = said("mint.backup");
    const bent = String(backup["wrapped"]).replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    writeFileSync(at("bent.backup"), JSON.stringify({ ...backup, wrapped: bent }));
    expect((await countersign(putOn("third", "bent.backup"))).err[0]).toContain(
      "it was wrapped under another key, or changed since",
    );
    expect((await countersign(["hsm", "keys", "--config", config("third")])).out).toEqual([
      "there is no key on this token",
    ]);
  });
});
