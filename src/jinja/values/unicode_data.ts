/** Code points newer than Python 3.11 (Unicode 14), which JavaScript may know. */
export const NEWER =
  "897 cf3 ece 1b4e-1b4f 1b7f 1c89-1c8a 2427-2429 2ffc-2fff 31e4-31e5 31ef a7cb-a7cd a7da-a7dc " +
  "105c0-105f3 10d40-10d65 10d69-10d85 10d8e-10d8f 10ec2-10ec4 10efc-10eff 1123f-11241 11380-11389 " +
  "1138b 1138e 11390-113b5 113b7-113c0 113c2 113c5 113c7-113ca 113cc-113d5 113d7-113d8 113e1-113e2 " +
  "116d0-116e3 11b00-11b09 11bc0-11be1 11bf0-11bf9 11f00-11f10 11f12-11f3a 11f3e-11f5a 1342f " +
  "13439-13455 13460-143fa 16100-16139 16d40-16d79 18cff 1b132 1b155 1cc00-1ccf9 1cd00-1ceb3 " +
  "1d2c0-1d2d3 1df25-1df2a 1e030-1e06d 1e08f 1e4d0-1e4f9 1e5d0-1e5fa 1e5ff 1f6dc 1f774-1f776 " +
  "1f77b-1f77f 1f7d9 1f8b2-1f8bb 1f8c0-1f8c1 1fa75-1fa77 1fa87-1fa89 1fa8f 1faad-1faaf 1fabb-1fabf " +
  "1fac6 1face-1facf 1fada-1fadc 1fadf 1fae8-1fae9 1faf7-1faf8 1fbcb-1fbef 2b739 2ebf0-2ee5d " +
  "31350-323af";

/** Digits that are not decimal, such as superscript and circled ones. */
export const DIGITS =
  "b2-b3 b9 1369-1371 19da 2070 2074-2079 2080-2089 2460-2468 2474-247c 2488-2490 24ea 24f5-24fd 24ff " +
  "2776-277e 2780-2788 278a-2792 10a40-10a43 10e60-10e68 11052-1105a 1f100-1f10a";

/** Letters that are numbers. */
export const NUMBERS =
  "3405 3483 382a 3b4d 4e00 4e03 4e07 4e09 4e5d 4e8c 4e94 4e96 4ebf-4ec0 4edf 4ee8 4f0d 4f70 5104 5146 " +
  "5169 516b 516d 5341 5343-5345 534c 53c1-53c4 56db 58f1 58f9 5e7a 5efe-5eff 5f0c-5f0e 5f10 62fe 634c " +
  "67d2 6f06 7396 767e 8086 842c 8cae 8cb3 8d30 9621 9646 964c 9678 96f6 f96b f973 f978 f9b2 f9d1 f9d3 " +
  "f9fd 20001 20064 200e2 20121 2092a 20983 2098c 2099c 20aea 20afd 20b19 22390 22998 23b1b 2626d 2f890";

/** Characters whose case folding is not their lowercase but the lowercase of their uppercase. */
export const FOLDED =
  "b5 df 149 17f 1f0 345 390 3b0 3c2 3d0-3d1 3d5-3d6 3f0-3f1 3f5 587 1c80-1c88 1e96-1e9b 1f50 1f52 1f54 " +
  "1f56 1f80-1faf 1fb2-1fb4 1fb6-1fb7 1fbc 1fbe 1fc2-1fc4 1fc6-1fc7 1fcc 1fd2-1fd3 1fd6-1fd7 1fe2-1fe4 " +
  "1fe6-1fe7 1ff2-1ff4 1ff6-1ff7 1ffc fb00-fb06 fb13-fb17";

/** Characters whose case folding is their uppercase. */
export const FOLDED_UP = "13a0-13f5 13f8-13fd 1e9e ab70-abbf";

/** Characters and their title case, if it differs from their uppercase. */
export const TITLED =
  "ßSs Ǆǅ ǆǅ Ǉǈ ǉǈ Ǌǋ ǌǋ Ǳǲ ǳǲ ևԵւ ᾀᾈ ᾁᾉ ᾂᾊ ᾃᾋ ᾄᾌ ᾅᾍ ᾆᾎ ᾇᾏ ᾐᾘ ᾑᾙ ᾒᾚ ᾓᾛ ᾔᾜ ᾕᾝ ᾖᾞ ᾗᾟ ᾠᾨ ᾡᾩ ᾢᾪ " +
  "ᾣᾫ ᾤᾬ ᾥᾭ ᾦᾮ ᾧᾯ ᾲᾺͅ ᾳᾼ ᾴΆͅ ᾷᾼ͂ ῂῊͅ ῃῌ ῄΉͅ ῇῌ͂ ῲῺͅ ῳῼ ῴΏͅ ῷῼ͂ ﬀFf ﬁFi ﬂFl ﬃFfi ﬄFfl ﬅSt " +
  "ﬆSt ﬓՄն ﬔՄե ﬕՄի ﬖՎն ﬗՄխ";

/** Characters that are their own title case, but not their own uppercase. */
export const TITLED_SAME = "1c5 1c8 1cb 1f2 10d0-10fa 10fd-10ff 1f88-1f8f 1f98-1f9f 1fa8-1faf 1fbc 1fcc 1ffc";
