import { ApiServer, ApiStatus, type ApiFault } from '@courtside/testing';
import { aPlan, fileOf, run, type APlan } from './a-plan.js';

const FOLDER = 'v1/secrets/shop';

/** The Secrets of a namespace, and the program that completes them. */
export class SecretsInCluster {
  private constructor(readonly server: ApiServer) {}

  static start = async () => new SecretsInCluster(await ApiServer.start());

  /** Runs `install secrets`. */
  complete(plan: APlan = aPlan()) {
    const environment = { KUBECONFIG: this.server.kubeconfig };
    return run(['secrets', '--plan', fileOf(plan)], environment);
  }

  get names(): string[] {
    return this.server.store.list(FOLDER).map(({ metadata }) => metadata.name);
  }

  /** Every byte that is kept. */
  get everything(): string {
    return JSON.stringify(this.server.store.list(FOLDER));
  }

  /** The values of a Secret by key, as text; of one that is not there, none. */
  valuesOf(name: string): Record<string, string> {
    if (!this.names.includes(name)) return {};
    const { data } = this.server.store.get(FOLDER, name) as { data?: Record<string, string> };
    const decoded = Object.entries(data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]);
    return Object.fromEntries(decoded) as Record<string, string>;
  }

  /** Puts values into a Secret, as a person would. */
  put(name: string, values: Record<string, string>): void {
    const data = Object.entries(values).map(([key, value]) => [
      key,
      Buffer.from(value).toString('base64'),
    ]);
    const secret = { metadata: { name }, data: Object.fromEntries(data) as object };
    const { store } = this.server;
    if (this.names.includes(name)) store.merge(FOLDER, name, secret);
    else store.create(FOLDER, secret as never);
  }

  remove(name: string): void {
    this.server.store.remove(FOLDER, name);
  }

  /** The writes so far, such as `PATCH courtside-auth`. */
  get writes(): string[] {
    return this.server.requests.filter((request) => !request.startsWith('GET'));
  }

  /** Something that happens before each write; an error is what it is refused with. */
  beforeWrites(happen: (path: string) => ApiStatus | undefined): void {
    const fault: ApiFault = ({ method, path }) => (method === 'GET' ? undefined : happen(path));
    this.server.fault = fault;
  }

  calm(): void {
    this.server.fault = () => undefined;
  }
}
