/** A stranger installs the package without a compiler and without natives, and checks a bundle with it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { goldDeployment } from "../place/gold.ts";
import { anotherGenesis, newestBundle } from "./bundle-vector.ts";
import { bareEnvironment, install, oldestNode, pack, type Packed, type Ran, root, run } from "./package.ts";

const node = await oldestNode();
const isOld = !isAtLeast(node.version, [22, 18]);
const folder = mkdtempSync(join(tmpdir(), "countersign-install-"));
const home = join(folder, "home");
const env = bareEnvironment(folder, node.program);
let packed: Packed;

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/** Runs the installed command through its link, as a shell would. */
const countersign = (...words: string[]): Promise<Ran> =>
  run(node.program, [join(home, "node_modules", ".bin", "countersign"), ...words], { cwd: home, env });

beforeAll(async () => {
  packed = await pack(folder);
  const { code, stderr, stdout } = await install(packed.tarball, { cwd: home, env });
  if (code !== 0) throw new Error(`the tarball does not install: ${stderr}${stdout}`);
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the package", () => {
  test("holds JavaScript with its types, the command and the licence", () => {
    const compiled = packed.files.filter(
      (path) => path.startsWith("dist/") && path.endsWith(".js") && !path.startsWith("dist/console/"),
    );
    expect(compiled.length).toBeGreaterThan(20);
    const untyped = compiled.filter((path) => !packed.files.includes(path.replace(/\.js$/, ".d.ts")));
    expect(untyped).toEqual([]);
    expect(packed.files).toEqual(
      expect.arrayContaining([
        "bin/countersign.js",
        "dist/main.js",
        "dist/console/console.html",
        "LICENSE",
        "README.md",
      ]),
    );
  });

  test("holds no source, no test and no tool of ours", () => {
    const ours = /^(src|test|scripts|node_modules|\.tools|\.data|\.ci)\/|(?<!\.d)\.ts$|\.test\.|\.tsbuildinfo$|\.env/;
    expect(packed.files.filter((path) => ours.test(path))).toEqual([]);
  });

  test("imports by endings that exist after the build", () => {
    const compiled = packed.files.filter((path) => path.startsWith("dist/") && path.endsWith(".js"));
    const wrong = compiled.filter((path) =>
      /(from|import\() ?"\.[^"]*\.ts"/.test(readFileSync(join(root, path), "utf8")),
    );
    expect(wrong).toEqual([]);
  });
});

describe(`installed without natives and without a compiler, on Node ${node.version}`, () => {
  test("left the native packages out", () => {
    const natives = ["pkcs11js", "secp256k1", "pg"].filter((name) => existsSync(join(home, "node_modules", name)));
    expect(natives).toEqual([]);
  });

  test("explains itself", async () => {
    const help = await countersign("--help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("bundle verify");
    const version = await countersign("--version");
    expect(version).toMatchObject({ code: 0 });
    expect(version.stdout).toMatch(/\d+\.\d+\.\d+/);
  });

  test("verifies a bundle, and refuses it under another genesis", async () => {
    const { path, genesis } = newestBundle();
    const verified = await countersign("bundle", "verify", path, "--genesis", genesis);
    expect(verified).toMatchObject({ code: 0 });
    const foreign = await countersign("bundle", "verify", path, "--genesis", anotherGenesis(genesis));
    expect(foreign).toMatchObject({ code: 1 });
  });

  test("brings types that a strict project accepts", async () => {
    const asked =
      'import { verifyBundle } from "countersign/bundle";\nexport const verdict = await verifyBundle("{}", "");\n' +
      'import { deployment } from "countersign/sdk";\nexport const client = deployment("", "").client({ baseUrl: "" });\n';
    writeFileSync(join(home, "stranger.mts"), `${asked}export const wrong: number = verifyBundle;\n`);
    const settings = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom"];
    const words = [join(root, "node_modules", "typescript", "bin", "tsc"), ...settings, "stranger.mts"];
    const { stdout } = await run(process.execPath, words, { cwd: home, env });
    // The one complaint is about the line that is wrong, so the types were seen.
    expect(stdout.match(/error TS\d+/g)).toEqual(["error TS2322"]);
  });

  test("serves its own pages on the reader's machine, against a service, and says where", async () => {
    const genesis = join(home, "genesis.json");
    writeFileSync(genesis, JSON.stringify(goldDeployment().file));
    const api = "https://custody.example";
    const program = join(home, "node_modules", ".bin", "countersign");
    const words = [program, "console", "--genesis", genesis, "--api", `${api}/`, "--port"];
    const child = spawn(process.execPath, [...words, "0"], { cwd: home, env });
    try {
      const [said] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
      const [, url = "", port = ""] = /^open (http:\/\/localhost:(\d+)\/console\/) in your browser/.exec(said) ?? [];
      expect(said).toContain(`the pages of this copy, against ${api}\n`);
      const pages = packed.files.filter((path) => path.startsWith("dist/console/") && !path.endsWith(".gz"));
      expect(pages.length).toBeGreaterThan(2);
      for (const path of pages) {
        const name = path.slice("dist/console/".length);
        const answer = await fetch(`${url}${name === "console.html" ? "" : name}`);
        const own = readFileSync(join(home, "node_modules", "countersign", path));
        expect([path, Buffer.from(await answer.arrayBuffer()).equals(own)]).toEqual([path, true]);
      }
      const here = (await (await fetch(`${url}here.json`)).json()) as { kind: string; api: string; genesis: string };
      expect([here.kind, here.api, JSON.parse(here.genesis)]).toEqual(["own", api, goldDeployment().file]);
      const second = await run(process.execPath, [...words, port], { cwd: home, env });
      expect(second).toMatchObject({ code: 2, stdout: "" });
      expect(second.stderr).toContain(port);
    } finally {
      child.kill("SIGTERM");
    }
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test(isOld ? "says which Node the other commands need" : "runs the other commands too", async () => {
    const answer = await countersign("gate");
    if (isOld) expect(answer).toMatchObject({ code: 2, stdout: "" });
    expect(answer.stderr.includes("needs Node 22.18")).toBe(isOld);
  });
});
