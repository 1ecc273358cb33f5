/** A disk of 1 MiB under the gate's journal or under serve's store: full, it is a refusal in words; with space again, everything goes on. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

type Seen = {
  readonly delivered: number;
  readonly isFull: boolean;
  readonly refusals: readonly string[];
  readonly mints: number;
  readonly finals: number;
  readonly requests: number;
  readonly whole: boolean;
  readonly doubt: string;
};

const program = new URL("full-disk-main.ts", import.meta.url).pathname;

it.each([
  ["gate", /safe: .*the disk of the journal is full/],
  ["serve", /store\.unavailable safe: the disk of the store is full/],
] as const)(
  "is a refusal in words under the %s, and nothing is lost or minted twice",
  (who, words) => {
    const folder = mkdtempSync(join(tmpdir(), "countersign-full-"));
    const [small, large] = [join(folder, "small"), join(folder, "large")];
    for (const one of [small, large]) mkdirSync(one);
    try {
      // In a mount namespace of its own, which ends with it.
      const script = `mount -t tmpfs -o size=1m tmpfs ${small}; exec "$0" "$@"`;
      const args = ["-rm", "sh", "-c", script, process.execPath, "--disable-warning=ExperimentalWarning"];
      const out = execFileSync("unshare", [...args, program, small, large, who], { encoding: "utf8" });
      const seen = JSON.parse(out) as Seen;
      expect(seen.isFull).toBe(true);
      expect(seen.refusals.join(" ")).toMatch(words);
      expect(seen.doubt).toBe("");
      expect(seen.whole).toBe(true);
      expect(seen.delivered).toBeGreaterThan(0);
      // Every request that has all it needs ends well, once; one whose last approval was refused may still wait.
      expect(seen.finals).toBeGreaterThanOrEqual(seen.delivered);
      expect(seen.mints).toBe(seen.finals);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
