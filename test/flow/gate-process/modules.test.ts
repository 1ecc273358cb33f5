/** What the gate's process loads is a committed list: a package that comes near the keys is seen in a review. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fees } from "../../place/gate.ts";
import { idOf } from "../../place/gold.ts";
import { gateFiles, startGateProcess, type GateFiles } from "./gate-process.ts";
import { moduleNames } from "./module-names.ts";

const list = fileURLToPath(new URL("../../../docs/gate-modules.txt", import.meta.url));

const head = `# What the gate's process loads: parts of Node, packages, folders of ours; compared by test/flow/gate-process/modules.test.ts.
# After a change that was meant: UPDATE_GATE_MODULES=1 npx vitest run test/flow/gate-process/modules.test.ts
`;

/** Ways to a network; node:net is the Unix socket. */
const network = ["node:http", "node:https", "node:http2", "node:dns", "node:tls", "node:dgram", "node:inspector"];

let files: GateFiles;
let modules: readonly { readonly url: string; readonly by: readonly string[] }[];
let loaded: readonly string[];

beforeAll(async () => {
  files = await gateFiles();
  const started = await startGateProcess(files);
  const { gate, end } = started;
  await gate.health();
  await gate.head();
  await gate.entries(0, 10);
  await gate.sign({ verb: "sign", requestId: idOf("nobody's"), fees });
  expect(await end("SIGTERM")).toBe(0);
  modules = started.modules();
  loaded = moduleNames(modules.map(({ url }) => url));
});

afterAll(() => {
  files.remove();
});

it("loads what the committed list names, and nothing else", () => {
  const text = `${head}${loaded.join("\n")}\n`;
  if (process.env["UPDATE_GATE_MODULES"] === "1") writeFileSync(list, text);
  expect(text).toBe(readFileSync(list, "utf8"));
});

it("asks for no way to a network; ethers' fetching helper, which nobody calls, is the one that does", () => {
  expect(loaded).toContain("node:net");
  const asked = modules.filter(({ url }) => network.includes(url));
  const askers = new Set(asked.flatMap(({ by }) => by).map((url) => url.replace(/^.*node_modules\//, "")));
  expect([...askers]).toEqual(["ethers/lib.esm/utils/geturl.js"]);
  expect(loaded.filter((one) => /^ethers\/lib\.esm\/(?:providers|contract|wallet)/.test(one))).toEqual([]);
  const net = modules.find(({ url }) => url === "node:net");
  expect(moduleNames(net?.by ?? [])).toEqual(["src/adapters/socket"]);
});

it("loads nothing of another process", () => {
  const foreign = loaded.filter((one) =>
    /^src\/(?:http|sdk|console|bundle|request|flow\/(?:serve|observe|witness))/.test(one),
  );
  expect(foreign).toEqual([]);
});
