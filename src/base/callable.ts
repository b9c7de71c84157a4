/**
 * Base of classes whose instances can be called like functions. A subclass declares its call signature in an
 * interface of the same name.
 *
 * @example
 * ```ts
 * import { Callable } from "@llama/llama";
 *
 * class Doubler extends Callable {}
 * const double = new Doubler((n: number) => 2 * n) as Doubler & ((n: number) => number);
 * console.log(double(21), double instanceof Doubler); // 42 true
 * ```
 */
export class Callable {
  /**
   * Makes an instance of the called class.
   * @param call function that a call of the instance runs
   */
  constructor(call: (...args: never[]) => unknown) {
    return Object.setPrototypeOf(call, new.target.prototype) as this;
  }
}
