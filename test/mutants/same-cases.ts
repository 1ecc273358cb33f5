/** Run before each test file that judges a mutant: the same random cases for every mutant, so that a verdict can be had again. */
import { configureGlobal } from "fast-check";

configureGlobal({ seed: 1 });
