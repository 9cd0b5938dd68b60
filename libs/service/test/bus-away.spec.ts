import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { time } from '@courtside/contracts';
import { aPlatform, anAdmin, eventually, fakeService, type TestPlatform } from '@courtside/testing';
import { Handles, startApp } from '@courtside/service';
import { Controller } from '@nestjs/common';

@Controller()
class TimeController {
  @Handles(time.read)
  read() {
    return { iso: new Date(0).toISOString(), timestamp: 0 };
  }
}

/** Stands before a server: nobody gets through until it is opened. */
class Door {
  isOpen = false;
  knocks = 0;
  private readonly server: Server;

  constructor(host: string, port: number) {
    this.server = createServer((socket) => {
      this.knocks += 1;
      if (!this.isOpen) return void socket.destroy();
      const onward = connect(port, host);
      socket.pipe(onward).pipe(socket);
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
  }
}

const app = fakeService('time', TimeController);
const isSkipped = process.env['TEST_REDIS_URL'] === 'none';

(isSkipped ? describe.skip : describe)('an app whose bus is not there yet', () => {
  let platform: TestPlatform;
  let door: Door;
  let url: URL;
  beforeAll(async () => {
    platform = await aPlatform([]);
    url = new URL(platform.bus.urlOf('time'));
    door = new Door(url.hostname, Number(url.port));
    Object.assign(url, { hostname: '127.0.0.1', port: String(await door.listen()) });
  });
  afterAll(async () => {
    door.close();
    await platform.close();
  });
  const start = (waitMs: string) =>
    startApp(
      app,
      { ...platform.environmentOf('time'), REDIS_URL: url.href, BUS_WAIT_MS: waitMs },
      { logTo: { write: () => undefined } },
    );

  it('ends at its deadline, in a sentence without the password', async () => {
    const failure: unknown = await start('300').catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'SetupError' });
    expect(String(failure)).toMatch(/the bus: not there within/);
    expect(String(failure)).not.toContain(url.password);
  });

  it('waits for it, and then works', async () => {
    const { knocks } = door;
    const starting = start('20000');
    await eventually('some attempts', () => door.knocks > knocks + 3);
    door.isOpen = true;
    const running = await starting;
    try {
      const answer = await platform.ask(time.read, {}, { as: anAdmin() });
      expect(answer.timestamp).toBe(0);
    } finally {
      await running.close();
    }
  });
});
