/** A key's ceremony by the commands alone: two people, a record, their signatures in the gate's log, and a token held against it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveCredential } from "../../../src/adapters/credential/credential-file.ts";
import { serveGate, type GateSocket } from "../../../src/adapters/socket/server.ts";
import { openPlace, type GatePlace } from "../../place/gate.ts";
import { credentialOf, type PersonId } from "../../place/people.ts";
import { answerOf, countersign } from "../../unit/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-ceremony-"));
const at = (name: string): string => join(folder, name);
const config = at("token/token.yaml");
const record = at("record.json");
let place: GatePlace;
let socket: GateSocket;

beforeAll(async () => {
  await answerOf(["hsm", "init", "--folder", at("token"), "--label", "prod"]);
  place = openPlace();
  socket = await serveGate({ path: at("run/gate.sock"), answer: (request) => place.gate.answer(request) });
  writeFileSync(at("genesis.json"), JSON.stringify(place.deployment.file));
  for (const id of ["otto", "olga", "omar"] as const) saveCredential(at(`${id}.json`), credentialOf(id));
});
afterAll(async () => {
  await socket.close();
  await place.close();
  rmSync(folder, { recursive: true, force: true });
});

const keygen = (...more: string[]): string[] => [
  ...["hsm", "keygen", "--config", config, "--label", "countersign/prod/hsm-2/1"],
  ...more,
];
const signedBy = (id: PersonId): Promise<Record<string, unknown>> =>
  answerOf([
    ...["hsm", "sign", record, "--credential", at(`${id}.json`), "--genesis", at("genesis.json")],
    ...["--yes", "--save", at(`${id}-signed.json`)],
  ]);
const handOver = (id: PersonId): Promise<Record<string, unknown>> =>
  answerOf([...["gate", "object", at(`${id}-signed.json`), "--genesis", at("genesis.json"), "--socket", socket.path]]);
/** The log as `log export` writes it. */
async function exportLog(name: string): Promise<string> {
  const leaves = place.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
  const head = await place.gate.answer({ verb: "head" });
  const checkpoint = "checkpoint" in head ? head.checkpoint : "";
  writeFileSync(at(name), JSON.stringify({ format: "countersign/log/v1", checkpoint, leaves }));
  return at(name);
}

describe("a key ceremony", () => {
  it("is held by two different people, or by one who says so", async () => {
    for (const people of [[], ["--operator", "otto"], ["--operator", "otto", "--operator", "otto"]]) {
      const said = await countersign(keygen(...people));
      expect(said).toMatchObject({ code: 2, out: [] });
      expect(said.err[0]).toContain("a ceremony has two different people");
    }
    expect((await countersign(keygen("--alone", "--operator", "otto"))).code).toBe(2);
    expect((await countersign(["hsm", "keys", "--config", config])).out).toEqual(["there is no key on this token"]);
  });

  it("makes a key and a record, which each of the two signs and the gate keeps", async () => {
    const made = await answerOf(keygen("--operator", "otto", "--operator", "olga", "--record", record));
    expect(made).toMatchObject({ name: "hsm-2", record, operators: ["otto", "olga"], givenUp: [] });
    const written = JSON.parse(readFileSync(record, "utf8")) as Record<string, unknown>;
    expect(written).toMatchObject({
      ceremony: "keygen",
      token: { label: "prod", manufacturer: "SoftHSM project", model: "SoftHSM v2", firmware: "2.6" },
      selfReported: { CKA_SENSITIVE: true, CKA_EXTRACTABLE: false, CKA_LOCAL: true, CKA_NEVER_EXTRACTABLE: true },
      attestation: null,
    });

    for (const id of ["otto", "olga"] as const) {
      expect(await signedBy(id)).toMatchObject({ delivered: false, recordHash: made["recordHash"] });
      expect(await handOver(id)).toMatchObject({ delivered: true });
    }
    await signedBy("omar");
    expect(await handOver("omar")).toMatchObject({ delivered: false, code: "ceremony.not-present" });
  });

  it("is what the token is held against, from the file or from the log", async () => {
    const log = await exportLog("log.json");
    const keys = (...more: string[]): ReturnType<typeof countersign> =>
      countersign(["hsm", "keys", "--config", config, ...more]);
    const fromLog = await keys("--log", log, "--genesis", at("genesis.json"));
    expect(fromLog).toMatchObject({ code: 0, err: [] });
    expect(fromLog.out.join("\n")).toMatch(
      /record: keygen at \S+ by otto and olga, sha256:[0-9a-f]{64}, signed by otto and olga\n {2}attested: nobody but the token says so/,
    );
    expect((await keys("--record", record)).out.join("\n")).toContain("from a file; who signed it is in the log");

    const other = JSON.parse(readFileSync(record, "utf8")) as { selfReported: Record<string, unknown> };
    other.selfReported["CKA_KEY_GEN_MECHANISM"] = 1;
    writeFileSync(at("other.json"), JSON.stringify(other));
    const drifted = await keys("--record", at("other.json"));
    expect(drifted.code).toBe(1);
    expect(drifted.out.at(-1)).toBe("  wrong: CKA_KEY_GEN_MECHANISM was 1 at its ceremony and is 4160");
  });

  it("with one signature is not complete", async () => {
    const found = at("found.json");
    const seen = await answerOf([
      ...["hsm", "record", "--config", config, "--name", "hsm-2"],
      ...["--operator", "otto", "--operator", "omar", "--record", found],
    ]);
    expect(seen).toMatchObject({ name: "hsm-2", record: found });
    await answerOf([
      ...["hsm", "sign", found, "--credential", at("omar.json"), "--genesis", at("genesis.json")],
      ...["--yes", "--save", at("found-signed.json")],
    ]);
    const gate = ["--genesis", at("genesis.json"), "--socket", socket.path];
    expect(await answerOf(["gate", "object", at("found-signed.json"), ...gate])).toMatchObject({ delivered: true });
    const log = await exportLog("later.json");
    const keys = await countersign(["hsm", "keys", "--config", config, "--log", log, "--genesis", at("genesis.json")]);
    expect(keys.code).toBe(1);
    expect(keys.out.at(-1)).toBe("  wrong: otto did not sign its record");
  });

  it("is missed where there was none", async () => {
    await answerOf(["hsm", "keygen", "--config", config, "--alone", "--label", "countersign/prod/stray/1"]);
    const { keys } = await answerOf(["hsm", "keys", "--config", config, "--record", record]);
    const found = keys as { label: string; findings: string[] }[];
    expect(Object.fromEntries(found.map(({ label, findings }) => [label, findings]))).toEqual({
      "countersign/prod/hsm-2/1": [],
      "countersign/prod/stray/1": ["no record tells of it"],
    });
  });

  it("has what the vendor says of the key apart from what the token says", async () => {
    const file = at("attested.json");
    writeFileSync(at("vendor.bin"), "what a vendor signed");
    const ceremony = ["--operator", "otto", "--operator", "olga", "--record", file];
    const record = ["hsm", "record", "--config", config, "--name", "hsm-2", ...ceremony];
    expect((await countersign([...record, "--attestation", at("vendor.bin")])).code).toBe(2);
    await answerOf([...record, "--attestation", at("vendor.bin"), "--attestation-type", "luna-pkc"]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      attestation: { type: "luna-pkc", sha256: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown, verified: false },
    });
  });
});
