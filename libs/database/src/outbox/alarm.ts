/** What a loop waits for: a while, or until somebody rings. A ring that nobody awaits is kept. */
export class Alarm {
  #rang = false;
  #wake = (): void => {};

  ring(): void {
    this.#rang = true;
    this.#wake();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rang) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rang = false;
    this.#wake = () => {};
  }
}
