/** What a service says that serves another console, none, or nothing at all, as `doctor` asks. */
import { expect, it } from "vitest";
import { servedConsole } from "../../src/compose/cli-console.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { fakeDesk, start } from "./fake-desk.ts";

const bytes = utf8("<!doctype html>");
const page = { path: "", type: "text/html; charset=utf-8", bytes, sha256: sha256(bytes) };
const script = { path: "assets/console.js", sha256: sha256(utf8("1")) };

it("is told by the hash of each file", async () => {
  const server = await start(fakeDesk(), { console: [page] });
  expect(await servedConsole(`${server.url}/`, [page, script])).toEqual([
    { path: "", sha256: page.sha256 },
    { path: script.path, sha256: undefined },
  ]);
  await server.close();
  expect(await servedConsole(server.url, [page])).toEqual([{ path: "", sha256: undefined }]);
});
