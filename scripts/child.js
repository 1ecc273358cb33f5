/** A child process that hears our signals, and whose exit code becomes ours. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

const forwarded = ["SIGTERM", "SIGHUP", "SIGINT"];

/**
 * Runs a program with our own terminal and resolves with its exit code (128 + n when signal n ended it).
 * Ctrl-C on a terminal reaches the child by itself, so that one is only outlived here, not sent twice.
 * When whoever started us is gone (npm that was ended), the child is ended too.
 */
export function run(program, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env });
    const onSignal = (signal) => {
      if (signal !== "SIGINT" || process.stdin.isTTY !== true) child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, onSignal);
    const parent = process.ppid;
    const orphaned = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(orphaned);
      child.kill("SIGTERM");
    }, 1_000);
    const done = () => {
      clearInterval(orphaned);
      for (const signal of forwarded) process.off(signal, onSignal);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", (code, signal) => {
      done();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

/** Runs a program out of sight; resolves with its exit code and everything it wrote, in order. */
export function runQuietly(program, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
    const parts = [];
    const gather = (part) => parts.push(part);
    child.stdout.on("data", gather);
    child.stderr.on("data", gather);
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString("utf8") }));
  });
}
