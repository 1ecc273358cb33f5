/** Text from elsewhere, harmless to a terminal: what is invisible or moves the cursor is shown as what it is. */

/** Control, format (bidirectional, zero-width) and separator characters but the newline and the tab, as `\u` and four digits: what JSON reads back as the same. */
export function plainText(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  );
}
