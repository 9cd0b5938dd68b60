import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut: what runs over it breaks, and nobody gets through. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (near: Socket) => this.join(near));
  }

  static async to(url: string): Promise<Line> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Line(server, new URL(url));
  }

  /** The address of the server, over this line. */
  get url(): string {
    const over = new URL(this.target);
    over.hostname = '127.0.0.1';
    over.port = String((this.server.address() as AddressInfo).port);
    return over.href;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    if (this.isCut) return void near.destroy();
    const far = connect(Number(this.target.port || 6379), this.target.hostname);
    const ends = [near, far] as const;
    for (const [one, other] of [ends, [far, near] as const]) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
