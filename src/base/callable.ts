/**
 * Base of classes whose instances can be called like functions. A subclass declares its call signature in an
 * interface of the same name.
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
