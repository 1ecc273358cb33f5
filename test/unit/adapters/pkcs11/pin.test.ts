/** Which PIN files are read. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readPin } from "../../../../src/adapters/pkcs11/pin.ts";

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-pin-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  file = join(folder, "pin");
  rmSync(file, { recursive: true, force: true });
});

function write(text: string, mode = 0o400): void {
  writeFileSync(file, text);
  chmodSync(file, mode);
}

test.each([
  ["1234", "1234"],
  ["1234\n", "1234"],
  ["1234\r\n", "1234"],
  [" 12 34 \n\n", " 12 34 \n"],
])("of %j the line end is left out and nothing else", async (text, pin) => {
  write(text);
  await expect(readPin({ file })).resolves.toBe(pin);
});

test.each(["400", "600"])("a file of mode %s is read", async (mode) => {
  write("1234", Number.parseInt(mode, 8));
  await expect(readPin({ file })).resolves.toBe("1234");
});

test.each(["440", "404", "420", "500", "610", "602", "644", "700"])("a file of mode %s is not", async (mode) => {
  write("1234", Number.parseInt(mode, 8));
  await expect(readPin({ file })).rejects.toThrow("its mode must be 0400 or 0600");
});

test("an empty file, a long one, none, a link and a folder are refused", async () => {
  write("\n");
  await expect(readPin({ file })).rejects.toThrow("is empty");
  rmSync(file);
  write("1".repeat(257));
  await expect(readPin({ file })).rejects.toThrow("is longer than 256 bytes");
  rmSync(file);
  await expect(readPin({ file })).rejects.toThrow("cannot be opened");
  writeFileSync(join(folder, "other"), "1234", { mode: 0o400 });
  symlinkSync(join(folder, "other"), file);
  await expect(readPin({ file })).rejects.toThrow("cannot be opened");
  rmSync(file);
  mkdirSync(file);
  await expect(readPin({ file })).rejects.toThrow("is not a file");
});

test("a file of another user is refused, whoever may read it", async () => {
  if (process.getuid?.() === 0) {
    write("1234");
    chownSync(file, 12_345, 12_345);
  } else file = "/etc/hostname";
  await expect(readPin({ file })).rejects.toThrow("belongs to another user");
});

test("no message contains the PIN", async () => {
  write("secret-pin", 0o644);
  await expect(readPin({ file })).rejects.not.toThrow("secret-pin");
});

describe("a credential", () => {
  beforeEach(() => {
    process.env["CREDENTIALS_DIRECTORY"] = folder;
  });
  afterEach(() => {
    delete process.env["CREDENTIALS_DIRECTORY"];
  });

  test.each(["400", "440"])("of mode %s is read from the service's own folder", async (mode) => {
    write("1234\n", Number.parseInt(mode, 8));
    await expect(readPin({ credential: "pin" })).resolves.toBe("1234");
  });

  test("that everybody may read, or that is not there, is refused", async () => {
    write("1234", 0o444);
    await expect(readPin({ credential: "pin" })).rejects.toThrow("the credential `pin` is open to other users");
    await expect(readPin({ credential: "third" })).rejects.toThrow("the credential `third` cannot be opened");
    delete process.env["CREDENTIALS_DIRECTORY"];
    await expect(readPin({ credential: "pin" })).rejects.toThrow("without CREDENTIALS_DIRECTORY");
  });
});

describe("a command", () => {
  const shell = (script: string, env?: Record<string, string>): Promise<string> =>
    readPin({ command: ["/bin/sh", "-c", script], ...(env === undefined ? {} : { env }) });

  test("prints the PIN, and has the variables it is given and no others of ours", async () => {
    process.env["GATE_SECRET"] = "not for the command";
    await expect(shell('echo "$VAULT_ADDR$GATE_SECRET-1234"', { VAULT_ADDR: "v" })).resolves.toBe("v-1234");
    delete process.env["GATE_SECRET"];
  });

  test.each([
    ["exit 3", "ended with exit 3"],
    ["kill -9 $$", "ended with SIGKILL"],
    ["true", "the PIN command `/bin/sh` is empty"],
    ["head -c 300 /dev/zero | tr '\\0' 1", "prints more than 256 bytes"],
    ["echo secret-pin >&2; echo secret-pin; exit 1", "ended with exit 1"],
  ])("that does `%s` is refused, without a word of what it printed", async (script, said) => {
    const error: unknown = await shell(script).catch((caught: unknown) => caught);
    expect(String(error)).toContain(said.replace("PIN command", "command"));
    expect(String(error)).not.toContain("secret-pin");
  });

  test("that is not there is refused", async () => {
    await expect(readPin({ command: ["/nowhere/pin"] })).rejects.toThrow(
      "the command `/nowhere/pin` could not be started",
    );
  });
});
