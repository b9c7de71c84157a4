import { glyph, GLYPH_HEIGHT, GLYPH_WIDTH } from "./bitmap_font.ts";

/** Pixels from one letter's left edge to the next one's. */
const ADVANCE = GLYPH_WIDTH + 1;

/** An image of palette indexes, row by row; drawing outside it is ignored. */
export class Canvas {
  /** [height, width] */
  readonly pixels: Uint8Array<ArrayBuffer>;

  constructor(readonly width: number, readonly height: number) {
    this.pixels = new Uint8Array(width * height);
  }

  /** Fills a rectangle. */
  rectangle(left: number, top: number, width: number, height: number, color: number): void {
    const right = Math.min(this.width, left + width);
    for (let y = top; y < Math.min(this.height, top + height); y++) {
      if (right > left) this.pixels.fill(color, y * this.width + left, y * this.width + right);
    }
  }

  /** Writes text from left to right; `top` is the top of its letters. */
  text(left: number, top: number, text: string, color: number): void {
    this.#letters(text, (along, down) => this.#dot(left + along, top + down, color));
  }

  /** Writes text from the bottom up; `left` is the top of its letters. */
  textUp(left: number, bottom: number, text: string, color: number): void {
    this.#letters(text, (along, down) => this.#dot(left + down, bottom - along, color));
  }

  /** The image with every pixel scaled by `factor` in width and height. */
  enlarged(factor: number): Canvas {
    if (factor === 1) return this;
    const large = new Canvas(this.width * factor, this.height * factor);
    this.pixels.forEach((color, at) => {
      const [x, y] = [at % this.width, Math.floor(at / this.width)];
      if (color !== 0) large.rectangle(x * factor, y * factor, factor, factor, color);
    });
    return large;
  }

  #letters(text: string, dot: (along: number, down: number) => void): void {
    let start = 0;
    for (const character of text) {
      glyph(character).forEach((bits, down) => {
        for (let column = 0; column < GLYPH_WIDTH; column++) {
          if (bits >> (GLYPH_WIDTH - 1 - column) & 1) dot(start + column, down);
        }
      });
      start += ADVANCE;
    }
  }

  #dot(x: number, y: number, color: number): void {
    if (x >= 0 && x < this.width && y >= 0 && y < this.height) this.pixels[y * this.width + x] = color;
  }
}

/** Width of a text in pixels. */
export function textLength(text: string): number {
  return Math.max(0, Array.from(text).length * ADVANCE - 1);
}

/** Height of letters in pixels. */
export const TEXT_HEIGHT: number = GLYPH_HEIGHT;
