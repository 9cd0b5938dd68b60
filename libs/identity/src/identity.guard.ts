import type { Message } from '@courtside/contracts';
import {
  anonymous,
  CONFIRMATIONS,
  currentRequest,
  EVENT_CONTRACT,
  MESSAGE_CONTRACT,
} from '@courtside/service';
import type { MessageContext } from '@courtside/transport';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { accessProblem } from './access.js';
import { GuardedWrites } from './guarded-writes.js';
import { IdentityVerifier, type Verdict } from './identity-verifier.js';
import { RefusedMessages } from './refused-messages.js';

/**
 * Stands before every handler: refuses a message that does not prove who asks, or that its contract
 * does not let them ask. A handler without a contract is refused too.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    private readonly verifier: IdentityVerifier,
    private readonly reflector: Reflector,
    private readonly guardedWrites: GuardedWrites,
    private readonly refused: RefusedMessages,
  ) {}

  canActivate(execution: ExecutionContext): boolean | Promise<boolean> {
    const rpc = execution.switchToRpc();
    const context = rpc.getContext<MessageContext>();
    const message = this.reflector.get<Message | undefined>(
      MESSAGE_CONTRACT,
      execution.getHandler(),
    );
    if (context.isEvent) return this.admitEvent(execution);
    if (!message) throw this.refused.problem(context, 'contract');
    const verdict = this.verifier.verify(context.metadata, message, context.body);
    if (typeof verdict === 'string') throw this.refused.problem(context, verdict);
    const request = currentRequest();
    if (request) request.identity = verdict.identity;
    const problem = accessProblem(message.access, verdict, rpc.getData());
    if (problem) throw problem;
    return verdict.useOnce ? this.passOnce(context, verdict.useOnce) : true;
  }

  private async passOnce(
    context: MessageContext,
    proof: NonNullable<Verdict['useOnce']>,
  ): Promise<boolean> {
    if (await this.guardedWrites.useUp(proof)) return true;
    throw this.refused.problem(context, 'replayed');
  }

  /** Events carry no proof: who may tell what is the bus' access list. They act for nobody. */
  private admitEvent(execution: ExecutionContext): boolean {
    const handler = execution.getHandler();
    const context = execution.switchToRpc().getContext<MessageContext>();
    const isMarked = [EVENT_CONTRACT, CONFIRMATIONS].some((key) =>
      this.reflector.get(key, handler),
    );
    if (!isMarked) throw this.refused.problem(context, 'contract');
    const request = currentRequest();
    if (request) request.identity = anonymous;
    return true;
  }
}
