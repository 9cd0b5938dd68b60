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

export interface OutgoingEvent<E extends EventContract> {
  /** The id of what the event is about. */
  readonly subject: string;
  readonly data: EventData<E>;
}

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

  /** @throws Error when topology.yaml does not say that this service publishes it. */
  async add<E extends EventContract>(
    manager: EntityManager,
    contract: E,
    { subject, data }: OutgoingEvent<E>,
  ): Promise<void> {
    demandDeclared(this.service, 'publishes', contract.name);
    const request = currentRequest();
    const id = newId();
    const event = {
      specversion: '1.0',
      id,
      source: `/${this.service}`,
      type: eventType(contract),
      subject,
      time: new Date(this.clock.now()).toISOString(),
      datacontenttype: 'application/json',
      ...(request?.identity?.kind === 'user' && { actor: request.identity.userId }),
      ...(request && { correlationid: request.requestId }),
      ...(request?.traceparent && { traceparent: request.traceparent }),
      data,
    };
    await manager.query(`INSERT INTO outbox (id, topic, event, awaiting) VALUES ($1, $2, $3, $4)`, [
      id,
      contract.name,
      JSON.stringify(event),
      subscribersOf(contract.name),
    ]);
  }
}
