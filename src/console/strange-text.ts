/** What in a text may deceive the eye: letters of several scripts in one word, characters that are not seen, and characters that turn the direction of reading. */

export type Piece = { readonly text: string; readonly why?: string };

/** Format characters (zero-width, direction), controls, and separators of lines. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]|\u034f|\u17b4|\u17b5/u;
const scripts = ["Latin", "Greek", "Cyrillic", "Armenian", "Hebrew", "Arabic", "Cherokee", "Georgian"].map((name) => ({
  name,
  letter: new RegExp(`\\p{Script=${name}}`, "u"),
}));

/** The text in pieces, in order; what is strange says why, and what is not seen is written by its number. */
export function piecesOf(text: string): readonly Piece[] {
  return text.split(/(\s+)/u).flatMap((word) => (word === "" ? [] : wordPieces(word)));
}

export function isStrange(text: string): boolean {
  return piecesOf(text).some(({ why }) => why !== undefined);
}

function wordPieces(word: string): readonly Piece[] {
  const found = scripts.filter(({ letter }) => letter.test(word)).map(({ name }) => name);
  const mixed = found.length > 1 ? { why: `letters of ${found.join(" and ")} in one word` } : {};
  const pieces: Piece[] = [];
  let plain = "";
  for (const character of word) {
    if (!unseen.test(character) || /[ \t\n]/.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== "") pieces.push({ text: plain, ...mixed });
    plain = "";
    const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    pieces.push({ text: `[U+${number}]`, why: "a character that is not seen" });
  }
  return plain === "" ? pieces : [...pieces, { text: plain, ...mixed }];
}
