/**
 * The ground of classes whose instances are called like functions. A class that extends it says with an interface of
 * its own name how it is called.
 */
export class Callable {
  /**
   * Makes an instance of the class that is called.
   * @param call what a call of it does
   */
  constructor(call: (...args: never[]) => unknown) {
    return Object.setPrototypeOf(call, new.target.prototype) as this;
  }
}
