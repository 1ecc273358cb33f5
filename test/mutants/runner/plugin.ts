/**
 * A test runner for Stryker that loads the pages of the policy engine once and then judges one mutant after another in the same
 * process: what `vitest` loads anew for each takes a second, what is left takes some milliseconds.
 */
import { globSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext, type MutantCoverage } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  determineHitLimitReached,
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
} from "@stryker-mutator/api/test-runner";
import { judges } from "../judges.ts";
import { collect, type Collected } from "./collected.ts";

const standIn = new URL("collected.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "vitest" ? { url: standIn, shortCircuit: true } : next(specifier, context),
});

class PageRunner implements TestRunner {
  /** What the changed source reads and writes. */
  readonly #context = ((globalThis as { [INSTRUMENTER_CONSTANTS.NAMESPACE]?: InstrumenterContext })[
    INSTRUMENTER_CONSTANTS.NAMESPACE
  ] ??= {});
  #pages: ReadonlyMap<string, readonly Collected[]> | undefined;

  /** A module that was loaded stays loaded, so Stryker starts a new process for what matters while loading. */
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = [];
    for (const test of await this.#everything()) {
      this.#context.currentTestId = test.id;
      const began = performance.now();
      const failure = await failureOf(test);
      const timeSpentMs = performance.now() - began;
      // With its page, so that its verdicts are forgotten when the page changes.
      const common = { id: test.id, name: test.id, fileName: resolve(test.page), timeSpentMs };
      if (failure === undefined) results.push({ ...common, status: TestStatus.Success });
      else results.push({ ...common, status: TestStatus.Failed, failureMessage: failure });
    }
    delete this.#context.currentTestId;
    const { mutantCoverage } = this.#context;
    return {
      status: DryRunStatus.Complete,
      tests: results,
      ...(mutantCoverage === undefined ? {} : { mutantCoverage: withoutHybrids(mutantCoverage) }),
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, hitLimit, mutantActivation, sandboxFileName } = options;
    const context = this.#context;
    const nearest = (page: string): number => distance(page, sandboxFileName);
    const activate = (): void => {
      Object.assign(context, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    };
    const judging: Judging = {
      ran: 0,
      isEndless: () => determineHitLimitReached(context.hitCount, hitLimit) !== undefined,
    };
    try {
      if (mutantActivation === "static") {
        activate();
        return await judgeWhileLoading(
          [...pages()].sort((a, b) => nearest(a) - nearest(b)),
          judging,
        );
      }
      const wanted = new Set(testFilter);
      const tests = (await this.#everything()).filter(({ id }) => wanted.has(id));
      activate();
      return (
        (await judge(
          tests.sort((a, b) => nearest(a.page) - nearest(b.page)),
          judging,
        )) ?? survived(judging)
      );
    } finally {
      delete context.activeMutant;
    }
  }

  async #everything(): Promise<Collected[]> {
    if (this.#pages === undefined) {
      const found = new Map<string, readonly Collected[]>();
      for (const page of pages()) {
        const tests = await loaded(page);
        if (typeof tests === "string") throw new Error(`${page}: ${tests}`);
        found.set(page, tests);
      }
      this.#pages = found;
    }
    return [...this.#pages.values()].flat();
  }
}

type Judging = { ran: number; readonly isEndless: () => boolean };

/** What the first test to notice says; undefined when none does. */
async function judge(tests: readonly Collected[], judging: Judging): Promise<MutantRunResult | undefined> {
  for (const test of tests) {
    judging.ran += 1;
    const failureMessage = await failureOf(test);
    if (judging.isEndless()) return { status: MutantRunStatus.Timeout };
    if (failureMessage !== undefined) return killed(test.id, failureMessage, judging);
  }
  return undefined;
}

/** Loads one page after the other and judges by it at once: most of what matters while loading is noticed by the first. */
async function judgeWhileLoading(inOrder: readonly string[], judging: Judging): Promise<MutantRunResult> {
  for (const page of inOrder) {
    const tests = await loaded(page);
    if (typeof tests === "string") return killed(page, tests, judging);
    const found = await judge(tests, judging);
    if (found !== undefined) return found;
  }
  return survived(judging);
}

function killed(by: string, failureMessage: string, { ran }: Judging): MutantRunResult {
  return { status: MutantRunStatus.Killed, killedBy: [by], failureMessage, nrOfTests: ran };
}

function survived({ ran }: Judging): MutantRunResult {
  return { status: MutantRunStatus.Survived, nrOfTests: ran };
}

function pages(): readonly string[] {
  return globSync(judges.pages, { exclude: judges.without }).sort();
}

/** The tests of a page, or why it does not load. */
async function loaded(page: string): Promise<readonly Collected[] | string> {
  try {
    await import(pathToFileURL(resolve("test/mutants/same-cases.ts")).href);
    return await collect(page, () => import(pathToFileURL(resolve(page)).href));
  } catch (error) {
    return String(error);
  }
}

async function failureOf({ body }: Collected): Promise<string | undefined> {
  try {
    await body();
    return undefined;
  } catch (error) {
    return String(error).slice(0, 2_000);
  }
}

/** A place that matters both while loading and in tests is judged by the tests that reach it, which needs no new process. */
function withoutHybrids(coverage: MutantCoverage): MutantCoverage {
  const reached = new Set(Object.values(coverage.perTest).flatMap((mutants) => Object.keys(mutants)));
  const only = Object.entries(coverage.static).filter(([mutant]) => !reached.has(mutant));
  return { ...coverage, static: Object.fromEntries(only) };
}

/** Its own page first, then its room's, then every other page, then the properties, which take longest. */
function distance(page: string, source: string): number {
  const [, file = ""] = /src\/policy\/(.*)\.ts$/.exec(source.replaceAll("\\", "/")) ?? [];
  if (!page.startsWith("test/unit/")) return 4;
  if (page.endsWith(`policy/${file}.test.ts`)) return 0;
  if (dirname(page).endsWith(`policy/${dirname(file)}`)) return 1;
  return page.includes(basename(file)) ? 2 : 3;
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "pages", PageRunner)];
