import {
  demandDeclared,
  eventType,
  subscribersOf,
  type EventContract,
  type EventData,
  type ServiceName,
} from '@courtside/contracts';
import { CLOCK, currentRequest, newId, SERVICE_NAME, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { noteEvents } from './commit-hint.js';

export interface OutgoingEvent<E extends EventContract> {
  /** The id of what the event is about. */
  readonly subject: string;
  readonly data: EventData<E>;
}

/** A fact is small; the bus would refuse a message of four times this size for good. */
const EVENT_BYTES_MAX = 256 * 1024;

/**
 * Writes events into the transaction of the change they tell of: both commit or neither does. The
 * relay publishes them, in the order of their sequence, at least once.
 */
@Injectable()
export class Outbox {
  constructor(
    @Inject(SERVICE_NAME) private readonly service: ServiceName,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param manager the one of the transaction that makes the change.
   * @throws Error when there is no transaction, when the event does not fit its contract, or when
   * topology.yaml does not say that this service publishes it.
   */
  async add<E extends EventContract>(
    manager: EntityManager,
    contract: E,
    { subject, data }: OutgoingEvent<E>,
  ): Promise<void> {
    demandDeclared(this.service, 'publishes', contract.name);
    const { queryRunner } = manager;
    if (!queryRunner?.isTransactionActive) {
      throw new Error(`${contract.name} must be written in the transaction of what it tells of`);
    }
    const id = newId();
    const event = this.#textOf(contract, { id, subject, data });
    noteEvents(queryRunner);
    await manager.query(`INSERT INTO outbox (id, topic, event, awaiting) VALUES ($1, $2, $3, $4)`, [
      id,
      contract.name,
      event,
      subscribersOf(contract.name),
    ]);
  }

  /** The CloudEvent without its sequence, which the database gives. */
  #textOf(contract: EventContract, about: { id: string; subject: string; data: unknown }): string {
    const fit = contract.data.safeParse(about.data);
    if (!fit.success) {
      throw new Error(`the data of ${contract.name} does not fit its contract`, {
        cause: fit.error,
      });
    }
    const request = currentRequest();
    const text = JSON.stringify({
      specversion: '1.0',
      id: about.id,
      source: `/${this.service}`,
      type: eventType(contract),
      subject: about.subject,
      time: new Date(this.clock.now()).toISOString(),
      datacontenttype: 'application/json',
      ...(request?.identity?.kind === 'user' && { actor: request.identity.userId }),
      ...(request && { correlationid: request.requestId }),
      ...(request?.traceparent && { traceparent: request.traceparent }),
      data: about.data,
    });
    const bytes = Buffer.byteLength(text);
    if (bytes <= EVENT_BYTES_MAX) return text;
    throw new Error(`${contract.name} has ${bytes} bytes, ${EVENT_BYTES_MAX} at most: tell less`);
  }
}
