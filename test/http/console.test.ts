/** What a service says that serves another console, none, or nothing at all, as `doctor` asks. */
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { servedConsole } from "../../src/compose/cli-console.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { fakeDesk, start } from "./fake-desk.ts";

const bytes = utf8("<!doctype html>");
const page = { path: "", type: "text/html; charset=utf-8", bytes, sha256: sha256(bytes) };
const script = { path: "assets/console.js", sha256: sha256(utf8("1")) };

it("comes compressed to a browser that reads gzip, and is the same file", async () => {
  const compressed = gzipSync(bytes);
  const server = await start(fakeDesk(), { console: [{ ...page, compressed }] });
  const asked = async (encoding: string): Promise<readonly [string | null, string | null, string]> => {
    const answer = await fetch(`${server.url}/console/`, { headers: { "accept-encoding": encoding } });
    return [answer.headers.get("content-encoding"), answer.headers.get("content-length"), await answer.text()];
  };
  expect(await asked("gzip, br")).toEqual(["gzip", String(compressed.length), "<!doctype html>"]);
  expect(await asked("identity")).toEqual([null, String(bytes.length), "<!doctype html>"]);
  expect((await fetch(`${server.url}/console/`)).headers.get("vary")).toMatch(/accept-encoding/i);
  await server.close();
});

it("is told by the hash of each file", async () => {
  const server = await start(fakeDesk(), { console: [page] });
  expect(await servedConsole(`${server.url}/`, [page, script])).toEqual([
    { path: "", sha256: page.sha256 },
    { path: script.path, sha256: undefined },
  ]);
  await server.close();
  expect(await servedConsole(server.url, [page])).toEqual([{ path: "", sha256: undefined }]);
});
