/** What must be right before a token is opened; every case ends in a sentence for a person, and without a second try. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import { createKey, listKeys } from "../../../src/adapters/pkcs11/key-ceremony.ts";
import { findSoftHsm, initSoftToken } from "../../../src/adapters/pkcs11/soft-token.ts";
import type { TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import { parseTokenConfig } from "../../../src/adapters/pkcs11/token-file.ts";
import { buildFaultyModule, type FaultyModule } from "../../place/faulty-module.ts";
import { p11KitProxy } from "../../place/network-hsm.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit } from "./permits.ts";

const noRefusal = /^#.*\n$/;
const oneRefusal = /^#.*\n[0-9a-f]{64}\n$/;

let token: TestToken;
let pinFile: string;
let latch: string;
let pin: string;
let faulty: FaultyModule;

beforeAll(async () => {
  token = await makeTestToken("hot");
  pinFile = join(token.folder, "token", "pin");
  latch = join(token.folder, "token", "refused-pins");
  pin = readFileSync(pinFile, "utf8");
  faulty = buildFaultyModule(join(token.folder, "module"));
});
afterAll(() => {
  token.remove();
});
beforeEach(() => {
  rmSync(latch, { force: true });
  writePin(pin);
});

function writePin(text: string, mode = 0o400): void {
  rmSync(pinFile, { force: true });
  writeFileSync(pinFile, text);
  chmodSync(pinFile, mode);
}
const open = async (config: TokenConfig = token.token.config): Promise<void> => {
  const backend = await openPkcs11Backend(config, { faults: { at: () => undefined } });
  await backend.close();
};
const refusal = (message: string): unknown =>
  expect.objectContaining({
    code: "pkcs11.start",
    retry: "never",
    message: expect.stringContaining(message) as unknown,
  });

describe("the PIN", () => {
  test("that is wrong is tried once; the same one is not tried again by any later start", async () => {
    writePin("wrong-pin\n");
    await expect(open()).rejects.toThrow(refusal("logging in: CKR_PIN_INCORRECT (160)"));
    expect(readFileSync(latch, "utf8")).toMatch(oneRefusal);
    for (let again = 0; again < 2; again += 1)
      await expect(open()).rejects.toThrow(refusal("the token refused this PIN before and it is not tried again"));
    expect(readFileSync(latch, "utf8")).toMatch(oneRefusal);
    writePin(pin);
    await open();
  });

  test("is not in the latch, nor in the words of the refusal", async () => {
    writePin("wrong-pin-2");
    const error: unknown = await open().catch((caught: unknown) => caught);
    expect(String(error) + readFileSync(latch, "utf8")).not.toContain("wrong-pin-2");
  });

  test("is not tried at all once eight were refused", async () => {
    writeFileSync(latch, `${"00".repeat(32)}\n`.repeat(8));
    await expect(open()).rejects.toThrow(refusal("the token refused 8 PINs"));
  });

  test.each(["right", "wrong"])("that is %s is not tried where a refusal could not be written down", async (which) => {
    const log = join(token.folder, `logins-${which}`);
    if (which === "wrong") writePin("wrong-pin-3");
    const config = changed(faulty.behind(token.token.config, "none", { FAULTY_LOG: log }), (draft) => {
      draft["login"] = { pin: { file: pinFile }, latch: join(token.folder, "nowhere", "refused-pins") };
    });
    for (let again = 0; again < 2; again += 1)
      await expect(open(config)).rejects.toThrow(refusal("cannot be written, and a refused PIN would be forgotten"));
    expect(existsSync(log)).toBe(false);
  });

  test("in a file that others can read is not read", async () => {
    writePin(pin, 0o440);
    await expect(open()).rejects.toThrow(refusal("its mode must be 0400 or 0600"));
  });

  const withPin = (source: object): TokenConfig =>
    changed(token.token.config, (draft) => {
      draft["login"] = { pin: source, latch };
    });

  test("comes from an open file, at every start of an agent again", async () => {
    const descriptor = openSync(pinFile, "r");
    await open(withPin({ descriptor }));
    await open(withPin({ descriptor }));
    closeSync(descriptor);
  });

  test("does not come from a pipe, which a second start could not read", async () => {
    const pipe = join(token.folder, "pipe");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    const descriptor = openSync(pipe, constants.O_RDWR);
    await expect(open(withPin({ descriptor }))).rejects.toThrow(refusal(`the descriptor ${descriptor} is not a file`));
    closeSync(descriptor);
  });

  test("comes from a command that nobody else can change", async () => {
    await open(withPin({ command: ["/bin/cat", pinFile] }));
    const script = join(token.folder, "pin.sh");
    writeFileSync(script, `#!/bin/sh\ncat ${pinFile}\n`);
    chmodSync(script, 0o777);
    await expect(open(withPin({ command: [script] }))).rejects.toThrow(
      refusal(`the command for the PIN \`${script}\``),
    );
  });

  test("comes from a credential of the service", async () => {
    process.env["CREDENTIALS_DIRECTORY"] = join(token.folder, "token");
    await open(withPin({ credential: "pin" }));
    delete process.env["CREDENTIALS_DIRECTORY"];
    await expect(open(withPin({ credential: "pin" }))).rejects.toThrow(refusal("without CREDENTIALS_DIRECTORY"));
  });

  test("is not waited for at a terminal by an agent that signs", async () => {
    await expect(open(withPin({ terminal: 1 }))).rejects.toThrow(refusal("the gate needs another source"));
  });

  test("comes from the environment only where that is allowed", async () => {
    process.env["TEST_HSM_PIN"] = pin.trim();
    const config = changed(token.token.config, (draft) => {
      draft["login"] = { pin: { env: "TEST_HSM_PIN" }, allowEnvPin: true, latch };
    });
    await open(config);
    delete process.env["TEST_HSM_PIN"];
    await expect(open(config)).rejects.toThrow(refusal("the PIN variable `TEST_HSM_PIN` is empty"));
  });
});

describe("the keys", () => {
  const withKey = (change: object): TokenConfig =>
    changed(token.token.config, (draft) => {
      draft["keys"] = [{ ...token.token.config.keys[0], ...change }];
    });

  test("must have the pinned public key", async () => {
    await expect(open(withKey({ publicKey: `0x04${"11".repeat(64)}` }))).rejects.toThrow(
      refusal("the token's public key is not the configured one"),
    );
  });

  test("are found by id and label together", async () => {
    await expect(open(withKey({ label: "countersign/test/cold/1" }))).rejects.toThrow(
      refusal("the token has no private key"),
    );
    await expect(open(withKey({ id: "00" }))).rejects.toThrow(refusal("the token has no private key"));
  });
});

describe("the token", () => {
  test("is found by serial number and label, and told apart from one that is away", async () => {
    await expect(
      open(
        changed(token.token.config, (draft) => {
          draft["token"] = { ...token.token.config.token, label: "other" };
        }),
      ),
    ).rejects.toThrow(refusal("is labelled `test`, not `other`"));
    const away = await openPkcs11Backend(
      changed(token.token.config, (draft) => {
        draft["token"] = { label: "test", serial: "0000" };
      }),
      { faults: { at: () => undefined } },
    );
    expect(away.health()).toMatchObject({
      ready: false,
      why: "finding the token: no token has the serial number `0000`",
    });
    await expect(away.sign(permit("hot", token.keys["hot"]!))).resolves.toMatchObject({ kind: "busy" });
    await away.close();
  });

  test("is not made twice in one folder", async () => {
    await expect(initSoftToken(join(token.folder, "token"), "test")).rejects.toMatchObject({
      code: "pkcs11.token-exists",
    });
    await expect(initSoftToken(join(token.folder, "second"), "test", undefined)).resolves.toBeDefined();
  });

  test("is described by a file that says the same when read again", () => {
    expect(parseTokenConfig(readFileSync(token.token.configFile, "utf8"))).toEqual(token.token.config);
  });
});

describe("the module", () => {
  const withModule = (path: string): TokenConfig =>
    changed(token.token.config, (draft) => {
      draft["module"] = { ...token.token.config.module, path };
    });

  test("must lie in a file that nobody else can change", async () => {
    const copy = join(token.folder, "module.so");
    copyFileSync(findSoftHsm()!, copy);
    chmodSync(copy, 0o666);
    await expect(open(withModule(copy))).rejects.toThrow(refusal("can be changed by other users"));
  });

  test("must not be p11-kit's proxy, under its own name or as a copy under another", async () => {
    const as = (path: string, owner: string): TokenConfig =>
      changed(token.token.config, (draft) => {
        draft["module"] = { path, owner };
      });
    const why = "is p11-kit's proxy, which loads whatever modules the machine is configured for";
    await expect(open(as(p11KitProxy(), token.token.config.module.owner))).rejects.toThrow(refusal(why));
    const copy = join(token.folder, "vendor.so");
    copyFileSync(p11KitProxy(), copy);
    await expect(open(as(copy, "self"))).rejects.toThrow(refusal(why));
  });

  test("must have the content that is pinned", async () => {
    const pinned = changed(token.token.config, (draft) => {
      draft["module"] = { ...token.token.config.module, sha256: "00".repeat(32) };
    });
    await expect(open(pinned)).rejects.toThrow(refusal(`and ${"00".repeat(32)} is pinned`));
  });

  test("must be a PKCS#11 module", async () => {
    const text = join(token.folder, "text.so");
    writeFileSync(text, "not a library", { mode: 0o644 });
    const config = changed(withModule(text), (draft) => {
      draft["module"] = { path: text, owner: "self" };
    });
    await expect(open(config)).rejects.toThrow(refusal("is not a PKCS#11 module"));
  });
});

describe("a new key", () => {
  test("is as strict as asked, by its own account, and has signed with its own name", async () => {
    const key = await createKey({ config: token.token.config, label: "countersign/test/new/1" });
    expect(key.id).toMatch(/^[0-9a-f]{32}$/);
    expect(key.attributes).toEqual({
      CKA_TOKEN: true,
      CKA_PRIVATE: true,
      CKA_SENSITIVE: true,
      CKA_SIGN: true,
      CKA_EXTRACTABLE: false,
      CKA_MODIFIABLE: false,
      CKA_COPYABLE: false,
      CKA_DECRYPT: false,
      CKA_UNWRAP: false,
      CKA_SIGN_RECOVER: false,
      CKA_DERIVE: false,
      CKA_KEY_TYPE: 3,
      CKA_EC_PARAMS: "06052b8104000a",
      CKA_LOCAL: true,
      CKA_ALWAYS_SENSITIVE: true,
      CKA_NEVER_EXTRACTABLE: true,
      CKA_KEY_GEN_MECHANISM: 0x1040,
      CKA_ALLOWED_MECHANISMS: "4110000000000000",
      CKA_WRAP_WITH_TRUSTED: false,
    });
    const listed = await listKeys(token.token.config);
    expect(listed.find(({ label }) => label === key.label)).toMatchObject({
      id: key.id,
      publicKey: key.publicKey,
      findings: ["no configured key"],
    });
    expect(listed.find(({ label }) => label === "countersign/test/hot/1")).toMatchObject({ findings: [] });
  });

  test("does not take a label that is in use, nor an odd one", async () => {
    await expect(createKey({ config: token.token.config, label: "countersign/test/hot/1" })).rejects.toThrow(
      "the label is in use",
    );
    await expect(createKey({ config: token.token.config, label: "a b" })).rejects.toThrow("is not a plain label");
    expect(readFileSync(latch, "utf8")).toMatch(noRefusal);
  });
});
