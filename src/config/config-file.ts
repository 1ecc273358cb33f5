/** One YAML file read strictly into a frozen value, or a sentence that says which field is wrong. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { parseYaml } from "../policy/document/yaml-text.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parseWith } from "../values/schema.ts";

/** Throws `InvalidValue` `config.invalid` with the file and the field, or `Fault` `config.unreadable`. */
export function readConfigFile<T>(path: string, schema: z.ZodType<T>): Readonly<T> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Fault("config.unreadable", `the configuration \`${path}\` cannot be read`, "never");
  }
  try {
    return Object.freeze(parseWith(schema, parseYaml(text), "config.invalid"));
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue("config.invalid", `${path}: ${error.message}`, error.field);
  }
}

/** Paths in a configuration are relative to its own folder. */
export function besideConfig(configPath: string, path: string): string {
  return resolve(dirname(configPath), path);
}
