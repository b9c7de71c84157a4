/**
 * `@std/path` for this system. Its own selection reads Node's `process`, which makes Deno initialize it: 22
 * ms of every start.
 */
const path = Deno.build.os === "windows"
  ? await import("@std/path/windows")
  : await import("@std/path/posix");

export const basename: (path: string, suffix?: string) => string = path.basename;
export const dirname: (path: string) => string = path.dirname;
export const extname: (path: string) => string = path.extname;
export const fromFileUrl: (url: string | URL) => string = path.fromFileUrl;
export const isAbsolute: (path: string) => boolean = path.isAbsolute;
export const join: (...paths: string[]) => string = path.join;
export const resolve: (...paths: string[]) => string = path.resolve;
