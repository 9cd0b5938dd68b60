import type { ServiceName } from '@courtside/contracts';
import type { HandledEvent } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Turns } from '../turns.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { CONFIRM } from './outbox-rows.js';

/** Lets go of events that a subscriber has handled. Told twice, or of what is gone: no harm. */
@Injectable()
export class ConfirmedEvents {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    private readonly metrics: OutboxMetrics,
    private readonly turns: Turns,
  ) {}

  async confirm(group: ServiceName, handled: readonly HandledEvent[]): Promise<void> {
    const sequences = handled.map(({ sequence }) => sequence);
    const ids = handled.map(({ id }) => id);
    const [answer] = await this.turns.run(() =>
      this.source.query<{ confirmed: string }[]>(CONFIRM, [group, sequences, ids]),
    );
    this.metrics.confirmed(group, Number(answer?.confirmed ?? 0));
  }
}
