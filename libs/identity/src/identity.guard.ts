import { Problem, type Message } from '@courtside/contracts';
import {
  anonymous,
  CONFIRMATIONS,
  currentRequest,
  EVENT_CONTRACT,
  LOGGER,
  MESSAGE_CONTRACT,
  type Logger,
} from '@courtside/service';
import type { MessageContext } from '@courtside/transport';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { accessProblem } from './access.js';
import { IdentityVerifier } from './identity-verifier.js';

/**
 * Stands before every handler: refuses a message that does not prove who asks, or that its contract
 * does not let them ask. A handler without a contract is refused too.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    private readonly verifier: IdentityVerifier,
    private readonly reflector: Reflector,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    const rpc = execution.switchToRpc();
    const context = rpc.getContext<MessageContext>();
    const message = this.reflector.get<Message | undefined>(
      MESSAGE_CONTRACT,
      execution.getHandler(),
    );
    if (context.isEvent) return this.admitEvent(execution);
    const verdict = this.verifier.verify(context.metadata);
    if (!message || !verdict) {
      this.logger.warn({ message: context.pattern }, 'refused a message without proof');
      throw new Problem('access.unproven');
    }
    const request = currentRequest();
    if (request) request.identity = verdict.identity;
    const problem = accessProblem(message.access, verdict, rpc.getData());
    if (problem) throw problem;
    return true;
  }

  /** Events carry no proof: who may tell what is the bus' access list. They act for nobody. */
  private admitEvent(execution: ExecutionContext): boolean {
    const handler = execution.getHandler();
    const isMarked = [EVENT_CONTRACT, CONFIRMATIONS].some((key) =>
      this.reflector.get(key, handler),
    );
    if (!isMarked) throw new Problem('access.unproven');
    const request = currentRequest();
    if (request) request.identity = anonymous;
    return true;
  }
}
