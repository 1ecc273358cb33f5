/** The demo as a newcomer meets it: it plays, ends, resumes, and says in one sentence what is missing. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytes32Schema, addressSchema } from "../../src/values/schema.ts";

let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), "cs-dev-"));
});
afterAll(() => {
  rmSync(data, { recursive: true, force: true });
});

type Ended = { readonly code: number | null; readonly lines: readonly string[] };

function run(command: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  return new Promise((resolve) =>
    child.once("close", (code) => {
      resolve({ code, lines: text.trim().split("\n") });
    }),
  );
}

const dev = (...args: readonly string[]): Promise<Ended> => run(process.execPath, ["src/main.ts", "dev", ...args]);

type Last = Readonly<Record<"requestId" | "txHash" | "from" | "amount" | "bundle" | "genesis", string>>;
let first: Last;
/** The story starts some fifteen processes, one after the other: half a minute alone, twice that beside other tests. */
const long = 150_000;

test(
  "plays a mint, a yield and a redemption, and its last line is JSON with what happened",
  async () => {
    const { code, lines } = await dev("--once", "--data", data, "--port", "0");
    expect([code, lines.join("\n")]).toEqual([0, expect.stringContaining("redeem 40 GLD")]);
    expect(lines.join("\n")).toContain("every part is final and paid once, 3 GLD together");
    const refused = lines.findIndex((line) => line.includes("refused before anybody was asked to agree"));
    for (const clause of ["guard.reserves-cover", "limit.mint-day", "ceiling.request"])
      expect(lines.slice(refused, refused + 9).filter((line) => line.includes(`${clause}: `))).toHaveLength(1);
    first = JSON.parse(lines.at(-1) ?? "") as Last;
    expect(Object.keys(first).sort()).toEqual(["amount", "bundle", "from", "genesis", "requestId", "txHash"]);
    for (const field of ["requestId", "txHash", "genesis"] as const)
      expect(bytes32Schema.safeParse(first[field]).success).toBe(true);
    expect(addressSchema.safeParse(first.from).success).toBe(true);
    expect(first.amount).toBe("100000000000000000000");
    expect(JSON.parse(readFileSync(first.bundle, "utf8"))).toMatchObject({ requestId: first.requestId });
  },
  long,
);

test(
  "a second start resumes the same deployment on the same chain",
  async () => {
    const { code, lines } = await dev("--once", "--data", data, "--port", "0");
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^Resuming/);
    const second = JSON.parse(lines.at(-1) ?? "") as Last;
    expect(second.genesis).toBe(first.genesis);
    expect(second.from).toBe(first.from);
    expect(second.requestId).not.toBe(first.requestId);
    expect(lines.join("\n")).toMatch(/against a supply of 63/);
  },
  long,
);

test("a port in use is one clear sentence and exit 2", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : 0);
    }),
  );
  const { code, lines } = await dev("--once", "--data", data, "--port", String(port));
  server.close();
  expect([code, lines]).toEqual([2, [`port ${String(port)} is in use; free it, or choose another with --port`]]);
});

test("a full disk is one clear sentence and exit 2", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cs-full-"));
  const mount = `mount -t tmpfs -o size=4m none ${folder} && exec ${process.execPath} src/main.ts dev --once --data ${folder}/data --port 0`;
  const { code, lines } = await run("unshare", ["-rm", "sh", "-c", mount]);
  rmSync(folder, { recursive: true, force: true });
  expect([code, lines]).toEqual([
    2,
    [expect.stringMatching(/^there is no disk space for .*: the demo needs 300 MiB$/)],
  ]);
});

test("a folder with somebody's files in it is left alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cs-mine-"));
  writeFileSync(join(folder, "mine.txt"), "precious");
  const { code, lines } = await dev("--once", "--data", folder, "--port", "0");
  expect([code, lines]).toEqual([2, [expect.stringMatching(/is not empty and was not made by the demo/)]]);
  expect(readFileSync(join(folder, "mine.txt"), "utf8")).toBe("precious");
  rmSync(folder, { recursive: true, force: true });
});
