/** The gate's configuration: small, strict, and absolute once read. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readGateConfig } from "../../../src/config/gate-config.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "config-"));
  path = join(folder, "gate.yaml");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("finds everything beside itself when only the tokens are named", () => {
  writeFileSync(path, "tokens: [token.yaml, /etc/countersign/cold.yaml]\n");
  const config = readGateConfig(path);
  expect(config).toEqual({
    file: path,
    dataDir: folder,
    ledgers: [],
    journal: join(folder, "journal.sqlite"),
    socket: join(folder, "run/gate.sock"),
    genesis: join(folder, "genesis.json"),
    logKey: join(folder, "log.key"),
    tokens: [join(folder, "token.yaml"), "/etc/countersign/cold.yaml"],
    dev: false,
  });
  expect(Object.isFrozen(config) && Object.isFrozen(config.tokens)).toBe(true);
});

it("finds it in the data folder when there is one, and takes absolute paths as they are", () => {
  writeFileSync(path, "dataDir: state\njournal: /var/journal.sqlite\nlogKey: ../log.key\ntokens: []\ndev: true\n");
  expect(readGateConfig(path)).toMatchObject({
    dataDir: join(folder, "state"),
    journal: "/var/journal.sqlite",
    socket: join(folder, "state/run/gate.sock"),
    logKey: join(folder, "log.key"),
    dev: true,
  });
});

it.each([
  ["tokens: []\nnetwork: yes\n", "network"],
  ["journal: a\n", "tokens"],
  ["tokens: []\ndev: maybe\n", "dev"],
  ["tokens: []\ntokens: []\n", "twice in one map at line 2, column 1"],
  ["tokens: [&a x, *a]\n", "not allowed"],
])("refuses %j with its file and the reason", (text, why) => {
  writeFileSync(path, text);
  expect(() => readGateConfig(path)).toThrow(path);
  expect(() => readGateConfig(path)).toThrow(why);
});

it("says that it cannot be read", () => {
  expect(() => readGateConfig(path)).toThrow(`the configuration \`${path}\` cannot be read`);
});
