/** What the machine itself must have, and how it comes there: apt-get or brew, each time saying what is installed. */
import { existsSync } from "node:fs";

import { runQuietly } from "./child.js";
import { onPath } from "./place.js";
import { Impossible, say } from "./say.js";

/** Where distributions keep SoftHSM's module. */
const softhsmModules = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib64/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
  "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/** Where distributions keep the module of NSS. */
export const nssModules = [
  "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
  "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
  "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
  "/usr/lib/aarch64-linux-gnu/nss/libsoftokn3.so",
  "/usr/lib64/libsoftokn3.so",
  "/usr/lib/libsoftokn3.so",
  "/opt/homebrew/lib/libsoftokn3.dylib",
  "/usr/local/lib/libsoftokn3.dylib",
];

/** Where distributions keep p11-kit's module that speaks with its server. */
export const p11KitClients = [
  "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so",
  "/usr/lib/aarch64-linux-gnu/pkcs11/p11-kit-client.so",
  "/usr/lib64/pkcs11/p11-kit-client.so",
  "/usr/lib/pkcs11/p11-kit-client.so",
  "/opt/homebrew/lib/pkcs11/p11-kit-client.so",
  "/usr/local/lib/pkcs11/p11-kit-client.so",
];

/** Where systems keep a Chromium. */
export const chromiums = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** What may be missing: how to tell, and which package of apt or brew brings it. */
const things = {
  softhsm: {
    says: "SoftHSM",
    has: () => onPath("softhsm2-util") !== undefined && softhsmModules.some((path) => existsSync(path)),
    apt: ["softhsm2"],
    brew: ["softhsm"],
  },
  unshare: {
    says: "unshare",
    has: () => process.platform !== "linux" || onPath("unshare") !== undefined,
    apt: ["util-linux"],
    brew: [],
  },
  cc: {
    says: "a C compiler",
    has: () => onPath("cc") !== undefined,
    apt: ["gcc", "libc6-dev"],
    brew: [],
  },
  nss: {
    says: "NSS (a PKCS#11 module without our curve)",
    has: () => nssModules.some((path) => existsSync(path)),
    apt: ["libnss3"],
    brew: ["nss"],
  },
  p11kit: {
    says: "p11-kit (the network HSM of the tests)",
    has: () => onPath("p11-kit") !== undefined && p11KitClients.some((path) => existsSync(path)),
    apt: ["p11-kit", "p11-kit-modules"],
    brew: ["p11-kit"],
  },
  chromium: {
    says: "Chromium (the pages of the tests)",
    has: () => chromiums.some((path) => existsSync(path)),
    apt: ["chromium"],
    brew: ["chromium"],
  },
  compiler: {
    says: "a C++ compiler with make and python3",
    has: () => ["make", "g++", "python3"].every((program) => onPath(program) !== undefined),
    apt: ["make", "g++", "python3"],
    brew: [],
  },
};

/** Installs whichever of `names` are missing, or explains in one sentence why that cannot be done. */
export async function ensureOnMachine(names) {
  const missing = names.map((name) => things[name]).filter((thing) => !thing.has());
  if (missing.length === 0) return;
  const what = missing.map((thing) => thing.says).join(" and ");
  const manager = onPath("apt-get") !== undefined ? "apt" : onPath("brew") !== undefined ? "brew" : undefined;
  const packages = manager === undefined ? [] : missing.flatMap((thing) => thing[manager]);
  if (packages.length === 0)
    throw new Impossible(
      `${what} is missing and this machine has no apt-get or brew that could install it; install it, then try again`,
    );
  say(`${what} is missing; installing ${packages.join(", ")} with ${manager === "apt" ? "apt-get" : "brew"}`);
  const why = await (manager === "apt" ? aptInstall(packages) : brewInstall(packages));
  if (missing.every((thing) => thing.has())) return;
  throw new Impossible(
    `${what} is missing and could not be installed (${why}); install ${packages.join(", ")}, then try again`,
  );
}

async function aptInstall(packages) {
  const prefix = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (prefix.length > 0 && (onPath("sudo") === undefined || (await runQuietly("sudo", ["-n", "true"])).code !== 0))
    return "that needs root, or a sudo that asks for no password";
  const [program, ...before] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  // A source that cannot be reached may be one we do not need: only the installation decides.
  await runQuietly(program, [...before, "update", "-q"]);
  const done = await runQuietly(program, [...before, "install", "-y", "-q", "--no-install-recommends", ...packages]);
  return lastLine(done);
}

async function brewInstall(packages) {
  return lastLine(await runQuietly("brew", ["install", ...packages]));
}

function lastLine({ code, output }) {
  const lines = output.trim().split("\n");
  const error = lines.find((line) => line.startsWith("E: ")) ?? lines.at(-1) ?? "";
  return code === 0 ? "the installer reported success, but it is still not there" : error.trim();
}
