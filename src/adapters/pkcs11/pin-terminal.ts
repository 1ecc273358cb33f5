/** Asks people at the terminal for a PIN, each for a part of it, and shows nothing of what they type. */
import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { typingMs } from "./pin-source.ts";
import { misconfigured } from "./token-failure.ts";

/** The parts in the order of the people, put together. Rejects when there is no terminal, or nobody types in time. */
export async function askAtTerminal(people: number, what = "PIN"): Promise<string> {
  const parts: string[] = [];
  for (let person = 1; person <= people; person += 1)
    parts.push(await askOnce(people === 1 ? `${what}: ` : `part ${person} of ${people} of the ${what}: `, people));
  return parts.join("");
}

async function askOnce(prompt: string, people: number): Promise<string> {
  const { input, output } = openTerminal();
  try {
    input.setRawMode(true);
    writeSync(output, prompt);
    const line = await typed(input, typingMs / people);
    if (line === "") throw misconfigured("reading the PIN", "nothing was typed");
    return line;
  } finally {
    input.setRawMode(false);
    input.destroy();
    writeSync(output, "\n");
    closeSync(output);
  }
}

function openTerminal(): { readonly input: ReadStream; readonly output: number } {
  try {
    return { input: new ReadStream(openSync("/dev/tty", "r")), output: openSync("/dev/tty", "w") };
  } catch {
    throw misconfigured("reading the PIN", "there is no terminal to type it at");
  }
}

/** Up to the Enter key; backspace takes one back, Ctrl-C and Ctrl-D give up. */
function typed(input: ReadStream, ms: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = "";
    const late = setTimeout(() => {
      reject(misconfigured("reading the PIN", "nobody typed it in time"));
    }, ms);
    input.setEncoding("utf8");
    input.on("data", (text: string) => {
      for (const key of text) {
        if (key === "\r" || key === "\n") {
          clearTimeout(late);
          resolve(line);
          return;
        }
        if (key === "\u0003" || key === "\u0004") {
          clearTimeout(late);
          reject(misconfigured("reading the PIN", "it was broken off"));
          return;
        }
        line = key === "\u007f" || key === "\b" ? line.slice(0, -1) : line + key;
      }
    });
  });
}
