// One change of the model at hand at a time: another one meanwhile is refused, and told what is in its way.

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
