/** A vitest reporter that leaves the counts of a run in the file scripts/test.js reads. */
import { writeFileSync } from "node:fs";

export default class CountReporter {
  onTestRunEnd(files, unhandled) {
    const counts = { passed: 0, failed: unhandled.length, skipped: [] };
    for (const file of files) {
      const failedBefore = counts.failed;
      for (const test of file.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") counts.passed += 1;
        else if (state === "failed") counts.failed += 1;
        else counts.skipped.push(test.fullName);
      }
      // A file that could not be loaded has no tests to fail.
      if (file.state() === "failed" && counts.failed === failedBefore) counts.failed += 1;
    }
    writeFileSync(process.env.COUNTERSIGN_TEST_COUNTS, JSON.stringify(counts));
  }
}
