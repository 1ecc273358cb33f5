/** What outlives the process: a review that may still be on the screen, what a person declined, and why a device is not trusted any more. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import { bytes32Schema } from "../../values/schema.ts";

/** How a review ended that gave no signature. */
export type Decline = "rejected" | "expired" | "unplugged" | "interrupted" | "refused";

const reviewSchema = z.strictObject({ digest: bytes32Schema, startedAt: z.string() });
const declineSchema = z.strictObject({ how: z.enum(["rejected", "expired", "unplugged", "interrupted", "refused"]) });
const quarantineSchema = z.strictObject({ why: z.string() });

export type SlotMemory = {
  /** The digest whose review began and was not seen to end. */
  readonly reviewing: () => Bytes32 | undefined;
  /** On disk before it returns: called before the first byte of a signing. */
  readonly beginReview: (digest: Bytes32) => void;
  /** The device answered, or an operator looked at the screen. */
  readonly endReview: () => void;
  readonly declined: (digest: Bytes32) => Decline | undefined;
  readonly decline: (digest: Bytes32, how: Decline) => void;
  readonly quarantined: () => string | undefined;
  readonly quarantine: (why: string) => void;
  /** An operator's word: the screen is clear, what was declined may be shown again, the device is trusted again; files that cannot be read go too. */
  readonly clear: () => void;
};

const ownerFile = "owner.pid";
const reviewFile = "reviewing.json";
const quarantineFile = "quarantined.json";
const declineFile = (digest: Bytes32): string => `declined-${digest.slice(2)}.json`;

/** Who else uses the device of this folder, by process number; a process that died does not. */
export function otherOwner(folder: string): number | undefined {
  return livingOwner(join(folder, ownerFile));
}

function livingOwner(path: string): number | undefined {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    if (!Number.isInteger(owner) || owner <= 0 || owner === process.pid) return undefined;
    process.kill(owner, 0);
    return owner;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM" ? -1 : undefined;
  }
}

/**
 * Throws a Fault when another process has the device: two of them would take each other's answers. The name appears whole, with our
 * number in it, or not at all, and of several that ask at once one gets it.
 */
export function ownSlot(folder: string): void {
  const [owner, mine] = [join(folder, ownerFile), `${ownerFile}.${process.pid}`];
  write(folder, mine, process.pid);
  try {
    setAsideDead(folder, owner);
    linkSync(join(folder, mine), owner);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (isTaken) throw owned(folder);
    throw error instanceof Fault ? error : new Fault("ledger.memory", `\`${owner}\` cannot be written`, "never", error);
  } finally {
    rmSync(join(folder, mine), { force: true });
  }
}

/** What a process left behind that died, or our own of before; whoever set aside a living one's in a race puts it back. */
function setAsideDead(folder: string, owner: string): void {
  if (otherOwner(folder) !== undefined) throw owned(folder);
  const aside = `${owner}.aside-${process.pid}`;
  try {
    renameSync(owner, aside);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  const isLiving = livingOwner(aside) !== undefined;
  if (isLiving) linkSync(aside, owner);
  rmSync(aside);
  if (isLiving) throw owned(folder);
}

function owned(folder: string): Fault {
  return new Fault("ledger.owned", `another process uses the device of \`${folder}\``, "never");
}

/** Makes the folder when it is not there. Throws a Fault when it cannot be used; a file that is not understood counts as there. */
export function openSlotMemory(folder: string): SlotMemory {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Fault("ledger.memory", `the folder \`${folder}\` cannot be made`, "never", error);
  }
  const path = (name: string): string => join(folder, name);
  return {
    reviewing: () => read(path(reviewFile), reviewSchema)?.digest,
    beginReview: (digest) => {
      write(folder, reviewFile, { digest, startedAt: new Date().toISOString() });
    },
    endReview: () => {
      rmSync(path(reviewFile), { force: true });
    },
    declined: (digest) => read(path(declineFile(digest)), declineSchema)?.how,
    decline: (digest, how) => {
      write(folder, declineFile(digest), { how });
    },
    quarantined: () => read(path(quarantineFile), quarantineSchema)?.why,
    quarantine: (why) => {
      write(folder, quarantineFile, { why });
    },
    clear: () => {
      for (const name of readdirSync(folder)) if (/\.json(?:\.new)?$/.test(name)) rmSync(path(name), { force: true });
    },
  };
}

/** Half a file was not written here, or the disk lost it: nothing is signed past it before an operator clears it. */
function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Fault("ledger.memory", `\`${path}\` cannot be read`, "never", error);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Fault(
      "ledger.memory",
      `\`${path}\` is not whole; look at the device, then \`ledger clear\``,
      "never",
      error,
    );
  }
}

/** Whole or not at all: a process that dies meanwhile, or a full disk, leaves what was there before. */
function write(folder: string, name: string, content: object | number): void {
  const path = join(folder, name);
  try {
    const file = openSync(`${path}.new`, "w", 0o600);
    try {
      writeSync(file, `${JSON.stringify(content)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
    const directory = openSync(folder, "r");
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    throw new Fault("ledger.memory", `the folder \`${folder}\` cannot be written`, "never", error);
  }
}
