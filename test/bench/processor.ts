/** Processor time of other processes, as Linux counts it: in hundredths of a second. */
import { readFileSync } from "node:fs";

export function cpuUsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Of a process and of the children it has now. */
export function familyUsOf(pid: number | undefined): number {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8").trim();
  const theirs = children === "" ? [] : children.split(" ").map((child) => familyUsOf(Number(child)));
  return theirs.reduce((sum, one) => sum + one, cpuUsOf(pid));
}
