/** What in a text may deceive the eye: letters of several scripts in one word, letters and words that look like others, characters that are not seen, and characters that turn the direction of reading (Unicode UTS 39). */

export type Piece = { readonly text: string; readonly why?: string | undefined };

/** Format characters (zero-width, direction), controls, and separators of lines; a split by it keeps them. */
const unseen = /((?![\t\n])(?:[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5))/u;

const scripts = ["Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Hebrew", "Arabic"].map((name) => ({
  name,
  letters: new RegExp(`\\p{sc=${name}}`, "gu"),
}));
/** What is no letter, what all scripts share, and what is written together with Latin by those who read it. */
const anyones = /[\P{L}\p{sc=Zyyy}\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}]/gu;
/** Words of Greek, Cyrillic and Lisu whose every letter looks like a Latin one. */
const likeLatin = /^[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορυϲЅІЈАВЕКМНОРСТУХаеорсухѕіјһӏԁԛԝꓐ-ꓷ]+$/u;
/** Small letters without a capital, such as small capitals and those of formulas, and more than one mark upon a letter. */
const odd = /(?!\p{CWCM})\p{Ll}|[ɑɡɪʀ]|\p{sc=Latin}\p{M}{2}/u;
const unlikeAscii = /(?![\0-~])[\p{L}\p{So}]/gu;

/** The text in pieces, in order; what is strange says why, and what is not seen is written by its number. */
export function piecesOf(text: string): readonly Piece[] {
  const besideLatin = /\p{sc=Latin}/u.test(text);
  return text.split(/(\s+)/u).flatMap((word) => {
    const why = whyStrange(word.normalize("NFC"), besideLatin);
    return word.split(unseen).flatMap((part, at) => {
      if (part === "") return [];
      return at % 2 === 0 ? { text: part, why } : numbered(part);
    });
  });
}

function numbered(character: string): Piece {
  const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return { text: `[U+${number}]`, why: "a character that is not seen" };
}

function whyStrange(word: string, besideLatin: boolean): string | undefined {
  if (odd.test(word) || (word.match(unlikeAscii) ?? []).some(isDressed)) return "letters that look like others";
  const letters = word.replace(anyones, "");
  const found = scriptsOf(letters);
  if (found.length > 1) return `letters of ${found.join(" and ")} in one word`;
  return besideLatin && likeLatin.test(letters) ? "a word that looks like a Latin one" : undefined;
}

/** A Latin letter in another dress: wide, in a circle, of a formula. */
function isDressed(character: string): boolean {
  return /^[a-z]$/i.test(character.normalize("NFKC"));
}

function scriptsOf(letters: string): readonly string[] {
  let left = letters;
  const found = scripts.filter((script) => left !== (left = left.replace(script.letters, "")));
  const names = found.map(({ name }) => name);
  return left === "" ? names : [...names, "another script"];
}
