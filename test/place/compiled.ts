/** Compiles a C source of the tests against the headers of PKCS#11; says what is missing when there is no compiler. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export function compileC(source: URL, out: string, ...flags: readonly string[]): void {
  const includes = join(dirname(createRequire(import.meta.url).resolve("pkcs11js")), "includes");
  try {
    execFileSync(
      "cc",
      ["-O1", "-Wall", "-Werror", ...flags, "-I", includes, "-o", out, fileURLToPath(source), "-ldl"],
      {
        stdio: "pipe",
      },
    );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error("there is no C compiler (`cc`) for what the tests build; Debian: apt install gcc", {
        cause: error,
      });
    throw error;
  }
}
