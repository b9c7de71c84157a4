/** Entity names of U+00A0 to U+00FF, in code point order. */
const LATIN = (
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn " +
  "sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave " +
  "Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml " +
  "ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN " +
  "szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute " +
  "icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml " +
  "yacute thorn yuml"
).split(" ");

/** The other HTML 4 entity names, each with its character. */
const OTHERS = (
  "Alpha\u0391 Beta\u0392 Chi\u03a7 Dagger\u2021 Delta\u0394 Epsilon\u0395 Eta\u0397 Gamma\u0393 " +
  "Iota\u0399 Kappa\u039a Lambda\u039b Mu\u039c Nu\u039d OElig\u0152 Omega\u03a9 Omicron\u039f " +
  "Phi\u03a6 Pi\u03a0 Prime\u2033 Psi\u03a8 Rho\u03a1 Scaron\u0160 Sigma\u03a3 Tau\u03a4 " +
  "Theta\u0398 Upsilon\u03a5 Xi\u039e Yuml\u0178 Zeta\u0396 alefsym\u2135 alpha\u03b1 and\u2227 " +
  "ang\u2220 asymp\u2248 bdquo\u201e beta\u03b2 bull\u2022 cap\u2229 chi\u03c7 circ\u02c6 " +
  "clubs\u2663 cong\u2245 crarr\u21b5 cup\u222a dArr\u21d3 dagger\u2020 darr\u2193 delta\u03b4 " +
  "diams\u2666 empty\u2205 emsp\u2003 ensp\u2002 epsilon\u03b5 equiv\u2261 eta\u03b7 euro\u20ac " +
  "exist\u2203 fnof\u0192 forall\u2200 frasl\u2044 gamma\u03b3 ge\u2265 hArr\u21d4 harr\u2194 " +
  "hearts\u2665 hellip\u2026 image\u2111 infin\u221e int\u222b iota\u03b9 isin\u2208 kappa\u03ba " +
  "lArr\u21d0 lambda\u03bb lang\u2329 larr\u2190 lceil\u2308 ldquo\u201c le\u2264 lfloor\u230a " +
  "lowast\u2217 loz\u25ca lrm\u200e lsaquo\u2039 lsquo\u2018 mdash\u2014 minus\u2212 mu\u03bc " +
  "nabla\u2207 ndash\u2013 ne\u2260 ni\u220b notin\u2209 nsub\u2284 nu\u03bd oelig\u0153 " +
  "oline\u203e omega\u03c9 omicron\u03bf oplus\u2295 or\u2228 otimes\u2297 part\u2202 permil\u2030 " +
  "perp\u22a5 phi\u03c6 pi\u03c0 piv\u03d6 prime\u2032 prod\u220f prop\u221d psi\u03c8 rArr\u21d2 " +
  "radic\u221a rang\u232a rarr\u2192 rceil\u2309 rdquo\u201d real\u211c rfloor\u230b rho\u03c1 " +
  "rlm\u200f rsaquo\u203a rsquo\u2019 sbquo\u201a scaron\u0161 sdot\u22c5 sigma\u03c3 sigmaf\u03c2 " +
  "sim\u223c spades\u2660 sub\u2282 sube\u2286 sum\u2211 sup\u2283 supe\u2287 tau\u03c4 " +
  "there4\u2234 theta\u03b8 thetasym\u03d1 thinsp\u2009 tilde\u02dc trade\u2122 uArr\u21d1 " +
  "uarr\u2191 upsih\u03d2 upsilon\u03c5 weierp\u2118 xi\u03be zeta\u03b6 zwj\u200d zwnj\u200c"
).split(" ");

/** Characters by HTML 4 entity name. */
export const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ...LATIN.map((name, k): [string, string] => [name, String.fromCharCode(160 + k)]),
  ...OTHERS.map((entry): [string, string] => [entry.slice(0, -1), entry.slice(-1)]),
]);
