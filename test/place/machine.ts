/** The machine a measurement was made on, in one line. */
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

export function machine(): string {
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const model = cpus()[0]?.model.trim().replace(/\s+/g, " ") ?? "unknown processor";
  const cores = `${String(availableParallelism())} cores (${model})`;
  return `${cores}, ${memory}, Node ${process.versions.node}, ${platform()} ${release()} ${arch()}`;
}

/** Load average of the last minute: above the number of cores, whatever is timed waits for others. */
export function loadNow(): number {
  return loadavg()[0] ?? 0;
}
