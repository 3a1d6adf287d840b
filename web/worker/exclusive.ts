// Allows one change of the current model at a time; further ones fail with an error that names the first.

export class Exclusive {
  #underWay = '';

  get busy(): boolean {
    return this.#underWay !== '';
  }

  /** `what` completes "… is under way". */
  async run<T>(what: string, act: () => Promise<T>): Promise<T> {
    if (this.busy) throw new Error(`${this.#underWay} is under way; try again once that is over.`);
    this.#underWay = what;
    try {
      return await act();
    } finally {
      this.#underWay = '';
    }
  }
}
