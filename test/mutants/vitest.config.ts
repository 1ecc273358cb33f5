/** The tests that judge a mutant of the policy engine: its own pages first, then the laws, and the first failure is enough. */
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

class PagesFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): string => `${moduleId.includes("/unit/") ? "1" : "2"} ${moduleId}`;
    return Promise.resolve([...files].sort((a, b) => (place(a) < place(b) ? -1 : 1)));
  }
}

export default defineConfig({
  test: {
    include: ["test/unit/policy/**/*.test.ts", "test/property/policy/**/*.test.ts"],
    // One plants faults of its own in what it finds, the other tries sets of people for longer than a fault is worth.
    exclude: ["test/property/policy/{mutants,seven}.test.ts"],
    setupFiles: ["test/mutants/same-cases.ts"],
    sequence: { sequencer: PagesFirst },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    isolate: false,
    testTimeout: 60_000,
    passWithNoTests: false,
    allowOnly: false,
  },
});
