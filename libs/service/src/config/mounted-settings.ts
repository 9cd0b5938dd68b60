import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from '../log/logger.js';
import { CONFIG, LOGGER } from '../start/tokens.js';
import { settingFile } from './load-config.js';
import { fixed, MountedFile, type Mounted } from './mounted.js';

/** How often mounted files are looked at, milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Settings of this app that may change while it runs, because they were given as a file (`KEY_FILE`):
 * keys, above all. What stands in the environment itself stays as it is.
 */
@Injectable()
export class MountedSettings implements OnApplicationShutdown {
  private readonly files: MountedFile<unknown>[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: object,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A setting, as `parse` reads it.
   * @throws Error of `parse` when what is there now makes no sense.
   */
  read<T>(setting: string, parse: (text: string) => T): Mounted<T> {
    const text = String((this.config as Record<string, unknown>)[setting]);
    const path = settingFile(this.config, setting);
    if (path === undefined) return fixed(parse(text));
    const about = { setting, file: path };
    const file = new MountedFile<T>({
      path,
      text,
      parse,
      onChange: () => this.logger.info(about, 'a mounted setting has changed'),
      onFault: ({ message }) =>
        this.logger.warn(
          { ...about, fault: message },
          'a mounted setting cannot be used, the one before it stays',
        ),
    });
    this.files.push(file);
    this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    return file;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const file of this.files) file.read();
  }
}
