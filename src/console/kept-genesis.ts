/** The genesis file that a visitor of served pages brought, kept in their browser so that they bring it once. */

const place = "countersign.genesis";

/** Undefined where none was kept, or the browser keeps nothing. */
export function keptGenesis(): string | undefined {
  try {
    return localStorage.getItem(place) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepGenesis(text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(place);
    else localStorage.setItem(place, text);
  } catch {
    // A browser that keeps nothing is asked for the file again the next time.
  }
}
