/** Texts that somebody with bad intent may bring into any field: what becomes markup, script or a link elsewhere, and what deceives the eye. */

/** What every script of the corpus does if it runs. */
export const sentinel = "corpusRan";
const run = `globalThis.${sentinel}=1`;

/** Each is one line that people could sign: nothing in it is unseen. */
const markup: readonly string[] = [
  `<script>${run}</script>`,
  `"><img src=x onerror="${run}">`,
  `'><svg/onload=${run}>`,
  `javascript:${run}//`,
  `<a href="javascript:${run}" target=_blank>click here</a>`,
  `<svg><a xlink:href="javascript:${run}"><text y=9>x</text></a></svg>`,
  `<svg><animate onbegin=${run} attributeName=x dur=1s></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run}&gt;">`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
  `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img src=x onerror=${run}>">`,
  `<iframe srcdoc="<script>parent.${sentinel}=1</script>"></iframe>`,
  `<object data="data:text/html,<script>opener.${sentinel}=1</script>"></object>`,
  `<template><script>${run}</script></template>`,
  `<input autofocus onfocus=${run}><details open ontoggle=${run}>`,
  `<form action="javascript:${run}"><button autofocus>Sign</button></form>`,
  `<base href="https://example.com/"><meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `<link rel=stylesheet href="//example.com/x.css"><style>*{display:none}</style>`,
  `</title></textarea></style></script><script>${run}</script>`,
  `--><script>${run}</script><!--`,
  `]]><script>${run}</script>`,
  `<xmp><plaintext><script>${run}</script>`,
  `&lt;script&gt;${run}&lt;/script&gt; &#60;img src=x onerror=${run}&#62;`,
  `%3Cscript%3E${run}%3C/script%3E \\u003cscript\\u003e${run}\\u003c/script\\u003e`,
  `+ADw-script+AD4-${run}+ADw-/script+AD4-`,
  `{{constructor.constructor('${run}')()}} \${${run}} #{${run}} <%= ${run} %>`,
  `{"__proto__":{"innerHTML":"<img src=x onerror=${run}>"}}`,
  `';${run};//" onmouseover="${run}`,
];

/** What the gate takes into no statement, and a service may say all the same. */
const disguised: readonly string[] = [
  "Bank\u202ek nab\u202c",
  "pay\u200bpal \u2066GLD\u2069 \ufeffvault",
  "B\u0430nk of Gen\u0435va",
  "\u0391lpha \u13a0tlas",
  "nul\u0000l \u0007bell \u001b[2J",
  "one\u2028two\u2029three\u0085four",
  "soft\u00adhyphen \u034fjoined \u3164blank",
  "\u{e0041}\u{e0042} tags",
  `Z${"\u0310\u0341".repeat(60)}algo`,
];

const endless: readonly string[] = ["Wörd".repeat(1_000), `<b>${"wide ".repeat(800)}</b>`];

/** Texts of the corpus, many in one, so that every field has had every one of them after few rounds. */
export const corpusRounds: readonly (readonly [name: string, text: string])[] = [
  ["markup", markup.join(" ")],
  // A plain word at its end, for a page may go on with a comma.
  ["disguises", [...disguised, "plain"].join(" ")],
  ["endless texts", endless.join(" ")],
];

/** Those that a statement or a document may hold: one line of at most 200 characters. */
export const corpusLines: readonly string[] = [...markup.filter((text) => text.length <= 200), "B\u0430nk of Geneva"];
