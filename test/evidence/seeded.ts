/** Run before each test file of the evidence: random cases follow from the seed of the round. */
import { configureGlobal } from "fast-check";

const seed = Number(process.env["EVIDENCE_SEED"]);
if (!Number.isSafeInteger(seed)) throw new Error("EVIDENCE_SEED is not a whole number");

configureGlobal({ seed });
