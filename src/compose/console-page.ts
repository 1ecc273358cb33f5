/** The console as a browser loads it: noble's signature checks, and nothing that a strict content security policy forbids. */
import "../console/no-compiling.ts";
import { startConsole } from "../console/start.ts";
import { nobleChecks } from "../adapters/crypto-noble/checks.ts";
import { openOwnDeployment } from "../sdk/deployment.ts";
import { verifyBundle } from "./bundle-browser.ts";

const root = document.getElementById("console");
if (root === null) throw new Error("the page has no place for the console");
void startConsole(root, { judge: verifyBundle, open: (genesis) => openOwnDeployment(genesis, nobleChecks) });
