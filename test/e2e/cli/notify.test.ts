/** `countersign notify test`, over a configuration as an operator writes it: what is taken, what is not, and secrets that others could read. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { certificate, privateKey } from "../../http/tls-files.ts";
import { countersign } from "../../unit/cli/terminal.ts";

let folder: string;
let calls: { readonly key: string; readonly body: string }[];
let server: ReturnType<typeof createServer>;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "notify-"));
  calls = [];
  server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      calls.push({ key: String(request.headers["countersign-key"]), body });
      response.writeHead(request.url === "/good" ? 200 : 500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  writeFileSync(at("ca.crt"), certificate);
  writeFileSync(at("ops.secret"), "a secret that is known to nobody else", { mode: 0o600 });
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

function configured(paths: readonly string[], change: object = {}): string {
  const { port } = server.address() as AddressInfo;
  const webhooks = paths.map((path) => {
    const url = `https://localhost:${String(port)}/${path}`;
    return { name: path, url, secret: "ops.secret", ca: "ca.crt", addresses: ["127.0.0.1", "::1"], ...change };
  });
  const chains = [{ id: 31_337, rpc: "http://127.0.0.1:1" }];
  const rest = {
    api: { port: 0 },
    gate: "gate.sock",
    genesis: "genesis.json",
    store: { kind: "sqlite", path: "s.sqlite" },
  };
  writeFileSync(at("serve.yaml"), stringify({ ...rest, chains, notify: { webhooks } }));
  return at("serve.yaml");
}

const tried = (config: string, ...more: readonly string[]) =>
  countersign(["notify", "test", "--config", config, ...more]);

test("each receiver is told once, and the exit code says whether all of them took it", async () => {
  expect(await tried(configured(["good"]))).toMatchObject({ code: 0, out: ["delivered  good"] });
  expect(calls).toHaveLength(1);
  expect(JSON.parse(calls[0]!.body)).toMatchObject({ topic: "test", key: calls[0]!.key });
  const both = await tried(configured(["good", "bad"]));
  expect(both).toMatchObject({ code: 1, out: ["delivered  good", "failed     bad: it answers 500"] });
  expect((await tried(configured(["good", "bad"]), "--receiver", "good")).code).toBe(0);
});

test("a receiver that is not there, and a configuration without any, are a matter of usage", async () => {
  expect((await tried(configured(["good"]), "--receiver", "other")).code).toBe(2);
  expect((await tried(configured([]))).code).toBe(2);
  expect(calls).toEqual([]);
});

test("a secret that others can read, or could guess, or that is not there, sends nothing", async () => {
  chmodSync(at("ops.secret"), 0o644);
  expect((await tried(configured(["good"]))).err.join()).toContain("can be read by other users");
  chmodSync(at("ops.secret"), 0o600);
  writeFileSync(at("ops.secret"), "short");
  expect((await tried(configured(["good"]))).err.join()).toContain("fewer than 32 characters");
  expect((await tried(configured(["good"], { secret: "nothing" }))).code).toBe(2);
  expect(calls).toEqual([]);
});

test("an address of the house that is not named is not reached, though the certificate is right", async () => {
  const { code, out } = await tried(configured(["good"], { addresses: [] }));
  expect([code, out.join()]).toEqual([1, expect.stringContaining("not public") as unknown]);
  expect(calls).toEqual([]);
});
