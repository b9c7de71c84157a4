/**
 * Character classes of the tokenizers library: for each range of code points, its distance from the previous one and
 * its length, in base 36. Written by make_unicode_tables.py.
 *
 * @module
 */

/** Control characters, formats and private use: removed by BertNormalizer. */
export const OTHERS: string = [
  "0 9 2 2 1 i 2n x d 1 11u 6 m 1 5c 1 1d 1 3cu 1 1ks 5 q 5 1d 5 1 a 11u8 4xs 16n 1 6x 3 1 1 3b3 1 xya 4",
  "43z 8 h406 1 u 2o 1egw 1eke 2 1eke",
].join(" ");

/** Nonspacing marks: removed by BertNormalizer with accents. */
export const MARKS: string = [
  "lc 34 7n 5 7d 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 y 4 1 9 1 3 1 5 17",
  "3 3r w 1j 1 1 1 4 8 4 1 3 7 a 2 t 1 1m 1 4 4 8 1 k 2 t 2 1l 1 4 2 4 2 2 3 3 1 u 2 3 1 b 2 1l 1 4 5 1",
  "2 4 1 k 2 t 1 1m 1 2 1 1 4 8 1 8 1 b 2 u 1 1p 1 c 1 1e 1 1p 3 5 3 1 4 7 2 b 2 t 1 1m 1 2 1 6 1 5 2 k",
  "2 t 1 1r 4 8 1 k 2 2u 1 7 3 1 1 2i 1 2 7 c 8 2q 1 2 6 1 2 b 6 22 2 r 1 1 1 1 1 1j e 1 5 1 2 5 b 1 10",
  "9 1 2u 4 1 6 1 2 2 2 p 2 4 3 g 4 d 1 2 2 6 1 f 1 jj 3 qa 3 t 3 t 2 u 2 1s 2 1 7 8 1 2 b 9 1 19 3 4b 1",
  "3a 3 4 2 9 1 6 3 63 2 2 1 1m 1 1 7 1 1 1 1 2 8 6 a 2 1 1c e 1u 4 1c 1 1 5 1 1 5 1 14 9 c 2 w 4 2 2 1",
  "3 1k 1 1 2 3 1 1 3 1m 8 2 2 48 3 1 d 1 7 4 1 6 1 3 2 5i 1i 6 4 k0 d 4 1 3 c 2da 3 3x 1 2o w fe 4 2z 2",
  "n9w 1 4 a w 2 28 2 7k 1 3 1 4 1 p 2 4d 1 r i 1g 8 p b 1a 3 1c 1 2 4 2 1 14 1 1v 6 2 2 2 2 c 1 8 1 1b",
  "1 1f 1 1 3 2 2 5 2 1 1 16 2 8 1 6m 1 2 1 4 1 fn4 1 kh g g g r1 1 6a 1 45 5 1ae 3 1 2 5 4 14 3 4 1 4l",
  "2 10a 1 1i f 1k 3 1d 4 2 2 1x 3 10 5 1 8 1q 1 c 2 1g 9 b 3 2q 3 2 1 1 2 4n 1 3 8 l 2 1m 1 3 1 11 7 3",
  "5 8u 6 1 1 4 2 1 2 6m 4 6 2 1 2 r 2 2d 8 2 1 1 2 2y 1 1 1 2 6 1 1 2t 3 2 4 1 5 gjo 5 1n 7 uw 4 f7u 2",
  "43s 3 h 8 2 7 u 4 44 3 1iz 1j 4 1e 8 1 e 1 m 5 1 f 2sg 7 gzl5 6o",
].join(" ");

/** Punctuation and ASCII symbols. */
export const PUNCTUATION: string = [
  "x f a 7 q 6 q 4 y 1 5 1 3 1 a 2 3 1 3 1 ji 1 8 1 cy 6 15 2 1f 1 1 1 2 1 2 1 18 2 k 2 1 2 d 1 2 2 22 4",
  "2u 1 17 e 6h 3 1i f v 1 79 2 a 1 an 1 lf 1 2i 1 a 2 4o f 1 1 11 4 1z 1 22 5 4 2 33 6 4r 1 h0 9 47 1",
  "h8 2 18 2 26 3 1z 2 4d 3 1 3 11 b 8p 2 60 2 3k 7 1 6 4s 7 4b 4 1n 5 1q 2 1s 8 b 1 n0 o 8 k 1 d 1 c u",
  "2 e 2 hl 4 t 2 u5 e 27 2 v a b7 m 1r 4 w 2 l7 4 1 2 34 1 3z 1b 1 j ce 3 4 a 2 c g 1 c 1 2q 1 2i 1 mwy",
  "2 7h 3 2r 1 a 1 37 6 ak 4 2e 2 14 3 1 1 1d 2 1b 1 2p d g 2 3g 4 3i 2 g 2 6x 1 g2a 2 5s a m z 1 e 1 1",
  "4 1 1 2 45 3 1 6 1 4 a 2 3 2 q 3 1 1 r 1 1 1 1 7 be 3 ik 1 1c 1 bi 1 kn 1 5j 1 v 1 7k 9 12 1 34 7 1u",
  "7 2h 4 x6 7 31 2 1 4 3i 4 1c 2 27 5 3 1 d 1 1 3 2g 6 2z 1 f0 1 6y n 2x 3 6w 3 2lt 5 dtl 2 3p 1 1t 5 8",
  "1 g2i 1 5wn 5",
].join(" ");

/** Scripts, with the Japanese ones merged; each length is followed by the script's number. */
export const SCRIPTS: string = [
  "0 w 0 1 w 0 0 q 1 0 6 0 0 q 1 0 1b 0 0 1 1 0 f 0 0 1 1 0 5 0 0 n 1 0 1 0 0 v 1 0 1 0 0 ch 1 0 13 0 0",
  "5 1 0 5 0 0 2 2 0 k 0 0 34 3 0 4 4 0 1 0 0 3 4 2 4 4 0 1 0 0 1 4 4 1 4 0 1 0 0 1 4 0 1 0 0 3 4 1 1 4",
  "1 k 4 1 1r 4 0 e 5 0 g 4 0 3p 6 0 2 3 0 4p 6 1 12 7 2 7 7 1 13 7 1 1 0 0 1 7 2 3 7 1 1j 8 8 r 8 5 5 8",
  "b 5 9 0 1 0 0 6 9 0 1 0 0 e 9 0 2 0 1 1 9 0 1 0 0 w 9 0 1 0 0 a 9 0 b 3 0 q 9 0 1 3 0 30 9 0 1 0 0 y",
  "9 0 e a 1 1o a 2 3 a 0 1c 9 0 1e b e 1n c 5 1a d 2 f d 1 s e 2 1 e 1t l 9 1 8 9 m e 9 0 1 0 0 t 9 0",
  "29 f 0 2 3 0 h f 0 2 0 0 q f 0 4 g 1 8 g 2 2 g 2 m g 1 7 g 1 1 g 3 4 g 2 9 g 2 2 g 2 4 g 8 1 g 4 2 g",
  "1 5 g 2 m g 5 3 h 1 6 h 4 2 h 2 m h 1 7 h 1 2 h 1 2 h 1 2 h 2 1 h 1 5 h 4 2 h 2 3 h 3 1 h 7 4 h 1 1 h",
  "7 g h b 3 i 1 9 i 1 3 i 1 m i 1 7 i 1 2 i 1 5 i 2 a i 1 3 i 1 3 i 2 1 i f 4 i 2 c i 7 1 i 7 3 j 1 8 j",
  "2 2 j 2 m j 1 7 j 1 2 j 1 5 j 2 9 j 2 2 j 2 3 j 8 2 j 4 2 j 1 5 j 2 i j a 2 k 1 6 k 3 3 k 1 4 k 3 2 k",
  "1 1 k 1 2 k 3 2 k 3 3 k 3 c k 4 5 k 3 3 k 1 4 k 2 1 k 6 1 k e l k 5 4 l 1 8 l 1 3 l 1 n l 1 g l 3 8 l",
  "1 3 l 1 4 l 7 2 l 1 3 l 5 4 l 2 a l 8 8 l 0 4 m 1 8 m 1 3 m 1 n m 1 a m 1 5 m 2 9 m 1 3 m 1 4 m 7 2 m",
  "7 1 m 1 4 m 2 a m 1 2 m e 3 n 1 8 n 1 3 n 1 15 n 2 8 n 1 3 n 1 6 n 4 g n 2 q n 2 2 o 1 i o 3 o o 1 9",
  "o 1 1 o 2 7 o 3 1 o 4 6 o 1 1 o 1 8 o 6 a o 2 3 o c 1m p 4 1 0 0 s p 11 2 q 1 1 q 2 2 q 1 1 q 2 1 q 6",
  "4 q 1 7 q 1 3 q 1 1 q 1 1 q 2 2 q 1 d q 1 3 q 2 5 q 1 1 q 1 6 q 2 a q 2 4 q w 20 r 1 10 r 4 13 r 1 10",
  "r 1 f r 1 7 r 0 4 0 0 2 r 11 4g s 0 12 t 1 1 t 5 1 t 2 17 t 0 1 0 0 4 t 0 74 u 0 21 v 1 4 v 2 7 v 1 1",
  "v 1 4 v 2 15 v 1 4 v 2 x v 1 4 v 2 7 v 1 1 v 1 4 v 2 f v 1 1l v 1 4 v 2 1v v 2 w v 3 q v 6 2e w 2 6 w",
  "2 hs x 0 t y 3 23 z 0 3 0 0 b z 7 d 10 1 7 10 b l 11 0 2 0 9 k 12 c d 13 1 3 13 1 2 13 c 2m 14 2 a 14",
  "6 a 14 6 2 15 0 2 0 0 1 15 0 1 0 0 9 15 1 a 15 6 2g 15 8 17 15 5 1y x a v 16 1 c 16 4 c 16 4 1 16 3 c",
  "16 0 u 17 2 5 17 b 18 18 4 q 18 6 b 18 3 2 18 0 w 14 0 s 19 2 2 19 0 1r 1a 1 t 1a 2 b 1a 6 a 1a 6 e",
  "1a 2 f 3 1t 24 1b 4 19 1b 3 1s 1c 0 1g 1d 8 4 1d 0 1k 1e 3 f 1e 3 3 1e 0 1c 1f 0 9 6 1j 8 1c 8 3 3 0",
  "1 0 0 d 3 0 1 0 0 7 3 0 4 0 0 1 3 0 6 0 0 1 3 0 2 0 1 2 3 6 12 1 0 5 4 0 1 6 0 1d 1 0 5 4 0 4 1 0 5 4",
  "0 d 1 0 1 6 0 1y 1 0 1 4 0 1i 3 5 5 3 0 74 1 0 m 4 2 6 4 2 12 4 2 6 4 2 8 4 1 1 4 1 1 4 1 1 4 1 v 4 2",
  "1h 4 1 f 4 1 e 4 2 6 4 1 j 4 2 3 4 1 9 4 1 c 0 0 2 3 0 2f 0 1 b 0 0 1 1 2 b 0 0 1 1 0 f 0 1 d 1 3 v 0",
  "h x 3 f 12 0 0 1 4 0 3 0 0 2 1 0 6 0 0 1 1 0 r 0 0 1 1 0 h 0 0 15 1 0 3 0 4 hb 0 1 13 0 p b 0 l ps 0",
  "0 74 1g 0 hg 0 2 w 0 2 y 0 3 c 0 1 8 0 q 4 0 g 1b 1h 1 1b 1h 1 w 1 0 38 5 5 7 5 0 12 t 1 1 t 5 1 t 2",
  "1k 1i 7 2 1i e 1 1i 0 n v 9 7 v 1 7 v 1 7 v 1 7 v 1 7 v 1 7 v 1 7 v 1 7 v 1 w 6 0 1x 0 1n q 1j 1 2h",
  "1j c 5y 1j q c 0 4 5 0 0 1 1j 0 1 0 0 1 1j 0 p 0 0 9 1j 0 4 3 0 2 u 0 8 0 0 4 1j 0 4 0 1 2e 1j 2 2 3",
  "0 2 0 0 3 1j 0 1 0 0 2i 1j 0 1 0 0 4 1j 5 15 2 3 2m u 1 g 0 0 r 2 5 10 0 c g 1j 0 v u 1 1s 0 0 v u 0",
  "29 0 0 1b 1j 1 2g 1j 0 4o 0 0 52u 1j a 1s 0 0 g5y 1j 16 wd 1k 3 1j 1k 9 1c 1l 0 8c 1m k 2o 6 0 2g 1n",
  "8 y 0 0 2u 1 0 3 0 0 10 1 1 8 1 1r 9 1 0 18 1o 4 a 0 6 1k 1p 8 1y 1q 8 c 1q 6 u f 2 1a 1r 0 1 0 0 1",
  "1r 0 10 1s b 1 1s 0 t u 3 26 1t 1 1 0 0 a 1t 4 2 1t 0 v s 1 1j 1u 9 e 1u 2 a 1u 2 4 1u 0 w s 0 1v 1v",
  "o 5 1v 0 n 1w a 6 v 2 6 v 2 6 v 9 7 v 1 7 v 1 17 1 0 1 0 0 9 1 0 1 4 a 28 w 0 1a 1w 2 a 1w 6 8mc u c",
  "n u 4 1d u 6is a6 1j 2 2y 1j 12 7 1 c 5 7 5 q 8 1 5 8 1 1 8 1 2 8 1 2 8 1 a 8 0 36 9 h a3 9 0 2 0 g",
  "1s 9 2 1i 9 14 e 9 2 g 3 0 a 0 6 e 3 0 2 6 0 z 0 1 j 0 1 4 0 4 5 9 1 3r 9 2 1 0 1 w 0 0 q 1 0 6 0 0 q",
  "1 0 b 0 0 a 1j 0 1 0 0 19 1j 0 2 0 0 v u 3 6 u 2 6 u 2 6 u 2 3 u 3 7 0 1 7 0 a 5 0 2 c 1x 1 q 1x 1 j",
  "1x 1 2 1x 1 f 1x 2 e 1x y 3f 1x 5 3 0 4 19 0 3 9 0 0 27 4 1 c 0 4 1 4 1b 19 0 0 1 3 3m t 1y 3 1d 1z f",
  "1 3 0 r 0 4 10 20 c r 21 5 17 22 5 u 23 1 1 23 0 10 24 4 e 24 16 28 25 0 1c 26 0 u 27 2 a 27 6 10 28",
  "4 10 28 4 14 29 8 1g 2a b 1 2a 40 8n 2b 9 m 2b a 8 2b 48 6 2c 2 1 2c 1 18 2c 1 2 2c 3 1 2c 2 1 2c 0 m",
  "2d 1 9 2d 0 w 2e 0 v 2f 8 9 2f 1c j 2g 1 2 2g 5 5 2g 0 s 2h 3 1 2h 0 q 2i 5 1 2i 1s w 2j 0 o 2k 4 k",
  "2k 2 1a 2k 0 4 2l 1 2 2l 5 8 2l 1 3 2l 1 r 2l 4 3 2l 4 9 2l 8 9 2l 7 w 2m 0 w 2n w 13 2o 4 c 2o 9 1i",
  "2p 3 7 2p 0 m 2q 2 8 2q 0 j 2r 5 8 2r 0 i 2s 7 4 2s c 7 2s 28 21 2t 1j 1f 2u d 1f 2u 7 6 2u 9s v 9 ap",
  "26 2v 4 u 2v f 1 2v 0 1u 2w e p 2x 7 a 2x 6 1h 2y 1 e 2y c 13 2z 9 26 30 2 g 30 1 k o b i 31 1 18 31",
  "1t 7 32 1 1 32 1 4 32 1 f 32 1 b 32 6 1n 33 5 a 33 6 4 34 1 8 34 2 2 34 2 m 34 1 7 34 1 2 34 1 5 34 2",
  "9 34 2 2 34 2 3 34 2 1 34 6 1 34 5 7 34 2 7 34 3 5 34 3v 2i 35 1 1 35 1 1 35 y 20 36 8 a 36 4m 1i 37",
  "2 12 37 y 1x 38 b a 38 6 d 15 j 1k 39 8 a 39 1i q 3a 3 f 3a 4 g 3a 9s 2b 3b c 1 3b cg 1l 3c 7b 9 3d 1",
  "19 3d 1 e 3d a t 3d 3 w 3e 2 m 3e 1 e 3e nd pm 3f 2u 33 3f 1 5 3f b 5g 3f 24c tr 3g 34h g7 3h 6nt ft",
  "1n 7 v 3i 1 a 3i 4 2 3i 2o u 3j 2 6 3j a 1y 3k a a 3k 1 7 3k 1 l 3k 5 j 3k og 1x 3l b 1b 3l g h 3l 1s",
  "1 3m v 4q5 3m j kz 3m 7bh 2 1j 2da 2z 3n 5 d 3n 3 9 3n 7 a 3n 2 4 3n 0 4 0 3to 6u 0 a 13 0 2 1q 0 0 3",
  "3 0 h 0 0 8 3 0 2 0 0 7 3 0 u 0 0 4 3 0 1n 0 n 1y 4 56 2f 0 9 i 0 3y 2d 0 1 1z 0 1 2 0 2 1 0 2 2 0 2",
  "4 0 1 c 0 1 1 0 1 7 0 1 1t 0 1 4 0 2 8 0 1 7 0 1 s 0 1 4 0 1 5 0 1 1 0 3 7 0 1 9g 0 2 84 0 2 1e 0 0",
  "i4 3o f 5 3o 1 f 3o 11s 7 1h 1 h 1h 2 7 1h 1 2 1h 1 5 1h 1jp 5h 3p 2 g 3p 15 23 3q 5 a 3q 4 2 3q ww 4",
  "9 1 r 9 1 2 9 1 1 9 2 1 9 1 a 9 1 4 9 1 1 9 1 1 9 6 1 9 4 1 9 1 1 9 1 1 9 1 3 9 1 2 9 1 1 9 2 1 9 1 1",
  "9 1 1 9 1 1 9 1 1 9 1 2 9 1 1 9 2 4 9 1 7 9 1 4 9 1 4 9 1 1 9 1 a 9 1 h 9 5 3 9 1 5 9 1 h 9 1g 2 9 7i",
  "18 0 4 2s 0 c f 0 2 f 0 1 f 0 1 11 0 a d 0 3 v 0 1 1o 0 4 1p 0 1l q 0 0 1 1j 0 2 0 d 18 0 4 9 0 7 2 0",
  "4u r7 0 d d 0 3 7 0 9 38 0 c 2d 0 17 c 0 4 1k 0 8 a 0 6 14 0 8 u 0 2q f 0 1 8 0 8 1 0 2 c 0 1 c 0 4 f",
  "0 x i 0 1a 1 0 18f wyf 1j 15 379 1j b 66 1j 2 4g2 1j 866 f2 1j fher 1 0 u 2o 0 3k 6o 3",
].join(" ");
