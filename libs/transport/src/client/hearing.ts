/** Whether replies are heard now: whoever asks while they are not waits, so that none goes unheard. */
export class Hearing {
  #whenBack: Promise<void> | undefined;
  #tellBack = () => {};

  /** Missing while replies are heard. */
  get whenBack(): Promise<void> | undefined {
    return this.#whenBack;
  }

  lost(): void {
    this.#whenBack ??= new Promise((resolve) => (this.#tellBack = resolve));
  }

  back(): void {
    this.#whenBack = undefined;
    this.#tellBack();
  }
}
