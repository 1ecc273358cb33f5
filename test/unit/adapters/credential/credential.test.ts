/** A credential signs what its public part verifies, as any wallet would, and its file is its owner's alone. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Wallet } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  loadCredential,
  saveCredential,
  secretCredential,
} from "../../../../src/adapters/credential/credential-file.ts";
import { createCredential, publicPart, signStatement } from "../../../../src/adapters/credential/credential.ts";
import { nativeChecks } from "../../../../src/adapters/crypto-native/checks.ts";
import { domain, typesOf } from "../../../../src/statement/digest.ts";
import type { Kind } from "../../../../src/statement/message.ts";
import { readStatement } from "../../../../src/statement/read.ts";
import { verifyStatement } from "../../../../src/statement/verify.ts";
import { checksum } from "../../../../src/values/address.ts";
import { sha256, utf8 } from "../../../../src/values/digest.ts";
import { Fault, InvalidValue } from "../../../../src/values/errors.ts";
import * as name from "../../../../src/values/name.ts";
import { messagesOf } from "../../../vectors/statements/messages.ts";

const deploymentId = sha256(utf8("a deployment"));
const messages = messagesOf(deploymentId);
const id = name.parse("ida-1");
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "credential-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const refusal = (path: string): unknown => {
  try {
    return loadCredential(path);
  } catch (error) {
    return error;
  }
};

describe.each(["wallet", "key"] as const)("a %s credential", (kind) => {
  it("signs what its public part verifies, for every kind of statement", () => {
    const credential = createCredential(kind, id);
    for (const said of Object.keys(messages) as Kind[]) {
      const statement = readStatement(signStatement(credential, deploymentId, said, messages[said]));
      expect(
        verifyStatement({ deploymentId, statement, credential: publicPart(credential), checks: nativeChecks() }),
      ).toEqual({ kind: "valid" });
    }
  });

  it("survives its file, which only the owner can read", () => {
    const path = join(folder, "mine.json");
    const credential = createCredential(kind, id);
    saveCredential(path, credential);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const loaded = loadCredential(path);
    expect(publicPart(loaded)).toEqual(publicPart(credential));
    expect(loaded.privateKey).toBe(credential.privateKey);
  });

  it("is another each time", () => {
    expect(createCredential(kind, id).privateKey).not.toBe(createCredential(kind, id).privateKey);
  });

  it("shows its secret to no log line", () => {
    const credential = createCredential(kind, id);
    for (const shown of [
      JSON.stringify(credential),
      inspect(credential),
      JSON.stringify(publicPart(credential)),
      String(Object.values(credential)),
    ]) {
      expect(shown).not.toContain(credential.privateKey.slice(2, 20));
    }
  });
});

it("signs the normal spelling of what it is given, and refuses what the gate would refuse", () => {
  const credential = createCredential("key", id);
  const account = `0x${"ab".repeat(20)}`;
  const lower = signStatement(credential, deploymentId, "Approval", { ...messages.Approval, account });
  const mixed = signStatement(credential, deploymentId, "Approval", {
    ...messages.Approval,
    account: checksum(account as never),
  });
  expect(mixed).toEqual(lower);
  expect(() => signStatement(credential, deploymentId, "Approval", { ...messages.Approval, amount: "0x10" })).toThrow(
    InvalidValue,
  );
  expect(() => signStatement(credential, deploymentId, "Approval", { ...messages.Approval, extra: 1 })).toThrow(
    InvalidValue,
  );
});

it("signs as any wallet does: the same signature as ethers", async () => {
  const credential = createCredential("wallet", id);
  const wallet = new Wallet(credential.privateKey);
  const theirs = await wallet.signTypedData(domain(deploymentId), typesOf("Approval"), messages.Approval);
  expect(signStatement(credential, deploymentId, "Approval", messages.Approval).proof).toEqual({
    kind: "wallet",
    signature: theirs,
  });
  expect(publicPart(credential)).toMatchObject({ address: wallet.address.toLowerCase() });
});

describe("a credential file", () => {
  const write = (content: unknown, mode = 0o600): string => {
    const path = join(folder, "file.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    chmodSync(path, mode);
    return path;
  };
  const privateKey = sha256(utf8("a secret"));
  const good = { apiVersion: "countersign/v1", kind: "key", id: "ida-1", privateKey };

  it.each([0o640, 0o604, 0o644, 0o660, 0o610, 0o601])("is refused with mode %o", (mode) => {
    expect(refusal(write(good, mode))).toMatchObject({
      code: "credential.exposed",
      message: expect.stringContaining("chmod 600") as string,
    });
  });

  it.each([0o600, 0o400])("is taken with mode %o", (mode) => {
    expect(loadCredential(write(good, mode)).id).toBe("ida-1");
  });

  it("is refused through a link to an exposed file too", () => {
    const path = write(good, 0o644);
    symlinkSync(path, join(folder, "link.json"));
    expect(refusal(join(folder, "link.json"))).toMatchObject({ code: "credential.exposed" });
  });

  it("is refused when it is something else, without repeating the secret", () => {
    const shifted = privateKey.toUpperCase();
    for (const bad of [
      "",
      "no",
      "[]",
      { ...good, extra: 1 },
      { ...good, kind: "passkey" },
      { ...good, privateKey: shifted },
      { ...good, id: "../x" },
      { ...good, apiVersion: "v2" },
      "x".repeat(5_000),
    ]) {
      const error = refusal(write(bad));
      expect(error).toMatchObject({ code: "credential.malformed" });
      expect(inspect(error)).not.toContain(shifted.slice(2, 30));
    }
    expect(refusal(folder)).toMatchObject({ code: "credential.malformed" });
  });

  it("is a fault of the world when it is not there", () => {
    expect(refusal(join(folder, "none.json"))).toBeInstanceOf(Fault);
    expect(() => {
      saveCredential(join(folder, "none", "x.json"), secretCredential({ kind: "key", id, privateKey }));
    }).toThrow(Fault);
  });

  it("is never written over", () => {
    const path = write(good);
    expect(() => {
      saveCredential(path, createCredential("key", id));
    }).toThrow(expect.objectContaining({ code: "credential.exists" }));
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(good);
  });
});
