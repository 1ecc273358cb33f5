/** A token and a managed key by the commands alone, on SoftHSM. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
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

    const key = await answerOf(["hsm", "keygen", "--config", config, "--label", "countersign/demo/hsm-mint/1"]);
    expect(key).toMatchObject({ name: "hsm-mint", backend: "pkcs11" });
    expect(key["account"]).toMatch(/^0x[0-9a-f]{40}$/);
    expect(readFileSync(config, "utf8")).toContain(String(key["publicKey"]));

    const keys = await countersign(["hsm", "keys", "--config", config]);
    expect(keys).toMatchObject({ code: 0, err: [] });
    expect(keys.out.join("\n")).toContain("countersign/demo/hsm-mint/1");
  });

  it("is not made twice in one folder, nor a key on one that is not there", async () => {
    const again = await countersign(["hsm", "init", "--folder", token, "--label", "demo"]);
    expect(again).toMatchObject({ code: 2, out: [] });
    expect(again.err[0]).toMatch(/holds a token already/);
    const nowhere = await countersign(["hsm", "keygen", "--config", join(folder, "no.yaml"), "--label", "x"]);
    expect(nowhere.code).toBe(2);
  });
});
