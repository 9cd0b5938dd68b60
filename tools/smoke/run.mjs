/** Folders of the collection, run by newman one after the other: what one keeps, the next one finds. */

const COLLECTION = 'postman/generated/courtside.postman_collection.json';

/** The longest that one answer, and one script with its waiting, may take, milliseconds. */
const ANSWER_MS_MAX = 15_000;
const SCRIPT_MS_MAX = 30_000;

export class Run {
  /** What the collection keeps in its environment, tokens included: never told. */
  #environment;
  #settings;
  #say;

  /** @param settings as `settingsOf` gives them; @param say takes a line */
  constructor(settings, say) {
    this.#settings = settings;
    this.#say = say;
    const { url, admin } = settings;
    const values = { baseUrl: url, adminUsername: admin?.username, adminPassword: admin?.password };
    this.#environment = {
      values: Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ({ key, value, enabled: true })),
    };
  }

  /**
   * Runs these folders up to the first step that fails.
   * @returns {Promise<{ steps: number, failures: string[] }>}
   */
  async folders(names, withinMs) {
    const told = { steps: 0, failures: [] };
    const options = {
      collection: COLLECTION,
      environment: this.#environment,
      folder: names,
      bail: ['failure'],
      timeout: withinMs,
      timeoutRequest: ANSWER_MS_MAX,
      timeoutScript: SCRIPT_MS_MAX,
      sslExtraCaCerts: this.#settings.authority,
      ignoreRedirects: true,
      reporters: [],
    };
    // It takes a while to load: not for whoever only calls this wrongly.
    const { default: newman } = await import('newman');
    const { error, environment } = await new Promise((resolve) => {
      const emitter = newman.run(options, (error, summary) =>
        resolve({ error: error ?? summary.error, environment: summary?.environment }),
      );
      this.#listen(emitter, told);
    });
    if (environment) this.#environment = environment.toJSON();
    if (error && told.failures.length === 0) told.failures.push(sentenceOf(error));
    return told;
  }

  /** One line for each step, and its faults. */
  #listen(emitter, told) {
    let faults = [];
    let since = 0;
    let status;
    const fault = (error) => error && faults.push(sentenceOf(error));
    emitter.on('beforeItem', () => {
      faults = [];
      status = undefined;
      since = performance.now();
    });
    emitter.on('request', (error, { response }) => {
      fault(error);
      status = response?.code;
    });
    // What an assertion said, newman says of its script once more, where it stops for it.
    emitter.on('script', (error) => faults.length === 0 && fault(error));
    emitter.on('assertion', (error, { assertion }) =>
      fault(error && { message: `${assertion}: ${error.message}` }),
    );
    emitter.on('item', (_error, { item }) => {
      // What a step passes over, nobody asked.
      if (status === undefined && faults.length === 0) return;
      told.steps += 1;
      const took = `${Math.round(performance.now() - since)} ms`.padStart(8);
      const says = `${took}  ${status ?? '---'}  ${item.parent().name}: ${item.name}`;
      this.#say(`${faults.length === 0 ? 'ok  ' : 'FAIL'}  ${says}`);
      told.failures.push(...faults.map((each) => `${item.parent().name}: ${item.name}: ${each}`));
    });
  }
}

const sentenceOf = ({ message, code }) => message || code || 'it failed without a word';
